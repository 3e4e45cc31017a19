// Literal counts and literal spawns: a map over a range, a `Builder`, a closure; some counts come from elsewhere.
use framealloc::{FrameBarrier, SmartAlloc};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, Builder};

fn turn(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    {
        let frame = alloc.frame();
        println!("{}", frame.alloc_slice_copy(&[1u8, 2]).len());
    }
    barrier.signal_frame_complete();
    barrier.wait_all();
}

fn mapped(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(8)); //~ FA202
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
            thread::spawn(move || turn(&alloc, &barrier))
        })
        .collect();
    for worker in workers {
        let _ = worker.join();
    }
}

fn named(alloc: &Arc<SmartAlloc>) -> std::io::Result<()> {
    let barrier = Arc::new(FrameBarrier::new(1)); //~ FA202
    let (a, b) = (Arc::clone(alloc), Arc::clone(&barrier));
    let first = Builder::new().name("first".into()).spawn(move || turn(&a, &b))?;
    let (a, b) = (Arc::clone(alloc), Arc::clone(&barrier));
    let second = Builder::new().name("second".into()).spawn(move || turn(&a, &b))?;
    let (a, b) = (Arc::clone(alloc), barrier);
    let third = Builder::new().name("third".into()).spawn(move || turn(&a, &b))?;
    for worker in [first, second, third] {
        let _ = worker.join();
    }
    Ok(())
}

fn by_cores(alloc: &SmartAlloc) {
    let cores = thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let barrier = FrameBarrier::new(cores + 1);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| turn(alloc, &barrier));
        }
        turn(alloc, &barrier);
    });
}

fn inclusive(alloc: &SmartAlloc) {
    let barrier = FrameBarrier::new(4);
    thread::scope(|scope| {
        for _ in 1..=4 {
            scope.spawn(|| turn(alloc, &barrier));
        }
    });
}

fn main() -> std::io::Result<()> {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    by_cores(&alloc);
    inclusive(&alloc);
    mapped(&alloc);
    named(&alloc)
}
