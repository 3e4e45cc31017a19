//~ E0505: cannot move out of `scratch`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    scratch.with_scope(|s| {
        let value = s.alloc_value(1);
        drop(scratch);
        *value += 1;
    });
}
