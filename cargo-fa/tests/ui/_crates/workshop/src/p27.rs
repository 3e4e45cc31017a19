//! A simulation step with checkpoints.

use framealloc::{FrameBarrier, RetentionPolicy, SmartAlloc};

#[derive(Default, Clone, Copy)]
pub struct Checkpoint {
    step: u32,
    energy: f32,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Run,
    Replay,
    Pause,
}

pub struct Simulation {
    alloc: SmartAlloc,
    velocities: Vec<f32>,
    checkpoints: u32,
    step: u32,
}

impl Simulation {
    fn energy(&self) -> f32 {
        let squares = self.alloc.frame_slice_from_fn(self.velocities.len(), |i| self.velocities[i].powi(2));
        squares.iter().sum()
    }

    pub fn advance(&mut self, mode: Mode) -> f32 {
        let alloc = &self.alloc;
        alloc.begin_frame();
        let energy = match mode {
            Mode::Pause => 0.0,
            Mode::Run => self.energy(),
            Mode::Replay => {
                self.alloc.begin_frame(); //~ FA605
                self.energy() * 0.5
            }
        };
        alloc.end_frame();
        self.step += 1;
        energy
    }

    pub fn catch_up(&self, steps: u32) -> f32 {
        let mut energy = 0.0;
        for step in 0..steps {
            self.alloc.begin_frame();
            let weights = self.alloc.frame_slice_from_fn(self.velocities.len(), |i| {
                self.velocities[i] * step as f32
            });
            energy += weights.iter().sum::<f32>();
            drop(weights);
            self.alloc.end_frame();
        }
        energy
    }

    pub fn checkpoint(&mut self) {
        self.alloc.begin_frame();
        let energy = self.energy();
        let point = Checkpoint { step: self.step, energy };
        let kept = self.alloc.frame_retained_value(point, RetentionPolicy::PromoteToPool);
        self.checkpoints += u32::from(kept.energy > 0.0);
        drop(kept);
        let _ = self.alloc.end_frame_with_promotions(); //~ FA604
    }

    /// Meets the others without telling them.
    pub fn join_others(&self, barrier: &FrameBarrier) -> f32 {
        self.alloc.begin_frame();
        let energy = self.energy();
        self.alloc.end_frame();
        barrier.wait_all(); //~ FA202
        energy
    }

    pub fn join_properly(&self, barrier: &FrameBarrier) -> f32 {
        self.alloc.begin_frame();
        let energy = self.energy();
        self.alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
        energy
    }
}
