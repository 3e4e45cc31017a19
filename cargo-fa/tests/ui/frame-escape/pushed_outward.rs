// A replay buffer, a history and a registry that take frame values in; collections of the frame itself may.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::collections::HashMap;
use std::sync::Arc;

type Sample = FrameBox<'static, [f32; 16]>;

struct Replay<'a> {
    frames: Vec<FrameBox<'a, [u8]>>,
    bytes: usize,
}

impl<'a> Replay<'a> {
    fn record(&mut self, snapshot: FrameBox<'a, [u8]>) {
        self.bytes += snapshot.len();
        self.frames.push(snapshot); //~ FA601
    }
}

fn run_history(alloc: &'static SmartAlloc) -> usize {
    let mut history: Vec<Sample> = Vec::new();
    let mut totals = HashMap::new();
    for number in 0..120u32 {
        alloc.begin_frame();
        let sample = alloc.frame_alloc::<[f32; 16]>();
        totals.insert(number, sample.iter().sum::<f32>());
        if number % 10 == 0 {
            history.push(sample); //~ FA601
        }
        alloc.end_frame();
    }
    history.len() + totals.len()
}

fn run_batches(alloc: &Arc<SmartAlloc>, meshes: &[u32]) -> usize {
    let mut drawn = 0;
    for _ in 0..30 {
        alloc.begin_frame();
        let mut batches: FrameVec<'_, FrameVec<'_, u32>> = alloc.frame_vec();
        for chunk in meshes.chunks(16) {
            let mut batch = alloc.frame_vec_with_capacity(chunk.len());
            batch.extend_from_slice(chunk);
            batches.push(batch);
        }
        drawn += batches.iter().map(|batch| batch.len()).sum::<usize>();
        drop(batches);
        alloc.end_frame();
    }
    drawn
}

fn main() {
    let alloc = SmartAlloc::leaked(Default::default());
    let shared = Arc::new(SmartAlloc::with_defaults());
    let mut replay = Replay { frames: Vec::new(), bytes: 0 };
    for number in 0..10u8 {
        alloc.begin_frame();
        replay.record(alloc.frame_slice_copy(&[number; 64]));
        alloc.end_frame();
    }
    println!("{} {} {}", run_history(alloc), run_batches(&shared, &[1, 2, 3]), replay.frames.len());
}
