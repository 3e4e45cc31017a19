//~ E0505: cannot move out of `alloc` because it is borrowed

use framealloc::{RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _retained = alloc.frame_retained_value(1, RetentionPolicy::PromoteToPool);
    drop(alloc);
}
