// Each thread that allocates sets a budget: itself, through a helper, through a method; others allocate nothing.
use framealloc::{SmartAlloc, kilobytes};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

static DONE: AtomicUsize = AtomicUsize::new(0);

struct Budgets {
    frame: usize,
    pool: usize,
}

impl Budgets {
    fn apply(&self, alloc: &SmartAlloc) {
        alloc.set_thread_frame_budget(self.frame);
        alloc.set_thread_pool_budget(self.pool);
    }
}

fn worker(alloc: &SmartAlloc, budgets: &Budgets) -> usize {
    budgets.apply(alloc);
    let frame = alloc.frame();
    let keys = frame.alloc_slice_from_fn(16, |i| i);
    DONE.fetch_add(1, Ordering::Relaxed);
    keys.len()
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let budgets = Arc::new(Budgets { frame: kilobytes(64), pool: kilobytes(8) });
    budgets.apply(&alloc);
    let mut threads = Vec::new();
    for _ in 0..3 {
        let (alloc, budgets) = (Arc::clone(&alloc), Arc::clone(&budgets));
        threads.push(thread::spawn(move || worker(&alloc, &budgets)));
    }
    threads.push(thread::spawn(|| DONE.load(Ordering::Relaxed)));
    let direct = Arc::clone(&alloc);
    threads.push(thread::spawn(move || {
        direct.set_thread_frame_budget(kilobytes(4));
        let _frame = direct.frame();
        direct.frame_slice::<u8>(64).len()
    }));
    println!("{}", threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<usize>());
}
