// Open on one path only, open through `frame_number % n`, and a re-begin in a `while`.
use framealloc::{FrameVec, SmartAlloc};

struct Sim {
    memory: Box<SmartAlloc>,
    paused: bool,
    bodies: Vec<f32>,
}

impl Sim {
    fn step(&mut self, editor_open: bool) -> usize {
        if editor_open {
            self.memory.begin_frame();
            let gizmos = self.memory.frame_slice::<f32>(8);
            self.bodies[0] += gizmos[0];
        }
        self.memory.begin_frame(); //~ FA605
        let sleeping: FrameVec<'_, u32> = self.memory.frame_vec();
        let count = sleeping.len() + self.bodies.len();
        drop(sleeping);
        self.memory.end_frame();
        count
    }

    fn settle(&mut self) -> f32 {
        self.memory.begin_frame();
        let mut energy = self.bodies.iter().sum::<f32>();
        while energy > 1.0 && !self.paused {
            energy *= 0.5;
            if energy < 2.0 {
                self.memory.begin_frame(); //~ FA605
                energy -= 0.25;
                self.memory.end_frame();
                return energy;
            }
        }
        self.memory.end_frame();
        energy
    }

    fn idle(&mut self) -> usize {
        if self.paused {
            self.memory.begin_frame();
            let blink = self.memory.frame_slice::<u8>(2).len();
            self.memory.end_frame();
            return blink;
        }
        self.memory.begin_frame();
        let count = self.memory.frame_slice_copy(&self.bodies).len();
        self.memory.end_frame();
        count
    }
}

fn main() {
    let memory = Box::new(SmartAlloc::with_defaults());
    let mut sim = Sim { memory, paused: false, bodies: vec![1.0, 3.0] };
    println!("{} {} {}", sim.step(true), sim.settle(), sim.idle());
}
