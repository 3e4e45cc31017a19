// A generic helper that forgets: only a frame value makes that a mistake; renamed imports.
use framealloc::{FrameString, SmartAlloc, frame_format};
use std::mem::forget as let_go;

fn label(alloc: &SmartAlloc, id: u32) -> FrameString<'_> {
    frame_format!(alloc, "entity {id}")
}

fn name_all(alloc: &SmartAlloc, ids: &[u32]) -> usize {
    let mut bytes = 0;
    for id in ids {
        let text = label(alloc, *id);
        bytes += text.len();
        if bytes > 100 {
            let_go(text); //~ FA607
        }
    }
    bytes
}

fn titles(alloc: &SmartAlloc) -> &str {
    let title = alloc.with_tag("ui", |a| label(a, 7));
    let boxed = title.into_boxed_str();
    boxed.leak() //~ FA607
}

fn counts(alloc: &SmartAlloc, ids: &[u32]) -> usize {
    let names: Vec<String> = ids.iter().map(|id| label(alloc, *id).to_string()).collect();
    let count = names.len();
    let_go(names);
    count
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let frame = alloc.frame();
    let ids = [1, 2, 3];
    println!("{} {}", name_all(&alloc, &ids), titles(&alloc).len());
    println!("{}", counts(&alloc, &ids));
    drop(frame);
}
