//! One thread's frame memory: a pointer that is bumped, and just enough beside it to know when to move it back.
//!
//! This file is the hot half: take a block, count it, give it back. What happens when there is no room, when a
//! block does not lie in the current span, or when a frame or scope ends is in the sibling files.
//!
//! Invariants:
//!
//! - **A1** `[ptr, limit)` is free memory of the current chunk, or empty. `ptr` is a multiple of the unit, lies in
//!   the chunk (its tail included) and carries the chunk's provenance.
//! - **A2** `made` has the tally of every block handed to a handle since the interval began, `gone` of every such
//!   block given back, except those noted in a level's `later` or in a parked region. So when the frame is the
//!   only level and the two are equal, no handle's block is alive; an open scope counts as one.
//! - **A3** `[start, start + span)` is the part of the current chunk that belongs to the top level. A block that
//!   ends at `ptr` belongs to it too: every level's start is sealed off from what lies before (C3).
//! - **A4** Bytes taken since the interval began are `ptr + bias` and the bytes in `gone`: a block that is given back at
//!   the tip moves from the one to the other, one that dies elsewhere is taken off `bias`. Whatever else moves the pointer
//!   or adds to `gone` makes up for it in `bias`.
//! - **A5** Bytes held by the interval are `ptr + held_base`.
//! - **A6** Bytes that died off the tip and wait are `dead_base - bias`.
//!
//! An *interval* is a frame, or the time between two frames. No user code runs while the cold part is borrowed.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::backing::FrameBacking;
use super::chunk::Chunk;
use super::level::LevelRef;
use super::parked::ParkedTable;
use super::recorded::Hidden;
use super::settle::Window;
use crate::memory::counter::Counter;
use crate::memory::{address, poison, tally};

/// What the boundaries of intervals look at, in one word so that they look once.
pub(crate) mod flag {
    /// The end of the interval has more to do than to move the pointer back.
    pub(crate) const UNTIDY: u32 = 1;
    /// The thread has ended: whatever is still asked for gets a chunk of its own.
    pub(crate) const RETIRED: u32 = 2;
    /// A frame is open.
    pub(crate) const IN_FRAME: u32 = 4;
    /// Every block is taken and given back in the slow way; see [`super::super::recorded`].
    pub(crate) const RECORDED: u32 = 8;
    /// From this bit on the flags belong to the layer above.
    pub(crate) const FIRST_OF_STATE: u32 = 1 << 8;
}

/// One thread's frame memory.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Arena {
    pub(super) ptr: Cell<NonNull<u8>>,
    pub(super) limit: Cell<usize>,
    pub(super) made: Cell<u64>,
    pub(super) gone: Cell<u64>,
    pub(super) start: Cell<usize>,
    pub(super) span: Cell<usize>,
    bias: Cell<u64>,
    dead_base: Cell<u64>,
    pub(super) held_base: Cell<usize>,
    pub(super) live_base: Cell<u64>,
    pub(super) top: Cell<LevelRef>,
    /// Where the frame's memory begins.
    pub(super) origin: Cell<NonNull<u8>>,
    /// The most bytes held since an interval last ended in the slow way, as seen at boundaries.
    pub(super) peak: Counter,
    /// See [`flag`].
    flags: Cell<u32>,
    /// The chunk that is bumped.
    pub(super) chunk: Cell<Option<Chunk>>,
    pub(super) base: LevelRef,
    /// What `held` must not pass; set by the layer above.
    pub(super) cap: Cell<usize>,
    /// Bytes in side chunks of open levels.
    pub(super) side_bytes: Cell<usize>,
    /// The most of them in this interval.
    pub(super) side_peak: Cell<usize>,
    pub(super) reserved: Cell<usize>,
    pub(super) refills: Cell<u64>,
    /// The true values of what a recorded arena hides.
    pub(super) hidden: Hidden,
    pub(super) cold: RefCell<Cold>,
}

/// What only the slow paths touch.
#[derive(Debug)]
pub(super) struct Cold {
    pub(super) backing: NonNull<FrameBacking>,
    /// Every chunk the arena holds (C1).
    pub(super) all: Vec<Chunk>,
    /// Chunks that nothing uses.
    pub(super) spares: Vec<Chunk>,
    /// Chunks of this interval that hold one large block each.
    pub(super) blocks: Vec<Chunk>,
    pub(super) levels: Vec<LevelRef>,
    pub(super) parked: ParkedTable,
    pub(super) window: Window,
    pub(super) side_window: Window,
}

impl Arena {
    /// An arena that holds no chunk yet, or `None` when the system has no memory.
    ///
    /// # Safety
    ///
    /// `backing` outlives the arena.
    pub(crate) unsafe fn new(backing: NonNull<FrameBacking>) -> Option<Self> {
        let mut levels = Vec::new();
        levels.try_reserve(4).ok()?;
        let base = LevelRef::allocate()?;
        levels.push(base);
        let nowhere = nowhere();
        Some(Self {
            ptr: Cell::new(nowhere),
            limit: Cell::new(0),
            made: Cell::new(0),
            gone: Cell::new(0),
            start: Cell::new(0),
            span: Cell::new(0),
            bias: Cell::new(minus(nowhere)),
            dead_base: Cell::new(minus(nowhere)),
            held_base: Cell::new(0usize.wrapping_sub(nowhere.addr().get())),
            live_base: Cell::new(0),
            top: Cell::new(base),
            origin: Cell::new(nowhere),
            peak: Counter::new(0),
            flags: Cell::new(0),
            chunk: Cell::new(None),
            base,
            cap: Cell::new(tally::MAX_LIVE_BYTES),
            side_bytes: Cell::new(0),
            side_peak: Cell::new(0),
            reserved: Cell::new(0),
            refills: Cell::new(0),
            hidden: Hidden::default(),
            cold: RefCell::new(Cold {
                backing,
                all: Vec::new(),
                spares: Vec::new(),
                blocks: Vec::new(),
                levels,
                parked: ParkedTable::default(),
                window: Window::default(),
                side_window: Window::default(),
            }),
        })
    }

    /// A block for a type whose size and alignment are small and known; `size` is a multiple of the unit and not
    /// zero. `None` when there is no room: then ask [`Arena::refill`].
    #[inline(always)]
    pub(crate) fn take_small(&self, size: usize, align: usize) -> Option<NonNull<u8>> {
        self.take_below(self.limit.get(), size, align)
    }

    /// Like [`Arena::take_small`], below the limit of one level.
    #[inline(always)]
    pub(crate) fn take_below(&self, limit: usize, size: usize, align: usize) -> Option<NonNull<u8>> {
        debug_assert!(size.is_multiple_of(address::UNIT) && size != 0 && address::fits_small(size, align));
        let ptr = self.ptr.get();
        let position = ptr.addr().get();
        // No check for overflow: the size is small and chunks keep away from the end of the address space.
        let block = if align <= address::UNIT { position } else { address::round_up(position, align) };
        if block + size > limit {
            return None;
        }
        // SAFETY: [position, limit) is free memory of ptr's chunk (A1), and block + size <= limit.
        unsafe {
            let block = ptr.add(block - position);
            self.ptr.set(block.add(size));
            poison::show(block, size);
            Some(block)
        }
    }

    /// A block of any size (a multiple of the unit, not zero) and alignment.
    #[inline(always)]
    pub(crate) fn take(&self, limit: usize, size: usize, align: usize) -> Option<NonNull<u8>> {
        debug_assert!(size.is_multiple_of(address::UNIT) && size != 0);
        let ptr = self.ptr.get();
        let position = ptr.addr().get();
        let block = if align <= address::UNIT {
            // `limit` may be below `position`, so the sum is compared, not the difference.
            if position.saturating_add(size) > limit {
                return None;
            }
            position
        } else {
            address::place(position, limit, size, align)?
        };
        // SAFETY: [position, limit) is free memory of ptr's chunk (A1), and block + size <= limit.
        unsafe {
            let block = ptr.add(block - position);
            self.ptr.set(block.add(size));
            poison::show(block, size);
            Some(block)
        }
    }

    /// Books a block that a handle now owns (A2).
    #[inline(always)]
    pub(crate) fn count_made(&self, size: usize) {
        self.made.set(self.made.get().wrapping_add(tally::block(size)));
    }

    /// How far the top level may bump.
    #[inline(always)]
    pub(crate) fn limit(&self) -> usize {
        self.limit.get()
    }

    /// Gives back a handle's block if it lies in the top level's current span; otherwise does nothing and answers
    /// `false`: then ask [`Arena::free_elsewhere`].
    ///
    /// # Safety
    ///
    /// `block` of `size` bytes was taken from this arena and counted, and nobody uses it any more.
    #[inline(always)]
    pub(crate) unsafe fn free_here(&self, block: NonNull<u8>, size: usize) -> bool {
        let position = block.addr().get();
        if position + size == self.ptr.get().addr().get() {
            if size >= LARGE_ENOUGH_FOR_PEAK {
                self.note_peak();
            }
            self.gone.set(self.gone.get().wrapping_add(tally::block(size)));
            // From the block's address, which is known, and not `ptr - size`, which waits until `ptr` has been read.
            // SAFETY: a block that ends at ptr belongs to the top level and its start is in the current chunk (A3), whose
            // pointer reaches all of it (C2).
            let ptr = unsafe { self.chunk.get().unwrap_unchecked().at(position) };
            self.ptr.set(ptr);
            // SAFETY: the block is given up, and from its start to the limit all is free (A1).
            unsafe { poison::hide(ptr, size) };
        } else if position.wrapping_sub(self.start.get()) < self.span.get() {
            self.die(size);
            self.gone.set(self.gone.get().wrapping_add(tally::block(size)));
            // SAFETY: the caller gives the block up.
            unsafe { poison::hide(block, size) };
        } else {
            return false;
        }
        true
    }

    /// Grows the block at the tip in place, if it is the one at the tip and there is room.
    ///
    /// # Safety
    ///
    /// `block` of `old` bytes was taken from this arena and counted and is the caller's; `old < new`, both
    /// multiples of the unit.
    #[inline(always)]
    pub(crate) unsafe fn grow_at_tip(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        let position = block.addr().get();
        let ptr = self.ptr.get();
        if position + old != ptr.addr().get() || position.saturating_add(new) > self.limit.get() {
            return false;
        }
        // SAFETY: A1 and A3: the bytes from the block's end to the limit are free memory of the same chunk.
        unsafe {
            poison::show(ptr, new - old);
            self.ptr.set(ptr.add(new - old));
        }
        self.made.set(self.made.get().wrapping_add(tally::grown(new - old)));
        true
    }

    /// Gives back the end of a block if the block lies in the top level's current span; `false` when it does not.
    ///
    /// # Safety
    ///
    /// `block` of `old` bytes was taken from this arena and counted and is the caller's; `0 < new < old`, both
    /// multiples of the unit; nobody uses the end any more.
    #[inline]
    pub(crate) unsafe fn shrink_here(&self, block: NonNull<u8>, old: usize, new: usize) -> bool {
        let position = block.addr().get();
        let ptr = self.ptr.get();
        // SAFETY: the end is part of the caller's block.
        let end = unsafe { block.add(new) };
        if position + old == ptr.addr().get() {
            self.note_peak();
            // SAFETY: as in `free_here`.
            self.ptr.set(unsafe { ptr.sub(old - new) });
        } else if position.wrapping_sub(self.start.get()) < self.span.get() {
            self.die(old - new);
        } else {
            return false;
        }
        // SAFETY: the caller gives the end up.
        unsafe { poison::hide(end, old - new) };
        self.gone.set(self.gone.get().wrapping_add(tally::grown(old - new)));
        true
    }

    /// Bytes taken since the interval began, those given back since included (A4).
    #[inline(always)]
    pub(crate) fn taken(&self) -> u64 {
        tally::bytes(self.taken_tally())
    }

    /// The same as a tally, whose count means nothing. Differences of two within one interval are tallies too.
    #[inline(always)]
    pub(crate) fn taken_tally(&self) -> u64 {
        let beyond_gone = (self.ptr.get().addr().get() as u64).wrapping_add(self.bias.get());
        tally::sum(0, beyond_gone).wrapping_add(self.gone.get())
    }

    /// Keeps the bytes taken as they were, which were `taken`, after the pointer went elsewhere (A4).
    pub(super) fn keep_taken(&self, taken: u64) {
        self.shift(taken.wrapping_sub(self.taken()));
    }

    /// Adds to the bytes taken (A4).
    #[inline(always)]
    pub(super) fn shift(&self, bytes: u64) {
        self.bias.set(self.bias.get().wrapping_add(bytes));
        self.dead_base.set(self.dead_base.get().wrapping_add(bytes));
    }

    /// So many bytes, which are or will be in `gone`, died off the tip (A6).
    #[inline(always)]
    pub(super) fn die(&self, bytes: usize) {
        self.bias.set(self.bias.get().wrapping_sub(bytes as u64));
    }

    /// Bytes that died off the tip and wait for the end of their frame or scope (A6).
    #[inline(always)]
    pub(crate) fn dead(&self) -> usize {
        self.dead_base.get().wrapping_sub(self.bias.get()) as usize
    }

    #[inline(always)]
    pub(super) fn set_dead(&self, bytes: usize) {
        self.dead_base.set(self.bias.get().wrapping_add(bytes as u64));
    }

    /// Nothing has been taken, with the pointer where it is.
    #[inline(always)]
    pub(super) fn count_from_here(&self) {
        let nothing = minus(self.ptr.get());
        self.made.set(0);
        self.gone.set(0);
        self.bias.set(nothing);
        self.dead_base.set(nothing);
    }

    /// The tally of blocks and scopes made since the interval began.
    #[inline(always)]
    pub(crate) fn made(&self) -> u64 {
        self.made.get()
    }

    /// Counts bytes that were taken from another arena as taken from this one (A4).
    #[inline]
    pub(crate) fn book_elsewhere(&self, bytes: u64) {
        self.shift(bytes);
    }

    /// Bytes held by the interval, those that died off the tip included (A5).
    #[inline(always)]
    pub(crate) fn held(&self) -> usize {
        self.held_at(self.ptr.get())
    }

    /// Bytes held if the pointer stood at `ptr`.
    #[inline(always)]
    pub(super) fn held_at(&self, ptr: NonNull<u8>) -> usize {
        ptr.addr().get().wrapping_add(self.held_base.get())
    }

    #[inline(always)]
    pub(crate) fn note_peak(&self) {
        self.peak.raise(self.held() as u64);
    }

    /// Bytes of the system's memory that the arena holds.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.reserved.get()
    }

    /// Bytes of frames that ended while something in them was alive, and how many such frames there are.
    pub(crate) fn parked(&self) -> (usize, usize) {
        let cold = self.cold.borrow();
        (cold.parked.bytes(), cold.parked.regions())
    }

    /// Whether a scope is open in this interval.
    pub(crate) fn has_open_scope(&self) -> bool {
        self.top.get() != self.base
    }

    /// The part of [`Arena::peak`] that other threads may read.
    pub(crate) fn published_peak(&self) -> u64 {
        self.peak.get()
    }

    /// Whether `level` is the one that bumps the pointer.
    pub(crate) fn is_top(&self, level: LevelRef) -> bool {
        self.top.get() == level
    }

    /// How often the arena went to another chunk.
    pub(crate) fn refills(&self) -> u64 {
        self.refills.get()
    }

    /// The most bytes held by any interval since the slow way of ending one last ran, as seen at frame and scope ends, refills, and when a block of
    /// a kilobyte or more is given back.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.get() + self.side_peak.get() as u64
    }

    /// Whether these are the flags that are set and no handle's block is alive; then, unless they say that the
    /// arena is untidy, [`Arena::rewind_clean`] may end the interval.
    #[inline(always)]
    pub(crate) fn is_clean(&self, flags: u32) -> bool {
        (self.flags.get() == flags) & (self.made.get() == self.gone.get())
    }

    #[inline(always)]
    pub(crate) fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    #[inline(always)]
    pub(crate) fn set(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    #[inline(always)]
    pub(crate) fn clear(&self, flags: u32) {
        self.flags.set(self.flags.get() & !flags);
    }

    /// Adds to the flags as to a number, in whose high bits the layer above counts; whether the highest is set.
    #[inline(always)]
    pub(crate) fn add_to_flags(&self, number: u32) -> bool {
        let sum = self.flags.get().wrapping_add(number);
        self.flags.set(sum);
        sum.cast_signed() < 0
    }

    /// Moves the pointer back to the frame's beginning and starts the next interval.
    ///
    /// May only follow [`Arena::is_clean`].
    #[inline(always)]
    pub(crate) fn rewind_clean(&self) {
        debug_assert!(
            !self.has(flag::UNTIDY) && self.made.get() == self.gone.get() && self.top.get() == self.base
        );
        self.note_peak();
        let origin = self.origin.get();
        #[cfg(any(asan, miri))]
        if self.chunk.get().is_some() {
            // SAFETY: no block is alive (A2), so the bytes from the origin to the pointer are nobody's.
            unsafe { poison::hide(origin, self.ptr.get().addr().get() - origin.addr().get()) };
        }
        self.ptr.set(origin);
        self.count_from_here();
    }
}

/// What makes nothing of the address (A4).
#[inline(always)]
fn minus(ptr: NonNull<u8>) -> u64 {
    (ptr.addr().get() as u64).wrapping_neg()
}

/// A block this large that is given back at the tip is worth a look at the high-water mark.
pub(super) const LARGE_ENOUGH_FOR_PEAK: usize = 1024;

/// Where the pointer of an arena without a chunk stands: no block ends there.
pub(super) fn nowhere() -> NonNull<u8> {
    #[repr(align(64))]
    struct Line;
    NonNull::<Line>::dangling().cast()
}
