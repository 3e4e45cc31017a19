// The signal is in a helper, the wait in another; one thread of the two forgets to signal.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

struct Sync {
    barrier: FrameBarrier,
    waits: std::sync::atomic::AtomicU32,
}

impl Sync {
    fn done(&self) {
        self.barrier.signal_frame_complete();
    }

    fn everybody(&self) {
        self.waits.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.barrier.wait_all();
    }
}

fn finish(alloc: &SmartAlloc, sync: &Sync) {
    alloc.end_frame();
    sync.done();
}

fn animate(alloc: &SmartAlloc, sync: &Sync, frames: usize) -> usize {
    let mut bones = 0;
    for number in 0..frames {
        alloc.begin_frame();
        bones += alloc.frame_slice_from_fn(4, |i| i + number).len();
        finish(alloc, sync);
        sync.everybody();
    }
    bones
}

fn blend(alloc: &SmartAlloc, sync: &Sync, frames: usize) -> usize {
    let mut bones = 0;
    for number in 0..frames {
        alloc.begin_frame();
        let weights = alloc.frame_slice_from_fn(4, |i| i + number);
        bones += weights.len();
        drop(weights);
        alloc.end_frame();
        sync.barrier.wait_all(); //~ FA202
    }
    bones
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let sync = Arc::new(Sync { barrier: FrameBarrier::new(2), waits: 0.into() });
    let (a, s) = (alloc.clone(), sync.clone());
    let worker = thread::spawn(move || animate(&a, &s, 4));
    println!("{} {:?}", blend(&alloc, &sync, 4), worker.join().ok());
}
