// No thread sets a budget: limits and tag budgets are other things.
use framealloc::{AllocConfig, SmartAlloc, kilobytes, megabytes};
use std::thread;

fn main() {
    let config = AllocConfig::default().with_frame_limit(megabytes(4)).with_pool_limit(megabytes(2));
    let alloc = SmartAlloc::new(config);
    alloc.set_tag_budget("audio", kilobytes(64));
    thread::scope(|scope| {
        scope.spawn(|| {
            let _frame = alloc.frame();
            alloc.with_tag("audio", |a| println!("{}", a.frame_slice::<f32>(64).len()));
        });
        scope.spawn(|| {
            let particle = alloc.pool_box([0.0f32; 4]);
            println!("{}", particle[0]);
        });
    });
}
