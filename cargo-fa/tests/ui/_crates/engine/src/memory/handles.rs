//! Names for frame collections, and generic helpers on them.

use framealloc::allocator_api2::alloc::Allocator;
use framealloc::allocator_api2::vec::Vec as VecIn;
use framealloc::{FrameBox, FrameVec};

use super::Alloc;

pub type FrameList<'f, T> = FrameVec<'f, T>;

/// A list on the allocator that lives as long as the program.
pub type StaticList<T> = FrameVec<'static, T>;

/// The values in order, in memory of `alloc`.
pub fn sorted_in<T: Ord + Copy, A: Allocator>(values: &[T], alloc: A) -> VecIn<T, A> {
    let mut sorted = VecIn::with_capacity_in(values.len(), alloc);
    sorted.extend_from_slice(values);
    sorted.sort_unstable();
    sorted
}

/// A copy in the frame.
pub fn bytes_in_frame<'a>(alloc: &'a Alloc, source: &[u8]) -> FrameBox<'a, [u8]> {
    alloc.frame_slice_copy(source)
}
