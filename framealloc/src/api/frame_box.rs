//! `FrameBox`: one value, slice or string of a frame.

use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr::NonNull;

use super::frame_alloc::{or_panic, place};
use super::marker::FrameMemoryStaysOnItsThread;
use super::owner::{owner_impls, owner_slice_impls};
use super::smart_alloc::SmartAlloc;
use crate::error::{AllocError, refuse};
use crate::thread::{ThreadState, current};

/// A value in frame memory, dropped and given back with this handle.
///
/// Two words. Made by [`SmartAlloc::frame_box`] and its kin. Not `Send`: frame memory belongs to its thread; `Sync`
/// if `T` is, so scoped threads may read it. When it outlives its frame, what that frame used is parked until it is
/// dropped.
///
/// ```compile_fail
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let boxed = alloc.frame_box(1);
/// std::thread::scope(|s| { s.spawn(move || drop(boxed)); });
/// ```
pub struct FrameBox<'a, T: ?Sized> {
    _thread: PhantomData<FrameMemoryStaysOnItsThread>,
    value: NonNull<T>,
    state: NonNull<ThreadState>,
    _owns: PhantomData<(&'a SmartAlloc, T)>,
}

// SAFETY: a shared reference to the box gives a shared reference to the value and nothing of the arena.
unsafe impl<T: ?Sized + Sync> Sync for FrameBox<'_, T> {}

impl<'a, T: ?Sized> FrameBox<'a, T> {
    /// # Safety
    ///
    /// `value` is valid, lies in a block of `state` that was allocated and counted for its size and that nobody
    /// else has, or takes no memory; `state` belongs to the calling thread and outlives `'a`.
    #[inline(always)]
    pub(super) unsafe fn from_parts(value: NonNull<T>, state: &ThreadState) -> Self {
        Self { _thread: PhantomData, value, state: NonNull::from(state), _owns: PhantomData }
    }

    /// The block's pointer and state; the value is not dropped and the block not given back.
    pub(super) fn into_parts(self) -> (NonNull<T>, NonNull<ThreadState>) {
        let this = ManuallyDrop::new(self);
        (this.value, this.state)
    }

    /// The state whose memory the value lies in. A value without size lies in none and does not keep its state from
    /// being inherited, so then it is what the calling thread has now.
    ///
    /// # Panics
    ///
    /// When the calling thread has none and the system has no memory for it.
    #[track_caller]
    pub(super) fn home(&self) -> &'a ThreadState {
        // SAFETY: the state outlives 'a (T2).
        let state: &'a ThreadState = unsafe { &*self.state.as_ptr() };
        if size_of_val::<T>(self) != 0 { state } else { or_panic!(current::state_beside(state)) }
    }

    /// Gives up the handle: the value is never dropped, and its memory is not reused while the allocator is
    /// borrowed.
    #[must_use]
    pub fn leak(self) -> &'a mut T {
        let (value, _) = self.into_parts();
        // SAFETY: the block stays counted, so its frame is parked and not reused before the allocator's borrow ends.
        unsafe { &mut *value.as_ptr() }
    }

    /// Pins the value, which never moves while the box lives.
    ///
    /// For boxes of an allocator that lives as long as the program: only there is the memory kept for ever when the
    /// pinned box is forgotten, as [`Pin`] promises.
    #[must_use]
    pub fn into_pin(self) -> Pin<Self>
    where
        'a: 'static,
    {
        // SAFETY: the value lies where it lies until it is dropped; its memory is not reused before that, for the
        // allocator is never dropped.
        unsafe { Pin::new_unchecked(self) }
    }

    /// Pins a value that does not mind being moved.
    #[must_use]
    pub fn into_pin_unpin(self) -> Pin<Self>
    where
        T: Unpin,
    {
        Pin::new(self)
    }
}

impl<'a, T> FrameBox<'a, T> {
    #[inline(always)]
    #[track_caller]
    pub(super) fn try_new_in(value: T, state: &'a ThreadState) -> Result<Self, AllocError> {
        let place = place::<T>(state)?;
        // SAFETY: a fresh block of this state for a `T`, that nobody else has.
        unsafe {
            place.write(value);
            Ok(Self::from_parts(place, state))
        }
    }

    /// Moves the value out and gives the memory back.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> T {
        let (value, state) = self.into_parts();
        // SAFETY: the value is read once and the handle is gone; the block is given back as it was taken.
        unsafe {
            let value_out = value.read();
            give_back(value, state);
            value_out
        }
    }

    /// Moves the value through `change` into a box for the result.
    ///
    /// # Panics
    ///
    /// When there is no memory for the result.
    #[must_use]
    #[track_caller]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> FrameBox<'a, U> {
        let state = self.home();
        // Keeps the state from being inherited while no block of it is held.
        let _pin = Pinned::new(state);
        let value = change(self.into_inner());
        or_panic!(FrameBox::try_new_in(value, state))
    }

    /// Makes a copy of the value in the calling thread's frame of `alloc`.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    #[must_use]
    #[track_caller]
    pub fn clone_in<'b>(&self, alloc: &'b SmartAlloc) -> FrameBox<'b, T>
    where
        T: Clone,
    {
        alloc.frame_box(T::clone(self))
    }
}

impl<T: Clone> FrameBox<'_, [T]> {
    /// Makes a copy of the slice in the calling thread's frame of `alloc`.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    #[must_use]
    #[track_caller]
    pub fn clone_in<'b>(&self, alloc: &'b SmartAlloc) -> FrameBox<'b, [T]> {
        alloc.frame_slice_from_fn(self.len(), |index| self[index].clone())
    }
}

impl FrameBox<'_, str> {
    /// Makes a copy of the text in the calling thread's frame of `alloc`.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    #[must_use]
    #[track_caller]
    pub fn clone_in<'b>(&self, alloc: &'b SmartAlloc) -> FrameBox<'b, str> {
        alloc.frame_str(self)
    }
}

impl<'a, T> FrameBox<'a, MaybeUninit<T>> {
    /// Writes the value that the place was for.
    #[inline(always)]
    #[must_use]
    pub fn write(self, value: T) -> FrameBox<'a, T> {
        let (place, state) = self.into_parts();
        // SAFETY: the place is ours and for a `T`; the block goes over to the new handle.
        unsafe {
            place.cast::<T>().write(value);
            FrameBox::from_parts(place.cast(), state.as_ref())
        }
    }

    /// Takes what lies in the place for a `T`.
    ///
    /// # Safety
    ///
    /// A valid `T` has been written there.
    #[inline(always)]
    #[must_use]
    pub unsafe fn assume_init(self) -> FrameBox<'a, T> {
        let (place, state) = self.into_parts();
        // SAFETY: the caller's promise; the block goes over to the new handle.
        unsafe { FrameBox::from_parts(place.cast(), state.as_ref()) }
    }
}

impl<'a, T> FrameBox<'a, [MaybeUninit<T>]> {
    /// Takes what lies in the places for `T`s.
    ///
    /// # Safety
    ///
    /// A valid `T` has been written to each.
    #[inline(always)]
    #[must_use]
    pub unsafe fn assume_init(self) -> FrameBox<'a, [T]> {
        let (places, state) = self.into_parts();
        let slice = NonNull::slice_from_raw_parts(places.cast::<T>(), places.len());
        // SAFETY: the caller's promise; the block goes over to the new handle.
        unsafe { FrameBox::from_parts(slice, state.as_ref()) }
    }
}

impl<'a> FrameBox<'a, str> {
    /// # Safety
    ///
    /// The bytes are UTF-8.
    pub(super) unsafe fn from_utf8_unchecked(bytes: FrameBox<'a, [u8]>) -> Self {
        let (bytes, state) = bytes.into_parts();
        let text = bytes.as_ptr() as *mut str;
        // SAFETY: the caller's promise; not null; the block, of the same size, goes over to the new handle.
        unsafe { Self::from_parts(NonNull::new_unchecked(text), state.as_ref()) }
    }

    /// The bytes of the text.
    #[must_use]
    pub fn into_bytes(self) -> FrameBox<'a, [u8]> {
        let (text, state) = self.into_parts();
        // SAFETY: not null, since it came from a `NonNull`.
        let bytes = unsafe { NonNull::new_unchecked(text.as_ptr() as *mut [u8]) };
        // SAFETY: the same block and bytes.
        unsafe { FrameBox::from_parts(bytes, state.as_ref()) }
    }
}

impl<'a, T, const N: usize> From<FrameBox<'a, [T; N]>> for FrameBox<'a, [T]> {
    fn from(array: FrameBox<'a, [T; N]>) -> Self {
        let (array, state) = array.into_parts();
        // SAFETY: the same block, size and elements.
        unsafe { Self::from_parts(NonNull::slice_from_raw_parts(array.cast(), N), state.as_ref()) }
    }
}

impl<'a, T, const N: usize> TryFrom<FrameBox<'a, [T]>> for FrameBox<'a, [T; N]> {
    type Error = FrameBox<'a, [T]>;

    /// The box as it was, when its length is not `N`.
    fn try_from(slice: FrameBox<'a, [T]>) -> Result<Self, Self::Error> {
        if slice.len() != N {
            return Err(slice);
        }
        let (slice, state) = slice.into_parts();
        // SAFETY: the same block, size and elements.
        Ok(unsafe { Self::from_parts(slice.cast(), state.as_ref()) })
    }
}

/// Keeps a state from being inherited by another thread.
pub(super) struct Pinned<'a>(&'a ThreadState);

impl<'a> Pinned<'a> {
    #[inline(always)]
    pub(super) fn new(state: &'a ThreadState) -> Self {
        state.pin();
        Self(state)
    }
}

impl Drop for Pinned<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.unpin();
    }
}

/// Gives the block of `value` back.
///
/// # Safety
///
/// `value` lies in a block as in [`FrameBox::from_parts`], its metadata is its own, and nobody uses it any more.
#[inline(always)]
unsafe fn give_back<T: ?Sized>(value: NonNull<T>, state: NonNull<ThreadState>) {
    // SAFETY: the pointer's metadata is that of a value that was alive a moment ago.
    let size = unsafe { size_of_val(value.as_ref()) };
    if size != 0 {
        // SAFETY: the caller's promise.
        unsafe { state.as_ref().free(value.cast(), size) };
    }
}

impl<T: ?Sized> Drop for FrameBox<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        /// Gives the block back also when the value's destructor panics.
        struct GiveBack<T: ?Sized>(NonNull<T>, NonNull<ThreadState>);
        impl<T: ?Sized> Drop for GiveBack<T> {
            #[inline(always)]
            fn drop(&mut self) {
                // SAFETY: the value has been dropped, or has given up; the block was never given back before.
                unsafe { give_back(self.0, self.1) };
            }
        }
        let block = GiveBack(self.value, self.state);
        // SAFETY: the handle owns the value and goes.
        unsafe { block.0.drop_in_place() };
    }
}

owner_impls!(FrameBox<'a>, ?Sized);
owner_slice_impls!(FrameBox<'a>);
