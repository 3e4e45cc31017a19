//~ E0505: cannot move out of `alloc` because it is borrowed

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    drop(alloc);
    shared.alloc(1);
}
