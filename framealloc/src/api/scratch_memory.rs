//! Handles and collections in scratch memory: the allocator they take, and names for the common ones.

use std::fmt;
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError as Refusal, Allocator, Layout};

use super::frame_string::ArenaString;
use super::level_memory::LevelMemory;
use super::scratch_scope::ScratchScope;
use crate::attribution::Origin;
use crate::error::{AllocError, refuse};
use crate::memory::address::{UNIT, checked_round_up, round_up};

/// A vector in scratch memory: allocator_api2's, with its whole interface.
pub type ScratchVec<'s, T> = allocator_api2::vec::Vec<T, ScratchMemory<'s>>;

/// A value in scratch memory that is dropped with this handle: allocator_api2's box.
pub type ScratchBox<'s, T> = allocator_api2::boxed::Box<T, ScratchMemory<'s>>;

/// A string in scratch memory.
pub type ScratchString<'s> = ArenaString<ScratchMemory<'s>>;

/// The memory of one scratch scope, for any collection that takes an allocator_api2 0.2 `Allocator`.
///
/// What it allocates belongs to its scope, also while an inner one is open.
///
/// # Examples
///
/// ```
/// use framealloc::{ScratchConfig, ScratchVec, SmartAlloc, hashbrown::HashMap};
///
/// let alloc = SmartAlloc::with_defaults();
/// let scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(4096).fixed());
/// scratch.with_scope(|s| {
///     let mut costs = HashMap::with_hasher_in(foldhash::fast::FixedState::default(), s.allocator());
///     costs.insert((3, 4), 5);
///     assert_eq!(costs[&(3, 4)], 5);
///
///     let mut vec = ScratchVec::<u64>::new_in(s.allocator_fallible());
///     assert!(vec.try_reserve(1000).is_err());
///     assert!(vec.try_reserve(100).is_ok());
/// });
/// ```
#[derive(Clone, Copy)]
pub struct ScratchMemory<'s> {
    scope: &'s ScratchScope<'s>,
    fallible: bool,
}

impl<'s> ScratchMemory<'s> {
    #[inline(always)]
    pub(super) fn new(scope: &'s ScratchScope<'s>, fallible: bool) -> Self {
        Self { scope, fallible }
    }

    #[inline(always)]
    fn block(&self, layout: Layout) -> Result<NonNull<[u8]>, Refusal> {
        let size = layout.size();
        if size == 0 {
            let nothing = std::ptr::without_provenance_mut(layout.align());
            // SAFETY: an alignment is not zero.
            return Ok(NonNull::slice_from_raw_parts(unsafe { NonNull::new_unchecked(nothing) }, 0));
        }
        // A layout's size is at most the largest `isize`, so rounding it up cannot overflow.
        match self.scope.block(round_up(size, UNIT), layout.align(), Origin::GROWTH) {
            Ok(block) => Ok(NonNull::slice_from_raw_parts(block, size)),
            Err(error) => self.refused(&error),
        }
    }

    #[cold]
    fn refused(&self, error: &AllocError) -> Result<NonNull<[u8]>, Refusal> {
        if self.fallible { Err(Refusal) } else { refuse(error) }
    }

    #[cold]
    #[inline(never)]
    unsafe fn move_block(
        &self,
        block: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refusal> {
        let moved = self.block(new)?;
        // SAFETY: fresh memory, which the old block cannot overlap, for as much as both have; the old block goes.
        unsafe {
            moved.cast::<u8>().copy_from_nonoverlapping(block, old.size().min(new.size()));
            self.deallocate(block, old);
        }
        Ok(moved)
    }
}

impl fmt::Debug for ScratchMemory<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchMemory").field("fallible", &self.fallible).finish_non_exhaustive()
    }
}

// SAFETY: blocks are the scope's and stay until it closes, which cannot be while the allocator or a copy of it borrows
// it; a copy is the same memory. Sizes are rounded up alike when a block is taken and when it is given back, so any
// layout that fits the block does.
unsafe impl Allocator for ScratchMemory<'_> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refusal> {
        self.block(layout)
    }

    #[inline(always)]
    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        if layout.size() != 0 {
            // SAFETY: the caller's block, of this scope's level.
            unsafe {
                self.scope.scratch().give_back(self.scope.level(), block, round_up(layout.size(), UNIT));
            }
        }
    }

    #[inline]
    unsafe fn grow(&self, block: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refusal> {
        debug_assert!(new.size() >= old.size());
        if old.size() != 0
            && block.addr().get().is_multiple_of(new.align())
            && let Some(wants) = checked_round_up(new.size(), UNIT)
        {
            let had = round_up(old.size(), UNIT);
            let (scratch, level) = (self.scope.scratch(), self.scope.level());
            // SAFETY: the caller's block, of `had` bytes and of this scope's level.
            if wants == had || unsafe { scratch.grow_in_place(level, block, had, wants) } {
                return Ok(NonNull::slice_from_raw_parts(block, new.size()));
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.move_block(block, old, new) }
    }

    #[inline]
    unsafe fn shrink(&self, block: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refusal> {
        debug_assert!(new.size() <= old.size());
        if new.size() == 0 {
            // SAFETY: the caller's block, which goes.
            unsafe { self.deallocate(block, old) };
            return self.block(new);
        }
        if !block.addr().get().is_multiple_of(new.align()) {
            // SAFETY: the caller's promise.
            return unsafe { self.move_block(block, old, new) };
        }
        let (had, keeps) = (round_up(old.size(), UNIT), round_up(new.size(), UNIT));
        if keeps < had {
            // SAFETY: the end of the caller's block, which it gives up: a block as good as any other.
            unsafe { self.scope.scratch().give_back(self.scope.level(), block.add(keeps), had - keeps) };
        }
        Ok(NonNull::slice_from_raw_parts(block, new.size()))
    }
}
