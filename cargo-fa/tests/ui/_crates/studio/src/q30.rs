//! Types of the program's own that are named like the library's, next to the library's allocator.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use framealloc::SmartAlloc;

/// Carries a value within the thread; dropping it is fine.
pub struct TransferHandle<T>(T);

impl<T> TransferHandle<T> {
    fn peek(&self) -> &T {
        &self.0
    }
}

/// Counts, and never blocks.
#[derive(Default)]
pub struct FrameBarrier {
    signals: AtomicU32,
}

impl FrameBarrier {
    fn signal_frame_complete(&self) {
        self.signals.fetch_add(1, Ordering::Relaxed);
    }

    fn wait_all(&self) -> u32 {
        self.signals.load(Ordering::Relaxed)
    }
}

/// Runs what it is given at once, on the calling thread.
pub struct Inline;

impl Inline {
    fn run<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }
}

pub struct Lobby<'e> {
    alloc: &'e SmartAlloc,
    barrier: Arc<FrameBarrier>,
    names: Sender<Vec<u8>>,
}

impl Lobby<'_> {
    fn frame_box_for_transfer<T>(&self, value: T) -> TransferHandle<T> {
        TransferHandle(value)
    }

    pub fn watch(&self, turns: u32) -> u32 {
        let mut seen = 0;
        for _ in 0..turns {
            seen += self.barrier.wait_all();
        }
        self.barrier.signal_frame_complete();
        let _ = self.frame_box_for_transfer(seen);
        *self.frame_box_for_transfer(seen + 1).peek()
    }

    /// What crosses to other threads is a copy, a number, or a clone of the allocator.
    pub fn publish(&self, names: &[u8]) -> Option<usize> {
        let _frame = self.alloc.frame();
        let sorted = self.alloc.frame_slice_copy(names);
        self.names.send(sorted.to_vec()).ok()?;
        let (length, first) = (sorted.len(), *sorted.first()?);
        let alloc = self.alloc.clone();
        let worker = thread::spawn(move || {
            let held = alloc.stats().parked_bytes as usize;
            held + length + usize::from(first)
        });
        worker.join().ok()
    }

    /// A closure that borrows frame memory and never leaves the thread.
    pub fn count(&self, names: &[u8]) -> usize {
        let _frame = self.alloc.frame();
        let sorted = self.alloc.frame_slice_copy(names);
        Inline.run(move || sorted.iter().filter(|byte| byte.is_ascii()).count())
    }
}
