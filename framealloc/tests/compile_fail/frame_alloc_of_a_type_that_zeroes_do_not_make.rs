//~ E0277: Zeroable

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    drop(alloc.frame_alloc::<String>());
}
