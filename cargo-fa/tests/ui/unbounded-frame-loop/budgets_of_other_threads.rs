// A budget is a thread's own: that of the mixer says nothing of the server, which has none.
use framealloc::{SmartAlloc, kilobytes};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

struct Server {
    alloc: Arc<SmartAlloc>,
    inbox: Receiver<String>,
}

impl Server {
    fn run(&self) {
        while let Ok(message) = self.inbox.recv() {
            let bytes = self.alloc.frame_slice_copy(message.as_bytes()); //~ FA301
            println!("{}", bytes.len());
        }
    }
}

fn decode(alloc: &SmartAlloc, packets: &Receiver<Vec<u8>>) {
    for packet in packets {
        let copy = alloc.frame_slice_copy(&packet);
        println!("{}", copy.len());
    }
}

fn mix(alloc: &SmartAlloc, blocks: &Receiver<[f32; 8]>) {
    alloc.set_thread_frame_budget(kilobytes(256));
    let _frame = alloc.frame();
    for block in blocks {
        let sorted = alloc.frame_slice_copy(&block);
        println!("{}", sorted.len());
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let (_blocks, played) = channel();
    let mixer = Arc::clone(&alloc);
    thread::spawn(move || mix(&mixer, &played));
    let (_packets, received) = channel();
    let decoder = Arc::clone(&alloc);
    thread::spawn(move || {
        decoder.set_thread_frame_budget(kilobytes(64));
        let _frame = decoder.frame();
        decode(&decoder, &received);
    });
    let (_messages, inbox) = channel();
    Server { alloc, inbox }.run();
}
