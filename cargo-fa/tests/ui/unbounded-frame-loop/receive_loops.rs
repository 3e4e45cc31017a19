// Loops over channels and flags that take frame memory in each turn and never end a frame.
use framealloc::SmartAlloc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

struct Server {
    alloc: SmartAlloc,
    running: AtomicBool,
    inbox: Receiver<Vec<u8>>,
    handled: usize,
}

impl Server {
    fn serve(&mut self) {
        while let Ok(packet) = self.inbox.recv() {
            let mut sorted = self.alloc.frame_slice_copy(&packet); //~ FA301
            sorted.sort_unstable();
            self.handled += sorted.len();
        }
    }

    fn poll(&mut self) {
        while self.running.load(Ordering::Relaxed) {
            let mut seen = self.alloc.frame_set::<u8>(); //~ FA301
            if let Ok(packet) = self.inbox.try_recv() {
                seen.extend(packet);
            } else {
                self.running.store(false, Ordering::Relaxed);
            }
            self.handled += seen.len();
        }
    }

    fn serve_in_frames(&mut self) {
        while let Ok(packet) = self.inbox.try_recv() {
            self.alloc.begin_frame();
            let mut sorted = self.alloc.frame_slice_copy(&packet);
            sorted.sort_unstable();
            self.handled += sorted.len();
            drop(sorted);
            self.alloc.end_frame();
        }
    }

    fn replay(&mut self, packets: &[Vec<u8>]) {
        for packet in packets {
            let copy = self.alloc.frame_slice_copy(packet);
            self.handled += copy.len();
        }
    }
}

fn main() {
    let (send, inbox) = channel();
    send.send(vec![3, 1, 2]).unwrap();
    drop(send);
    let running = AtomicBool::new(true);
    let mut server = Server { alloc: SmartAlloc::with_defaults(), running, inbox, handled: 0 };
    server.replay(&[vec![1], vec![2, 3]]);
    server.serve_in_frames();
    server.serve();
    server.poll();
    println!("{}", server.handled);
}
