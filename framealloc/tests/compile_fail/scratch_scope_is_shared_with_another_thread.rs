//~ E0277: FrameMemoryStaysOnItsThread

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    scratch.with_scope(|s| {
        std::thread::scope(|threads| {
            threads.spawn(|| s.alloc_value(1));
        });
    });
}
