//~ E0515: cannot return value referencing local variable `alloc`

use framealloc::{FrameVec, SmartAlloc};

fn escapes() -> FrameVec<'static, u8> {
    let alloc = SmartAlloc::with_defaults();
    alloc.frame_vec()
}

fn main() {
    escapes();
}
