//~ : lifetime may not live long enough

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    let escaped = scratch.with_scope(|s| s.vec::<u8>());
    drop(escaped);
}
