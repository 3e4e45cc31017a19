//! A thread's pool: one list of free blocks for each size, and counts of what was made and what is gone.
//!
//! This file is the hot half: pop a block, push it back. A block's owner is found through its page; the heap says
//! which thread works on it, so a free is local if and only if that is the thread that frees.
//!
//! Invariants:
//!
//! - **H1–H3** in [`super::handover`]: who may touch a heap, and how long it exists.
//! - **B1** Every block on a list of class `c` lies in a page of this heap of that class and is nobody's.
//! - **B2** `meters.made - meters.gone` is the tally of the living blocks, those waiting in the remote stack included,
//!   and large ones that other threads have freed as long as [`super::big`] has not collected them. Fewer than
//!   [`tally::MAX_LIVE_BYTES`] of each kind are alive, so the two are equal if and only if nothing is.
//! - **B3** Only the thread whose token is in `owner` touches the cells; for an orphan, whoever holds the lock.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;

use super::big::BigBlocks;
use super::deferred::Deferred;
use super::fresh::Fresh;
use super::handover::{Owned, Registry};
use super::meters::Meters;
use super::page::{NoPage, Page, PageStore, block_size};
use super::remote::{Link, Refused, RemoteStack};
use super::transfers::{Ledger, Ledgers};
use crate::memory::apart::Apart;
use crate::memory::counter::Counter;
use crate::memory::size_class::{CLASSES, PAGE};
use crate::memory::{poison, source, tally};
use crate::sync::{AtomicBool, AtomicU64, Ordering};

/// What the heaps of one allocator share. Lives until the last of them has gone.
#[derive(Debug)]
pub(crate) struct PoolShared {
    pub(crate) registry: Registry<PoolHeap>,
    pub(crate) deferred: Deferred,
    pub(crate) pages: PageStore,
    /// The ceiling on large blocks, in bytes; without one their sum is not kept.
    pub(super) heap_limit: Option<usize>,
    pub(super) heap_used: AtomicU64,
    pub(crate) ledgers: Ledgers,
}

impl PoolShared {
    pub(crate) fn new(pages: PageStore, heap_limit: Option<usize>) -> Self {
        Self {
            registry: Registry::new(),
            deferred: Deferred::new(),
            pages,
            heap_limit,
            heap_used: AtomicU64::new(0),
            ledgers: Ledgers::new(),
        }
    }

    /// The allocator goes; heaps with living blocks stay until those are freed.
    pub(crate) fn close(&self) {
        self.registry.close(|heap| {
            // SAFETY: H3: the registry says that nobody will use it again.
            unsafe { PoolHeap::destroy(heap) };
        });
    }
}

/// Why a heap could not serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolRefused {
    /// The thread's budget; so many bytes are left of it.
    Budget {
        left: usize,
    },
    /// The allocator's ceiling; so many bytes are left below it.
    Limit {
        left: usize,
    },
    OutOfMemory,
}

impl From<NoPage> for PoolRefused {
    fn from(no_page: NoPage) -> Self {
        match no_page {
            NoPage::Limit { left } => Self::Limit { left },
            NoPage::OutOfMemory => Self::OutOfMemory,
        }
    }
}

/// No thread's token. Not zero: that is what a thread has that never needed a token.
pub(super) const NO_OWNER: u64 = u64::MAX;

/// The pool of one thread.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct PoolHeap {
    identity: Apart<Identity>,
    /// B2.
    pub(super) meters: Meters,
    /// Blocks made before `folded`, which is what `meters.made` was when they were last added up.
    total: Counter,
    folded: Counter,
    /// The same of large blocks alone.
    large_total: Counter,
    large_folded: Counter,
    pub(super) lists: [Cell<*mut Link>; CLASSES],
    pub(super) cold: Cold,
    /// Of the values made here for other threads (X1).
    ledger: Cell<NonNull<Ledger>>,
    pub(super) big: BigBlocks,
    pub(super) fresh: Fresh,
    remote: Apart<RemoteQueue>,
    pub(super) shared: Arc<PoolShared>,
}

/// What every thread that gives a block back reads, and hardly anyone writes, unlike the counts beside it.
#[derive(Debug)]
struct Identity {
    /// The token of the thread that works on the heap; [`NO_OWNER`] for an orphan, and for a heap that is over its
    /// budget or recorded, so that what its own thread frees takes the slow way too.
    owner: AtomicU64,
    /// That thread's token while the heap is recorded, else [`NO_OWNER`].
    recorder: AtomicU64,
    /// The allocation's own pointer, which may give it back; one made from a reference could not.
    this: Cell<NonNull<PoolHeap>>,
}

/// What other threads write.
#[derive(Debug)]
struct RemoteQueue {
    stack: RemoteStack,
    /// Somebody has waited in vain for the owner, who has taken nothing since.
    let_down: AtomicBool,
}

/// What only the slow paths touch.
#[derive(Debug)]
pub(super) struct Cold {
    /// Free blocks that a budget keeps off the lists.
    pub(super) hidden: [Cell<*mut Link>; CLASSES],
    /// The page of each class that blocks are still being cut from.
    pub(super) cutting: [Cell<Option<Page>>; CLASSES],
    /// The token of the thread that works on the heap.
    token: Cell<u64>,
    /// Pages that the heap has.
    pub(super) pages: Counter,
    /// Bytes of blocks that are alive or on a list.
    pub(super) exposed: Cell<usize>,
    pub(super) budget: Cell<usize>,
    pub(super) remote_frees: Counter,
    /// The most that were taken in at once.
    deepest: Counter,
}

// SAFETY: B3: between threads it moves only under the registry's lock; what several threads reach at once (owner,
// remote, the remote part of big) is atomic.
unsafe impl Send for PoolHeap {}

impl PoolHeap {
    /// A heap for the calling thread: an orphan of this allocator if there is one, else a new one. `None` when the
    /// system has no memory.
    pub(crate) fn adopt_or_new(shared: &Arc<PoolShared>, token: u64) -> Option<NonNull<Self>> {
        let heap = match shared.registry.adopt() {
            Some(orphan) => orphan,
            None => Self::allocate(shared)?,
        };
        // SAFETY: ours since adoption, or fresh. Relaxed: only this thread compares it with its own token.
        let owned = unsafe { heap.as_ref() };
        owned.cold.token.set(token);
        owned.identity.owner.store(token, Ordering::Relaxed);
        Some(heap)
    }

    fn allocate(shared: &Arc<PoolShared>) -> Option<NonNull<Self>> {
        if !shared.registry.enroll() {
            return None;
        }
        let heap = source::boxed(Self {
            identity: Apart::new(Identity {
                owner: AtomicU64::new(NO_OWNER),
                recorder: AtomicU64::new(NO_OWNER),
                this: Cell::new(NonNull::dangling()),
            }),
            meters: Meters::new(),
            total: Counter::new(0),
            folded: Counter::new(0),
            large_total: Counter::new(0),
            large_folded: Counter::new(0),
            lists: [const { Cell::new(std::ptr::null_mut()) }; CLASSES],
            cold: Cold {
                hidden: [const { Cell::new(std::ptr::null_mut()) }; CLASSES],
                cutting: [const { Cell::new(None) }; CLASSES],
                token: Cell::new(NO_OWNER),
                pages: Counter::new(0),
                exposed: Cell::new(0),
                budget: Cell::new(usize::MAX),
                remote_frees: Counter::new(0),
                deepest: Counter::new(0),
            },
            ledger: Cell::new(NonNull::dangling()),
            big: BigBlocks::new(shared.heap_limit.is_some()),
            fresh: Fresh::default(),
            remote: Apart::new(RemoteQueue { stack: RemoteStack::new(), let_down: AtomicBool::new(false) }),
            shared: Arc::clone(shared),
        });
        let Some(this) = heap else {
            shared.registry.withdraw();
            return None;
        };
        let Some(ledger) = shared.ledgers.open() else {
            shared.registry.withdraw();
            // SAFETY: just made, and nobody's.
            unsafe { Self::destroy(this) };
            return None;
        };
        // SAFETY: just made.
        let heap = unsafe { this.as_ref() };
        heap.identity.this.set(this);
        heap.ledger.set(ledger);
        Some(this)
    }

    /// The pointer to this heap that its blocks keep.
    #[inline]
    pub(crate) fn pointer(&self) -> NonNull<Self> {
        self.identity.this.get()
    }

    /// Where values made here for other threads are counted.
    #[inline(always)]
    pub(crate) fn ledger(&self) -> &Ledger {
        // SAFETY: X1: the heap keeps what the heaps share.
        unsafe { self.ledger.get().as_ref() }
    }

    /// Makes sure that an orphan exists, so that a thread that can own no heap has one to work on under the lock.
    pub(crate) fn ensure_orphan(shared: &Arc<PoolShared>) -> bool {
        if shared.registry.with_orphan(|orphan| orphan.is_some()) {
            return true;
        }
        let Some(heap) = Self::allocate(shared) else { return false };
        // SAFETY: fresh, so it is ours; the registry is open, so it is not the last.
        unsafe { Self::abandon(heap) };
        true
    }

    /// The calling thread, which owns the heap, gives it up.
    ///
    /// # Safety
    ///
    /// The caller owns the heap and does not use it again.
    pub(crate) unsafe fn abandon(heap: NonNull<Self>) {
        // SAFETY: the caller owns it.
        let owned = unsafe { heap.as_ref() };
        owned.identity.owner.store(NO_OWNER, Ordering::Relaxed);
        let shared = Arc::clone(&owned.shared);
        // SAFETY: enrolled at its making; the caller owns it.
        if unsafe { shared.registry.abandon(heap) } {
            // SAFETY: H3.
            unsafe { Self::destroy(heap) };
        }
    }

    /// # Safety
    ///
    /// The registry said that nobody will use the heap again, or it does not know it.
    pub(super) unsafe fn destroy(heap: NonNull<Self>) {
        // SAFETY: made by `source::boxed`; the caller's promise.
        unsafe { source::unbox(heap) };
    }

    /// Whether free blocks are kept off the lists, from where they can be taken without asking.
    pub(super) fn hides_free_blocks(&self) -> bool {
        self.cold.budget.get() != usize::MAX || self.fresh.is_recorded()
    }

    /// The token of the thread that works on the heap.
    pub(super) fn token(&self) -> u64 {
        self.cold.token.get()
    }

    /// See [`super::fresh`].
    pub(super) fn recorder(&self) -> &AtomicU64 {
        &self.identity.recorder
    }

    /// Whether the thread of this token works on the heap.
    #[inline(always)]
    pub(crate) fn is_owned_by(&self, token: u64) -> bool {
        self.identity.owner.load(Ordering::Relaxed) == token
    }

    /// A block of `class`, or `None` when the list is empty: then [`PoolHeap::refill`] and try again.
    ///
    /// The caller's thread owns the heap (B3).
    #[inline(always)]
    pub(crate) fn take(&self, class: usize) -> Option<NonNull<u8>> {
        let list = &self.lists[class];
        let link = NonNull::new(list.get())?;
        // SAFETY: B1: a block on the list is ours.
        list.set(unsafe { link.as_ref().next() });
        self.meters.made.add(tally::block(block_size(class)));
        let block = link.cast::<u8>();
        // SAFETY: the block is ours.
        unsafe { poison::show(block, block_size(class)) };
        Some(block)
    }

    /// Puts a block back on its list.
    ///
    /// # Safety
    ///
    /// The caller's thread owns the heap (B3); `block` is a block of it and of `class`, and nobody uses it.
    #[inline(always)]
    pub(crate) unsafe fn put(&self, class: usize, block: NonNull<u8>) {
        let list = &self.lists[class];
        // SAFETY: the caller gives the block up; it has room for a link and is aligned for one.
        unsafe { Self::link(block, block_size(class), list.get()) };
        list.set(block.as_ptr().cast());
        self.meters.gone.add(tally::block(block_size(class)));
    }

    /// Puts a block where only the slow path finds it.
    ///
    /// # Safety
    ///
    /// As for [`PoolHeap::put`].
    pub(super) unsafe fn put_aside(&self, class: usize, block: NonNull<u8>) {
        let size = block_size(class);
        // SAFETY: as in `put`.
        unsafe { Self::link(block, size, self.cold.hidden[class].get()) };
        self.cold.hidden[class].set(block.as_ptr().cast());
        self.cold.exposed.set(self.cold.exposed.get() - size);
        self.meters.gone.add(tally::block(size));
    }

    /// Lets the thread free blocks the fast way unless the heap is recorded or over its budget: a block on a list could be
    /// taken again without asking.
    pub(super) fn guard_budget(&self) {
        let over = self.cold.exposed.get() > self.cold.budget.get() || self.fresh.is_recorded();
        self.identity.owner.store(if over { NO_OWNER } else { self.cold.token.get() }, Ordering::Relaxed);
    }

    /// Writes the link of a free block, whose remaining bytes are nobody's.
    ///
    /// # Safety
    ///
    /// The caller owns the block, of `size` bytes.
    #[inline(always)]
    pub(super) unsafe fn link(block: NonNull<u8>, size: usize, next: *mut Link) {
        // SAFETY: the caller's promise; blocks are multiples of 16 in size and address.
        unsafe {
            poison::show(block, size_of::<Link>());
            poison::hide(block.add(size_of::<Link>()), size - size_of::<Link>());
            block.cast::<Link>().write(Link::new(next));
        }
    }

    /// Gives back a block that this thread's heap does not own: to its owner's remote stack, or, when the owner has
    /// gone, to the heap itself under the registry's lock. With `most` blocks waiting for the owner it does nothing
    /// and answers `false`.
    ///
    /// # Safety
    ///
    /// `block` is a living block of `class`, which nobody uses any more; it stays the caller's if it is not taken.
    pub(crate) unsafe fn free_remote(class: usize, block: NonNull<u8>, most: usize) -> bool {
        // SAFETY: a living block's page has a heap (P2), which exists while the block is alive (H3).
        let heap = unsafe { Page::of(block) }.heap();
        // SAFETY: the block is ours until it is pushed.
        unsafe { Self::link(block, block_size(class), std::ptr::null_mut()) };
        loop {
            // SAFETY: H3 until the push succeeds; nothing of the heap is touched after it.
            match unsafe { heap.as_ref().remote.stack.push(block.as_ptr().cast(), most) } {
                Ok(_) => return true,
                Err(Refused::Full) => return false,
                Err(Refused::Closed) => {}
            }
            // SAFETY: as above; the copy keeps the registry while the heap may go.
            let shared = Arc::clone(unsafe { &heap.as_ref().shared });
            // SAFETY: enrolled in that registry; the block is alive until `put`, which works under the lock (B3).
            let freed = unsafe { shared.registry.free_orphan(heap, |orphan| orphan.put(class, block)) };
            match freed {
                super::handover::Freed::Adopted => {}
                super::handover::Freed::Done => return true,
                super::handover::Freed::LastOfAll => {
                    // SAFETY: H3.
                    unsafe { Self::destroy(heap) };
                    return true;
                }
            }
        }
    }

    /// Takes in what other threads have given back. The caller's thread owns the heap, or holds the lock.
    pub(super) fn take_in(&self, taken: super::remote::Taken) -> usize {
        let mut count = 0;
        for link in taken {
            // SAFETY: blocks on the remote stack are the owner's; their page is this heap's.
            unsafe {
                let block = NonNull::new_unchecked(link.cast::<u8>());
                let class = Page::of(block).class();
                if self.hides_free_blocks() {
                    self.put_aside(class, block);
                } else {
                    self.put(class, block);
                }
            }
            count += 1;
        }
        self.cold.remote_frees.add(count as u64);
        self.cold.deepest.raise(count as u64);
        if self.remote.let_down.load(Ordering::Relaxed) {
            self.remote.let_down.store(false, Ordering::Relaxed);
        }
        count
    }

    /// What the allocator's threads have agreed on for what other threads give back.
    pub(crate) fn deferred(&self) -> &Deferred {
        &self.shared.deferred
    }

    /// Somebody has waited in vain for the owner.
    pub(crate) fn note_let_down(&self) {
        self.remote.let_down.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has waited in vain for the owner, who has taken nothing since.
    pub(crate) fn has_let_down(&self) -> bool {
        self.remote.let_down.load(Ordering::Relaxed)
    }

    /// The most blocks that the owner has found waiting.
    pub(crate) fn deepest(&self) -> u64 {
        self.cold.deepest.get()
    }

    /// Takes in what is waiting; how many blocks that were.
    pub(crate) fn drain(&self) -> usize {
        self.take_in(self.remote.stack.take())
    }

    #[inline]
    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Adds up what has been made, which must happen before [`tally::MAX_COUNT`] blocks are.
    pub(crate) fn fold(&self) {
        self.total.add(tally::count(self.meters.made.get().wrapping_sub(self.folded.get())));
        self.folded.set(self.meters.made.get());
        self.large_total
            .add(tally::count(self.meters.large_made.get().wrapping_sub(self.large_folded.get())));
        self.large_folded.set(self.meters.large_made.get());
    }

    /// Blocks of pages made so far; any thread may ask.
    pub(crate) fn allocations(&self) -> u64 {
        let blocks = self.total.get() + tally::count(self.meters.made.get().wrapping_sub(self.folded.get()));
        blocks.saturating_sub(self.large_allocations())
    }

    /// Large blocks made so far; any thread may ask.
    pub(crate) fn large_allocations(&self) -> u64 {
        let since = self.meters.large_made.get().wrapping_sub(self.large_folded.get());
        self.large_total.get() + tally::count(since)
    }

    /// Bytes of living blocks of pages, those that are waiting included (B2); any thread may ask.
    pub(crate) fn live_bytes(&self) -> u64 {
        self.meters.small_bytes()
    }

    /// Bytes of the pages that the heap has.
    pub(crate) fn page_bytes(&self) -> usize {
        self.cold.pages.get() as usize * PAGE
    }

    /// Blocks that other threads have freed and this one has taken in.
    pub(crate) fn remote_frees(&self) -> u64 {
        self.cold.remote_frees.get()
    }

    /// Blocks that other threads have freed and that are waiting.
    pub(crate) fn waiting(&self) -> usize {
        self.remote.stack.depth()
    }
}

impl Owned for PoolHeap {
    fn close(&self) {
        let taken = self.remote.stack.close();
        self.take_in(taken);
        self.big.close(&self.meters);
        self.lift_budget();
        if self.is_empty() {
            self.give_back_pages();
        }
    }

    fn open(&self) {
        self.remote.stack.open();
        self.big.open(&self.meters);
    }

    fn is_empty(&self) -> bool {
        self.meters.made.get() == self.meters.gone.get()
    }
}
