// `FrameBarrier::new` with another number than the function spawns.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

fn work(alloc: &SmartAlloc, barrier: &FrameBarrier) -> usize {
    let mut bytes = 0;
    for _ in 0..8 {
        alloc.begin_frame();
        bytes += alloc.frame_slice::<u8>(32).len();
        alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
    bytes
}

fn too_many(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(6); //~ FA202
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| work(alloc, &barrier));
        }
    });
}

fn too_few(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(2)); //~ FA202
    let mut workers = Vec::new();
    for _ in 0..6 {
        let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
        workers.push(thread::spawn(move || work(&alloc, &barrier)));
    }
    for worker in workers {
        let _ = worker.join();
    }
}

fn exact(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| work(alloc, &barrier));
        scope.spawn(|| work(alloc, &barrier));
    });
}

fn with_main(alloc: &SmartAlloc) -> usize {
    let barrier = FrameBarrier::new(3);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| work(alloc, &barrier));
        }
        work(alloc, &barrier)
    })
}

fn counted(alloc: &SmartAlloc, count: usize) {
    let barrier = FrameBarrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| work(alloc, &barrier));
        }
    });
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    exact(&alloc);
    counted(&alloc, 3);
    println!("{}", with_main(&alloc));
    too_many(&alloc);
    too_few(&alloc);
}
