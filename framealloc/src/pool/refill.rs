//! The slow path of the pool: a list is empty, or a budget stands in the way.

use std::ptr::NonNull;

use super::heap::{PoolHeap, PoolRefused};
use super::page::{Page, block_size};
use super::remote::Link;
use crate::config::DeferredProcessing;
use crate::memory::size_class::{CLASSES, PAGE, blocks_per_page, first_block};
use crate::memory::tally;

/// Bytes of blocks cut at once: a page of the system's memory.
const BATCH: usize = 4096;

impl PoolHeap {
    /// Puts blocks on the list of `class`: those that other threads gave back, else some that are cut.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill(&self, class: usize) -> Result<(), PoolRefused> {
        let outcome = self.refill_list(class);
        if self.cold.budget.get() != usize::MAX {
            self.guard_budget();
        }
        outcome
    }

    fn refill_list(&self, class: usize) -> Result<(), PoolRefused> {
        if self.deferred().processing() != DeferredProcessing::Explicit {
            self.drain();
        }
        let outcome = self.refill_without_draining(class);
        if outcome.is_err() && self.drain() != 0 {
            return self.refill_without_draining(class);
        }
        outcome
    }

    fn refill_without_draining(&self, class: usize) -> Result<(), PoolRefused> {
        if !self.lists[class].get().is_null() && !self.over_budget() {
            return Ok(());
        }
        let size = block_size(class);
        let wanted = if self.fresh.is_recorded() { 1 } else { (BATCH / size).max(1) };
        let wanted = match self.room_for(class)? {
            Some(room) => wanted.min(room),
            None => wanted,
        };
        if !self.lists[class].get().is_null() {
            return Ok(());
        }
        let exposed = self.unhide(class, wanted);
        if exposed != 0 {
            return Ok(());
        }
        self.cut(class, wanted)
    }

    fn over_budget(&self) -> bool {
        self.cold.exposed.get() > self.cold.budget.get()
    }

    /// How many blocks of `class` the budget has room for: at least one, or it refuses. `None` without a budget.
    ///
    /// Blocks that lie on other lists count against it, since they can be had without asking; so when they are in
    /// the way they are hidden, and what is left is exact: living blocks only.
    fn room_for(&self, class: usize) -> Result<Option<usize>, PoolRefused> {
        let budget = self.cold.budget.get();
        if budget == usize::MAX {
            return Ok(None);
        }
        let size = block_size(class);
        if self.cold.exposed.get().saturating_add(size) > budget {
            self.hide_lists();
        }
        let left = budget.saturating_sub(self.cold.exposed.get());
        if left < size { Err(PoolRefused::Budget { left }) } else { Ok(Some(left / size)) }
    }

    /// Moves every block that is on a list out of reach of the fast path.
    pub(super) fn hide_lists(&self) {
        for class in 0..CLASSES {
            let mut link = self.lists[class].replace(std::ptr::null_mut());
            while !link.is_null() {
                // SAFETY: B1: blocks on a list are ours.
                unsafe {
                    let next = (*link).next();
                    (*link).set_next(self.cold.hidden[class].get());
                    self.cold.hidden[class].set(link);
                    link = next;
                }
                self.cold.exposed.set(self.cold.exposed.get() - block_size(class));
            }
        }
    }

    /// Puts up to `wanted` hidden blocks back on the list of `class`.
    fn unhide(&self, class: usize, wanted: usize) -> usize {
        let mut count = 0;
        while count < wanted {
            let link = self.cold.hidden[class].get();
            if link.is_null() {
                break;
            }
            // SAFETY: hidden blocks are ours.
            unsafe {
                self.cold.hidden[class].set((*link).next());
                (*link).set_next(self.lists[class].get());
            }
            self.lists[class].set(link);
            self.cold.exposed.set(self.cold.exposed.get() + block_size(class));
            count += 1;
        }
        count
    }

    /// Cuts up to `wanted` blocks of `class` from its page, from a new one if that is used up.
    fn cut(&self, class: usize, wanted: usize) -> Result<(), PoolRefused> {
        let size = block_size(class);
        let page = match self.cold.cutting[class].get() {
            Some(page) if page.header().cut.get() < blocks_per_page(size) => page,
            _ => self.new_page(class)?,
        };
        let cut = page.header().cut.get();
        let count = wanted.min(blocks_per_page(size) - cut);
        // From the last to the first, so that the list hands them out in the order of their addresses.
        for index in (cut..cut + count).rev() {
            let block = page.block(first_block(size) + index * size);
            // SAFETY: a block of our own page that nobody has yet.
            unsafe { Self::link(block, size, self.lists[class].get()) };
            self.lists[class].set(block.as_ptr().cast());
        }
        page.header().cut.set(cut + count);
        self.cold.exposed.set(self.cold.exposed.get() + count * size);
        Ok(())
    }

    fn new_page(&self, class: usize) -> Result<Page, PoolRefused> {
        // B2.
        if self.page_bytes() > tally::MAX_LIVE_BYTES - PAGE {
            return Err(PoolRefused::OutOfMemory);
        }
        let page = match self.shared.pages.take() {
            Ok(page) => page,
            // Before giving up: pages of this heap no block of which is alive.
            Err(refused) => {
                if self.reclaim_pages() == 0 {
                    return Err(refused.into());
                }
                self.shared.pages.take()?
            }
        };
        page.assign(self, class);
        self.cold.pages.add(1);
        self.cold.cutting[class].set(Some(page));
        Ok(page)
    }

    /// Gives pages with no living block back to the store; how many.
    ///
    /// Walks every free block of the heap, so it is for when there is nothing else left.
    pub(super) fn reclaim_pages(&self) -> usize {
        self.hide_lists();
        let mut reclaimed = 0;
        for class in 0..CLASSES {
            self.for_each_hidden(class, |page, _| {
                page.header().free.set(page.header().free.get() + 1);
                true
            });
            if let Some(page) = self.cold.cutting[class].get()
                && page.header().free.get() == page.header().cut.get()
            {
                self.cold.cutting[class].set(None);
            }
            // Keeps the blocks of pages that are still in use; a page's last free block takes the page along.
            self.for_each_hidden(class, |page, _| {
                let header = page.header();
                let empty = header.cut.get() != 0 && header.free.get() >= header.cut.get();
                if empty {
                    header.free.set(header.free.get() + 1);
                    if header.free.get() == header.cut.get() * 2 {
                        reclaimed += 1;
                        self.cold.pages.set(self.cold.pages.get() - 1);
                        self.shared.pages.give_back(page);
                    }
                }
                !empty
            });
            self.for_each_hidden(class, |page, _| {
                page.header().free.set(0);
                true
            });
        }
        self.lift_hiding();
        reclaimed
    }

    /// Rebuilds the hidden list of `class` of those blocks that `keep` answers `true` for.
    fn for_each_hidden(&self, class: usize, mut keep: impl FnMut(Page, NonNull<u8>) -> bool) {
        let mut link = self.cold.hidden[class].replace(std::ptr::null_mut());
        while let Some(each) = NonNull::new(link) {
            // SAFETY: hidden blocks are ours.
            link = unsafe { each.as_ref().next() };
            // SAFETY: as above; a block's page is found by masking.
            if keep(unsafe { Page::of(each.cast()) }, each.cast()) {
                // SAFETY: as above.
                unsafe { each.as_ref().set_next(self.cold.hidden[class].get()) };
                self.cold.hidden[class].set(each.as_ptr());
            }
        }
    }

    /// Puts all hidden blocks back on their lists, as far as the budget allows.
    pub(super) fn lift_hiding(&self) {
        if !self.hides_free_blocks() {
            for class in 0..CLASSES {
                self.unhide(class, usize::MAX);
            }
        }
    }

    /// Bounds the bytes of living blocks.
    pub(crate) fn set_budget(&self, budget: usize) {
        let before = self.cold.budget.replace(budget);
        if budget == usize::MAX && before == usize::MAX {
            // Nothing is hidden for a budget's sake. Boundaries come by here.
            return;
        }
        if budget == usize::MAX {
            self.lift_hiding();
        } else {
            // From here on every block on a list has been checked against the budget.
            self.hide_lists();
        }
        self.guard_budget();
    }

    /// The next owner sets its own budget.
    pub(super) fn lift_budget(&self) {
        self.cold.budget.set(usize::MAX);
        self.big.set_budget(usize::MAX, &self.meters);
        self.forget_recorder();
        self.lift_hiding();
    }

    /// Gives all pages back: no block of the heap is alive.
    pub(super) fn give_back_pages(&self) {
        debug_assert_eq!(self.live_bytes(), 0);
        self.reclaim_pages();
        debug_assert_eq!(self.cold.pages.get(), 0);
    }
}

const _: () = assert!(size_of::<Link>() <= 16);
