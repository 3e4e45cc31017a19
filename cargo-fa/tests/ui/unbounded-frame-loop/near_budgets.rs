// The same loops in a crate that bounds the thread's frame memory.
use framealloc::{SmartAlloc, frame_format, kilobytes};
use std::sync::mpsc::{Receiver, channel};

fn setup() -> SmartAlloc {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(kilobytes(64));
    alloc
}

fn log(alloc: &SmartAlloc, lines: &Receiver<String>) -> usize {
    let mut bytes = 0;
    while let Ok(line) = lines.recv() {
        let text = frame_format!(alloc, "[log] {line}");
        bytes += text.len();
    }
    bytes
}

fn numbers(alloc: &SmartAlloc, lines: &Receiver<String>) -> usize {
    let mut sum = 0;
    for number in 0u32.. {
        let boxed = alloc.frame_box(number);
        sum += *boxed as usize;
        if lines.try_recv().is_err() {
            break;
        }
    }
    sum
}

fn main() {
    let alloc = setup();
    let (send, lines) = channel();
    send.send("started".to_string()).unwrap();
    drop(send);
    println!("{} {}", log(&alloc, &lines), numbers(&alloc, &lines));
}
