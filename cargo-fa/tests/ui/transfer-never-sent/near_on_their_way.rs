// Sent, stored, returned, captured, received at once, sent on one branch, or silenced with a reason.
use framealloc::{AllocConfig, SmartAlloc, TransferHandle};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

type Frame = TransferHandle<[u8; 128]>;

struct Encoder {
    pending: VecDeque<Frame>,
    latest: Mutex<Option<Frame>>,
}

impl Encoder {
    fn push(&mut self, alloc: &SmartAlloc, byte: u8) {
        let frame = alloc.frame_box_for_transfer([byte; 128]);
        self.pending.push_back(frame);
        *self.latest.lock().unwrap() = Some(alloc.frame_box_for_transfer([byte; 128]));
    }

    fn flush(&mut self, out: &SyncSender<Frame>, alloc: &SmartAlloc, urgent: bool) {
        let last = alloc.frame_box_for_transfer([0xff; 128]);
        if urgent {
            let _ = out.send(last);
        }
        while let Some(frame) = self.pending.pop_front() {
            if out.send(frame).is_err() {
                break;
            }
        }
    }
}

fn captured(alloc: &SmartAlloc) -> u64 {
    let number = alloc.frame_box_for_transfer(41u64);
    let worker = thread::spawn(move || *number.receive() + 1);
    worker.join().unwrap_or(0)
}

fn made(alloc: &SmartAlloc, byte: u8) -> Option<Frame> {
    if byte == 0 {
        return None;
    }
    let frame = alloc.frame_box_for_transfer([byte; 128]);
    Some(frame)
}

fn consume(frame: Frame) -> u8 {
    frame.into_inner()[0]
}

fn dropped_for_the_statistics(alloc: &SmartAlloc) -> u64 {
    let _ = alloc.frame_box_for_transfer(1u8); // fa: allow(FA203) -- the count of dropped handles is shown
    alloc.transfer_stats().made
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let (out, receive) = sync_channel(64);
    let mut encoder = Encoder { pending: VecDeque::new(), latest: Mutex::new(None) };
    encoder.push(&alloc, 3);
    encoder.flush(&out, &alloc, true);
    let first = made(&alloc, 9).map(consume);
    println!("{first:?} {} {}", captured(&alloc), dropped_for_the_statistics(&alloc));
    println!("{}", receive.try_iter().map(consume).count());
}
