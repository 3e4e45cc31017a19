//~ E0277: Zeroable

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    scratch.with_scope(|s| {
        s.alloc::<&u8>();
    });
}
