//~ E0277: `PhantomPinned` cannot be unpinned

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    drop(alloc.frame_box(std::marker::PhantomPinned).into_pin_unpin());
}
