//~ E0308: mismatched types

use framealloc::{FrameRetained, RetentionPolicy, SmartAlloc};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let forget: for<'s> fn(&'s str) = |_| ();
    let keep: fn(&'static str) = |_| ();
    let any: FrameRetained<'_, for<'s> fn(&'s str)> =
        alloc.frame_retained_value(forget, RetentionPolicy::PromoteToPool);
    let mut lasting: FrameRetained<'_, fn(&'static str)> = any;
    // The promotion would be a function for strings that live shortly.
    *lasting = keep;
}
