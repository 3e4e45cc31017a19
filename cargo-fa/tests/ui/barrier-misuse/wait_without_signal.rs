// Threads that wait for a frame that they have not signalled in that turn.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

struct Worker {
    alloc: SmartAlloc,
    barrier: Arc<FrameBarrier>,
    frames: u32,
}

impl Worker {
    fn run(&self) -> usize {
        let mut bytes = 0;
        for number in 0..self.frames {
            self.alloc.begin_frame();
            let forces = self.alloc.frame_slice_from_fn(16, |i| i as u32 + number);
            bytes += forces.len();
            drop(forces);
            self.alloc.end_frame();
            self.barrier.wait_all(); //~ FA202
        }
        bytes
    }

    fn run_well(&self) -> usize {
        let mut bytes = 0;
        for number in 0..self.frames {
            self.alloc.begin_frame();
            let forces = self.alloc.frame_slice_from_fn(16, |i| i as u32 + number);
            bytes += forces.len();
            drop(forces);
            self.alloc.end_frame();
            self.barrier.signal_frame_complete();
            self.barrier.wait_all();
        }
        bytes
    }

    fn run_sometimes(&self) {
        let mut number = 0;
        while number < self.frames {
            self.alloc.begin_frame();
            let last = *self.alloc.frame_box(number);
            self.alloc.end_frame();
            if last % 2 == 0 {
                self.barrier.signal_frame_complete();
            }
            self.barrier.wait_all(); //~ FA202
            number += 1;
        }
    }
}

fn join_late(barrier: &FrameBarrier) {
    barrier.wait_all(); //~ FA202
    println!("joined");
}

fn main() {
    let barrier = Arc::new(FrameBarrier::new(1));
    let worker = Worker { alloc: SmartAlloc::with_defaults(), barrier: Arc::clone(&barrier), frames: 4 };
    let thread = thread::spawn(move || {
        println!("{}", worker.run_well());
        worker.run_sometimes();
        worker.run()
    });
    join_late(&barrier);
    println!("{:?}", thread.join().ok());
}
