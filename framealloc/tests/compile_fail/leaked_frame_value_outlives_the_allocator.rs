//~ E0597: does not live long enough

use framealloc::SmartAlloc;

fn main() {
    let leaked: &'static mut u32;
    {
        let alloc = SmartAlloc::with_defaults();
        leaked = alloc.frame_box(1).leak();
    }
    *leaked += 1;
}
