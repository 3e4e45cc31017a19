//! Lockstep simulation: all threads finish a turn together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use framealloc::{FrameBarrier, SmartAlloc};

pub struct Lockstep {
    alloc: SmartAlloc,
    barrier: Arc<FrameBarrier>,
    running: AtomicBool,
}

impl Lockstep {
    fn simulate(&self, turn: usize) -> f32 {
        let mut forces = self.alloc.frame_slice::<f32>(turn + 1);
        forces.iter_mut().enumerate().for_each(|(i, f)| *f = i as f32 * 0.5);
        forces.iter().sum()
    }

    pub fn observe(&self) -> f32 {
        let (mut sum, mut turn) = (0.0, 0);
        while self.running.load(Ordering::Relaxed) {
            self.alloc.begin_frame();
            sum += self.simulate(turn);
            self.alloc.end_frame();
            turn += 1;
            self.barrier.wait_all(); //~ FA202
        }
        sum
    }

    pub fn eager(&self, turns: usize) -> f32 {
        let mut sum = 0.0;
        for turn in 0..turns {
            self.alloc.begin_frame();
            sum += self.simulate(turn);
            self.barrier.signal_frame_complete(); //~ FA202
            self.alloc.end_frame();
            self.barrier.wait_all();
        }
        sum
    }

    pub fn patchy(&self, turns: &[Option<usize>]) -> f32 {
        let mut sum = 0.0;
        for turn in turns {
            match turn {
                Some(turn) if *turn > 0 => {
                    self.alloc.begin_frame();
                    sum += self.simulate(*turn);
                    self.alloc.end_frame();
                    self.barrier.signal_frame_complete();
                }
                _ => sum -= 1.0,
            }
            self.barrier.wait_all(); //~ FA202
        }
        sum
    }
}

pub fn launch(alloc: &SmartAlloc) -> usize {
    let barrier = Arc::new(FrameBarrier::new(6)); //~ FA202
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (alloc, barrier) = (alloc.clone(), Arc::clone(&barrier));
        workers.push(thread::spawn(move || {
            for _ in 0..60 {
                alloc.begin_frame();
                alloc.end_frame();
                barrier.signal_frame_complete();
                barrier.wait_all();
            }
        }));
    }
    workers.into_iter().filter_map(|worker| worker.join().ok()).count()
}
