//~ E0505: cannot move out of `alloc`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let tag = alloc.tag("physics");
    drop(alloc);
    drop(tag);
}
