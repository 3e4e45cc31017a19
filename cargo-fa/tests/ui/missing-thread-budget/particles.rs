//! Particle workers, each with a share of the budget, and one that is spawned apart.
use framealloc::{FrameVec, SmartAlloc, kilobytes};
use std::thread;

#[derive(Clone, Copy)]
struct Particle {
    x: f32,
}

struct Share<'a> {
    alloc: &'a SmartAlloc,
    particles: &'a mut [Particle],
}

impl Share<'_> {
    fn run(&mut self, bytes: usize) -> usize {
        self.alloc.set_thread_frame_budget(bytes);
        self.alloc.begin_frame();
        let mut moved: FrameVec<'_, usize> = self.alloc.frame_vec();
        for (index, particle) in self.particles.iter_mut().enumerate() {
            particle.x += 0.1;
            if particle.x > 1.0 {
                moved.push(index);
            }
        }
        let count = moved.len();
        drop(moved);
        self.alloc.end_frame();
        count
    }
}

fn emit(alloc: &SmartAlloc, count: usize) -> f32 {
    let frame = alloc.frame();
    frame.alloc_slice_from_fn(count, |index| index as f32).iter().sum()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut particles = vec![Particle { x: 0.95 }; 1000];
    thread::scope(|scope| {
        for chunk in particles.chunks_mut(250) {
            let mut share = Share { alloc: &alloc, particles: chunk };
            scope.spawn(move || share.run(kilobytes(64)));
        }
        scope.spawn(|| println!("{}", emit(&alloc, 100))); //~ FA302
        scope.spawn(|| println!("nothing to emit"));
    });
    println!("{}", particles.iter().filter(|particle| particle.x > 1.0).count());
}
