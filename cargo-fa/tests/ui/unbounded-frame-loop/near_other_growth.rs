// Endless loops whose vectors grow, whose pool boxes go, whose frame memory is taken before or after the loop.
use framealloc::{AllocConfig, FrameVec, PoolBox, SmartAlloc};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

static STOP: AtomicBool = AtomicBool::new(false);

struct Feed<'a> {
    alloc: &'a SmartAlloc,
    input: Receiver<u32>,
    last: Option<PoolBox<u32>>,
}

impl<'a> Feed<'a> {
    fn collect(&self) -> FrameVec<'a, u32> {
        let mut all = self.alloc.frame_vec();
        while let Ok(number) = self.input.try_recv() {
            all.push(number);
        }
        all.shrink_to_fit();
        all
    }

    fn newest(&mut self) -> u32 {
        for number in self.input.iter() {
            self.last = Some(self.alloc.pool_box(number));
        }
        self.last.as_ref().map_or(0, |last| **last)
    }

    fn owned(&self) -> Vec<u32> {
        let mut all = Vec::new();
        for number in &self.input {
            all.push(number);
            if STOP.load(Ordering::Relaxed) {
                break;
            }
        }
        let copy = self.alloc.frame_slice_copy(&all);
        copy.to_vec()
    }
}

fn first_gap(alloc: &SmartAlloc, taken: &[u32]) -> u32 {
    let sorted = alloc.frame_slice_copy(taken);
    (0..).find(|number| !sorted.contains(number)).unwrap_or(u32::MAX)
}

fn breadth(alloc: &SmartAlloc, edges: &[[u32; 2]]) -> usize {
    let mut queue = VecDeque::from([0u32]);
    let mut seen = alloc.frame_set::<u32>();
    while let Some(node) = queue.pop_front() {
        if !seen.insert(node) {
            continue;
        }
        let next = alloc.frame_slice_copy(edges);
        queue.extend(next.iter().filter(|edge| edge[0] == node).map(|edge| edge[1]));
    }
    seen.len()
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let (send, input) = channel();
    for number in 0..4 {
        let _ = send.send(number);
    }
    drop(send);
    let mut feed = Feed { alloc: &alloc, input, last: None };
    println!("{} {} {}", feed.collect().len(), feed.newest(), feed.owned().len());
    println!("{} {}", first_gap(&alloc, &[0, 1, 3]), breadth(&alloc, &[[0, 1], [1, 2]]));
}
