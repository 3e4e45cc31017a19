//~ E0277: FrameMemoryStaysOnItsThread

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    let local = shared.local();
    std::thread::scope(|s| {
        s.spawn(move || *local.alloc(1) += 1);
    });
}
