//! Barriers for threads from tables, from scopes, and for turns that are left early.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

fn turn(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    {
        let frame = alloc.frame();
        println!("{}", frame.alloc(1));
    }
    barrier.signal_frame_complete();
    barrier.wait_all();
}

fn scoped(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(2); //~ FA202
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| turn(alloc, &barrier));
        }
        turn(alloc, &barrier);
    });
}

fn held(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    let frame = alloc.frame();
    println!("{}", frame.alloc(1));
    barrier.signal_frame_complete(); //~ FA202
    drop(frame);
    barrier.wait_all();
}

fn skipped(alloc: &SmartAlloc, barrier: &FrameBarrier, items: &[Option<u32>]) {
    for item in items {
        let Some(item) = item else {
            barrier.wait_all(); //~ FA202
            continue;
        };
        {
            let frame = alloc.frame();
            println!("{}", frame.alloc(*item));
        }
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    scoped(&alloc);
    let barrier = FrameBarrier::new(1);
    held(&alloc, &barrier);
    skipped(&alloc, &barrier, &[None, Some(1)]);
}
