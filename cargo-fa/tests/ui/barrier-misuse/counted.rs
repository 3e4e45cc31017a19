//! Barriers with a number that must fit the threads that come.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

fn meet(alloc: &SmartAlloc, barrier: &FrameBarrier, frames: u32) {
    for frame in 0..frames {
        alloc.begin_frame();
        println!("{}", alloc.frame_box(frame));
        alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
}

fn tiles(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(3); //~ FA202
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| meet(alloc, &barrier, 10));
        }
    });
}

fn lanes(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| meet(alloc, &barrier, 10));
        }
    });
}

/// Four of them and this one.
fn with_main(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| meet(alloc, &barrier, 10));
        }
        meet(alloc, &barrier, 10);
    });
}

fn pair(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(3)); //~ FA202
    let (first, second) = (Arc::clone(alloc), Arc::clone(alloc));
    let (left, right) = (barrier.clone(), barrier);
    let a = thread::spawn(move || meet(&first, &left, 3));
    let b = thread::spawn(move || meet(&second, &right, 3));
    let _ = a.join();
    let _ = b.join();
}

/// As many as the machine has.
fn as_many(alloc: &SmartAlloc) {
    let count = thread::available_parallelism().map_or(1, |count| count.get());
    let barrier = FrameBarrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| meet(alloc, &barrier, 10));
        }
    });
}

fn single(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(1);
    meet(alloc, &barrier, 2);
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    tiles(&alloc);
    lanes(&alloc);
    with_main(&alloc);
    pair(&alloc);
    as_many(&alloc);
    single(&alloc);
}
