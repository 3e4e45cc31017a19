//~ E0505: cannot move out of `frame`

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let frame = alloc.frame();
    let text = frame.alloc_str("text");
    drop(frame);
    text.make_ascii_uppercase();
}
