// Spawned threads that allocate frame memory and never begin a frame.
use framealloc::{AllocConfig, SmartAlloc, kilobytes};
use std::sync::Arc;
use std::thread;

struct Jobs {
    alloc: Arc<SmartAlloc>,
    inputs: Vec<Vec<f32>>,
}

impl Jobs {
    fn sums(&self) -> f32 {
        let mut workers = Vec::new();
        for input in self.inputs.clone() {
            let alloc = Arc::clone(&self.alloc);
            workers.push(thread::spawn(move || {
                let sorted = alloc.frame_slice_copy(&input); //~ FA204
                let prefix = alloc.frame_slice::<f32>(input.len());
                sorted.iter().sum::<f32>() + prefix.len() as f32
            }));
        }
        workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    }

    fn framed(&self) -> usize {
        let alloc = Arc::clone(&self.alloc);
        let input = self.inputs[0].clone();
        let worker = thread::spawn(move || {
            alloc.begin_frame();
            let copy = alloc.frame_slice_copy(&input);
            let len = copy.len();
            drop(copy);
            alloc.end_frame();
            len
        });
        worker.join().unwrap_or(0)
    }

    fn scoped(&self) -> usize {
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let mut lengths = self.alloc.frame_vec::<usize>(); //~ FA204
                lengths.extend(self.inputs.iter().map(Vec::len));
                lengths.iter().sum::<usize>()
            });
            let guarded = scope.spawn(|| {
                let frame = self.alloc.frame();
                frame.alloc_slice_from_fn(8, |i| i).len()
            });
            worker.join().unwrap_or(0) + guarded.join().unwrap_or(0)
        })
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(128))));
    let jobs = Jobs { alloc, inputs: vec![vec![1.0, 2.0], vec![3.0]] };
    println!("{} {} {}", jobs.sums(), jobs.framed(), jobs.scoped());
}
