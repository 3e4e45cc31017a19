//~ E0277: FrameMemoryStaysOnItsThread

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let boxed = alloc.frame_box(1);
    std::thread::scope(|s| {
        s.spawn(move || drop(boxed));
    });
}
