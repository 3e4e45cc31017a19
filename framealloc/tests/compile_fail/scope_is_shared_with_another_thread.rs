//~ E0277: FrameMemoryStaysOnItsThread

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scope = alloc.scope();
    std::thread::scope(|s| {
        s.spawn(|| *scope.alloc(1) += 1);
    });
}
