// A budgeted thread spawns another, which allocates from the pool under no budget.
use framealloc::{PoolBox, SmartAlloc, kilobytes};
use std::sync::Arc;
use std::thread;

fn spawn_children(alloc: &Arc<SmartAlloc>) -> Vec<PoolBox<u64>> {
    let inner = Arc::clone(alloc);
    let child = thread::spawn(move || { //~ FA302
        let mut made = Vec::new();
        for seed in 0..4u64 {
            made.push(inner.pool_box(seed));
        }
        made
    });
    child.join().unwrap_or_default()
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let outer = Arc::clone(&alloc);
    let parent = thread::spawn(move || {
        outer.set_thread_pool_budget(kilobytes(4));
        let own = outer.pool_box(1u64);
        spawn_children(&outer).len() as u64 + *own
    });
    println!("{:?}", parent.join().ok());
}
