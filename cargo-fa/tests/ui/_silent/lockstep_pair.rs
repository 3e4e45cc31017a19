//! Two threads and the main one in lockstep; results go as parcels; nothing stays behind.
use framealloc::{FrameBarrier, SmartAlloc, TransferHandle, kilobytes};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

const FRAMES: u32 = 20;

struct Outcome {
    worker: u32,
    sum: u64,
}

struct Board {
    pending: Mutex<Option<TransferHandle<Outcome>>>,
}

impl Board {
    /// The one that was there before is returned.
    fn put(&self, handle: TransferHandle<Outcome>) -> Option<TransferHandle<Outcome>> {
        self.pending.lock().ok()?.replace(handle)
    }
}

fn compute(alloc: &SmartAlloc, seed: u32) -> u64 {
    let values = alloc.frame_slice_from_fn(100, |index| u64::from(seed) * index as u64);
    values.iter().sum()
}

fn worker(alloc: &SmartAlloc, barrier: &FrameBarrier, number: u32, out: Sender<TransferHandle<Outcome>>) {
    alloc.set_thread_frame_budget(kilobytes(64));
    for frame in 0..FRAMES {
        alloc.begin_frame();
        let sum = compute(alloc, frame + number);
        let handle = alloc.frame_box_for_transfer(Outcome { worker: number, sum });
        let lost = out.send(handle).is_err();
        alloc.end_frame();
        barrier.signal_frame_complete();
        barrier.wait_all();
        if lost {
            break;
        }
    }
}

fn collect(received: &Receiver<TransferHandle<Outcome>>, board: &Board) -> u64 {
    let mut total = 0;
    for handle in received.try_iter() {
        if let Some(old) = board.put(handle) {
            let outcome = old.receive();
            total += outcome.sum + u64::from(outcome.worker);
        }
    }
    total
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let barrier = FrameBarrier::new(3);
    let board = Board { pending: Mutex::new(None) };
    let (out, received) = channel();
    thread::scope(|scope| {
        let (alloc, barrier) = (&alloc, &barrier);
        let other = out.clone();
        scope.spawn(move || worker(alloc, barrier, 0, out));
        scope.spawn(move || worker(alloc, barrier, 1, other));
        for _ in 0..FRAMES {
            barrier.signal_frame_complete();
            barrier.wait_all();
            println!("{}", collect(&received, &board));
        }
    });
}
