//! The clock of an app whose updates are frames, for threads that the app and not the user's code drives.
//!
//! Whoever drives the updates advances the clock and touches no thread. A thread follows when it comes by: it ends the
//! frame that it began for an earlier update and begins one for the update that runs. A thread that begins frames of its
//! own is left alone.
//!
//! Nothing is published through the clock: what a thread gives back is its own, and if something in it is alive it is
//! parked as at any frame's end. So its accesses are relaxed, and it is right at any time to follow.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::state::ThreadState;
use crate::frame::flag;
use crate::memory::counter::Counter;

/// Counts the beginnings and ends of updates: odd while one runs.
#[derive(Debug, Default)]
pub(crate) struct Ticks(AtomicU64);

impl Ticks {
    #[inline(always)]
    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// An update begins; one that was never ended ends.
    pub(crate) fn begin_update(&self) {
        let now = self.now();
        self.0.store(if now.is_multiple_of(2) { now + 1 } else { now + 2 }, Ordering::Relaxed);
    }

    /// The number of the update that runs or was the last to run; zero before the first.
    fn update(&self) -> u64 {
        self.now().div_ceil(2)
    }

    /// The update that runs ends, if one runs.
    pub(crate) fn end_update(&self) {
        let now = self.now();
        self.0.store(now + now % 2, Ordering::Relaxed);
    }
}

/// What a thread has seen of the clock.
#[derive(Debug)]
pub(super) struct Followed {
    /// The clock when the thread last looked; `u64::MAX` before it has.
    seen: Cell<u64>,
    /// The interval of the frame that it began by the clock.
    frame: Cell<Option<u64>>,
    /// The update of the last frame that it began by the clock; zero for none.
    update: Counter,
}

impl Default for Followed {
    fn default() -> Self {
        Self { seen: Cell::new(u64::MAX), frame: Cell::new(None), update: Counter::new(0) }
    }
}

impl Followed {
    /// The thread ends.
    pub(super) fn reset(&self) {
        self.seen.set(u64::MAX);
        self.frame.set(None);
    }
}

impl ThreadState {
    /// Looks at the clock, and has the thread's frame be the running update's.
    #[inline(always)]
    pub(crate) fn follow(&self) {
        if self.followed.seen.get() != self.shared().ticks.now() {
            self.follow_slow();
        }
    }

    #[cold]
    #[inline(never)]
    fn follow_slow(&self) {
        if self.arena.has(flag::RETIRED) {
            // A thread that is past its end has no frames to come.
            self.done();
            return;
        }
        let now = self.shared().ticks.now();
        self.followed.seen.set(now);
        let ours = self.followed.frame.take();
        if self.in_frame() {
            if ours != Some(self.interval()) {
                self.followed.update.set(0);
                return;
            }
            self.end_frame();
        }
        if !now.is_multiple_of(2) {
            self.begin_frame(self.shared().epoch());
            self.followed.frame.set(Some(self.interval()));
            self.followed.update.set(self.shared().ticks.update());
        }
    }

    /// Whether the last frame that this thread began by the clock was for an update before the last one. Any thread may
    /// ask.
    pub(crate) fn is_behind(&self) -> bool {
        let update = self.followed.update.get();
        update != 0 && update != self.shared().ticks.update()
    }
}
