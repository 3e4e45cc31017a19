//! A heap with the library's remote stack, hand-over and large blocks, and next to nothing else: its pages are
//! replaced by a list of blocks that the model owns. What it does at its end is what `pool/heap.rs` does.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::big::BigBlocks;
use crate::handover::{Freed, Owned, Registry};
use crate::meters::Meters;
use crate::remote::{Link, RemoteStack, Taken};
use crate::sync::{AtomicU64, Ordering, UnsafeCell};

pub(crate) const NO_OWNER: u64 = u64::MAX;

#[derive(Debug)]
pub(crate) enum PoolRefused {
    Budget { left: usize },
    Limit { left: usize },
    OutOfMemory,
}

/// What the heaps of one allocator share.
pub(crate) struct PoolShared {
    pub(crate) registry: Registry<PoolHeap>,
    pub(crate) heap_limit: Option<usize>,
    pub(crate) heap_used: AtomicU64,
    /// Heaps that were given back. Not loom's: only read when all threads have been joined.
    pub(crate) destroyed: AtomicUsize,
}

impl PoolShared {
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "the library's type; loom runs its threads in turn on one"
    )]
    pub(crate) fn new(heap_limit: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            registry: Registry::new(),
            heap_limit,
            heap_used: AtomicU64::new(0),
            destroyed: AtomicUsize::new(0),
        })
    }

    pub(crate) fn close(&self) {
        // SAFETY: the registry says that nobody will use the heap again.
        self.registry.close(|heap| unsafe { PoolHeap::destroy(heap) });
    }

    pub(crate) fn destroyed(&self) -> usize {
        self.destroyed.load(Ordering::Relaxed)
    }
}

/// A block of the pool; lives as long as the model.
#[repr(C)]
pub(crate) struct Block {
    link: Link,
    /// What the freeing thread wrote last.
    pub(crate) data: UnsafeCell<u64>,
    /// How often it came back to its heap.
    returned: UnsafeCell<u32>,
}

/// A pointer to a block, to hand to a model's threads.
#[derive(Clone, Copy)]
pub(crate) struct BlockRef(NonNull<Block>);

impl BlockRef {
    pub(crate) fn new() -> Self {
        let block = Block {
            link: Link::new(std::ptr::null_mut()),
            data: UnsafeCell::new(0),
            returned: UnsafeCell::new(0),
        };
        Self(NonNull::from(Box::leak(Box::new(block))))
    }

    pub(crate) fn from_link(link: *mut Link) -> Self {
        Self(NonNull::new(link.cast()).expect("a link"))
    }

    pub(crate) fn link(self) -> *mut Link {
        self.0.as_ptr().cast()
    }

    pub(crate) fn get(&self) -> &Block {
        // SAFETY: freed at the model's end only.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn write(self, value: u64) {
        // SAFETY: loom has checked that nobody reads or writes at the same time.
        self.get().data.with_mut(|data| unsafe { *data = value });
    }

    pub(crate) fn read(self) -> u64 {
        // SAFETY: loom has checked that nobody writes at the same time.
        self.get().data.with(|data| unsafe { *data })
    }

    pub(crate) fn note_returned(self) {
        // SAFETY: loom has checked that nobody reads or writes at the same time.
        self.get().returned.with_mut(|count| unsafe { *count += 1 });
    }

    pub(crate) fn times_returned(self) -> u32 {
        // SAFETY: loom has checked that nobody writes at the same time.
        self.get().returned.with(|count| unsafe { *count })
    }

    /// The model ends.
    pub(crate) fn release(self) {
        // SAFETY: made by `new`; all threads of the model have been joined.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

pub(crate) struct PoolHeap {
    owner: AtomicU64,
    counts: UnsafeCell<Counts>,
    pub(crate) remote: RemoteStack,
    /// Of large blocks only.
    pub(crate) meters: Meters,
    pub(crate) big: BigBlocks,
    pub(crate) shared: Arc<PoolShared>,
}

/// Owns no memory, so that a stale look at it is harmless and caught.
#[derive(Default)]
struct Counts {
    made: u64,
    gone: u64,
    free: [Option<BlockRef>; 2],
}

#[repr(C)]
struct Slot {
    heap: ManuallyDrop<PoolHeap>,
    /// Whether the heap was given back.
    ended: Cell<bool>,
}

/// A pointer to a heap, whose memory lasts as long as the model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeapRef(pub(crate) NonNull<PoolHeap>);

impl HeapRef {
    /// A heap of this owner with so many living blocks.
    pub(crate) fn new(shared: &Arc<PoolShared>, owner: u64, living: u64) -> Self {
        assert!(shared.registry.enroll());
        let heap = PoolHeap {
            owner: AtomicU64::new(owner),
            counts: UnsafeCell::new(Counts { made: living, ..Counts::default() }),
            remote: RemoteStack::new(),
            meters: Meters::new(),
            big: BigBlocks::new(false),
            shared: Arc::clone(shared),
        };
        let slot = Slot { heap: ManuallyDrop::new(heap), ended: Cell::new(false) };
        Self(NonNull::from(Box::leak(Box::new(slot))).cast())
    }

    pub(crate) fn get(&self) -> &PoolHeap {
        // SAFETY: its memory goes at the model's end only; uses after its end are caught by `sync`.
        unsafe { self.0.as_ref() }
    }

    /// The model ends; the heap itself has been given back or is leaked.
    pub(crate) fn release(self) {
        // SAFETY: made by `new`; all threads of the model have been joined.
        drop(unsafe { Box::from_raw(self.0.as_ptr().cast::<Slot>()) });
    }
}

impl PoolHeap {
    fn counts<R>(&self, action: impl FnOnce(&mut Counts) -> R) -> R {
        // SAFETY: loom has checked that nobody reads or writes at the same time.
        self.counts.with_mut(|counts| action(unsafe { &mut *counts }))
    }

    /// No heap is recorded here.
    pub(crate) fn is_recorded_by(&self, _: u64) -> bool {
        false
    }

    pub(crate) fn is_owned_by(&self, token: u64) -> bool {
        self.owner.load(Ordering::Relaxed) == token
    }

    pub(crate) fn put(&self, block: BlockRef) {
        block.note_returned();
        self.counts(|counts| {
            counts.gone += 1;
            let place = counts.free.iter_mut().find(|place| place.is_none());
            *place.expect("no more than two blocks in a model") = Some(block);
        });
    }

    /// Takes a free block and makes it a living one.
    pub(crate) fn take(&self) -> Option<BlockRef> {
        self.counts(|counts| {
            let block = counts.free.iter_mut().find_map(Option::take)?;
            counts.made += 1;
            Some(block)
        })
    }

    fn take_in(&self, taken: Taken) -> usize {
        taken.map(|link| self.put(BlockRef::from_link(link))).count()
    }

    pub(crate) fn drain(&self) -> usize {
        self.take_in(self.remote.take())
    }

    pub(crate) fn adopt(shared: &PoolShared, token: u64) -> Option<HeapRef> {
        let heap = HeapRef(shared.registry.adopt()?);
        heap.get().owner.store(token, Ordering::Relaxed);
        Some(heap)
    }

    /// # Safety
    ///
    /// The caller owns the heap and does not use it again.
    pub(crate) unsafe fn abandon(heap: NonNull<Self>) {
        // SAFETY: the caller owns it.
        let owned = unsafe { heap.as_ref() };
        owned.owner.store(NO_OWNER, Ordering::Relaxed);
        let shared = Arc::clone(&owned.shared);
        // SAFETY: enrolled at its making; the caller owns it.
        if unsafe { shared.registry.abandon(heap) } {
            // SAFETY: the registry says that nobody will use the heap again.
            unsafe { Self::destroy(heap) };
        }
    }

    /// # Safety
    ///
    /// The block is a living one of this heap, and the caller's.
    pub(crate) unsafe fn free_remote(heap: NonNull<Self>, block: BlockRef) {
        loop {
            // SAFETY: the heap exists while the block is alive, which it is until the push succeeds.
            if unsafe { heap.as_ref().remote.push(block.link(), usize::MAX) }.is_ok() {
                return;
            }
            // SAFETY: as above.
            let shared = Arc::clone(unsafe { &heap.as_ref().shared });
            // SAFETY: enrolled in that registry; the block is alive until `put`.
            match unsafe { shared.registry.free_orphan(heap, |orphan| orphan.put(block)) } {
                Freed::Adopted => {}
                Freed::Done => return,
                Freed::LastOfAll => {
                    // SAFETY: the registry says that nobody will use the heap again.
                    unsafe { Self::destroy(heap) };
                    return;
                }
            }
        }
    }

    /// # Safety
    ///
    /// Nobody will use the heap again. Its memory stays until the model ends.
    pub(crate) unsafe fn destroy(heap: NonNull<Self>) {
        // SAFETY: as above.
        let shared = Arc::clone(unsafe { &heap.as_ref().shared });
        shared.destroyed.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the heap is the first part of its slot.
        let ended = unsafe { heap.cast::<Slot>().as_ref() }.ended.replace(true);
        assert!(!ended, "the heap is given back twice");
        // SAFETY: as above.
        unsafe { heap.drop_in_place() };
    }
}

impl Owned for PoolHeap {
    fn close(&self) {
        self.take_in(self.remote.close());
        self.big.close(&self.meters);
    }

    fn open(&self) {
        self.remote.open();
        self.big.open(&self.meters);
    }

    fn is_empty(&self) -> bool {
        self.counts(|counts| counts.made == counts.gone) && self.meters.made.get() == self.meters.gone.get()
    }
}
