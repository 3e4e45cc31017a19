//! Scoped threads that read slices of the frame and keep frames of their own.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::thread;

struct Job<'j> {
    name: &'static str,
    input: &'j [f32],
}

fn run(alloc: &SmartAlloc, job: &Job<'_>) -> (usize, f32) {
    alloc.begin_frame();
    let mut sorted: FrameVec<'_, f32> = alloc.frame_vec_with_capacity(job.input.len());
    sorted.extend_from_slice(job.input);
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    drop(sorted);
    alloc.end_frame();
    (job.name.len(), middle)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for turn in 0..5u16 {
        alloc.begin_frame();
        let heights: FrameBox<'_, [f32]> = alloc.frame_slice_from_fn(1000, |index| (index as f32 * f32::from(turn)).sin());
        let (low, high) = heights.split_at(500);
        let jobs = [Job { name: "low", input: low }, Job { name: "high", input: high }];
        let results: Vec<(usize, f32)> = thread::scope(|scope| {
            let spawned: Vec<_> = jobs.iter().map(|job| scope.spawn(|| run(&alloc, job))).collect();
            spawned.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        println!("{turn}: {results:?}");
        drop(heights);
        alloc.end_frame();
    }
}
