//~ E0080: this type has a destructor, which a shared frame would never run

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let shared = alloc.shared_frame();
    let _ = shared.local().alloc_slice_from_fn(3, |_| Vec::<u8>::new());
}
