//! Workers in lockstep with the main thread; results travel in handles.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use framealloc::{FrameBarrier, SmartAlloc, TransferHandle, kilobytes};

pub struct Partial {
    worker: u64,
    sum: u64,
}

fn work(alloc: &SmartAlloc, worker: u64, turn: usize) -> TransferHandle<Partial> {
    let squares = alloc.frame_slice_from_fn(turn + 16, |i| (i as u64 + worker).pow(2));
    let sum = squares.iter().sum();
    alloc.frame_box_for_transfer(Partial { worker, sum })
}

/// Only waits: its callers have signalled.
fn meet(barrier: &FrameBarrier) {
    barrier.wait_all();
}

/// Three workers, and the main thread takes part: four.
pub fn run(alloc: &SmartAlloc, turns: usize) -> u64 {
    let barrier = Arc::new(FrameBarrier::new(4));
    let (out, results) = channel::<TransferHandle<Partial>>();
    for worker in 0..3 {
        let (alloc, barrier, out) = (alloc.clone(), Arc::clone(&barrier), out.clone());
        thread::spawn(move || {
            alloc.set_thread_frame_budget(kilobytes(512));
            for turn in 0..turns {
                alloc.begin_frame();
                let handle = work(&alloc, worker, turn);
                alloc.end_frame();
                let sent = out.send(handle).is_ok();
                barrier.signal_frame_complete();
                meet(&barrier);
                if !sent {
                    barrier.leave();
                    return;
                }
            }
        });
    }
    drop(out);
    for turn in 0..turns {
        {
            let frame = alloc.frame();
            let dots = frame.alloc_slice_from_fn(turn + 1, |i| i as u32);
            dots.reverse();
        }
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
    results.iter().map(|handle| handle.receive()).map(|part| part.sum + part.worker).sum()
}

/// The workers allocate in the shared frame, which is open on behalf of them all.
pub fn cull(alloc: &SmartAlloc, objects: &[f32]) -> usize {
    let shared = alloc.shared_frame();
    let seen = AtomicUsize::new(0);
    let (shared_ref, seen_ref) = (&shared, &seen);
    thread::scope(|scope| {
        for chunk in objects.chunks(128) {
            scope.spawn(move || {
                alloc.set_thread_frame_budget(kilobytes(256));
                let mine = shared_ref.alloc_slice_copy(chunk);
                mine.sort_unstable_by(f32::total_cmp);
                seen_ref.fetch_add(mine.partition_point(|depth| *depth < 0.0), Ordering::Relaxed);
            });
        }
    });
    seen.into_inner()
}
