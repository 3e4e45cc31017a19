//! Frames that begin and end in paired methods, closures, and a type that ends them when it is dropped.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

struct Scheduler {
    alloc: SmartAlloc,
    barrier: Arc<FrameBarrier>,
    frame: AtomicU64,
}

impl Scheduler {
    fn begin(&self) -> u64 {
        self.alloc.begin_frame();
        self.frame.fetch_add(1, Ordering::Relaxed)
    }

    fn end(&self) {
        self.alloc.end_frame();
        self.barrier.signal_frame_complete();
        self.barrier.wait_all();
    }

    fn step(&self, work: &dyn Fn(&SmartAlloc, u64) -> usize) -> usize {
        let frame = self.begin();
        let done = work(&self.alloc, frame);
        self.end();
        done
    }
}

struct Open<'a> {
    alloc: &'a SmartAlloc,
}

impl<'a> Open<'a> {
    fn new(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Self { alloc }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.alloc.end_frame();
    }
}

fn load(alloc: &SmartAlloc, names: &[&str]) -> Result<usize, std::io::Error> {
    let open = Open::new(alloc);
    let mut bytes = 0;
    for name in names {
        bytes += std::fs::metadata(name)?.len() as usize + open.alloc.frame_slice_copy(name.as_bytes()).len();
    }
    Ok(bytes)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scheduler = Arc::new(Scheduler { alloc: alloc.clone(), barrier: Arc::new(FrameBarrier::new(3)), frame: AtomicU64::new(0) });
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || (0..10).map(|_| scheduler.step(&|a, frame| a.frame_slice::<u8>(8).len() + frame as usize)).sum::<usize>())
        })
        .collect();
    for _ in 0..10 {
        scheduler.step(&|a, frame| a.frame_box(frame).count_ones() as usize);
    }
    println!("{:?}", load(&alloc, &["nothing.bin"]).map_err(|error| error.kind()));
    println!("{}", threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<usize>());
}
