//~ E0277: ScratchServesOneThreadAtATime

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    std::thread::scope(|threads| {
        threads.spawn(|| scratch.with_scope(|s| *s.alloc_value(1) += 1));
    });
}
