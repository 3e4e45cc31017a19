use framealloc::SmartAlloc as Memory;
use std::thread;

pub fn mix(memory: &Memory) -> usize {
    memory.begin_phase("physics");
    let mixed = memory.with_tag("audio", |m| m.frame_slice::<f32>(8).len());
    memory.end_phase();
    mixed
}

pub fn voices(memory: &Memory) -> usize {
    let tag = memory.tag("audio/voices");
    let voices = memory.frame_slice::<f32>(8).len();
    drop(tag);
    let _tag = memory.tag("physics"); //~ FA801
    voices + memory.frame_slice::<f32>(8).len()
}

pub fn stream(memory: &Memory) -> usize {
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let _frame = memory.frame();
            memory.with_tag("streaming", |m| m.frame_slice::<f32>(8).len()) //~ FA801
        });
        worker.join().unwrap_or(0)
    })
}
