//! No thread has a budget, so none misses one.
use framealloc::{AllocConfig, SmartAlloc, megabytes};
use std::thread;

fn fill(alloc: &SmartAlloc, seed: u32) -> u32 {
    alloc.begin_frame();
    let values = alloc.frame_slice_from_fn(64, |index| seed ^ index as u32);
    let sum = values.iter().copied().fold(0, u32::wrapping_add);
    drop(values);
    alloc.end_frame();
    sum
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)).with_pool_size(megabytes(1)));
    let threads: Vec<_> = (0..3)
        .map(|seed| {
            let alloc = alloc.clone();
            thread::spawn(move || fill(&alloc, seed))
        })
        .collect();
    for thread in threads {
        println!("{:?}", thread.join().ok());
    }
}
