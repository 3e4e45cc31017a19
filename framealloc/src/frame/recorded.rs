//! An arena whose thread is watched: every block that it gives and takes back goes through the slow paths.
//!
//! While [`flag::RECORDED`] is set, the limit of the fast path is zero. Between the slow operations the arena is *hollow*
//! besides: its pointer stands where no block ends and its span is empty, so that no block is given back the fast way,
//! and the level above the top one is out of sight, so that opening a scope takes the slow way too. The true values wait
//! in `hidden`, and every slow operation puts them back before it does anything else ([`Arena::fill`]).
//!
//! To the fast paths a hollow arena is one without a chunk: A1 holds since the limit is zero, A3 since the span is, and
//! A4 and A5 since the two bases move with the pointer. What is in the chunks and on the lists stays as it was.

use std::ptr::NonNull;

use super::arena::{Arena, flag, nowhere};
use super::chunk::Chunk;
use super::level::LevelRef;

/// What a hollow arena hides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hidden {
    ptr: NonNull<u8>,
    start: usize,
    span: usize,
    above: Option<LevelRef>,
}

impl Arena {
    /// Lets every block from here on go through the slow paths, or no longer.
    #[cold]
    pub(crate) fn set_recorded(&self, recorded: bool) {
        self.fill();
        if recorded {
            self.set(flag::RECORDED)
        } else {
            self.clear(flag::RECORDED)
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
        if let Some(hidden) = self.hidden.take() {
            self.move_to(hidden.ptr);
            self.start.set(hidden.start);
            self.span.set(hidden.span);
            // The top level is still the one it was: opening and closing a scope fill first.
            self.top.get().above.set(hidden.above);
        }
    }

    /// Hides the true values, if the arena is recorded.
    #[inline]
    pub(super) fn hollow(&self) {
        if self.has(flag::RECORDED) && self.hidden.get().is_none() {
            let top = self.top.get();
            // So that its scope is closed in the slow way; closing looks for more to do and may find nothing.
            top.touched.set(true);
            self.hidden.set(Some(Hidden {
                ptr: self.ptr.get(),
                start: self.start.replace(0),
                span: self.span.replace(0),
                above: top.above.take(),
            }));
            self.move_to(nowhere());
        }
    }

    /// Moves the pointer and leaves the counts of bytes as they are (A4, A5).
    fn move_to(&self, ptr: NonNull<u8>) {
        let moved = self.ptr.replace(ptr).addr().get().wrapping_sub(ptr.addr().get());
        self.bias.set(self.bias.get().wrapping_add(moved));
        self.held_base.set(self.held_base.get().wrapping_add(moved));
    }

    /// Gives back a handle's block, or its end, as the fast paths of an arena that is not recorded would; `false` when
    /// they would not.
    ///
    /// # Safety
    ///
    /// As for [`Arena::free_elsewhere`].
    pub(crate) unsafe fn free_recorded(&self, block: NonNull<u8>, size: usize, kept: usize) -> bool {
        self.fill();
        // SAFETY: the caller's promise.
        let freed = unsafe {
            if kept == 0 { self.free_here(block, size) } else { self.shrink_here(block, size, kept) }
        };
        self.hollow();
        freed
    }

    /// Grows a block in place as an arena would that is not recorded.
    ///
    /// # Safety
    ///
    /// As for [`Arena::grow_at_tip`].
    pub(crate) unsafe fn grow_recorded(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        self.fill();
        let ptr = self.ptr.get().addr().get();
        let left = self.cap.get().saturating_sub(self.held() + self.side_bytes.get());
        let limit = self.chunk.get().map_or(0, Chunk::limit).min(ptr.saturating_add(left));
        let usual = self.limit.replace(limit);
        // SAFETY: the caller's promise; the bytes up to the chunk's limit are free memory (A1).
        let grown = unsafe { self.grow_at_tip(block, old, new) };
        self.limit.set(usual);
        self.hollow();
        grown
    }
}
