//! What the included files use of the library's lowest layer; a stand-in for its door to the system's memory.

#[path = "../../../framealloc/src/memory/address.rs"]
#[expect(dead_code, reason = "large blocks need only part of it")]
pub(crate) mod address;
#[path = "../../../framealloc/src/memory/counter.rs"]
#[expect(dead_code, reason = "large blocks need only part of what a counter can do")]
pub(crate) mod counter;

#[path = "../../../framealloc/src/memory/tally.rs"]
pub(crate) mod tally;

pub(crate) mod source {
    use std::alloc::Layout;
    use std::ptr::NonNull;

    pub(crate) fn allocate_for_program(layout: Layout) -> Option<NonNull<u8>> {
        NonNull::new(Box::into_raw(vec![0u8; layout.size()].into_boxed_slice()).cast())
    }

    pub(crate) fn allocate_zeroed_for_program(layout: Layout) -> Option<NonNull<u8>> {
        allocate_for_program(layout)
    }

    pub(crate) fn boxed<T>(value: T) -> Option<NonNull<T>> {
        Some(NonNull::from(Box::leak(Box::new(value))))
    }

    /// # Safety
    ///
    /// `place` came from [`boxed`] and nothing uses it any more.
    pub(crate) unsafe fn unbox<T>(place: NonNull<T>) {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(place.as_ptr()) });
    }

    /// # Safety
    ///
    /// `block` came from this module with the same `layout`, and nothing uses it any more.
    pub(crate) unsafe fn release(block: NonNull<u8>, layout: Layout) {
        let bytes = std::ptr::slice_from_raw_parts_mut(block.as_ptr(), layout.size());
        // SAFETY: made by `allocate` as a boxed slice of this length.
        drop(unsafe { Box::from_raw(bytes) });
    }
}
