// An engine whose main thread is budgeted by its constructor; of its three threads one is not.
use framealloc::{AllocConfig, SmartAlloc, kilobytes, megabytes};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

struct Engine {
    alloc: &'static SmartAlloc,
    threads: Vec<JoinHandle<usize>>,
}

impl Engine {
    fn new() -> Self {
        let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(1)));
        alloc.set_thread_frame_budget(kilobytes(900));
        Self { alloc, threads: Vec::new() }
    }

    fn start_physics(&mut self, input: Receiver<u32>) {
        let alloc = self.alloc;
        self.threads.push(thread::spawn(move || { //~ FA302
            let mut contacts = 0;
            for bodies in input {
                alloc.begin_frame();
                contacts += alloc.frame_slice_from_fn(8, |i| i as u32 + bodies).len();
                alloc.end_frame();
            }
            contacts
        }));
    }

    fn start_audio(&mut self) {
        let alloc = self.alloc;
        self.threads.push(thread::spawn(move || Self::audio(alloc)));
    }

    fn audio(alloc: &SmartAlloc) -> usize {
        alloc.set_thread_frame_budget(kilobytes(64));
        let frame = alloc.frame();
        frame.alloc_slice_copy(&[0i16; 128]).len()
    }

    fn start_clock(&mut self, output: Sender<u32>) {
        self.threads.push(thread::spawn(move || {
            (0..4).filter(|bodies| output.send(*bodies).is_ok()).count()
        }));
    }
}

fn main() {
    let mut engine = Engine::new();
    let (output, input) = channel();
    engine.start_physics(input);
    engine.start_audio();
    engine.start_clock(output);
    println!("{}", engine.threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<usize>());
}
