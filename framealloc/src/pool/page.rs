//! Pages: 64 KiB each, aligned to their size, cut into blocks of one size.
//!
//! Invariants:
//!
//! - **P1** A page's address is a multiple of its size, so the page of a block is found by masking, and a block's
//!   pointer may reach the page's header: it was made from the whole region's.
//! - **P2** `heap`, `ledger` and `class` are written when a heap takes the page and do not change while a block of it is
//!   alive, so any thread that holds a block may read them.
//! - **P3** Regions are given back only when the last heap has gone.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Mutex;

use super::heap::PoolHeap;
use super::transfers::Ledger;
use crate::memory::size_class::{PAGE, PAGE_HEADER, SIZES};
use crate::memory::{poison, source};

/// How many pages are asked of the system when those reserved at the start are used up.
const PAGES_PER_REGION: usize = 16;

#[repr(C, align(64))]
#[derive(Debug)]
pub(super) struct Header {
    heap: Cell<Option<NonNull<PoolHeap>>>,
    /// The heap's, beside the pointer to it: who receives a value need not touch what its maker works on.
    ledger: Cell<Option<NonNull<Ledger>>>,
    class: Cell<usize>,
    pub(super) next: Cell<Option<Page>>,
    /// Blocks cut so far, and, while pages are looked through, how many of them are free.
    pub(super) cut: Cell<usize>,
    pub(super) free: Cell<usize>,
}

const _: () = assert!(size_of::<Header>() <= PAGE_HEADER);

/// A handle on a page; see P3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Page(NonNull<Header>);

impl Page {
    /// The page that a block lies in.
    ///
    /// # Safety
    ///
    /// `block` points to a living block of a page, with the provenance of its region (P1).
    #[inline(always)]
    pub(crate) unsafe fn of(block: NonNull<u8>) -> Self {
        let header = block.as_ptr().map_addr(|address| address & !(PAGE - 1));
        // SAFETY: the page that a block lies in is not null.
        Self(unsafe { NonNull::new_unchecked(header) }.cast())
    }

    #[inline(always)]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: P3; whoever has a `Page` got it from a living block or from the store of a living heap.
        unsafe { self.0.as_ref() }
    }

    /// The heap that the page belongs to.
    #[inline(always)]
    pub(crate) fn heap(&self) -> NonNull<PoolHeap> {
        let heap = self.header().heap.get();
        debug_assert!(heap.is_some());
        // SAFETY: P2: set before the first block was handed out.
        unsafe { heap.unwrap_unchecked() }
    }

    /// Where the values in its blocks are counted that go to other threads; valid while a block of it is alive (X1).
    #[inline(always)]
    pub(crate) fn ledger(&self) -> NonNull<Ledger> {
        let ledger = self.header().ledger.get();
        debug_assert!(ledger.is_some());
        // SAFETY: P2: set before the first block was handed out.
        unsafe { ledger.unwrap_unchecked() }
    }

    /// The class of its blocks.
    pub(super) fn class(&self) -> usize {
        self.header().class.get()
    }

    /// The block at `offset` from the page's start.
    pub(super) fn block(self, offset: usize) -> NonNull<u8> {
        debug_assert!(offset < PAGE);
        // SAFETY: inside the page (P1).
        unsafe { self.0.cast::<u8>().add(offset) }
    }

    /// Gives the page to a heap, for blocks of one class.
    pub(super) fn assign(self, heap: &PoolHeap, class: usize) {
        let header = self.header();
        header.heap.set(Some(heap.pointer()));
        header.ledger.set(Some(NonNull::from(heap.ledger())));
        header.class.set(class);
        header.cut.set(0);
        header.free.set(0);
    }
}

/// Memory of the system that pages are cut from.
#[derive(Debug)]
struct Region {
    base: NonNull<u8>,
    layout: Layout,
    /// How many of its pages have been taken at least once; the others are untouched.
    cut: usize,
}

#[derive(Debug, Default)]
struct Pages {
    regions: Vec<Region>,
    /// Pages that were taken and given back.
    free: Option<Page>,
    count: usize,
}

/// The pages of one allocator, shared by the heaps of all its threads.
#[derive(Debug)]
pub(crate) struct PageStore {
    pages: Mutex<Pages>,
    /// The ceiling on all pages, in bytes.
    limit: usize,
}

// SAFETY: the pointers stand for memory that the store owns, reached only under its lock.
unsafe impl Send for PageStore {}
// SAFETY: as above.
unsafe impl Sync for PageStore {}

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPage {
    Limit { left: usize },
    OutOfMemory,
}

impl PageStore {
    /// A store with `reserved` bytes of pages, or `None` when the system does not have them.
    pub(crate) fn new(reserved: usize, limit: usize, prefault: bool) -> Option<Self> {
        let mut pages = Pages::default();
        if reserved != 0 {
            pages.add_region(reserved.div_ceil(PAGE), prefault).ok()?;
        }
        Some(Self { pages: Mutex::new(pages), limit })
    }

    /// A page that nobody has.
    pub(super) fn take(&self) -> Result<Page, NoPage> {
        self.with(|pages| {
            if let Some(page) = pages.pop() {
                return Ok(page);
            }
            let left = (self.limit / PAGE).saturating_sub(pages.count);
            if left == 0 {
                return Err(NoPage::Limit { left: self.limit.saturating_sub(pages.count * PAGE) });
            }
            if pages.add_region(PAGES_PER_REGION.min(left), false).is_err() {
                pages.add_region(1, false)?;
            }
            pages.pop().ok_or(NoPage::OutOfMemory)
        })
    }

    /// Takes back a page no block of which is alive.
    pub(super) fn give_back(&self, page: Page) {
        // SAFETY: no block of the page is alive.
        unsafe { poison::hide(page.block(PAGE_HEADER), PAGE - PAGE_HEADER) };
        self.with(|pages| pages.push(page));
    }

    /// Bytes of all pages, used or not.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.with(|pages| pages.count * PAGE)
    }

    fn with<R>(&self, action: impl FnOnce(&mut Pages) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        action(&mut self.pages.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Pages {
    fn add_region(&mut self, count: usize, prefault: bool) -> Result<(), NoPage> {
        let size = count.checked_mul(PAGE).ok_or(NoPage::OutOfMemory)?;
        let layout = Layout::from_size_align(size, PAGE).map_err(|_| NoPage::OutOfMemory)?;
        self.regions.try_reserve(1).map_err(|_| NoPage::OutOfMemory)?;
        let region = source::allocate(layout).ok_or(NoPage::OutOfMemory)?;
        self.count += count;
        self.regions.push(Region { base: region, layout, cut: 0 });
        if prefault {
            for offset in (0..size).step_by(4096) {
                // SAFETY: inside the region, which nobody has seen.
                unsafe { region.add(offset).write_volatile(0) };
            }
        }
        Ok(())
    }

    fn push(&mut self, page: Page) {
        page.header().next.set(self.free);
        self.free = Some(page);
    }

    fn pop(&mut self) -> Option<Page> {
        if let Some(page) = self.free {
            self.free = page.header().next.get();
            return Some(page);
        }
        let region = self.regions.iter_mut().find(|region| region.cut * PAGE < region.layout.size())?;
        // SAFETY: inside the region.
        let page = Page(unsafe { region.base.add(region.cut * PAGE) }.cast());
        region.cut += 1;
        let header = Header {
            heap: Cell::new(None),
            ledger: Cell::new(None),
            class: Cell::new(0),
            next: Cell::new(None),
            cut: Cell::new(0),
            free: Cell::new(0),
        };
        // SAFETY: memory of our own region that nobody has seen, aligned to a page.
        unsafe {
            page.0.write(header);
            poison::hide(page.block(PAGE_HEADER), PAGE - PAGE_HEADER);
        }
        Some(page)
    }
}

impl Drop for PageStore {
    fn drop(&mut self) {
        let pages = self.pages.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        for Region { base, layout, .. } in pages.regions.drain(..) {
            // SAFETY: P3: the store goes with the last heap, so no block of it is alive.
            unsafe {
                poison::show(base, layout.size());
                source::release(base, layout);
            }
        }
    }
}

/// The bytes of a block of a class.
#[inline(always)]
pub(crate) const fn block_size(class: usize) -> usize {
    SIZES[class]
}
