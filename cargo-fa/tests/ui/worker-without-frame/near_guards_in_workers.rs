// Workers with guards, scopes, shared frames and helpers that begin; readers that allocate nothing.
use framealloc::{FrameBarrier, SharedFrame, SmartAlloc};
use std::sync::Arc;
use std::thread;

struct Driver {
    alloc: SmartAlloc,
}

impl Driver {
    fn start(&self) {
        self.alloc.begin_frame();
    }

    fn finish(&self) {
        self.alloc.end_frame();
    }

    fn run(&self, turns: u32) -> u32 {
        let mut sum = 0;
        for turn in 0..turns {
            self.start();
            sum += *self.alloc.frame_box(turn);
            self.finish();
        }
        sum
    }
}

fn part(shared: &SharedFrame<'_>, worker: u32) -> usize {
    let local = shared.local();
    local.alloc_slice_from_fn(8, |i| i as u32 + worker).len()
}

fn scoped(alloc: &SmartAlloc) -> usize {
    let scope = alloc.scope();
    let mut text = scope.string();
    text.push_str("within a scope");
    text.len()
}

fn main() {
    let driver = Arc::new(Driver { alloc: SmartAlloc::with_defaults() });
    let barrier = Arc::new(FrameBarrier::new(2));
    let workers: Vec<_> = (0..2)
        .map(|worker| {
            let (driver, barrier) = (Arc::clone(&driver), Arc::clone(&barrier));
            thread::spawn(move || {
                let sum = driver.run(4) + worker;
                barrier.signal_frame_complete();
                barrier.wait_all();
                sum
            })
        })
        .collect();
    for worker in workers {
        println!("{:?}", worker.join().ok());
    }
    let shared = driver.alloc.shared_frame();
    driver.start();
    let table = driver.alloc.frame_slice_from_fn(64, |i| i as u32);
    let view = &table[..];
    thread::scope(|scope| {
        scope.spawn(|| println!("{}", part(&shared, 1)));
        scope.spawn(|| println!("{}", scoped(&driver.alloc)));
        scope.spawn(move || println!("{}", view.iter().sum::<u32>()));
    });
    drop(table);
    driver.finish();
}
