//! A barrier as it is meant: end, signal, wait; the main thread takes part.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use framealloc::{BarrierTimeout, FrameBarrier, SmartAlloc};

#[derive(Clone)]
pub struct Field {
    cells: Arc<[f32]>,
}

impl Field {
    fn diffuse(&self, alloc: &SmartAlloc, lane: usize) -> f32 {
        let mut next = alloc.frame_vec_with_capacity::<f32>(self.cells.len());
        next.extend(self.cells.iter().skip(lane).map(|cell| cell * 0.25));
        next.iter().sum()
    }
}

/// Only waits: whoever calls it has signalled.
fn rendezvous(barrier: &FrameBarrier) {
    barrier.wait_all();
}

fn meet(barrier: &FrameBarrier) {
    barrier.signal_frame_complete();
    rendezvous(barrier);
}

fn meet_in_time(barrier: &FrameBarrier, limit: Duration) -> Result<(), BarrierTimeout> {
    barrier.signal_frame_complete();
    barrier.wait_all_timeout(limit)
}

/// Four workers and this thread.
pub fn run(alloc: &SmartAlloc, field: &Field, frames: u32) -> f32 {
    let barrier = Arc::new(FrameBarrier::new(5));
    let mut workers = Vec::new();
    for lane in 0..4 {
        let (alloc, field, barrier) = (alloc.clone(), field.clone(), Arc::clone(&barrier));
        workers.push(thread::spawn(move || {
            let mut heat = 0.0;
            for _ in 0..frames {
                alloc.begin_frame();
                heat += field.diffuse(&alloc, lane);
                alloc.end_frame();
                barrier.signal_frame_complete();
                heat *= 0.5;
                barrier.wait_all();
            }
            heat
        }));
    }
    for _ in 0..frames {
        alloc.begin_frame();
        let shown = field.diffuse(alloc, 0);
        alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
    workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
}

pub fn run_pair(alloc: &SmartAlloc, field: &Field, frames: u32) -> Result<f32, BarrierTimeout> {
    let barrier = FrameBarrier::new(2);
    thread::scope(|threads| {
        threads.spawn(|| {
            for _ in 0..frames {
                let frame = alloc.frame();
                let total = field.diffuse(alloc, 1);
                drop(frame);
                meet(&barrier);
            }
        });
        let mut sum = 0.0;
        for frame in 0..frames {
            alloc.begin_frame();
            sum += field.diffuse(alloc, 0);
            alloc.end_frame();
            meet_in_time(&barrier, Duration::from_millis(500))?;
        }
        Ok(sum)
    })
}
