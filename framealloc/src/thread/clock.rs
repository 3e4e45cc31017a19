//! Frame clocks: how a thread learns, at its next use, that a frame which several threads shared is over.
//!
//! Whoever ends a shared frame stops its clock and touches nothing of the threads that took part. Each of them looks
//! at the clock when it comes by again, and only then uses its part of the memory for something else.
//!
//! Invariants:
//!
//! - **K1** A clock shows the serial of the one frame that runs by it, or zero. Serials are never used again, so a
//!   clock that has shown one and shows it no more never will.
//! - **K2** A clock's frame ends after everything that was done with the frame's memory, and stopping it is a
//!   release. So who sees by an acquire that it has passed may use the memory for something else.
//! - **K3** A clock's memory lives as long as the `Clocks` that it is of.

use std::ptr::NonNull;

use crate::memory::source;
use crate::sync::{AtomicU64, Mutex, Ordering};

#[derive(Debug)]
pub(crate) struct Clock {
    shows: AtomicU64,
}

/// A pointer to a clock; see K3.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockRef(NonNull<Clock>);

// SAFETY: a clock is atomic, and there as long as its `Clocks` (K3), which all who have a pointer borrow.
unsafe impl Send for ClockRef {}
// SAFETY: as above.
unsafe impl Sync for ClockRef {}

impl ClockRef {
    fn get(&self) -> &Clock {
        // SAFETY: K3; only ever borrowed shared.
        unsafe { self.0.as_ref() }
    }

    /// Whether the frame with this serial, which ran by this clock, is over.
    #[inline]
    pub(crate) fn has_passed(&self, serial: u64) -> bool {
        // Acquire: K2.
        self.get().shows.load(Ordering::Acquire) != serial
    }
}

#[derive(Debug, Default)]
struct Inner {
    all: Vec<ClockRef>,
    /// Those by which no frame runs; there is room for all.
    idle: Vec<ClockRef>,
}

/// The clocks of one allocator: one for each shared frame that is open at the same time.
#[derive(Debug)]
pub(crate) struct Clocks {
    inner: Mutex<Inner>,
}

impl Clocks {
    pub(crate) fn new() -> Self {
        Self { inner: Mutex::new(Inner::default()) }
    }

    /// A clock by which the frame with this serial, not zero, runs from now on. `None` when the system has no memory
    /// for one more.
    pub(crate) fn start(&self, serial: u64) -> Option<ClockRef> {
        debug_assert!(serial != 0);
        let clock = self.with(|inner| {
            if let Some(clock) = inner.idle.pop() {
                return Some(clock);
            }
            inner.all.try_reserve(1).ok()?;
            let room = inner.all.len() + 1 - inner.idle.len();
            inner.idle.try_reserve(room).ok()?;
            let clock = ClockRef(source::boxed(Clock { shows: AtomicU64::new(0) })?);
            inner.all.push(clock);
            Some(clock)
        })?;
        // Release: a thread that knows the clock from its last frame may learn from this store that it has passed; the
        // lock has brought that frame's end here.
        clock.get().shows.store(serial, Ordering::Release);
        Some(clock)
    }

    /// The frame that runs by this clock, which is of this allocator, is over.
    pub(crate) fn stop(&self, clock: ClockRef) {
        // Release: K2.
        clock.get().shows.store(0, Ordering::Release);
        self.with(|inner| inner.idle.push(clock));
    }

    fn with<R>(&self, action: impl FnOnce(&mut Inner) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        action(&mut self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Drop for Clocks {
    fn drop(&mut self) {
        for clock in self.with(|inner| std::mem::take(&mut inner.all)) {
            // SAFETY: K3: with these go all who could look at it.
            unsafe { source::unbox(clock.0) };
        }
    }
}
