// A set of workers made in a loop sets no budget although the streaming thread does.
use framealloc::{SmartAlloc, kilobytes};
use std::sync::LazyLock;
use std::thread;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

fn stream() -> usize {
    MEMORY.set_thread_frame_budget(kilobytes(256));
    let mut bytes = 0;
    for chunk in 0..8u8 {
        let frame = MEMORY.frame();
        bytes += frame.alloc_slice_copy(&[chunk; 32]).len();
    }
    bytes
}

fn cull(worker: usize) -> usize {
    MEMORY.begin_frame();
    let visible = MEMORY.frame_slice_from_fn(16, |i| i * worker);
    let count = visible.iter().filter(|index| **index % 2 == 0).count();
    drop(visible);
    MEMORY.end_frame();
    count
}

fn main() {
    let streaming = thread::spawn(stream);
    let mut workers = Vec::new();
    for worker in 0..4 {
        workers.push(thread::spawn(move || cull(worker))); //~ FA302
    }
    let single = thread::spawn(|| MEMORY.with_tag("cull", |_| cull(9))); //~ FA302
    let sum: usize = workers.into_iter().filter_map(|worker| worker.join().ok()).sum();
    println!("{sum} {:?} {:?}", single.join().ok(), streaming.join().ok());
}
