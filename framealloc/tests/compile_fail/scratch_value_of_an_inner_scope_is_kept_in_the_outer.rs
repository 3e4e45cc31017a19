//~ E0521: borrowed data escapes outside of closure

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    scratch.with_scope(|outer| {
        let mut kept = outer.vec();
        outer.with_scope(|inner| kept.push(inner.alloc_value(1)));
    });
}
