// Two scoped workers set budgets, one of them through a helper; the third forgets.
use framealloc::{SmartAlloc, kilobytes};
use std::thread;

struct Stages {
    alloc: SmartAlloc,
    samples: Vec<f32>,
}

fn limit(alloc: &SmartAlloc, frame: usize) {
    alloc.set_thread_frame_budget(frame);
    alloc.set_thread_pool_budget(frame / 2);
}

impl Stages {
    fn decode(&self) -> usize {
        let frame = self.alloc.frame();
        frame.alloc_slice_copy(&self.samples).len()
    }

    fn mix(&self) -> f32 {
        let _frame = self.alloc.frame();
        let bus = self.alloc.frame_slice_copy(&self.samples);
        bus.iter().sum()
    }

    fn run(&self) -> f32 {
        thread::scope(|scope| {
            let a = scope.spawn(|| {
                self.alloc.set_thread_frame_budget(kilobytes(64));
                self.decode() as f32
            });
            let b = scope.spawn(|| {
                limit(&self.alloc, kilobytes(128));
                self.mix()
            });
            let c = scope.spawn(|| self.mix() * 0.5); //~ FA302
            a.join().unwrap_or(0.0) + b.join().unwrap_or(0.0) + c.join().unwrap_or(0.0)
        })
    }
}

fn main() {
    let stages = Stages { alloc: SmartAlloc::with_defaults(), samples: vec![0.25; 32] };
    println!("{}", stages.run());
}
