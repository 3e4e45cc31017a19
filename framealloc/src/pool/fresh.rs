//! Blocks that were made in the frame that is open, and how many of them are gone before it ends.
//!
//! While a heap is *recorded*, its lists are kept empty and its own thread's frees take the slow way, as under a budget
//! that is exceeded, so that every block is seen. A block that goes to another thread is no longer looked for.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::heap::{NO_OWNER, PoolHeap};
use super::page::block_size;
use crate::memory::address_table::AddressTable;
use crate::memory::size_class::CLASSES;
use crate::memory::{poison, source, tally, tracking};
use crate::sync::Ordering;

/// What a recorded heap knows of the frame that is open. Only its owner touches it (B3).
#[derive(Debug, Default)]
pub(super) struct Fresh {
    recorded: Cell<bool>,
    seen: RefCell<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The address of a block, and the number of the site that made it.
    sites: AddressTable<u32>,
    /// How many of a site's blocks are gone.
    gone: Vec<u32>,
    /// The sites some of whose blocks are gone.
    touched: Vec<u32>,
}

impl Seen {
    /// Makes sure that a block of this site can be noted, and its end, without asking for memory.
    #[inline(always)]
    fn make_room(&mut self, site: u32, most: usize) -> bool {
        (self.gone.len() > site as usize || self.make_room_for_site(site)) && self.sites.make_room(most)
    }

    #[cold]
    #[inline(never)]
    fn make_room_for_site(&mut self, site: u32) -> bool {
        tracking::uncounted(|| self.make_room_uncounted(site))
    }

    fn make_room_uncounted(&mut self, site: u32) -> bool {
        let count = site as usize + 1;
        let missing = count.saturating_sub(self.gone.len());
        let room = self.gone.try_reserve(missing).is_ok()
            && self.touched.try_reserve(count.saturating_sub(self.touched.len())).is_ok();
        if room {
            self.gone.resize(self.gone.len() + missing, 0);
        }
        room
    }
}

impl Fresh {
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded.get()
    }
}

impl PoolHeap {
    /// Lets every block from here on be seen, or no longer. The caller's thread owns the heap (B3).
    pub(crate) fn set_recorded(&self, recorded: bool) {
        self.forget_recorder();
        if recorded {
            self.fresh.recorded.set(true);
            // Relaxed: only this thread compares it with its own token.
            self.recorder().store(self.token(), Ordering::Relaxed);
            self.big.set_recorded(true, &self.meters);
            self.hide_lists();
        } else {
            self.lift_hiding();
        }
        self.guard_budget();
    }

    /// The heap is recorded no longer, whoever works on it next.
    pub(super) fn forget_recorder(&self) {
        self.fresh.recorded.set(false);
        self.recorder().store(NO_OWNER, Ordering::Relaxed);
        self.big.set_recorded(false, &self.meters);
        self.fresh.seen.take();
    }

    /// A large block of a recorded heap where nothing bounds them otherwise; else ask [`PoolHeap::allocate_big`].
    pub(crate) fn allocate_big_recorded(&self, layout: Layout, zeroed: bool) -> Option<NonNull<u8>> {
        if !self.big.is_only_recorded(layout, &self.meters) {
            return None;
        }
        // The program's, and noted by whoever asks.
        let block = tracking::unheard(|| {
            if zeroed {
                source::allocate_zeroed_for_program(layout)
            } else {
                source::allocate_for_program(layout)
            }
        })?;
        self.meters.note_large(layout.size());
        Some(block)
    }

    /// A block of `class` of a recorded heap, if one is free and no budget is to be asked; else ask [`PoolHeap::refill`].
    #[inline(always)]
    pub(crate) fn take_recorded(&self, class: usize) -> Option<NonNull<u8>> {
        if !self.fresh.is_recorded() || self.cold.budget.get() != usize::MAX || self.waiting() != 0 {
            return None;
        }
        let link = NonNull::new(self.cold.hidden[class].get())?;
        let size = block_size(class);
        // SAFETY: hidden blocks are ours, as those on a list are (B1).
        self.cold.hidden[class].set(unsafe { link.as_ref().next() });
        self.cold.exposed.set(self.cold.exposed.get() + size);
        self.meters.made.add(tally::block(size));
        let block = link.cast::<u8>();
        // SAFETY: the block is ours.
        unsafe { poison::show(block, size) };
        Some(block)
    }

    /// Notes a block that `site` has made, if there is room for one more than so many; whether there was. A block of no site
    /// is not looked for, nor is one that was at its address before and has gone by way of another thread.
    #[inline(always)]
    pub(crate) fn note_made(&self, block: NonNull<u8>, site: Option<u32>, most: usize) -> bool {
        let Ok(mut seen) = self.fresh.seen.try_borrow_mut() else { return false };
        let address = block.addr().get();
        let Some(site) = site.filter(|&site| seen.make_room(site, most)) else {
            seen.sites.remove(address);
            return site.is_none();
        };
        seen.sites.insert(address, site);
        true
    }

    /// Notes that a block is gone which this thread's heap made.
    #[inline]
    pub(crate) fn note_gone(&self, block: NonNull<u8>) {
        // Borrowed when the program's own global allocator frees a block while memory is asked of it for the table.
        let Ok(mut seen) = self.fresh.seen.try_borrow_mut() else { return };
        if let Some(site) = seen.sites.remove(block.addr().get()) {
            let Seen { gone, touched, .. } = &mut *seen;
            let count = &mut gone[site as usize];
            if *count == 0 {
                // There is room for every site.
                touched.push(site);
            }
            *count = count.saturating_add(1);
        }
    }

    /// The frame ends: calls `each` with every site some of whose blocks are gone, and how many.
    pub(crate) fn end_fresh(&self, mut each: impl FnMut(u32, u32)) {
        let mut seen = self.fresh.seen.borrow_mut();
        let Seen { sites, gone, touched } = &mut *seen;
        for site in touched.drain(..) {
            each(site, std::mem::take(&mut gone[site as usize]));
        }
        sites.clear();
    }

    /// Gives back a block of `class` in the way of a recorded heap, if the thread of this token works on one.
    ///
    /// # Safety
    ///
    /// As for [`PoolHeap::put`], if the heap is this thread's.
    pub(crate) unsafe fn put_recorded(&self, token: u64, class: usize, block: NonNull<u8>) -> bool {
        debug_assert!(class < CLASSES);
        if !self.is_recorded_by(token) {
            return false;
        }
        self.note_gone(block);
        // SAFETY: the caller's promise; the thread owns the heap.
        unsafe { self.put_aside(class, block) };
        true
    }

    /// Whether the thread of this token works on the heap, and it is recorded.
    pub(crate) fn is_recorded_by(&self, token: u64) -> bool {
        // NO_OWNER is no thread's token.
        self.recorder().load(Ordering::Relaxed) == token
    }
}
