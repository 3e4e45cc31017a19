//~ E0277: RetainedValueStaysOnItsThread

use framealloc::{RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    drop(alloc.frame_retained_value(1, RetentionPolicy::PromoteToPool));
    for promotion in alloc.end_frame_with_promotions() {
        std::thread::spawn(move || drop(promotion));
    }
}
