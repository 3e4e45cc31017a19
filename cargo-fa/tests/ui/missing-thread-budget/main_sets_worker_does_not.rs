// The main thread has a frame budget, the worker that allocates has none; the logger needs none.
use framealloc::{AllocConfig, SmartAlloc, kilobytes, megabytes};
use std::sync::mpsc::channel;
use std::thread;

fn simulate(alloc: &SmartAlloc, turns: u32) -> usize {
    let mut bytes = 0;
    for turn in 0..turns {
        alloc.begin_frame();
        let forces = alloc.frame_slice_from_fn(64, |i| i as u32 + turn);
        bytes += forces.len();
        drop(forces);
        alloc.end_frame();
    }
    bytes
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
    alloc.set_thread_frame_budget(kilobytes(512));
    let (log, lines) = channel::<String>();
    let logger = thread::spawn(move || {
        for line in lines {
            println!("{line}");
        }
    });
    let worker = {
        let alloc = alloc.clone();
        thread::spawn(move || simulate(&alloc, 10)) //~ FA302
    };
    let own = simulate(&alloc, 10);
    let _ = log.send(format!("{own} {:?}", worker.join().ok()));
    drop(log);
    let _ = logger.join();
}
