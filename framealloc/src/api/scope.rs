//! `Scope`: borrow-checked memory within a frame, given back when the scope is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::frame_box::FrameBox;
use super::frame_collections::{FrameAllocator, FrameVec};
use super::frame_string::FrameString;
use super::level_memory::LevelMemory;
use super::marker::{Anchor, FrameMemoryStaysOnItsThread};
use super::smart_alloc::SmartAlloc;
use crate::attribution::Origin;
use crate::error::{AllocError, refuse};
use crate::frame::{Arena, LevelRef};
use crate::thread::ThreadState;

/// Memory that is given back when the scope is dropped; see [`SmartAlloc::scope`].
///
/// Values borrow the scope, so the compiler sees that none outlives it, and not even a count is kept of them.
///
/// # Examples
///
/// ```
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let outer = alloc.scope();
/// let total = outer.alloc(0u64);
/// for step in 0..100 {
///     let inner = alloc.scope();
///     let values = inner.alloc_slice_from_fn(16, |i| step * i as u64);
///     *total += values.iter().sum::<u64>();
/// }
/// assert_eq!(*total, 594_000);
/// ```
///
/// ```compile_fail
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let scope = alloc.scope();
/// let value = scope.alloc(1);
/// drop(scope);
/// *value += 1;
/// ```
pub struct Scope<'a> {
    state: Anchor<&'a ThreadState>,
    level: Anchor<LevelRef>,
    _thread: PhantomData<(FrameMemoryStaysOnItsThread, &'a SmartAlloc)>,
}

impl SmartAlloc {
    /// Opens a scope on the calling thread, within a frame or not; scopes nest.
    ///
    /// # Panics
    ///
    /// When the system has no memory to note one more open scope; [`SmartAlloc::try_scope`] returns an error
    /// instead.
    #[inline(always)]
    #[track_caller]
    pub fn scope(&self) -> Scope<'_> {
        or_panic!(self.try_scope())
    }

    /// Like [`SmartAlloc::scope`].
    ///
    /// # Errors
    ///
    /// When the system has no memory to note one more open scope.
    #[inline(always)]
    pub fn try_scope(&self) -> Result<Scope<'_>, AllocError> {
        let state = self.state()?;
        let level = Anchor::new(state.open_scope()?);
        Ok(Scope { state: Anchor::new(state), level, _thread: PhantomData })
    }
}

// SAFETY: the level is the scope's, of its state's arena, and is closed when the scope goes; a scope stays on its thread.
unsafe impl LevelMemory for Scope<'_> {
    #[inline(always)]
    fn arena(&self) -> &Arena {
        &self.state.arena
    }

    #[inline(always)]
    fn level(&self) -> LevelRef {
        *self.level
    }

    #[inline(always)]
    #[track_caller]
    fn refill(&self, size: usize, align: usize, origin: &'static Origin) -> Result<NonNull<u8>, AllocError> {
        self.state.refill_scope(*self.level, size, align, origin)
    }
}

impl<'a> Scope<'a> {
    pub(super) fn state(&self) -> &'a ThreadState {
        *self.state
    }

    /// Moves `value` into the scope.
    ///
    /// A type with a destructor is refused while the program is built; [`Scope::boxed`] takes it.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_alloc`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn alloc<T>(&self, value: T) -> &mut T {
        or_panic!(self.try_alloc(value))
    }

    /// Like [`Scope::alloc`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_alloc<T>(&self, value: T) -> Result<&mut T, AllocError> {
        self.put(value)
    }

    /// A place in the scope for a value that is to come; takes the same time whatever its size.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_alloc_uninit`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_uninit<T>(&self) -> &mut MaybeUninit<T> {
        or_panic!(self.try_alloc_uninit())
    }

    /// Like [`Scope::alloc_uninit`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_alloc_uninit<T>(&self) -> Result<&mut MaybeUninit<T>, AllocError> {
        self.put_uninit()
    }

    /// A copy of `source` in the scope.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_alloc_slice_copy`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_slice_copy<T: Copy>(&self, source: &[T]) -> &mut [T] {
        or_panic!(self.try_alloc_slice_copy(source))
    }

    /// Like [`Scope::alloc_slice_copy`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_alloc_slice_copy<T: Copy>(&self, source: &[T]) -> Result<&mut [T], AllocError> {
        self.put_slice_copy(source)
    }

    /// A slice in the scope whose elements `make` makes, from the first to the last.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_alloc_slice_from_fn`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_slice_from_fn<T>(&self, len: usize, make: impl FnMut(usize) -> T) -> &mut [T] {
        or_panic!(self.try_alloc_slice_from_fn(len, make))
    }

    /// Like [`Scope::alloc_slice_from_fn`]; `make` is not called when there is no memory.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses, or the slice's size overflows.
    #[inline]
    #[track_caller]
    pub fn try_alloc_slice_from_fn<T>(
        &self,
        len: usize,
        make: impl FnMut(usize) -> T,
    ) -> Result<&mut [T], AllocError> {
        self.put_slice_from_fn(len, make)
    }

    /// A copy of `source` in the scope.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_alloc_str`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn alloc_str(&self, source: &str) -> &mut str {
        or_panic!(self.try_alloc_str(source))
    }

    /// Like [`Scope::alloc_str`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_alloc_str(&self, source: &str) -> Result<&mut str, AllocError> {
        self.put_str(source)
    }

    /// Moves `value` into the scope, with a handle that runs its destructor.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`Scope::try_boxed`] returns an error instead.
    #[inline(always)]
    #[track_caller]
    pub fn boxed<T>(&self, value: T) -> FrameBox<'_, T> {
        or_panic!(self.try_boxed(value))
    }

    /// Like [`Scope::boxed`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_boxed<T>(&self, value: T) -> Result<FrameBox<'_, T>, AllocError> {
        FrameBox::try_new_in(value, *self.state)
    }

    /// An empty vector that grows in the scope.
    #[inline]
    #[must_use]
    pub fn vec<T>(&self) -> FrameVec<'_, T> {
        FrameVec::new_in(FrameAllocator::new(*self.state, false))
    }

    /// An empty string that grows in the scope.
    #[inline]
    #[must_use]
    pub fn string(&self) -> FrameString<'_> {
        FrameString::new_in(FrameAllocator::new(*self.state, false))
    }
}

impl Drop for Scope<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.state.close_scope(*self.level);
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}
