//! `ScratchScope`: what the closure of a scratch scope makes its values with.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::level_memory::LevelMemory;
use super::marker::FrameMemoryStaysOnItsThread;
use super::scratch_memory::{ScratchBox, ScratchMemory, ScratchString, ScratchVec};
use crate::attribution::Origin;
use crate::error::{AllocError, refuse};
use crate::frame::{Arena, LevelRef, Refused, Scratch};
use crate::zeroable::Zeroable;

/// An open scope of a [`ScratchAllocator`](crate::ScratchAllocator); see
/// [`with_scope`](crate::ScratchAllocator::with_scope).
///
/// # Examples
///
/// ```
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let scratch = alloc.create_scratch_allocator(4096);
/// scratch.with_scope(|outer| {
///     let mut sums = outer.vec();
///     for round in 1..4u64 {
///         scratch.with_scope(|inner| {
///             let values = inner.alloc_slice_from_fn(8, |i| i as u64 * round);
///             // Of the outer scope, while the inner one is open.
///             sums.push(values.iter().sum::<u64>());
///         });
///     }
///     assert_eq!(sums.as_slice(), [28, 56, 84]);
/// });
/// ```
pub struct ScratchScope<'a> {
    scratch: &'a Scratch,
    level: LevelRef,
    _thread: PhantomData<FrameMemoryStaysOnItsThread>,
}

// SAFETY: the level is the scope's, of its allocator's arena, and closed when the scope goes; a scope stays on the
// thread that has the allocator.
unsafe impl LevelMemory for ScratchScope<'_> {
    #[inline(always)]
    fn arena(&self) -> &Arena {
        self.scratch.arena()
    }

    #[inline(always)]
    fn level(&self) -> LevelRef {
        self.level
    }

    #[cold]
    #[inline(never)]
    fn refill(&self, size: usize, align: usize, _: &'static Origin) -> Result<NonNull<u8>, AllocError> {
        self.scratch.refill(self.level, size, align).map_err(|refused| match refused {
            Refused::Cap { left } | Refused::Limit { left } => {
                AllocError::scratch_full(size, left, self.scratch.name())
            }
            Refused::OutOfMemory => AllocError::out_of_memory(size),
            Refused::Overflow => AllocError::overflow(),
        })
    }
}

impl<'a> ScratchScope<'a> {
    /// Opens a scope in the one that was opened last.
    ///
    /// The caller lends it and drops it itself.
    #[inline(always)]
    pub(super) fn open(scratch: &'a Scratch) -> Result<Self, AllocError> {
        let level = scratch.open().ok_or_else(|| AllocError::out_of_memory(0))?;
        Ok(Self { scratch, level, _thread: PhantomData })
    }

    #[inline(always)]
    pub(super) fn scratch(&self) -> &'a Scratch {
        self.scratch
    }

    /// Runs `run` with a scope within this one; see [`ScratchAllocator::with_scope`](crate::ScratchAllocator::with_scope).
    ///
    /// # Panics
    ///
    /// When `run` panics, or the system has no memory to note one more open scope; [`ScratchScope::try_with_scope`]
    /// returns an error for the latter.
    #[inline(always)]
    #[track_caller]
    pub fn with_scope<R>(&self, run: impl FnOnce(&ScratchScope<'_>) -> R) -> R {
        or_panic!(self.try_with_scope(run))
    }

    /// Like [`ScratchScope::with_scope`].
    ///
    /// # Errors
    ///
    /// When the system has no memory to note one more open scope; then `run` is not called.
    #[inline(always)]
    pub fn try_with_scope<R>(&self, run: impl FnOnce(&ScratchScope<'_>) -> R) -> Result<R, AllocError> {
        Ok(run(&ScratchScope::open(self.scratch)?))
    }

    /// A value that is all zeroes, made in place and never on the stack.
    ///
    /// A type with a destructor is refused while the program is built; [`ScratchScope::boxed`] takes it.
    ///
    /// # Panics
    ///
    /// When the allocator is fixed and full, or the system has no memory; [`ScratchScope::try_alloc`] returns an error
    /// instead.
    #[inline(always)]
    #[track_caller]
    pub fn alloc<T: Zeroable>(&self) -> &mut T {
        or_panic!(self.try_alloc())
    }

    /// Like [`ScratchScope::alloc`].
    ///
    /// # Errors
    ///
    /// When the allocator is fixed and full, or the system has no memory.
    #[inline(always)]
    pub fn try_alloc<T: Zeroable>(&self) -> Result<&mut T, AllocError> {
        self.put_zeroed()
    }

    /// Moves `value` into the scope.
    ///
    /// A type with a destructor is refused while the program is built; [`ScratchScope::boxed`] takes it.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_value`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_value<T>(&self, value: T) -> &mut T {
        or_panic!(self.try_alloc_value(value))
    }

    /// Like [`ScratchScope::alloc_value`].
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`].
    #[inline(always)]
    pub fn try_alloc_value<T>(&self, value: T) -> Result<&mut T, AllocError> {
        self.put(value)
    }

    /// A place for a value that is to come; takes the same time whatever its size.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_uninit`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_uninit<T>(&self) -> &mut MaybeUninit<T> {
        or_panic!(self.try_alloc_uninit())
    }

    /// Like [`ScratchScope::alloc_uninit`].
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`].
    #[inline(always)]
    pub fn try_alloc_uninit<T>(&self) -> Result<&mut MaybeUninit<T>, AllocError> {
        self.put_uninit()
    }

    /// A slice that is all zeroes.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_slice`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_slice<T: Zeroable>(&self, len: usize) -> &mut [T] {
        or_panic!(self.try_alloc_slice(len))
    }

    /// Like [`ScratchScope::alloc_slice`].
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`], or when the slice's size overflows.
    #[inline]
    pub fn try_alloc_slice<T: Zeroable>(&self, len: usize) -> Result<&mut [T], AllocError> {
        self.put_zeroed_slice(len)
    }

    /// A copy of `source`.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_slice_copy`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_slice_copy<T: Copy>(&self, source: &[T]) -> &mut [T] {
        or_panic!(self.try_alloc_slice_copy(source))
    }

    /// Like [`ScratchScope::alloc_slice_copy`].
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`].
    #[inline]
    pub fn try_alloc_slice_copy<T: Copy>(&self, source: &[T]) -> Result<&mut [T], AllocError> {
        self.put_slice_copy(source)
    }

    /// A slice whose elements `make` makes, from the first to the last.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_slice_from_fn`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_slice_from_fn<T>(&self, len: usize, make: impl FnMut(usize) -> T) -> &mut [T] {
        or_panic!(self.try_alloc_slice_from_fn(len, make))
    }

    /// Like [`ScratchScope::alloc_slice_from_fn`]; `make` is not called when there is no memory.
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`], or when the slice's size overflows.
    #[inline]
    pub fn try_alloc_slice_from_fn<T>(
        &self,
        len: usize,
        make: impl FnMut(usize) -> T,
    ) -> Result<&mut [T], AllocError> {
        self.put_slice_from_fn(len, make)
    }

    /// A copy of `source`.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_alloc_str`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_str(&self, source: &str) -> &mut str {
        or_panic!(self.try_alloc_str(source))
    }

    /// Like [`ScratchScope::alloc_str`].
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`].
    #[inline]
    pub fn try_alloc_str(&self, source: &str) -> Result<&mut str, AllocError> {
        self.put_str(source)
    }

    /// Moves `value` into the scope, with a handle that runs its destructor.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_boxed`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn boxed<T>(&self, value: T) -> ScratchBox<'_, T> {
        or_panic!(self.try_boxed(value))
    }

    /// Like [`ScratchScope::boxed`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`].
    #[inline(always)]
    pub fn try_boxed<T>(&self, value: T) -> Result<ScratchBox<'_, T>, AllocError> {
        let place = self.place::<T>()?;
        // SAFETY: fresh memory of the scope for a `T`, or none for a type without size, which nobody else has.
        unsafe {
            place.write(value);
            Ok(ScratchBox::from_raw_in(place.as_ptr(), self.allocator()))
        }
    }

    /// An empty vector that grows in the scope, in place while it is the last thing that was allocated.
    #[inline]
    #[must_use]
    pub fn vec<T>(&self) -> ScratchVec<'_, T> {
        ScratchVec::new_in(self.allocator())
    }

    /// An empty vector with room for `capacity` elements.
    ///
    /// # Panics
    ///
    /// As [`ScratchScope::alloc`]; [`ScratchScope::try_vec_with_capacity`] returns an error instead.
    #[inline]
    #[must_use]
    #[track_caller]
    pub fn vec_with_capacity<T>(&self, capacity: usize) -> ScratchVec<'_, T> {
        or_panic!(self.try_vec_with_capacity(capacity))
    }

    /// Like [`ScratchScope::vec_with_capacity`]. The vector's later growth panics when refused.
    ///
    /// # Errors
    ///
    /// As [`ScratchScope::try_alloc`], or when the size overflows.
    #[inline]
    pub fn try_vec_with_capacity<T>(&self, capacity: usize) -> Result<ScratchVec<'_, T>, AllocError> {
        let place = self.place_slice::<T>(capacity)?;
        let capacity = if size_of::<T>() == 0 { 0 } else { capacity };
        // SAFETY: a fresh block of the scope for `capacity` elements, or none for none.
        Ok(unsafe { ScratchVec::from_raw_parts_in(place.as_ptr(), 0, capacity, self.allocator()) })
    }

    /// An empty string that grows in the scope.
    #[inline]
    #[must_use]
    pub fn string(&self) -> ScratchString<'_> {
        ScratchString::new_in(self.allocator())
    }

    /// The scope's memory as an allocator, for any collection that takes one. A refusal panics with the message of
    /// [`AllocError`].
    #[inline(always)]
    #[must_use]
    pub fn allocator(&self) -> ScratchMemory<'_> {
        ScratchMemory::new(self, false)
    }

    /// Like [`ScratchScope::allocator`], but a refusal is an error for the collection: so that `try_reserve` of a
    /// vector returns it.
    #[inline(always)]
    #[must_use]
    pub fn allocator_fallible(&self) -> ScratchMemory<'_> {
        ScratchMemory::new(self, true)
    }
}

impl Drop for ScratchScope<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: opened when this was made; what borrowed it has gone, and what was made of it and forgotten cannot be
        // reached.
        unsafe { self.scratch.close(self.level) };
    }
}

impl fmt::Debug for ScratchScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScratchScope").finish_non_exhaustive()
    }
}
