use framealloc::{SmartAlloc, frame_format};

pub fn draw(alloc: &SmartAlloc, contacts: usize) -> usize {
    let _tag = alloc.tag("render");
    let quads = alloc.frame_slice_from_fn(8, |i| [i as f32; 4]);
    quads.len() + contacts
}

pub fn debug(alloc: &SmartAlloc, contacts: usize) -> usize {
    alloc.begin_phase("physics");
    let line = alloc.with_tag("render/text", |a| frame_format!(a, "{contacts} contacts"));
    alloc.end_phase();
    let kept = alloc.with_tag("physics", |a| a.pool_box([contacts; 2])); //~ FA801
    let len = line.len() + kept[0];
    std::mem::drop(std::thread::spawn(move || kept[1]));
    len
}
