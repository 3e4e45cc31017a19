//~ E0277: cannot be sent between threads safely

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    let _ = shared.alloc(std::ptr::null::<u8>());
}
