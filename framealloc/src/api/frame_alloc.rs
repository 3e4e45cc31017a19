//! Frame memory: every `frame_*` call of the allocator and its `try_` twin.

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::frame_box::FrameBox;
use super::smart_alloc::SmartAlloc;
use crate::attribution::OriginOf;
use crate::error::{AllocError, refuse};
use crate::thread::ThreadState;
use crate::zeroable::Zeroable;

/// Memory for a `T` of `state`'s frame, or a dangling pointer for a type without size.
#[inline(always)]
#[track_caller]
pub(super) fn place<T>(state: &ThreadState) -> Result<NonNull<T>, AllocError> {
    if size_of::<T>() == 0 {
        return Ok(NonNull::dangling());
    }
    Ok(state.allocate_known(size_of::<T>(), align_of::<T>(), OriginOf::<T>::FRAME)?.cast())
}

/// Memory for `len` times `T` of `state`'s frame, or a dangling pointer for nothing.
#[inline(always)]
#[track_caller]
pub(super) fn place_slice<T>(state: &ThreadState, len: usize) -> Result<NonNull<T>, AllocError> {
    let Some(size) = len.checked_mul(size_of::<T>()).filter(|&size| size <= isize::MAX as usize) else {
        return Err(AllocError::overflow());
    };
    if size == 0 {
        return Ok(NonNull::dangling());
    }
    Ok(state.allocate_dynamic(size, align_of::<T>(), OriginOf::<[T]>::FRAME)?.cast())
}

/// Calls the `try_` twin and panics with its message.
macro_rules! or_panic {
    ($attempt:expr) => {
        match $attempt {
            Ok(value) => value,
            Err(error) => refuse(&error),
        }
    };
}
pub(super) use or_panic;

impl SmartAlloc {
    /// A value of the frame that is all zeroes, made in place and never on the stack.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_alloc`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// let mut matrices = alloc.frame_alloc::<[[f32; 16]; 256]>();
    /// matrices[3][0] = 1.0;
    /// # drop(matrices);
    /// alloc.end_frame();
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn frame_alloc<T: Zeroable>(&self) -> FrameBox<'_, T> {
        or_panic!(self.try_frame_alloc())
    }

    /// Like [`SmartAlloc::frame_alloc`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_frame_alloc<T: Zeroable>(&self) -> Result<FrameBox<'_, T>, AllocError> {
        let mut boxed = self.try_frame_uninit::<T>()?;
        // SAFETY: the memory is ours; `T` is valid as all zeroes.
        unsafe {
            boxed.as_mut_ptr().write_bytes(0, 1);
            Ok(boxed.assume_init())
        }
    }

    /// A place of the frame for a value that is to come; takes the same time whatever its size.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_uninit`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # let alloc = framealloc::SmartAlloc::with_defaults();
    /// let place = alloc.frame_uninit::<[u8; 64]>();
    /// let bytes = place.write([7; 64]);
    /// assert_eq!(bytes[63], 7);
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn frame_uninit<T>(&self) -> FrameBox<'_, MaybeUninit<T>> {
        or_panic!(self.try_frame_uninit())
    }

    /// Like [`SmartAlloc::frame_uninit`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_frame_uninit<T>(&self) -> Result<FrameBox<'_, MaybeUninit<T>>, AllocError> {
        let state = self.state()?;
        // SAFETY: a fresh block of this state that nobody else has; any bytes are a `MaybeUninit`.
        Ok(unsafe { FrameBox::from_parts(place::<T>(state)?.cast::<MaybeUninit<T>>(), state) })
    }

    /// Moves `value` into the frame.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_box`] returns an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # let alloc = framealloc::SmartAlloc::with_defaults();
    /// let name = alloc.frame_box(String::from("its destructor runs when the box is dropped"));
    /// assert_eq!(name.len(), 43);
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn frame_box<T>(&self, value: T) -> FrameBox<'_, T> {
        or_panic!(self.try_frame_box(value))
    }

    /// Like [`SmartAlloc::frame_box`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_frame_box<T>(&self, value: T) -> Result<FrameBox<'_, T>, AllocError> {
        FrameBox::try_new_in(value, self.state()?)
    }

    /// A slice of the frame that is all zeroes.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_slice`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn frame_slice<T: Zeroable>(&self, len: usize) -> FrameBox<'_, [T]> {
        or_panic!(self.try_frame_slice(len))
    }

    /// Like [`SmartAlloc::frame_slice`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses, or the slice's size overflows.
    #[inline]
    #[track_caller]
    pub fn try_frame_slice<T: Zeroable>(&self, len: usize) -> Result<FrameBox<'_, [T]>, AllocError> {
        let state = self.state()?;
        let start = place_slice::<T>(state, len)?;
        // SAFETY: a fresh block of this state for `len` times `T`, which is valid as all zeroes.
        unsafe {
            start.write_bytes(0, len);
            Ok(FrameBox::from_parts(NonNull::slice_from_raw_parts(start, len), state))
        }
    }

    /// A slice of the frame whose elements `make` makes, from the first to the last.
    ///
    /// When `make` panics, the elements made so far are dropped.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_slice_from_fn`] returns an error
    /// instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # let alloc = framealloc::SmartAlloc::with_defaults();
    /// let squares = alloc.frame_slice_from_fn(5, |i| i * i);
    /// assert_eq!(*squares, [0, 1, 4, 9, 16]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn frame_slice_from_fn<T>(&self, len: usize, make: impl FnMut(usize) -> T) -> FrameBox<'_, [T]> {
        or_panic!(self.try_frame_slice_from_fn(len, make))
    }

    /// Like [`SmartAlloc::frame_slice_from_fn`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses, or the slice's size overflows; `make` is not called then.
    #[inline]
    #[track_caller]
    pub fn try_frame_slice_from_fn<T>(
        &self,
        len: usize,
        mut make: impl FnMut(usize) -> T,
    ) -> Result<FrameBox<'_, [T]>, AllocError> {
        let state = self.state()?;
        let start = place_slice::<T>(state, len)?.cast::<MaybeUninit<T>>();
        // SAFETY: a fresh block of this state for `len` times `T`; any bytes are a `MaybeUninit`.
        let mut slice = unsafe { FrameBox::from_parts(NonNull::slice_from_raw_parts(start, len), state) };
        let mut made = Made { slice: &mut slice, count: 0 };
        while made.count < len {
            let value = make(made.count);
            made.slice[made.count].write(value);
            made.count += 1;
        }
        std::mem::forget(made);
        // SAFETY: all of them have been written.
        Ok(unsafe { slice.assume_init() })
    }

    /// A copy of `source` in the frame.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_slice_copy`] returns an error
    /// instead.
    #[inline]
    #[track_caller]
    pub fn frame_slice_copy<T: Copy>(&self, source: &[T]) -> FrameBox<'_, [T]> {
        or_panic!(self.try_frame_slice_copy(source))
    }

    /// Like [`SmartAlloc::frame_slice_copy`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_frame_slice_copy<T: Copy>(&self, source: &[T]) -> Result<FrameBox<'_, [T]>, AllocError> {
        let state = self.state()?;
        let start = place_slice::<T>(state, source.len())?;
        // SAFETY: a fresh block of this state with room for as many, which `source` cannot overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(source.as_ptr(), start.as_ptr(), source.len());
            Ok(FrameBox::from_parts(NonNull::slice_from_raw_parts(start, source.len()), state))
        }
    }

    /// A copy of `source` in the frame.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_str`] returns an error instead.
    #[inline]
    #[track_caller]
    pub fn frame_str(&self, source: &str) -> FrameBox<'_, str> {
        or_panic!(self.try_frame_str(source))
    }

    /// Like [`SmartAlloc::frame_str`].
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[track_caller]
    pub fn try_frame_str(&self, source: &str) -> Result<FrameBox<'_, str>, AllocError> {
        let bytes = self.try_frame_slice_copy(source.as_bytes())?;
        // SAFETY: copied from a `str`.
        Ok(unsafe { FrameBox::from_utf8_unchecked(bytes) })
    }
}

/// The elements of a slice that have been made; drops them when making the next one panics.
struct Made<'s, T> {
    slice: &'s mut [MaybeUninit<T>],
    count: usize,
}

impl<T> Drop for Made<'_, T> {
    fn drop(&mut self) {
        for element in &mut self.slice[..self.count] {
            // SAFETY: the first `count` have been written, and nobody reads them again.
            unsafe { element.assume_init_drop() };
        }
    }
}
