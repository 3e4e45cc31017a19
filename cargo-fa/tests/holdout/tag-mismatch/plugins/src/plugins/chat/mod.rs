use framealloc::{SmartAlloc, frame_format};

pub fn run(alloc: &SmartAlloc, count: u32) -> u32 {
    let text = alloc.with_tag("plugins/chat", |a| frame_format!(a, "{count} messages"));
    let _tag = alloc.tag("host"); //~ FA801
    let copy = alloc.frame_str(&text);
    (text.len() + copy.len()) as u32
}
