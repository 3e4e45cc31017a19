//! Collections in frame memory: the allocator they take, and names for the common ones.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError as Refusal, Allocator, Layout};

use super::frame_alloc::or_panic;
use super::frame_box::FrameBox;
use super::frame_string::FrameString;
use super::marker::{Anchor, FrameMemoryStaysOnItsThread};
use super::smart_alloc::SmartAlloc;
use crate::attribution::Origin;
use crate::error::{AllocError, refuse};
use crate::memory::address::{UNIT, checked_round_up, round_up};
use crate::thread::ThreadState;

/// A vector in frame memory: allocator_api2's, with its whole interface. Grows in place while it is the last thing
/// that was allocated.
pub type FrameVec<'a, T> = allocator_api2::vec::Vec<T, FrameAllocator<'a>>;

/// A hash map in frame memory: hashbrown's. The default hasher has a fixed seed, so the order is the same in every
/// run; take another for keys that an adversary chooses.
pub type FrameMap<'a, K, V, S = foldhash::fast::FixedState> = hashbrown::HashMap<K, V, S, FrameAllocator<'a>>;

/// A hash set in frame memory: hashbrown's; see [`FrameMap`] for its hasher.
pub type FrameSet<'a, K, S = foldhash::fast::FixedState> = hashbrown::HashSet<K, S, FrameAllocator<'a>>;

/// The frame memory of the thread that made it, for any collection that takes an allocator_api2 0.2 `Allocator`.
///
/// Allocates in whatever frame is current when it is asked. A collection that must grow when a budget, a ceiling or
/// the system refuses panics with the message of [`AllocError`](crate::AllocError), unless the allocator comes from
/// [`SmartAlloc::frame_allocator_fallible`].
///
/// ```compile_fail
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let vec = alloc.frame_vec::<u32>();
/// std::thread::scope(|s| { s.spawn(move || drop(vec)); });
/// ```
pub struct FrameAllocator<'a> {
    _thread: PhantomData<FrameMemoryStaysOnItsThread>,
    state: Anchor<&'a ThreadState>,
    fallible: bool,
    _alloc: PhantomData<&'a SmartAlloc>,
}

impl SmartAlloc {
    /// The calling thread's frame memory as an allocator for collections.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::allocator_api2::boxed::Box;
    ///
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let boxed = Box::new_in(5, alloc.frame_allocator());
    /// assert_eq!(*boxed, 5);
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_allocator(&self) -> FrameAllocator<'_> {
        FrameAllocator::new(self.state_or_panic(), false)
    }

    /// Like [`SmartAlloc::frame_allocator`], but a refusal is an error for the collection: so that `try_reserve` of
    /// a vector returns it.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::frame_allocator`].
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::{FrameVec, SmartAlloc, kilobytes};
    ///
    /// let alloc = SmartAlloc::with_defaults();
    /// alloc.set_thread_frame_budget(kilobytes(1));
    /// let mut vec = FrameVec::<u64>::new_in(alloc.frame_allocator_fallible());
    /// assert!(vec.try_reserve(1000).is_err());
    /// assert!(vec.try_reserve(10).is_ok());
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_allocator_fallible(&self) -> FrameAllocator<'_> {
        FrameAllocator::new(self.state_or_panic(), true)
    }

    /// An empty vector that grows in the frame.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::frame_allocator`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let mut contacts = alloc.frame_vec::<(u32, u32)>();
    /// contacts.extend([(1, 2), (1, 3)]);
    /// contacts.retain(|pair| pair.1 == 3);
    /// assert_eq!(contacts.as_slice(), [(1, 3)]);
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_vec<T>(&self) -> FrameVec<'_, T> {
        FrameVec::new_in(self.frame_allocator())
    }

    /// An empty vector with room for `capacity` elements.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_vec_with_capacity`] returns an error
    /// instead.
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_vec_with_capacity<T>(&self, capacity: usize) -> FrameVec<'_, T> {
        or_panic!(self.try_frame_vec_with_capacity(capacity))
    }

    /// Like [`SmartAlloc::frame_vec_with_capacity`]. The vector's later growth panics when refused.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses, or the size overflows.
    #[inline]
    #[track_caller]
    pub fn try_frame_vec_with_capacity<T>(&self, capacity: usize) -> Result<FrameVec<'_, T>, AllocError> {
        let state = self.state()?;
        let place = super::frame_alloc::place_slice::<T>(state, capacity)?;
        let capacity = if size_of::<T>() == 0 { 0 } else { capacity };
        // SAFETY: a fresh block of this state for `capacity` elements, or none for none.
        Ok(unsafe {
            FrameVec::from_raw_parts_in(place.as_ptr(), 0, capacity, FrameAllocator::new(state, false))
        })
    }

    /// An empty string that grows in the frame.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::frame_allocator`].
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_string(&self) -> FrameString<'_> {
        FrameString::new_in(self.frame_allocator())
    }

    /// An empty hash map that grows in the frame.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::frame_allocator`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let mut cells = alloc.frame_map::<(i32, i32), u32>();
    /// *cells.entry((3, 4)).or_default() += 1;
    /// assert_eq!(cells[&(3, 4)], 1);
    /// ```
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_map<K, V>(&self) -> FrameMap<'_, K, V> {
        FrameMap::with_hasher_in(foldhash::fast::FixedState::default(), self.frame_allocator())
    }

    /// An empty hash set that grows in the frame.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::frame_allocator`].
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn frame_set<K>(&self) -> FrameSet<'_, K> {
        FrameSet::with_hasher_in(foldhash::fast::FixedState::default(), self.frame_allocator())
    }
}

impl<'a, T> FrameBox<'a, [T]> {
    /// The slice as a vector of the same memory, full to its capacity.
    #[must_use]
    pub fn into_vec(self) -> FrameVec<'a, T> {
        let allocator = FrameAllocator::new(self.home(), false);
        let (slice, _) = self.into_parts();
        let len = slice.len();
        let capacity = if size_of::<T>() == 0 { 0 } else { len };
        // SAFETY: the block, if there is one, was taken from the allocator's state for as many elements.
        unsafe { FrameVec::from_raw_parts_in(slice.as_ptr().cast(), len, capacity, allocator) }
    }
}

impl<'a, T> IntoIterator for FrameBox<'a, [T]> {
    type Item = T;
    type IntoIter = allocator_api2::vec::IntoIter<T, FrameAllocator<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a> FrameAllocator<'a> {
    #[inline(always)]
    pub(super) fn new(state: &'a ThreadState, fallible: bool) -> Self {
        state.pin();
        Self { _thread: PhantomData, state: Anchor::new(state), fallible, _alloc: PhantomData }
    }

    pub(super) fn state(&self) -> &'a ThreadState {
        *self.state
    }

    #[inline(always)]
    fn block(&self, layout: Layout) -> Result<NonNull<[u8]>, Refusal> {
        if layout.size() == 0 {
            let nothing = std::ptr::without_provenance_mut(layout.align());
            // SAFETY: an alignment is not zero.
            return Ok(NonNull::slice_from_raw_parts(unsafe { NonNull::new_unchecked(nothing) }, 0));
        }
        match self.state.allocate_dynamic(layout.size(), layout.align(), Origin::GROWTH) {
            Ok(block) => Ok(NonNull::slice_from_raw_parts(block, layout.size())),
            Err(error) => self.refused(&error),
        }
    }

    /// Grows a block that is not at the tip, or one of a thread that is watched.
    ///
    /// # Safety
    ///
    /// As for [`Allocator::grow`].
    #[cold]
    #[inline(never)]
    unsafe fn grow_elsewhere(
        &self,
        block: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refusal> {
        if old.size() != 0
            && block.addr().get().is_multiple_of(new.align())
            && let Some(wants) = checked_round_up(new.size(), UNIT)
            // SAFETY: the caller's block, of as many bytes; `wants` is more, or it would not have come here.
            && unsafe { self.state.grow_watched(block, round_up(old.size(), UNIT), wants) }
        {
            return Ok(NonNull::slice_from_raw_parts(block, new.size()));
        }
        let moved = self.block(new)?;
        // SAFETY: fresh memory of at least the old size, which the old block cannot overlap; the old block goes.
        unsafe {
            moved.cast::<u8>().copy_from_nonoverlapping(block, old.size());
            self.deallocate(block, old);
        }
        Ok(moved)
    }

    #[cold]
    fn refused(&self, error: &AllocError) -> Result<NonNull<[u8]>, Refusal> {
        if self.fallible { Err(Refusal) } else { refuse(error) }
    }
}

impl Clone for FrameAllocator<'_> {
    #[inline]
    fn clone(&self) -> Self {
        Self::new(*self.state, self.fallible)
    }
}

impl Drop for FrameAllocator<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.state.unpin();
    }
}

impl fmt::Debug for FrameAllocator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameAllocator").field("fallible", &self.fallible).finish_non_exhaustive()
    }
}

// SAFETY: blocks are counted by the thread's state, which the allocator and its clones keep, so they stay valid
// until they are given back; a clone is the same memory. Sizes are rounded up alike when a block is taken and when
// it is given back, so any layout that fits the block does.
unsafe impl Allocator for FrameAllocator<'_> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refusal> {
        self.block(layout)
    }

    #[inline(always)]
    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        if layout.size() != 0 {
            // SAFETY: the caller's promise.
            unsafe { self.state.free(block, layout.size()) };
        }
    }

    #[inline(always)]
    unsafe fn grow(&self, block: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refusal> {
        debug_assert!(new.size() >= old.size());
        if old.size() != 0 && block.addr().get().is_multiple_of(new.align()) {
            let had = round_up(old.size(), UNIT);
            if let Some(wants) = checked_round_up(new.size(), UNIT) {
                // SAFETY: the caller's block, of `had` bytes.
                if wants == had || unsafe { self.state.arena.grow_at_tip(block, had, wants) } {
                    return Ok(NonNull::slice_from_raw_parts(block, new.size()));
                }
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.grow_elsewhere(block, old, new) }
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
            let moved = self.block(new)?;
            // SAFETY: fresh memory of the new size, no larger than the old; the old block goes.
            unsafe {
                moved.cast::<u8>().copy_from_nonoverlapping(block, new.size());
                self.deallocate(block, old);
            }
            return Ok(moved);
        }
        let (had, keeps) = (round_up(old.size(), UNIT), round_up(new.size(), UNIT));
        // SAFETY: the caller's block, of `had` bytes, of which it gives up those after `keeps`.
        unsafe {
            if keeps < had && !self.state.arena.shrink_here(block, had, keeps) {
                self.state.free_slow(block, had, keeps);
            }
        }
        Ok(NonNull::slice_from_raw_parts(block, new.size()))
    }
}
