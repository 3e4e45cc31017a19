//~ E0277: RetainedValueStaysOnItsThread

use framealloc::{RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let retained = alloc.frame_retained_value(1, RetentionPolicy::PromoteToPool);
    std::thread::scope(|s| {
        s.spawn(move || drop(retained));
    });
}
