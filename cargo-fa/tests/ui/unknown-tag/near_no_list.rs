// Without a list of known tags any tag will do.
use framealloc::{SmartAlloc, frame_format};

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let a = alloc.with_tag("whatever", |a| a.frame_slice::<u8>(4).len());
    let b = {
        let _tag = alloc.tag("phsyics");
        frame_format!(alloc, "{a} bytes").len()
    };
    let c = alloc.with_tag("a", |a| a.with_tag("b", |a| a.with_tag("c", |a| a.frame_str("deep").len())));
    println!("{a} {b} {c}");
}
