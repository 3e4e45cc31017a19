//! Types of our own with the library's type names, beside the real allocator, used well.
use framealloc::SmartAlloc as Real;
use std::sync::{Arc, Barrier};
use std::thread;

struct FrameBarrier(Barrier);

impl FrameBarrier {
    fn new(count: usize) -> Self {
        Self(Barrier::new(count))
    }

    fn wait_all(&self) {
        self.0.wait();
    }

    fn signal_frame_complete(&self) {}
}

struct TransferHandle<T>(T);

struct SmartAlloc {
    served: usize,
}

impl SmartAlloc {
    fn frame_box_for_transfer<T>(&mut self, value: T) -> TransferHandle<T> {
        self.served += 1;
        TransferHandle(value)
    }

    fn frame_vec<T>(&mut self) -> Vec<T> {
        self.served += 1;
        Vec::new()
    }
}

fn meet(count: usize) {
    let barrier = Arc::new(FrameBarrier::new(2));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                for _ in 0..count {
                    barrier.wait_all();
                }
                barrier.signal_frame_complete();
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| drop(thread.join()));
}

fn main() {
    meet(3);
    let mut own = SmartAlloc { served: 0 };
    let handle = own.frame_box_for_transfer(4);
    println!("{}", handle.0);
    let worker = thread::spawn(move || {
        let mut values = own.frame_vec::<u32>();
        values.push(3);
        values.len() + own.served
    });
    println!("{:?}", worker.join().ok());
    let real = Real::with_defaults();
    real.begin_frame();
    println!("{}", real.frame_box(3));
    real.end_frame();
}
