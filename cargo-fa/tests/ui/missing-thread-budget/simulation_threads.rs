//! An engine whose threads have budgets, but for those that came later.
use framealloc::{SmartAlloc, kilobytes, megabytes};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Engine {
    alloc: Arc<SmartAlloc>,
    threads: Vec<JoinHandle<usize>>,
}

fn limit(alloc: &SmartAlloc) {
    alloc.set_thread_frame_budget(megabytes(1));
    alloc.set_thread_pool_budget(kilobytes(256));
}

fn simulate(alloc: &SmartAlloc, steps: usize) -> usize {
    let mut sum = 0;
    for step in 0..steps {
        alloc.begin_frame();
        sum += alloc.frame_slice_from_fn(step, |index| index).iter().sum::<usize>();
        alloc.end_frame();
    }
    sum
}

impl Engine {
    fn start_physics(&mut self) {
        let alloc = Arc::clone(&self.alloc);
        self.threads.push(thread::spawn(move || {
            alloc.set_thread_frame_budget(megabytes(8));
            simulate(&alloc, 100)
        }));
    }

    fn start_audio(&mut self) {
        let alloc = Arc::clone(&self.alloc);
        self.threads.push(thread::spawn(move || {
            limit(&alloc);
            simulate(&alloc, 20)
        }));
    }

    fn start_network(&mut self) {
        let alloc = Arc::clone(&self.alloc);
        self.threads.push(thread::spawn(move || simulate(&alloc, 10))); //~ FA302
    }

    fn start_entities(&mut self) -> std::io::Result<()> {
        let alloc = self.alloc.clone();
        let thread = thread::Builder::new().name("entities".into()).spawn(move || { //~ FA302
            let mut entities = Vec::new();
            for id in 0..100usize {
                entities.push(alloc.pool_box(id));
            }
            entities.len()
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Allocates nothing of ours.
    fn start_watchdog(&mut self) {
        let alloc = self.alloc.clone();
        self.threads.push(thread::spawn(move || alloc.stats().parked_bytes as usize));
    }

    fn helpers(&self, values: &[u32]) -> u32 {
        let alloc = &*self.alloc;
        thread::scope(|scope| {
            let first = scope.spawn(move || { //~ FA302
                let _frame = alloc.frame();
                alloc.frame_slice_copy(values).iter().sum::<u32>()
            });
            let second = scope.spawn(move || values.iter().max().copied().unwrap_or(0));
            first.join().unwrap_or(0) + second.join().unwrap_or(0)
        })
    }
}

fn main() -> std::io::Result<()> {
    let mut engine = Engine { alloc: Arc::new(SmartAlloc::with_defaults()), threads: Vec::new() };
    engine.start_physics();
    engine.start_audio();
    engine.start_network();
    engine.start_entities()?;
    engine.start_watchdog();
    println!("{}", engine.helpers(&[1, 2, 3]));
    for thread in engine.threads {
        println!("{:?}", thread.join().ok());
    }
    Ok(())
}
