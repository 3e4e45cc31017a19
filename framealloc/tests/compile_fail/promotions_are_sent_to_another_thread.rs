//~ E0277: RetainedValueStaysOnItsThread

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let promotions = alloc.end_frame_with_promotions();
    std::thread::spawn(move || drop(promotions));
}
