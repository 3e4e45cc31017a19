//! Blocks too large for a page: straight from the system, counted by the heap of the thread that made them.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;

use super::handover::Freed;
use super::heap::{PoolHeap, PoolRefused};
use super::meters::{Meters, metered};
use crate::memory::{source, tally};
use crate::sync::{AtomicU64, Ordering};

/// Set in `remote_count` when the heap has no owner.
const CLOSED: u64 = 1 << 63;

/// What a heap knows of its large blocks.
#[derive(Debug)]
pub(super) struct BigBlocks {
    budget: Cell<usize>,
    /// Whether the allocator has a ceiling on large blocks.
    has_limit: bool,
    recorded: Cell<bool>,
    /// Up to which tally of large blocks made none of these has to be asked: that ceiling, a budget, the tally's bound.
    unbounded_until: Cell<u64>,
    /// The same, with whoever records: none before there is somebody.
    free_until: Cell<u64>,
    /// Blocks that other threads have freed since the owner last looked.
    remote_count: AtomicU64,
    remote_bytes: AtomicU64,
}

impl BigBlocks {
    pub(super) fn new(has_limit: bool) -> Self {
        Self {
            budget: Cell::new(usize::MAX),
            has_limit,
            recorded: Cell::new(false),
            unbounded_until: Cell::new(0),
            free_until: Cell::new(0),
            remote_count: AtomicU64::new(0),
            remote_bytes: AtomicU64::new(0),
        }
    }

    /// Takes what other threads have freed out, leaving `entrance` open or closed, and books it.
    fn collect(&self, entrance: u64, meters: &Meters) {
        let count = self.remote_count.swap(entrance, Ordering::AcqRel) & !CLOSED;
        // Bytes are added before the block is counted, so at least those of the counted blocks are here; the rest
        // belong to blocks that are about to be counted. A freer that tries twice takes bytes back in between: then
        // there may be too few, and the sum below zero.
        let bytes = self.remote_bytes.swap(0, Ordering::Relaxed);
        meters.note_large_gone(count, bytes);
    }

    pub(super) fn close(&self, meters: &Meters) {
        self.collect(CLOSED, meters);
    }

    pub(super) fn open(&self, meters: &Meters) {
        self.collect(0, meters);
    }

    pub(super) fn set_budget(&self, budget: usize, meters: &Meters) {
        self.budget.set(budget);
        self.apply(meters);
    }

    /// Lets every large block be asked for in the slow way, or no longer.
    pub(super) fn set_recorded(&self, recorded: bool, meters: &Meters) {
        self.recorded.set(recorded);
        self.apply(meters);
    }

    /// Looks again how far one may go; to be called whenever somebody was asked, so that what is made never is so far ahead
    /// that the difference comes round.
    fn apply(&self, meters: &Meters) {
        let unbounded = !self.has_limit && self.budget.get() == usize::MAX;
        let made = meters.large_made.get();
        let until = if unbounded { meters.large_made_at_most() } else { made };
        self.unbounded_until.set(until);
        self.free_until.set(if self.recorded.get() { made } else { until });
    }

    /// Whether a block of `layout` may be made without asking anyone.
    #[inline(always)]
    fn is_free(&self, layout: Layout, meters: &Meters) -> bool {
        fits(layout, self.free_until.get(), meters)
    }

    /// Whether nobody but who records is to be asked.
    #[inline(always)]
    pub(super) fn is_only_recorded(&self, layout: Layout, meters: &Meters) -> bool {
        self.recorded.get() && fits(layout, self.unbounded_until.get(), meters)
    }
}

/// Whether one more block of `layout` keeps the tally of large blocks made within `until`.
#[inline(always)]
fn fits(layout: Layout, until: u64, meters: &Meters) -> bool {
    let room = until.wrapping_sub(meters.large_made.get()).cast_signed();
    layout.size() < tally::MAX_LIVE_BYTES / 2 && tally::block(metered(layout.size())).cast_signed() <= room
}

impl PoolHeap {
    /// A large block where nothing bounds them; `None` when something does or there is no memory: then
    /// [`PoolHeap::allocate_big`] says which. The caller's thread owns the heap.
    #[inline]
    pub(crate) fn allocate_big_fast(&self, layout: Layout, zeroed: bool) -> Option<NonNull<u8>> {
        if !self.big.is_free(layout, &self.meters) {
            return None;
        }
        let block = if zeroed {
            source::allocate_zeroed_for_program(layout)
        } else {
            source::allocate_for_program(layout)
        }?;
        self.meters.note_large(layout.size());
        Some(block)
    }

    /// A large block; the caller's thread owns the heap, or holds the registry's lock.
    ///
    /// `layout`'s size is not zero.
    pub(crate) fn allocate_big(&self, layout: Layout, zeroed: bool) -> Result<NonNull<u8>, PoolRefused> {
        let bytes = layout.size() as u64;
        let budget = self.big.budget.get();
        if budget != usize::MAX {
            self.collect_big();
            let left = (budget as u64).saturating_sub(self.big_live_bytes());
            if metered(layout.size()) as u64 > left {
                return Err(PoolRefused::Budget { left: left as usize });
            }
        }
        if !self.meters.has_room_for(layout.size()) {
            self.collect_big();
            if !self.meters.has_room_for(layout.size()) {
                return Err(PoolRefused::OutOfMemory);
            }
        }
        self.shared.reserve_heap(bytes)?;
        let block = if zeroed {
            source::allocate_zeroed_for_program(layout)
        } else {
            source::allocate_for_program(layout)
        };
        match block {
            Some(block) => {
                self.meters.note_large(layout.size());
                self.big.apply(&self.meters);
                Ok(block)
            }
            None => {
                self.shared.unreserve_heap(bytes);
                Err(PoolRefused::OutOfMemory)
            }
        }
    }

    /// Gives a large block back; `token` is the calling thread's.
    ///
    /// # Safety
    ///
    /// `block` came from `allocate_big` of this heap with the same `layout`, and nobody uses it any more.
    #[inline]
    pub(crate) unsafe fn free_big(heap: NonNull<Self>, token: u64, block: NonNull<u8>, layout: Layout) {
        let bytes = layout.size() as u64;
        // SAFETY: the caller's promise.
        unsafe { source::release(block, layout) };
        // SAFETY: H3: the block still counts as alive.
        let owned = unsafe { heap.as_ref() };
        if owned.big.has_limit {
            owned.shared.unreserve_heap(bytes);
        }
        let metered = metered(layout.size()) as u64;
        if owned.is_owned_by(token) {
            owned.meters.note_large_gone(1, metered);
        } else {
            Self::free_big_elsewhere(heap, token, metered);
        }
    }

    /// Books a block that is not its owner's to free, or whose heap is recorded.
    #[cold]
    #[inline(never)]
    fn free_big_elsewhere(heap: NonNull<Self>, token: u64, bytes: u64) {
        // SAFETY: H3: the block still counts as alive.
        let owned = unsafe { heap.as_ref() };
        if owned.is_recorded_by(token) {
            owned.meters.note_large_gone(1, bytes);
        } else {
            Self::free_big_remote(heap, bytes);
        }
    }

    fn free_big_remote(heap: NonNull<Self>, bytes: u64) {
        // SAFETY: H3: the block counts as alive until the compare-and-swap succeeds or the lock holder books it.
        let owned = unsafe { heap.as_ref() };
        let mut count = owned.big.remote_count.load(Ordering::Relaxed);
        loop {
            if count & CLOSED != 0 {
                let shared = Arc::clone(&owned.shared);
                let give_back = |orphan: &Self| {
                    // With the bytes that freers which found it closed, this one too, have taken back.
                    orphan.big.close(&orphan.meters);
                    orphan.meters.note_large_gone(1, bytes);
                };
                // SAFETY: enrolled in that registry; the block counts as alive until that is booked under the lock.
                match unsafe { shared.registry.free_orphan(heap, give_back) } {
                    Freed::Done => return,
                    Freed::LastOfAll => {
                        // SAFETY: H3.
                        unsafe { Self::destroy(heap) };
                        return;
                    }
                    Freed::Adopted => {
                        count = owned.big.remote_count.load(Ordering::Relaxed);
                        continue;
                    }
                }
            }
            owned.big.remote_bytes.fetch_add(bytes, Ordering::Relaxed);
            match owned.big.remote_count.compare_exchange(
                count,
                count + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => {
                    owned.big.remote_bytes.fetch_sub(bytes, Ordering::Relaxed);
                    count = now;
                }
            }
        }
    }

    /// Takes in the large blocks that other threads have freed.
    pub(crate) fn collect_big(&self) {
        if self.big.remote_count.load(Ordering::Relaxed) & !CLOSED != 0 {
            self.big.collect(0, &self.meters);
        }
    }

    /// Bounds the bytes of living large blocks.
    pub(crate) fn set_big_budget(&self, budget: usize) {
        self.big.set_budget(budget, &self.meters);
    }

    /// Bytes of living large blocks; any thread may ask.
    pub(crate) fn big_live_bytes(&self) -> u64 {
        let waiting = self.big.remote_bytes.load(Ordering::Relaxed);
        // Read one after the other, while the freers go on: the difference may be below zero for a moment.
        tally::bytes(tally::or_zero(self.meters.large_alive()))
            .saturating_add_signed(waiting.cast_signed().wrapping_neg())
    }
}

impl super::heap::PoolShared {
    fn reserve_heap(&self, bytes: u64) -> Result<(), PoolRefused> {
        let Some(limit) = self.heap_limit else { return Ok(()) };
        // Relaxed: only a sum.
        let mut used = self.heap_used.load(Ordering::Relaxed);
        loop {
            let left = (limit as u64).saturating_sub(used);
            if bytes > left {
                return Err(PoolRefused::Limit { left: left as usize });
            }
            match self.heap_used.compare_exchange_weak(
                used,
                used + bytes,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(now) => used = now,
            }
        }
    }

    #[inline]
    fn unreserve_heap(&self, bytes: u64) {
        if self.heap_limit.is_some() {
            self.heap_used.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}
