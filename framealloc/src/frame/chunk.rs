//! One piece of the system's memory that frames are cut from, with its header at its start.
//!
//! Invariants:
//!
//! - **C1** A `Chunk` value that an arena keeps anywhere (current frame, blocks, spares, a level's side, a parked
//!   segment) is in the arena's list of all chunks, and its memory is alive until it is taken off that list.
//! - **C2** Its pointer was made from the whole allocation, so any address inside may be reached from it.
//! - **C3** The header precedes the data and a tail follows it. So no block of one chunk ends where the data of
//!   another begins, even when two chunks are neighbours in memory, and sealing the tip stays inside the chunk.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;

use super::backing::{FrameBacking, Refused};
use crate::memory::{poison, source};

/// A cache line; chunks and sealed tips start on one.
pub(crate) const LINE: usize = 64;

/// Bytes of a chunk that are not data: header and tail.
pub(crate) const OVERHEAD: usize = size_of::<Header>() + LINE;

/// The step in which fresh memory is touched.
const SYSTEM_PAGE: usize = 4096;

#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct Header {
    size: usize,
    /// Where the data ends for the frame that runs: the end of the chunk, or a parked segment.
    bound: Cell<usize>,
    /// The chunk that this one continues, within one frame.
    pub(super) prev: Cell<Option<Chunk>>,
    /// Where the data in use ended when the frame went on in another chunk.
    pub(super) used_end: Cell<usize>,
    /// The depth of the level that took this chunk.
    pub(super) depth: Cell<u32>,
    /// Parked regions that have memory here.
    pub(super) regions: Cell<u32>,
    /// Whether the frame that runs has memory here.
    pub(super) in_frame: Cell<bool>,
}

/// A handle on a chunk; see C1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Chunk(NonNull<Header>);

impl Chunk {
    /// A fresh chunk of at least `size` bytes in all, booked against the backing's ceiling.
    pub(super) fn acquire(backing: &FrameBacking, size: usize) -> Result<Self, Refused> {
        let size = size.checked_next_multiple_of(LINE).ok_or(Refused::Overflow)?;
        let layout = Self::layout(size).ok_or(Refused::Overflow)?;
        backing.reserve(size)?;
        let Some(memory) = source::allocate(layout) else {
            backing.unreserve(size);
            return Err(Refused::OutOfMemory);
        };
        let header = Header {
            size,
            bound: Cell::new(memory.addr().get() + size - LINE),
            prev: Cell::new(None),
            used_end: Cell::new(0),
            depth: Cell::new(0),
            regions: Cell::new(0),
            in_frame: Cell::new(false),
        };
        let chunk = Self(memory.cast());
        // SAFETY: fresh memory that is large enough and aligned for the header.
        unsafe { chunk.0.write(header) };
        if backing.prefault {
            chunk.prefault();
        }
        // SAFETY: the data is ours and nobody has seen it.
        unsafe { poison::hide(chunk.data(), size - OVERHEAD) };
        Ok(chunk)
    }

    /// Gives the memory back.
    ///
    /// # Safety
    ///
    /// The chunk is off the arena's lists (C1), and no block in it is used again.
    pub(super) unsafe fn release(self, backing: &FrameBacking) {
        let size = self.size();
        if let Some(layout) = Self::layout(size) {
            backing.unreserve(size);
            // SAFETY: the memory is ours until the next line, which gives back what `acquire` got (C2).
            unsafe {
                poison::show(self.data(), size - OVERHEAD);
                source::release(self.0.cast(), layout);
            }
        }
    }

    fn layout(size: usize) -> Option<Layout> {
        Layout::from_size_align(size, LINE).ok()
    }

    /// Touches every page, so that the first frames do not.
    fn prefault(self) {
        let end = self.size();
        for offset in (SYSTEM_PAGE..end).step_by(SYSTEM_PAGE) {
            // SAFETY: inside the allocation, behind the header, and nobody has seen it yet.
            unsafe { self.0.cast::<u8>().add(offset).write_volatile(0) };
        }
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: C1; the header is only ever borrowed shared, its parts that change are cells.
        unsafe { self.0.as_ref() }
    }

    /// All bytes, overhead included.
    #[inline]
    pub(super) fn size(self) -> usize {
        self.header().size
    }

    /// The bytes that blocks may take.
    #[inline]
    pub(super) fn capacity(self) -> usize {
        self.size() - OVERHEAD
    }

    /// Where the data begins.
    #[inline]
    pub(super) fn data(self) -> NonNull<u8> {
        // SAFETY: the header lies inside the allocation (C2).
        unsafe { self.0.add(1).cast() }
    }

    /// Where the data ends for the frame that runs; a line's room follows.
    #[inline]
    pub(super) fn limit(self) -> usize {
        self.header().bound.get()
    }

    /// Where the data ends; the tail follows.
    #[inline]
    pub(super) fn data_end(self) -> usize {
        self.0.addr().get() + self.size() - LINE
    }

    /// Lets the frame that runs go no further than `bound`.
    pub(super) fn set_bound(self, bound: usize) {
        debug_assert!(bound <= self.data_end());
        self.header().bound.set(bound);
    }

    /// Whether a block at `address` lies in this chunk.
    #[inline]
    pub(super) fn contains(self, address: usize) -> bool {
        address.wrapping_sub(self.0.addr().get()) < self.size()
    }

    /// The pointer to `address`, which lies in this chunk's data or at its end.
    #[inline]
    pub(super) fn at(self, address: usize) -> NonNull<u8> {
        debug_assert!(self.contains(address));
        // SAFETY: inside the allocation (C2).
        unsafe { self.0.cast::<u8>().add(address - self.0.addr().get()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_lies_between_header_and_tail() {
        let backing = FrameBacking::new(1 << 16, usize::MAX, true, 1);
        let chunk = Chunk::acquire(&backing, 5000).expect("memory");
        assert_eq!(chunk.size(), 5056);
        assert_eq!(chunk.data().addr().get() + chunk.capacity(), chunk.limit());
        assert_eq!(chunk.data().addr().get() % LINE, 0);
        assert!(chunk.contains(chunk.limit() - 1) && !chunk.contains(chunk.limit() + LINE));
        // SAFETY: on no list, nothing in it.
        unsafe { chunk.release(&backing) };
    }

    #[test]
    fn ceiling_is_kept_and_given_back() {
        let backing = FrameBacking::new(1 << 16, 10_000, false, 1);
        let chunk = Chunk::acquire(&backing, 5000).expect("memory");
        assert_eq!(Chunk::acquire(&backing, 5000), Err(Refused::Limit { left: 10_000 - 5056 }));
        // SAFETY: on no list, nothing in it.
        unsafe { chunk.release(&backing) };
        let again = Chunk::acquire(&backing, 5000).expect("memory");
        // SAFETY: on no list, nothing in it.
        unsafe { again.release(&backing) };
        assert_eq!(Chunk::acquire(&backing, usize::MAX - 10), Err(Refused::Overflow));
    }
}
