// rayon's and an own task pool: what is spawned there may run after the frame.
use framealloc::SmartAlloc;
use std::slice;
use std::sync::mpsc::{Sender, channel};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

struct TaskPool {
    jobs: Sender<Job>,
}

impl TaskPool {
    fn new() -> Self {
        let (jobs, queue) = channel::<Job>();
        thread::spawn(move || {
            for job in queue {
                job();
            }
        });
        Self { jobs }
    }

    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        let _ = self.jobs.send(Box::new(job));
    }
}

fn extend<'a>(values: &[f32]) -> &'a [f32] {
    // SAFETY: claimed, not true.
    unsafe { slice::from_raw_parts(values.as_ptr(), values.len()) }
}

fn particles(alloc: &SmartAlloc, pool: &TaskPool, count: usize) {
    alloc.begin_frame();
    let ages = alloc.frame_slice::<f32>(count);
    // SAFETY: claimed, not true.
    let view: &'static [f32] = unsafe { slice::from_raw_parts(ages.as_ptr(), ages.len()) };
    pool.spawn(move || println!("{}", view.len())); //~ FA201
    let sum: f32 = ages.iter().sum();
    pool.spawn(move || println!("{sum}"));
    drop(ages);
    alloc.end_frame();
}

fn cloth(alloc: &SmartAlloc, count: usize) {
    alloc.begin_frame();
    let mut tension = alloc.frame_vec_with_capacity::<f32>(count.min(512));
    tension.resize(4, 1.0);
    let view: &'static [f32] = extend(&tension);
    rayon::spawn(move || { //~ FA201
        let total: f32 = view.iter().sum();
        println!("{total}");
    });
    let owned = tension.to_vec();
    rayon::spawn(move || println!("{}", owned.len()));
    drop(tension);
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let pool = TaskPool::new();
    for _ in 0..3 {
        particles(&alloc, &pool, 32);
        cloth(&alloc, 32);
    }
}
