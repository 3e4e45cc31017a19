//~ E0080: this type has a destructor, which a shared frame would never run

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    let _ = shared.alloc(String::new());
}
