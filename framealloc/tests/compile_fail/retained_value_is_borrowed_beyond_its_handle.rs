//~ E0505: cannot move out of `retained` because it is borrowed

use framealloc::{RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let retained = alloc.frame_retained_value(5, RetentionPolicy::Leak);
    let value = &*retained;
    let promoted = retained.into_promoted();
    assert_eq!((*value, *promoted), (5, 5));
}
