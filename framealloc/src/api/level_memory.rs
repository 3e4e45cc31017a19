//! What scopes of frames and scratch scopes have in common: values put into the memory of one level.

use std::marker::PhantomData;
use std::mem::{MaybeUninit, needs_drop};
use std::ptr::NonNull;

use crate::attribution::{Origin, OriginOf};
use crate::error::AllocError;
use crate::frame::{Arena, LevelRef};
use crate::memory::address;
use crate::zeroable::Zeroable;

/// The refusal of values with a destructor, while the program is built.
struct NoDestructor<T>(PhantomData<T>);

impl<T> NoDestructor<T> {
    const CHECK: () = assert!(
        !needs_drop::<T>(),
        "this type has a destructor, which a scope would never run: use `boxed`, `vec` or `string` of the scope"
    );
}

/// The memory of one level, which the implementer keeps open: what is made in it stays while the implementer is
/// borrowed.
///
/// # Safety
///
/// `level` belongs to `arena`, and what is taken for it stays while the implementer exists, which keeps to the thread that
/// the arena belongs to; `refill` returns a fresh block of that level.
pub(super) unsafe trait LevelMemory {
    fn arena(&self) -> &Arena;

    fn level(&self) -> LevelRef;

    /// A block when there is no room below the level's limit.
    #[track_caller]
    fn refill(&self, size: usize, align: usize, origin: &'static Origin) -> Result<NonNull<u8>, AllocError>;

    /// A block of a size that is known where this is inlined, a multiple of the unit and not zero.
    #[inline(always)]
    #[track_caller]
    fn block_known(
        &self,
        size: usize,
        align: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        if !address::fits_small(size, align) {
            return self.block(size, align, origin);
        }
        match self.arena().take_below(self.level().limit.get(), size, align) {
            Some(block) => Ok(block),
            None => self.refill(size, align, origin),
        }
    }

    /// A block of any size that is a multiple of the unit and not zero.
    #[inline(always)]
    #[track_caller]
    fn block(&self, size: usize, align: usize, origin: &'static Origin) -> Result<NonNull<u8>, AllocError> {
        match self.arena().take(self.level().limit.get(), size, align) {
            Some(block) => Ok(block),
            None => self.refill(size, align, origin),
        }
    }

    /// Memory for one value.
    #[inline(always)]
    #[track_caller]
    fn place<T>(&self) -> Result<NonNull<T>, AllocError> {
        if size_of::<T>() == 0 {
            return Ok(NonNull::dangling());
        }
        let size = const { address::round_up(size_of::<T>(), address::UNIT) };
        Ok(self.block_known(size, align_of::<T>(), OriginOf::<T>::SCOPE)?.cast())
    }

    /// Memory for `len` values.
    #[inline(always)]
    #[track_caller]
    fn place_slice<T>(&self, len: usize) -> Result<NonNull<T>, AllocError> {
        let bytes = len.checked_mul(size_of::<T>()).filter(|&bytes| bytes <= isize::MAX as usize);
        let Some(size) = bytes.and_then(|bytes| address::checked_round_up(bytes, address::UNIT)) else {
            return Err(AllocError::overflow());
        };
        if size == 0 {
            return Ok(NonNull::dangling());
        }
        Ok(self.block(size, align_of::<T>(), OriginOf::<[T]>::SCOPE)?.cast())
    }

    #[inline(always)]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put<T>(&self, value: T) -> Result<&mut T, AllocError> {
        const { NoDestructor::<T>::CHECK }
        let place = self.place::<T>()?;
        // SAFETY: fresh memory for a `T` that nobody else has, and that stays while the level is borrowed.
        unsafe {
            place.write(value);
            Ok(&mut *place.as_ptr())
        }
    }

    #[inline(always)]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_zeroed<T: Zeroable>(&self) -> Result<&mut T, AllocError> {
        const { NoDestructor::<T>::CHECK }
        let place = self.place::<T>()?;
        // SAFETY: fresh memory for a `T`, which is valid as all zeroes, that nobody else has.
        unsafe {
            place.write_bytes(0, 1);
            Ok(&mut *place.as_ptr())
        }
    }

    #[inline(always)]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_uninit<T>(&self) -> Result<&mut MaybeUninit<T>, AllocError> {
        const { NoDestructor::<T>::CHECK }
        let place = self.place::<T>()?.cast::<MaybeUninit<T>>();
        // SAFETY: fresh memory that nobody else has; any bytes are a `MaybeUninit`.
        Ok(unsafe { &mut *place.as_ptr() })
    }

    #[inline]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_zeroed_slice<T: Zeroable>(&self, len: usize) -> Result<&mut [T], AllocError> {
        const { NoDestructor::<T>::CHECK }
        let place = self.place_slice::<T>(len)?;
        // SAFETY: fresh memory for as many `T`, which are valid as all zeroes, that nobody else has.
        unsafe {
            place.write_bytes(0, len);
            Ok(std::slice::from_raw_parts_mut(place.as_ptr(), len))
        }
    }

    #[inline]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_slice_copy<T: Copy>(&self, source: &[T]) -> Result<&mut [T], AllocError> {
        let place = self.place_slice::<T>(source.len())?;
        // SAFETY: fresh memory for as many, which `source` cannot overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(source.as_ptr(), place.as_ptr(), source.len());
            Ok(std::slice::from_raw_parts_mut(place.as_ptr(), source.len()))
        }
    }

    #[inline]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_slice_from_fn<T>(
        &self,
        len: usize,
        mut make: impl FnMut(usize) -> T,
    ) -> Result<&mut [T], AllocError> {
        const { NoDestructor::<T>::CHECK }
        let place = self.place_slice::<T>(len)?;
        for index in 0..len {
            // SAFETY: within the fresh memory, which nobody else has; without destructors a panic of `make` leaves
            // nothing to do.
            unsafe { place.add(index).write(make(index)) };
        }
        // SAFETY: all of them have been written.
        Ok(unsafe { std::slice::from_raw_parts_mut(place.as_ptr(), len) })
    }

    #[inline]
    #[track_caller]
    #[expect(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    fn put_str(&self, source: &str) -> Result<&mut str, AllocError> {
        let bytes = self.put_slice_copy(source.as_bytes())?;
        // SAFETY: copied from a `str`.
        Ok(unsafe { std::str::from_utf8_unchecked_mut(bytes) })
    }
}
