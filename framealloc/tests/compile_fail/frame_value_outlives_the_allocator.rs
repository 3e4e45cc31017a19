//~ E0505: cannot move out of `alloc`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let value = alloc.frame_box(1);
    drop(alloc);
    assert_eq!(*value, 1);
}
