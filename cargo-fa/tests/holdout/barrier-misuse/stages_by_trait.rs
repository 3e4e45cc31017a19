// Stages behind a trait: the default method is right, an override forgets the wait in its loop.
use framealloc::{FrameBarrier, SmartAlloc, frame_format};
use std::thread;

struct Shared {
    memory: SmartAlloc,
    barrier: FrameBarrier,
}

trait Stage: Sync {
    fn once(&self, shared: &Shared, turn: u32) -> usize;

    fn run(&self, shared: &Shared) -> usize {
        let mut total = 0;
        for turn in 0..4 {
            shared.memory.begin_frame();
            total += self.once(shared, turn);
            shared.memory.end_frame();
            shared.barrier.signal_frame_complete();
            shared.barrier.wait_all();
        }
        total
    }
}

struct Names;
struct Sizes;

impl Stage for Names {
    fn once(&self, shared: &Shared, turn: u32) -> usize {
        frame_format!(shared.memory, "turn {turn}").len()
    }
}

impl Stage for Sizes {
    fn once(&self, shared: &Shared, turn: u32) -> usize {
        shared.memory.frame_slice_from_fn(4, |i| i as u32 + turn).len()
    }

    fn run(&self, shared: &Shared) -> usize {
        let mut total = 0;
        let mut turn = 0;
        while turn < 4 {
            {
                let _frame = shared.memory.frame();
                total += self.once(shared, turn);
            }
            turn += 1;
            shared.barrier.signal_frame_complete(); //~ FA202
        }
        total
    }
}

fn main() {
    let shared = Shared { memory: SmartAlloc::with_defaults(), barrier: FrameBarrier::new(2) };
    thread::scope(|scope| {
        scope.spawn(|| Names.run(&shared));
        scope.spawn(|| Sizes.run(&shared));
    });
    println!("{}", shared.barrier.participants());
}
