//! The ends of intervals, of the thread, and of the arena.

use super::arena::{Arena, flag, nowhere};
use super::chunk::Chunk;

impl Arena {
    /// Ends an interval: gives everything back if nothing of it is alive, else parks it.
    #[cold]
    #[inline(never)]
    pub(crate) fn finish(&self) {
        self.fill();
        self.note_peak();
        let needed = self.peak.get() as usize;
        let alive = self.top.get() != self.base || !self.nothing_alive();
        if alive {
            if !self.park() {
                self.restart_count();
                return;
            }
        } else {
            self.rewind_to(&self.base);
            if let Some(chunk) = self.chunk.get() {
                if chunk.header().regions.get() == 0 {
                    self.begin_at(chunk, chunk.data(), chunk.data_end());
                } else if chunk.limit().saturating_sub(self.origin.get().addr().get()) < needed {
                    // What is parked here leaves too little room for a frame like this one.
                    chunk.header().in_frame.set(false);
                    self.forget_chunk();
                }
            }
        }
        self.settle(needed);
        self.begin_interval();
    }

    /// Nothing of the interval that begins has been made yet.
    pub(super) fn begin_interval(&self) {
        self.count_from_here();
        self.live_base.set(0);
        self.peak.set(0);
        self.side_peak.set(self.side_bytes.get());
        self.base.dead.set(0);
        self.base.held.set(0);
        self.held_base.set(0usize.wrapping_sub(self.ptr.get().addr().get()));
        let excess = self.reserved.get() > self.cold.borrow().backing().first_chunk;
        self.clear(flag::UNTIDY);
        if excess {
            self.set(flag::UNTIDY);
        }
        self.apply_limit();
    }

    /// What could not be parked stays in the interval that begins; only its bytes count from zero again.
    fn restart_count(&self) {
        self.keep_taken(0);
    }

    /// The frame has no chunk until it needs one.
    pub(super) fn forget_chunk(&self) {
        // The pointer must not stay where a block may still end (A3).
        self.ptr.set(nowhere());
        self.origin.set(nowhere());
        self.chunk.set(None);
        self.base.chunk.set(None);
        self.limit.set(0);
        self.base.limit.set(0);
        self.start.set(0);
        self.span.set(0);
    }

    /// The arena's thread has ended. Whether nothing of it is alive, so that another thread may have it.
    pub(crate) fn retire(&self) -> bool {
        debug_assert!(!self.is_recorded());
        if self.top.get() != self.base || !self.nothing_alive() {
            self.set(flag::RETIRED);
        }
        self.finish();
        self.shed();
        self.set(flag::RETIRED);
        self.apply_limit();
        self.is_idle()
    }

    /// Whether nothing taken from this arena is alive.
    pub(crate) fn is_idle(&self) -> bool {
        self.top.get() == self.base && self.nothing_alive() && self.cold.borrow().parked.regions() == 0
    }

    /// Another thread takes the arena over.
    pub(crate) fn revive(&self) {
        debug_assert!(self.is_idle());
        self.clear(flag::RETIRED);
        self.finish();
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        let cold = self.cold.get_mut();
        let backing = cold.backing;
        for chunk in cold.all.drain(..) {
            // SAFETY: the list of all chunks is empty after this, and with the arena go all who could use them.
            unsafe { Chunk::release(chunk, backing.as_ref()) };
        }
        for level in cold.levels.drain(..) {
            // SAFETY: the arena goes.
            unsafe { level.release() };
        }
    }
}
