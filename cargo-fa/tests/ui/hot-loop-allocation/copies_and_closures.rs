//! Copies of invariant values, closures that are called in loops, and loops that take from a queue.
use framealloc::{FrameBox, SmartAlloc};
use std::collections::VecDeque;

struct Particles {
    alloc: SmartAlloc,
    positions: Vec<f32>,
}

impl Particles {
    fn step(&mut self) -> f32 {
        self.alloc.begin_frame();
        let template = self.alloc.frame_box([1.0f32; 4]);
        let mut sum = 0.0;
        for position in &self.positions {
            let copy = template.clone_in(&self.alloc); //~ FA602
            sum += copy[0] * *position;
        }
        drop(template);
        self.alloc.end_frame();
        sum
    }

    fn sweep(&mut self, mut open: VecDeque<usize>) -> f32 {
        let _frame = self.alloc.frame();
        let mut sum = 0.0;
        while let Some(index) = open.pop_front() {
            let value = self.alloc.pool_box(self.positions[index]); //~ FA602
            sum += *value;
        }
        sum
    }

    fn rows(&self) -> usize {
        let frame = self.alloc.frame();
        let mut count = 0;
        self.positions.iter().for_each(|position| {
            let mut row = frame.vec::<f32>(); //~ FA602
            row.push(*position);
            count += row.len();
        });
        count
    }

    fn depends(&self) -> usize {
        let frame = self.alloc.frame();
        let mut count = 0;
        for position in &self.positions {
            let row = frame.alloc_slice_from_fn(position.abs() as usize % 8, |index| index);
            count += row.len();
        }
        count
    }
}

fn scaled<'a>(alloc: &'a SmartAlloc, base: &FrameBox<'_, [f32]>, all: &[f32]) -> f32 {
    let mut sum = 0.0;
    for factor in all {
        let mut copy = alloc.frame_slice_copy(base);
        copy.iter_mut().for_each(|value| *value *= factor);
        sum += copy.iter().sum::<f32>();
    }
    sum
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut particles = Particles { alloc: alloc.clone(), positions: vec![1.0, 2.0] };
    println!("{} {}", particles.step(), particles.sweep(VecDeque::from([0, 1])));
    println!("{} {}", particles.rows(), particles.depends());
    println!("{}", scaled(&alloc, &alloc.frame_slice(4), &[1.0]));
}
