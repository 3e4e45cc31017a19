//~ E0597: `local` does not live long enough

use framealloc::{RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let local = 5;
    let retained = alloc.frame_retained_value(&local, RetentionPolicy::PromoteToPool);
    assert_eq!(**retained, 5);
}
