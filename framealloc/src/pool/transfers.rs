//! How many values were made for other threads, and what became of them.
//!
//! Each heap has a *ledger*. What leaves a heap for another thread is entered there by its owner, and its end by
//! whichever thread comes to have it; the two sides lie apart, so that neither waits for the other's writes.
//!
//! - **X1** A ledger exists as long as what the heaps of its allocator share, so as long as any block of any of them
//!   is alive. Once made it is on the list for good: a sum misses none, whatever becomes of threads and heaps.
//! - **X2** An end is entered after its beginning and releases it, and a sum acquires the ends before it reads the
//!   beginnings: it never has more ends than beginnings.
//!
//! Modelled with loom in the crate `models`, which includes this very file.

use std::ptr::NonNull;

use crate::memory::source;
use crate::sync::{AtomicU64, Mutex, Ordering};

/// What became of the values that one heap made for other threads.
#[derive(Debug)]
#[repr(C, align(128))]
pub(crate) struct Ledger {
    /// Written by the heap's owner alone.
    made: AtomicU64,
    /// By threads past owning a heap.
    made_by_others: AtomicU64,
    /// The next on the list; written before it is on it.
    next: Option<NonNull<Ledger>>,
    ends: Ends,
}

/// Entered by any thread; on a cache line that the owner does not write to.
#[derive(Debug)]
#[repr(C, align(128))]
struct Ends {
    received: AtomicU64,
    dropped: AtomicU64,
    dropped_at_exit: AtomicU64,
}

/// The numbers of all ledgers of an allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transfers {
    pub(crate) made: u64,
    pub(crate) received: u64,
    pub(crate) dropped: u64,
    pub(crate) dropped_at_exit: u64,
}

impl Ledger {
    fn new(next: Option<NonNull<Self>>) -> Self {
        Self {
            made: AtomicU64::new(0),
            made_by_others: AtomicU64::new(0),
            next,
            ends: Ends {
                received: AtomicU64::new(0),
                dropped: AtomicU64::new(0),
                dropped_at_exit: AtomicU64::new(0),
            },
        }
    }

    /// The thread that owns the ledger's heap, which alone calls this, has made a value.
    #[inline(always)]
    pub(crate) fn note_made(&self) {
        self.made.store(self.made.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// A thread that does not own the heap has made a value.
    pub(crate) fn note_made_by_other(&self) {
        self.made_by_others.fetch_add(1, Ordering::Relaxed);
    }

    /// A value has arrived.
    #[inline(always)]
    pub(crate) fn note_received(&self) {
        self.ends.received.fetch_add(1, Ordering::Release);
    }

    /// A value is dropped on the way, maybe by a thread that ends.
    pub(crate) fn note_dropped(&self, at_exit: bool) {
        if at_exit {
            self.ends.dropped_at_exit.fetch_add(1, Ordering::Relaxed);
        }
        self.ends.dropped.fetch_add(1, Ordering::Release);
    }

    fn add_to(&self, sum: &mut Transfers) {
        // X2: in this order.
        sum.received += self.ends.received.load(Ordering::Acquire);
        sum.dropped += self.ends.dropped.load(Ordering::Acquire);
        sum.dropped_at_exit += self.ends.dropped_at_exit.load(Ordering::Relaxed);
        sum.made += self.made.load(Ordering::Relaxed) + self.made_by_others.load(Ordering::Relaxed);
    }
}

/// The ledgers of one allocator; see X1.
#[derive(Debug)]
pub(crate) struct Ledgers {
    first: Mutex<Option<NonNull<Ledger>>>,
}

// SAFETY: the list is reached under the lock; what is in a ledger is atomic, or does not change once it is listed.
unsafe impl Send for Ledgers {}
// SAFETY: as above.
unsafe impl Sync for Ledgers {}

impl Ledgers {
    pub(crate) fn new() -> Self {
        Self { first: Mutex::new(None) }
    }

    /// A new ledger, or `None` when the system has no memory.
    pub(crate) fn open(&self) -> Option<NonNull<Ledger>> {
        self.with(|first| {
            let ledger = source::boxed(Ledger::new(*first))?;
            *first = Some(ledger);
            Some(ledger)
        })
    }

    pub(crate) fn sum(&self) -> Transfers {
        self.with(|first| {
            let mut sum = Transfers::default();
            let mut next = *first;
            while let Some(ledger) = next {
                // SAFETY: X1.
                let ledger = unsafe { ledger.as_ref() };
                ledger.add_to(&mut sum);
                next = ledger.next;
            }
            sum
        })
    }

    fn with<R>(&self, action: impl FnOnce(&mut Option<NonNull<Ledger>>) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        action(&mut self.first.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Drop for Ledgers {
    fn drop(&mut self) {
        let mut next = self.with(Option::take);
        while let Some(ledger) = next {
            // SAFETY: X1: no heap is left that could refer to it; made by `source::boxed`, and taken off the list.
            unsafe {
                next = ledger.as_ref().next;
                source::unbox(ledger);
            }
        }
    }
}
