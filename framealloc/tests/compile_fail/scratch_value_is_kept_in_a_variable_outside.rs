//~ E0521: borrowed data escapes outside of closure

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    let mut kept = None;
    scratch.with_scope(|s| kept = Some(s.alloc_value(1)));
    drop(kept);
}
