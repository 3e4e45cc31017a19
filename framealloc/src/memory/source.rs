//! The one door to the system's memory: every byte the library holds comes and goes here.
//!
//! Goes through `std::alloc`, so that the program's own global allocator serves. Refuses what the rest of the
//! library could not address (see [`TOP_MARGIN`] and [`ADDRESS_BITS`]) as if memory had run out; what it hands on to the
//! program as it is may lie anywhere.

use std::alloc::Layout;
use std::ptr::NonNull;

use super::address::TOP_MARGIN;
use super::tracking;

/// Addresses have no bits above these; the pool's remote stack keeps a count in the rest of the word.
#[cfg(target_pointer_width = "64")]
pub(crate) const ADDRESS_BITS: u32 = 48;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) const ADDRESS_BITS: u32 = usize::BITS;

/// Memory of `layout`, whose size is not zero, or `None` when the system has none.
#[inline]
pub(crate) fn allocate(layout: Layout) -> Option<NonNull<u8>> {
    tracking::uncounted(|| check(allocate_for_program(layout)?, layout))
}

/// Like [`allocate`], for what the program asks for itself: where calls are counted, it is the program's.
#[expect(clippy::disallowed_methods, reason = "this is the door the lint sends everyone to")]
#[inline]
pub(crate) fn allocate_for_program(layout: Layout) -> Option<NonNull<u8>> {
    debug_assert!(layout.size() != 0);
    // SAFETY: the size is not zero.
    NonNull::new(unsafe { std::alloc::alloc(layout) })
}

/// Like [`allocate_for_program`], with every byte zero.
#[expect(clippy::disallowed_methods, reason = "this is the door the lint sends everyone to")]
#[inline]
pub(crate) fn allocate_zeroed_for_program(layout: Layout) -> Option<NonNull<u8>> {
    debug_assert!(layout.size() != 0);
    // SAFETY: the size is not zero.
    NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) })
}

/// Gives memory back.
///
/// # Safety
///
/// `block` came from this module with the same `layout`, and nothing uses it any more.
#[expect(clippy::disallowed_methods, reason = "this is the door the lint sends everyone to")]
#[inline]
pub(crate) unsafe fn release(block: NonNull<u8>, layout: Layout) {
    // SAFETY: the caller's promise is `dealloc`'s.
    unsafe { std::alloc::dealloc(block.as_ptr(), layout) }
}

#[inline]
fn check(block: NonNull<u8>, layout: Layout) -> Option<NonNull<u8>> {
    let addressable = block.addr().get().checked_add(layout.size()).is_some_and(|end| {
        end <= usize::MAX - TOP_MARGIN && (ADDRESS_BITS == usize::BITS || end >> ADDRESS_BITS == 0)
    });
    if addressable {
        return Some(block);
    }
    // SAFETY: it was just made with this layout and nobody has seen it.
    unsafe { release(block, layout) };
    None
}

/// A value on the heap whose making may fail, unlike `Box::new`. Its memory is given back by [`unbox`].
pub(crate) fn boxed<T>(value: T) -> Option<NonNull<T>> {
    const { assert!(size_of::<T>() != 0) }
    let place = allocate(Layout::new::<T>())?.cast::<T>();
    // SAFETY: fresh memory of `T`'s layout.
    unsafe { place.write(value) };
    Some(place)
}

/// Drops a value made by [`boxed`] and gives its memory back.
///
/// # Safety
///
/// `place` came from [`boxed`] and nothing uses it any more.
pub(crate) unsafe fn unbox<T>(place: NonNull<T>) {
    // SAFETY: the caller's promise; the value is dropped before its memory goes.
    unsafe {
        place.drop_in_place();
        release(place.cast(), Layout::new::<T>());
    }
}
