use framealloc::{SmartAlloc, frame_format};
use std::thread;

pub fn load(alloc: &SmartAlloc, names: &[&str]) -> usize {
    let mut bytes = 0;
    let _frame = alloc.frame();
    for name in names {
        bytes += alloc.with_tag("streaming", |a| frame_format!(a, "{name}.pak").len());
    }
    let failed = alloc.with_tag("stream", |a| a.try_frame_slice::<u8>(64).is_err()); //~ FA801
    bytes + usize::from(failed)
}

pub fn background(alloc: &SmartAlloc) -> usize {
    let twin = alloc.clone();
    let worker = thread::spawn(move || {
        let _frame = twin.frame();
        let good = twin.with_tag("streaming/background", |a| a.frame_slice::<u8>(16).len());
        let _tag = twin.tag("save/background"); //~ FA801
        good + twin.frame_slice::<u8>(8).len()
    });
    worker.join().unwrap_or(0)
}
