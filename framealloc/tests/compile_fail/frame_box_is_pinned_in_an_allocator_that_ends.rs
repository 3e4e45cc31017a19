//~ E0597: does not live long enough

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let pinned = alloc.frame_box(std::marker::PhantomPinned).into_pin();
    drop(pinned);
}
