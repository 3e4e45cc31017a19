//~ E0080: use `boxed`, `vec` or `string` of the scope

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    scratch.with_scope(|s| s.alloc_value(String::new()).push('x'));
}
