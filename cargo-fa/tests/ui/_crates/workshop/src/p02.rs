//! A job system of threads that end their frames together.

use std::sync::Arc;
use std::thread;

use framealloc::{FrameBarrier, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Job {
    first: u32,
    count: u32,
}

fn cost(job: Job) -> u64 {
    (job.first..job.first + job.count).map(u64::from).sum()
}

pub fn run_jobs(alloc: &SmartAlloc, jobs: Arc<[Job]>, frames: u32) -> u64 {
    let barrier = Arc::new(FrameBarrier::new(6)); //~ FA202
    let mut workers = Vec::new();
    for lane in 0..4 {
        let alloc = alloc.clone();
        let barrier = Arc::clone(&barrier);
        let jobs = Arc::clone(&jobs);
        workers.push(thread::spawn(move || {
            let mut total = 0;
            for _ in 0..frames {
                alloc.begin_frame();
                let mut costs = alloc.frame_vec_with_capacity::<u64>(jobs.len());
                costs.extend(jobs.iter().skip(lane).step_by(4).map(|job| cost(*job)));
                total += costs.iter().sum::<u64>();
                drop(costs);
                alloc.end_frame();
                barrier.signal_frame_complete();
                barrier.wait_all();
            }
            total
        }));
    }
    workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
}

fn simulate_lane(alloc: &SmartAlloc, barrier: &FrameBarrier, bodies: &[f32], frames: u32) -> f32 {
    let mut energy = 0.0;
    for frame in 0..frames {
        alloc.begin_frame();
        let mut speeds = alloc.frame_slice_copy(bodies);
        for speed in speeds.iter_mut() {
            *speed *= 1.0 - frame as f32 * 0.001;
        }
        energy += speeds.iter().map(|speed| speed * speed).sum::<f32>();
        drop(speeds);
        barrier.signal_frame_complete(); //~ FA202
        alloc.end_frame();
        barrier.wait_all();
    }
    energy
}

pub fn simulate(alloc: &SmartAlloc, bodies: &[f32], frames: u32) -> f32 {
    let barrier = FrameBarrier::new(2);
    let (left, right) = bodies.split_at(bodies.len() / 2);
    thread::scope(|threads| {
        let one = threads.spawn(|| simulate_lane(alloc, &barrier, left, frames));
        let two = threads.spawn(|| simulate_lane(alloc, &barrier, right, frames));
        one.join().unwrap_or_default() + two.join().unwrap_or_default()
    })
}
