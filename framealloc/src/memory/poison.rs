//! Tells the checking tools which bytes are nobody's, so that a stale access inside memory that the library
//! still holds is caught: AddressSanitizer by poisoning (built with `--cfg asan`), Miri by writing undefined
//! bytes through the owner's pointer, which also ends every borrow of them. In any other build both functions
//! are empty.

use std::ptr::NonNull;

#[cfg(asan)]
unsafe extern "C" {
    fn __asan_poison_memory_region(start: *const core::ffi::c_void, size: usize);
    fn __asan_unpoison_memory_region(start: *const core::ffi::c_void, size: usize);
}

/// Marks `[start, start + size)` as belonging to nobody.
///
/// # Safety
///
/// The caller owns these bytes, they are mapped, and no reference to them is used again.
#[inline(always)]
pub(crate) unsafe fn hide(start: NonNull<u8>, size: usize) {
    #[cfg(asan)]
    // SAFETY: only marks shadow memory of bytes the caller owns.
    unsafe {
        __asan_poison_memory_region(start.as_ptr().cast(), size);
    }
    #[cfg(miri)]
    // SAFETY: the caller owns these bytes.
    unsafe {
        undefine(start.as_ptr(), size);
    }
    let _ = (start, size);
}

/// Marks `[start, start + size)` as usable again.
///
/// # Safety
///
/// The caller owns these bytes and they are mapped.
#[inline(always)]
pub(crate) unsafe fn show(start: NonNull<u8>, size: usize) {
    #[cfg(asan)]
    // SAFETY: only marks shadow memory of bytes the caller owns.
    unsafe {
        __asan_unpoison_memory_region(start.as_ptr().cast(), size);
    }
    let _ = (start, size);
}

/// Writes undefined bytes, a page at a time, since Miri's time goes by the operation.
///
/// # Safety
///
/// The caller owns `[start, start + size)`.
#[cfg(miri)]
unsafe fn undefine(start: *mut u8, size: usize) {
    use std::mem::MaybeUninit;
    const STEP: usize = 4096;
    let mut offset = 0;
    while offset < size {
        // SAFETY: within the caller's bytes.
        unsafe {
            if size - offset >= STEP {
                start.add(offset).cast::<MaybeUninit<[u8; STEP]>>().write_unaligned(MaybeUninit::uninit());
                offset += STEP;
            } else {
                start.add(offset).cast::<MaybeUninit<u8>>().write(MaybeUninit::uninit());
                offset += 1;
            }
        }
    }
}
