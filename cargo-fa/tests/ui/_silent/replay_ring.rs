//! A ring of past frames: copies, pool boxes and numbers, and nothing of the frames themselves.
use framealloc::{FrameBox, FrameMap, FrameVec, PoolBox, SmartAlloc, frame_format};
use std::collections::VecDeque;
use std::mem;

#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Input {
    buttons: u32,
    stick: [f32; 2],
}

struct Moment {
    inputs: [Input; 4],
    label: String,
}

struct Ring {
    moments: VecDeque<PoolBox<Moment>>,
    last: Input,
    busiest: Option<(u32, usize)>,
    texts: Vec<String>,
}

fn gather<'a>(alloc: &'a SmartAlloc, frame: u32) -> FrameBox<'a, [Input]> {
    alloc.frame_slice_from_fn(4, |player| Input { buttons: frame ^ player as u32, stick: [player as f32, 0.0] })
}

fn count<'a>(alloc: &'a SmartAlloc, inputs: &[Input]) -> FrameMap<'a, u32, usize> {
    let mut counts = alloc.frame_map();
    for input in inputs {
        *counts.entry(input.buttons & 1).or_insert(0) += 1;
    }
    counts
}

impl Ring {
    fn record(&mut self, alloc: &SmartAlloc, frame: u32) {
        let inputs = gather(alloc, frame);
        let mut copy = [Input::default(); 4];
        copy.copy_from_slice(&inputs);
        let label = frame_format!(alloc, "frame {frame}");
        self.moments.push_back(alloc.pool_box(Moment { inputs: copy, label: label.as_str().into() }));
        if self.moments.len() > 60 {
            self.moments.pop_front();
        }
        self.last = inputs[3];
        self.busiest = count(alloc, &inputs).iter().map(|(button, count)| (*button, *count)).max_by_key(|(_, count)| *count);
        let mut texts: FrameVec<'_, String> = alloc.frame_vec();
        texts.extend(inputs.iter().map(|input| format!("{:?}", input.stick)));
        self.texts = texts.iter().cloned().collect();
        let newest = mem::take(&mut texts[0]);
        self.texts.push(newest);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut ring = Ring { moments: VecDeque::new(), last: Input::default(), busiest: None, texts: Vec::new() };
    for frame in 0..200 {
        alloc.begin_frame();
        ring.record(&alloc, frame);
        alloc.end_frame();
    }
    println!("{:?} {:?} {}", ring.last, ring.busiest, ring.texts.len());
    if let Some(moment) = ring.moments.front() {
        println!("{} {:?}", moment.label, moment.inputs[0]);
    }
}
