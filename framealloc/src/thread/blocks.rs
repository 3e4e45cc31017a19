//! The way to a frame's memory: blocks for handles, and scopes.

use std::ptr::NonNull;

use super::state::ThreadState;
use crate::attribution::Origin;
use crate::error::AllocError;
use crate::frame::LevelRef;
use crate::memory::{address, tracking};

impl ThreadState {
    /// A block for a handle, of a layout that is a constant where this is inlined, and whose size is not zero.
    ///
    /// The block is counted: give it back with [`ThreadState::free`] and the same size.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn allocate_known(
        &self,
        size: usize,
        align: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        if !address::fits_small(size, align) {
            return self.allocate_dynamic(size, align, origin);
        }
        let size = address::round_up(size, address::UNIT);
        let block = match self.arena.take_small(size, align) {
            Some(block) => block,
            None => self.refill(size, align, origin)?,
        };
        self.arena.count_made(size);
        Ok(block)
    }

    /// A block for a handle, of any size but zero, and any alignment.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn allocate_dynamic(
        &self,
        size: usize,
        align: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        let Some(size) = address::checked_round_up(size, address::UNIT) else {
            return Err(AllocError::overflow());
        };
        let block = match self.arena.take(self.arena.limit(), size, align) {
            Some(block) => block,
            None => self.refill(size, align, origin)?,
        };
        self.arena.count_made(size);
        Ok(block)
    }

    /// Gives back a handle's block.
    ///
    /// # Safety
    ///
    /// The block came from this state, for `size` bytes (before rounding, not zero), and nobody uses it any more.
    #[inline(always)]
    pub(crate) unsafe fn free(&self, block: NonNull<u8>, size: usize) {
        let size = address::round_up(size, address::UNIT);
        // SAFETY: the caller's promise.
        if !unsafe { self.arena.free_here(block, size) } {
            // SAFETY: as above.
            unsafe { self.free_slow(block, size, 0) };
        }
    }

    /// Gives back a block, or its end, that does not lie in the arena's current span.
    ///
    /// # Safety
    ///
    /// As for [`Arena::free_elsewhere`].
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn free_slow(&self, block: NonNull<u8>, size: usize, kept: usize) {
        if self.is_watched() {
            self.note_block_gone(block.addr().get(), kept);
            // SAFETY: the caller's promise.
            let freed = unsafe {
                match kept {
                    0 => self.arena.free_recorded(block, size),
                    _ => self.arena.shrink_recorded(block, size, kept),
                }
            };
            if freed {
                return;
            }
        }
        // SAFETY: the caller's promise; the block was not given back above.
        tracking::uncounted(|| unsafe { self.arena.free_elsewhere(block, size, kept) });
        self.publish_arena();
        self.done();
    }

    /// Grows a block in place where [`Arena::grow_at_tip`] would not because the thread is watched.
    ///
    /// # Safety
    ///
    /// As for [`Arena::grow_at_tip`].
    pub(crate) unsafe fn grow_watched(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        // SAFETY: the caller's promise.
        let grown = self.is_watched() && unsafe { self.arena.grow_recorded(block, old, new) };
        if grown {
            self.note_block_size(block.addr().get(), new);
        }
        grown
    }

    /// Opens a scope.
    #[inline(always)]
    pub(crate) fn open_scope(&self) -> Result<LevelRef, AllocError> {
        self.arena.open_scope().ok_or_else(|| AllocError::out_of_memory(0))
    }

    #[inline(always)]
    pub(crate) fn close_scope(&self, level: LevelRef) {
        self.arena.close_scope(level);
        self.done();
    }
}
