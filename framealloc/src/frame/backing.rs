//! What the frame arenas of one allocator have in common: where their chunks come from and how many bytes all of
//! them together may hold.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The settings of an allocator's frame arenas and the bytes that they hold together.
#[derive(Debug)]
pub(crate) struct FrameBacking {
    /// The size of a thread's first chunk.
    pub(crate) first_chunk: usize,
    /// The ceiling on `reserved`.
    pub(crate) limit: usize,
    /// Whether fresh chunks are touched at once.
    pub(crate) prefault: bool,
    /// Frames after which memory that was not needed again is given back.
    pub(crate) shrink_after: u64,
    reserved: AtomicUsize,
}

/// Why an arena could not serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The cap that the layer above has set; so many bytes are left below it.
    Cap { left: usize },
    /// The ceiling on all frame memory of the allocator; so many bytes are left below it.
    Limit { left: usize },
    /// The system has no memory.
    OutOfMemory,
    /// The size is beyond what can be addressed.
    Overflow,
}

impl FrameBacking {
    pub(crate) fn new(first_chunk: usize, limit: usize, prefault: bool, shrink_after: u64) -> Self {
        Self { first_chunk, limit, prefault, shrink_after, reserved: AtomicUsize::new(0) }
    }

    /// Books `bytes` against the ceiling.
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), Refused> {
        // Relaxed: the number is only a sum; nothing else is published through it.
        let mut reserved = self.reserved.load(Ordering::Relaxed);
        loop {
            let left = self.limit.saturating_sub(reserved);
            if bytes > left {
                return Err(Refused::Limit { left });
            }
            match self.reserved.compare_exchange_weak(
                reserved,
                reserved + bytes,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(now) => reserved = now,
            }
        }
    }

    /// The bytes of all chunks, as of some moment.
    pub(super) fn reserved(&self) -> usize {
        self.reserved.load(Ordering::Relaxed)
    }

    pub(super) fn unreserve(&self, bytes: usize) {
        self.reserved.fetch_sub(bytes, Ordering::Relaxed);
    }
}
