// An own type with methods of these names sets no budget of framealloc's.
use framealloc::SmartAlloc;
use std::thread;

#[derive(Default)]
struct Planner {
    frame_budget: usize,
    pool_budget: usize,
}

impl Planner {
    fn set_thread_frame_budget(&mut self, units: usize) {
        self.frame_budget = units;
    }

    fn set_thread_pool_budget(&mut self, units: usize) {
        self.pool_budget = units;
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut planner = Planner::default();
    planner.set_thread_frame_budget(16);
    planner.set_thread_pool_budget(4);
    let worker = {
        let alloc = alloc.clone();
        thread::spawn(move || {
            let _frame = alloc.frame();
            alloc.frame_slice::<u8>(64).len()
        })
    };
    let scoped = thread::scope(|scope| {
        scope.spawn(|| *alloc.pool_box(planner.frame_budget + planner.pool_budget)).join().unwrap_or(0)
    });
    println!("{:?} {scoped}", worker.join().ok());
}
