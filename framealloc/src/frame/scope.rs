//! Opening and closing scopes: levels above the frame.

use super::arena::Arena;
use super::chunk::{Chunk, LINE};
use super::level::{LevelRef, Status};
#[cfg(any(asan, miri))]
use crate::memory::poison;
use crate::memory::{address, tally};

impl Arena {
    /// Opens a level above the top one. `None` when the system has no memory for another level.
    #[inline]
    pub(crate) fn open_scope(&self) -> Option<LevelRef> {
        let top = self.top.get();
        let level = match top.above.get() {
            Some(level) => level,
            None => self.add_level()?,
        };
        if self.chunk.get().is_none() {
            self.warm_up();
        }
        let made = self.made.get().wrapping_add(1);
        let (mark, start, span) = (self.ptr.get(), self.start.get(), self.span.get());
        self.made.set(made);
        level.limit.set(top.limit.replace(0));
        level.mark.set(mark);
        level.chunk.set(self.chunk.get());
        level.live_base.set(self.live_base.get());
        level.dead.set(self.dead());
        level.held.set(self.held_at(mark));
        level.outer_start.set(start);
        level.outer_span.set(span);
        self.live_base.set(made.wrapping_sub(self.gone.get()));
        // Seal the tip (A3): a block below must not end where this level begins. The chunk's tail has room for it,
        // once: where the level below has no room left, it has no blocks either, and its own seal serves.
        let mut sealed = start;
        if span != 0 {
            let position = mark.addr().get();
            sealed = address::round_up(position + 1, LINE);
            // SAFETY: position <= the chunk's limit, so sealed is at most at the end of its tail (C3).
            self.ptr.set(unsafe { mark.add(sealed - position) });
            self.shift(((sealed - position) as u64).wrapping_neg());
            self.span.set((start + span).saturating_sub(sealed));
            self.start.set(sealed);
        }
        level.start.set(sealed);
        self.top.set(level);
        Some(level)
    }

    /// Closes the level of a scope that was dropped, wherever it stands.
    #[inline]
    pub(crate) fn close_scope(&self, level: LevelRef) {
        let plain = self.top.get() == level
            && self.made.get().wrapping_sub(self.gone.get()) == self.live_base.get()
            && !level.touched.get();
        match level.below.get() {
            Some(below) if plain => self.pop_clean(level, below),
            _ => self.close_slow(level),
        }
    }

    /// Pops the top level, all of whose blocks are gone, in the chunk it began in: all is again as it was.
    #[inline(always)]
    fn pop_clean(&self, level: LevelRef, below: LevelRef) {
        debug_assert!(level.chunk.get() == self.chunk.get() && level.side.get().is_none());
        debug_assert!(below.later.get() == 0 && below.status.get() == Status::Open);
        self.note_peak();
        let ptr = self.ptr.get().addr().get();
        let mark = level.mark.get();
        #[cfg(any(asan, miri))]
        if self.chunk.get().is_some() {
            // SAFETY: nothing above the mark is alive (L3); the pointer may stand in the tail, the data ends before.
            unsafe { poison::hide(mark, ptr - mark.addr().get()) };
        }
        self.shift(ptr.wrapping_sub(mark.addr().get()) as u64);
        self.set_dead(level.dead.get());
        self.ptr.set(mark);
        self.live_base.set(level.live_base.get());
        // The scope itself.
        self.gone.set(self.gone.get().wrapping_add(1));
        self.start.set(level.outer_start.get());
        self.span.set(level.outer_span.get());
        below.limit.set(self.limit.get());
        self.top.set(below);
    }

    /// What the slow ways of popping the top level end with; the pointer stands where it stays.
    fn leave_level(&self, level: LevelRef, below: LevelRef) {
        level.status.set(Status::Open);
        level.touched.set(false);
        self.live_base.set(level.live_base.get());
        // The scope itself, and blocks of the level below that were freed meanwhile: dead where they lie.
        let later = below.later.replace(0);
        self.gone.set(self.gone.get().wrapping_add(1).wrapping_add(later));
        self.die(tally::bytes(later) as usize);
        if let Some(chunk) = self.chunk.get() {
            let start =
                if below.chunk.get() == Some(chunk) { below.start.get() } else { chunk.data().addr().get() };
            self.start.set(start);
            self.span.set(chunk.limit().saturating_sub(start));
        }
        below.limit.set(self.limit.get());
        self.top.set(below);
    }

    #[cold]
    #[inline(never)]
    fn close_slow(&self, level: LevelRef) {
        self.fill();
        self.close_filled(level);
        self.hollow();
    }

    fn close_filled(&self, level: LevelRef) {
        match level.status.get() {
            Status::Parked(region) => {
                let mut cold = self.cold.borrow_mut();
                level.status.set(Status::Closed);
                self.drop_side(&mut cold, &level);
                if cold.parked.book(region, 1) {
                    self.release_region(&mut cold, region);
                }
            }
            Status::Closed => debug_assert!(false, "a scope closes once"),
            Status::Open => {
                level.status.set(Status::Closed);
                if self.top.get() != level
                    && let Some(above) = level.above.get()
                {
                    above.touched.set(true);
                }
                // Scopes below that were closed out of order have waited for this one.
                while self.top.get() != self.base && self.top.get().status.get() == Status::Closed {
                    self.pop_top();
                }
                self.apply_limit();
            }
        }
    }

    /// Pops the top level: gives its memory back if nothing of it is alive, else leaves it to the level below.
    fn pop_top(&self) {
        let level = self.top.get();
        let Some(below) = level.below.get() else { return };
        self.note_peak();
        self.drop_side(&mut self.cold.borrow_mut(), &level);
        if self.nothing_alive() {
            self.rewind_to(&level);
        } else {
            self.merge_chunks(&level);
            if level.touched.get() {
                below.touched.set(true);
            }
        }
        // Blocks of this level that were freed while levels above it were open are already in `gone` by now.
        debug_assert_eq!(level.later.get(), 0);
        self.leave_level(level, below);
    }

    /// Hands the chunks that `level` took down to the level below.
    fn merge_chunks(&self, level: &LevelRef) {
        let depth = level.depth.get();
        let lower = |chunk: Chunk| {
            let header = chunk.header();
            header.depth.set(header.depth.get().min(depth - 1));
        };
        let mut chunk = self.chunk.get();
        while let Some(part) = chunk {
            lower(part);
            chunk = if self.base.chunk.get() == Some(part) { None } else { part.header().prev.get() };
        }
        for &block in &self.cold.borrow().blocks {
            lower(block);
        }
    }

    /// Moves the pointer back to where `level` began; nothing in it or above it is alive.
    pub(super) fn rewind_to(&self, level: &LevelRef) {
        let taken = self.taken();
        let mut cold = self.cold.borrow_mut();
        let depth = level.depth.get();
        while let Some(chunk) = self.chunk.get() {
            if level.chunk.get() == Some(chunk) || self.base.chunk.get() == Some(chunk) {
                break;
            }
            self.chunk.set(chunk.header().prev.get());
            chunk.header().in_frame.set(false);
            self.spare(&mut cold, chunk);
        }
        let mut index = 0;
        while index < cold.blocks.len() {
            let block = cold.blocks[index];
            if block.header().depth.get() >= depth {
                cold.blocks.swap_remove(index);
                block.header().in_frame.set(false);
                self.spare(&mut cold, block);
            } else {
                index += 1;
            }
        }
        drop(cold);
        if let Some(chunk) = self.chunk.get() {
            let mark = level.mark.get();
            #[cfg(any(asan, miri))]
            // SAFETY: nothing from the mark to the chunk's end is alive (L3).
            unsafe {
                poison::hide(mark, chunk.limit().saturating_sub(mark.addr().get()));
            };
            self.enter(chunk, mark);
        }
        self.held_base.set(level.held.get().wrapping_sub(self.ptr.get().addr().get()));
        self.keep_taken(taken);
        self.set_dead(level.dead.get());
    }
}
