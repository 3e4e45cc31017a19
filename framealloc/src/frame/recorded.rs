//! An arena whose thread is watched: every block that it gives and takes back goes through the slow paths.
//!
//! While [`flag::RECORDED`] is set, the limit of the fast path is zero. Between the slow operations the arena is *hollow*
//! besides: its pointer stands where no block ends and its span is empty, so that no block is given back the fast way,
//! and the level above the top one is out of sight, so that opening a scope takes the slow way too. The true values wait
//! in `hidden`. A slow operation puts them back before it does anything else ([`Arena::fill`]), or works on them there.
//!
//! To the fast paths a hollow arena is one without a chunk: A1 holds since the limit is zero, A3 since the span is, and
//! A4 and A5 since the two bases move with the pointer. What is in the chunks and on the lists stays as it was.

use std::cell::Cell;
use std::ptr::NonNull;

use super::arena::{Arena, LARGE_ENOUGH_FOR_PEAK, flag, nowhere};
use super::level::LevelRef;
use crate::memory::{address, poison, tally};

/// The true values of what a hollow arena hides.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// The pointer; none while the arena is not hollow.
    ptr: Cell<Option<NonNull<u8>>>,
    start: Cell<usize>,
    span: Cell<usize>,
    above: Cell<Option<LevelRef>>,
}

impl Arena {
    /// Lets every block from here on go through the slow paths, or no longer.
    #[cold]
    pub(crate) fn set_recorded(&self, recorded: bool) {
        self.fill();
        if recorded {
            self.set(flag::RECORDED);
        } else {
            self.clear(flag::RECORDED);
        }
        self.apply_limit();
        self.hollow();
    }

    #[inline(always)]
    pub(crate) fn is_recorded(&self) -> bool {
        self.has(flag::RECORDED)
    }

    /// Puts the true values back, if they are hidden.
    #[inline]
    pub(super) fn fill(&self) {
        if let Some(ptr) = self.hidden.ptr.take() {
            self.move_to(ptr);
            self.start.set(self.hidden.start.get());
            self.span.set(self.hidden.span.get());
            // The top level is still the one it was: opening and closing a scope fill first.
            self.top.get().above.set(self.hidden.above.get());
        }
    }

    /// Hides the true values, if the arena is recorded.
    #[inline]
    pub(super) fn hollow(&self) {
        if self.has(flag::RECORDED) && self.hidden.ptr.get().is_none() {
            let top = self.top.get();
            // So that its scope is closed in the slow way; closing looks for more to do and may find nothing.
            top.touched.set(true);
            self.hidden.ptr.set(Some(self.ptr.get()));
            self.hidden.start.set(self.start.replace(0));
            self.hidden.span.set(self.span.replace(0));
            self.hidden.above.set(top.above.take());
            self.move_to(nowhere());
        }
    }

    /// Moves the pointer and leaves the counts of bytes as they are (A4, A5).
    fn move_to(&self, ptr: NonNull<u8>) {
        let (from, to) = (self.ptr.replace(ptr).addr().get(), ptr.addr().get());
        self.shift((from as u64).wrapping_sub(to as u64));
        self.held_base.set(self.held_base.get().wrapping_add(from.wrapping_sub(to)));
    }

    /// A block of a hollow arena's top level, as [`Arena::take`] of a full one would; `None` when there is no room or the
    /// arena is not hollow: then ask [`Arena::refill`].
    #[inline(always)]
    pub(crate) fn take_recorded(&self, size: usize, align: usize) -> Option<NonNull<u8>> {
        let ptr = self.hidden.ptr.get()?;
        let position = ptr.addr().get();
        let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
        let limit = self.chunk.get()?.limit().min(position.saturating_add(left));
        let block = address::place(position, limit, size, align)?;
        let taken = block + size - position;
        // SAFETY: `ptr` is the true pointer: from there to the chunk's limit all is free memory of its chunk (A1).
        let block = unsafe {
            self.hidden.ptr.set(Some(ptr.add(taken)));
            let block = ptr.add(block - position);
            poison::show(block, size);
            block
        };
        self.shift(taken as u64);
        self.held_base.set(self.held_base.get().wrapping_add(taken));
        Some(block)
    }

    /// Gives back a handle's block as [`Arena::free_here`] of a full arena would; `false` when it would not, or the arena
    /// is not hollow: then ask [`Arena::free_elsewhere`].
    ///
    /// # Safety
    ///
    /// As for [`Arena::free_here`].
    #[inline]
    pub(crate) unsafe fn free_recorded(&self, block: NonNull<u8>, size: usize) -> bool {
        let Some(ptr) = self.hidden.ptr.get() else { return false };
        let position = block.addr().get();
        if position + size == ptr.addr().get() {
            if size >= LARGE_ENOUGH_FOR_PEAK {
                self.note_peak();
            }
            // SAFETY: as in `free_here`, of the true pointer.
            self.hidden.ptr.set(Some(unsafe { ptr.sub(size) }));
            self.held_base.set(self.held_base.get().wrapping_sub(size));
            self.shift((size as u64).wrapping_neg());
        } else if position.wrapping_sub(self.hidden.start.get()) < self.hidden.span.get() {
            self.die(size);
        } else {
            return false;
        }
        // SAFETY: the caller gives the block up.
        unsafe { poison::hide(block, size) };
        self.gone.set(self.gone.get().wrapping_add(tally::block(size)));
        true
    }

    /// Gives back the end of a block as [`Arena::shrink_here`] of an arena would that is not recorded.
    ///
    /// # Safety
    ///
    /// As for [`Arena::shrink_here`].
    pub(crate) unsafe fn shrink_recorded(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        self.fill();
        // SAFETY: the caller's promise.
        let shrunk = unsafe { self.shrink_here(block, old, new) };
        self.hollow();
        shrunk
    }

    /// Grows a block in place as [`Arena::grow_at_tip`] of an arena would that is not recorded.
    ///
    /// # Safety
    ///
    /// As for [`Arena::grow_at_tip`].
    pub(crate) unsafe fn grow_recorded(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        self.fill();
        let ptr = self.ptr.get().addr().get();
        let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
        let limit = self.chunk.get().map_or(0, |chunk| chunk.limit().min(ptr.saturating_add(left)));
        let usual = self.limit.replace(limit);
        // SAFETY: the caller's promise; the bytes up to the chunk's limit are free memory (A1).
        let grown = unsafe { self.grow_at_tip(block, old, new) };
        self.limit.set(usual);
        self.hollow();
        grown
    }
}
