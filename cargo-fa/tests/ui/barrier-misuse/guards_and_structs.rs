// The barrier in a struct with the allocator, under an `Arc` of its own; frames by guard and by pair.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;

struct Rig {
    alloc: SmartAlloc,
    gate: Arc<FrameBarrier>,
    turns: u32,
}

impl Rig {
    fn skeletons(&self) -> usize {
        let mut bones = 0;
        for turn in 0..self.turns {
            let frame = self.alloc.frame();
            bones += frame.alloc_slice_from_fn(8, |i| i as u32 * turn).len();
            self.gate.signal_frame_complete(); //~ FA202
            drop(frame);
            self.gate.wait_all();
        }
        bones
    }

    fn cloth(&self) -> u32 {
        let mut sum = 0;
        let mut turn = 0;
        while turn < self.turns {
            {
                let frame = self.alloc.frame();
                sum += frame.alloc_slice_from_fn(4, |i| i as u32 + turn)[3];
            }
            turn += 1;
            self.gate.signal_frame_complete(); //~ FA202
            if sum > 1_000 {
                println!("taut");
            }
        }
        sum
    }

    fn hair(&self) -> u32 {
        let mut sum = 0;
        for turn in 0..self.turns {
            let strands = {
                let _frame = self.alloc.frame();
                self.alloc.frame_slice_from_fn(4, |i| i as u32 + turn).len()
            };
            sum += strands as u32;
            self.gate.signal_frame_complete();
            self.gate.wait_all();
        }
        sum
    }
}

fn main() {
    let gate = Arc::new(FrameBarrier::new(3));
    let rig = Arc::new(Rig { alloc: SmartAlloc::with_defaults(), gate, turns: 3 });
    let (a, b, c) = (Arc::clone(&rig), Arc::clone(&rig), rig);
    let workers = (
        thread::spawn(move || a.skeletons()),
        thread::spawn(move || b.cloth()),
        thread::spawn(move || c.hair()),
    );
    println!("{:?} {:?} {:?}", workers.0.join().ok(), workers.1.join().ok(), workers.2.join().ok());
}
