//! Who owns a heap, and who gives it back: the protocol between a heap's thread, the threads that free its blocks,
//! the threads that start later, and the end of the allocator.
//!
//! A heap is *owned* (one thread works on it, its remote entrances are open) or *orphaned* (nobody does, they are
//! closed). Every change of state and every touch of an orphan happens under the registry's lock:
//!
//! - **H1** Whoever finds a remote entrance closed comes here, takes the lock, and either finds an orphan, on
//!   which it acts as the owner would, or a heap that has been adopted meanwhile, and tries the entrance again.
//! - **H2** Closing an entrance and taking in what came through it is one atomic step, so a block is either taken
//!   in by the closer or its freer comes here: none is lost.
//! - **H3** A heap with a living block exists. It is given back by whoever sees, under the lock, that it is an
//!   orphan of a closed registry with no living block: the thread that abandons it, the one that frees its last
//!   block, or the one that closes the registry. Exactly one does.
//!
//! Modelled with loom in the crate `models`, which includes this very file.

use std::ptr::NonNull;

use crate::sync::Mutex;

/// A heap that one thread at a time works on.
pub(crate) trait Owned {
    /// Closes the remote entrances and takes in what came through them.
    fn close(&self);
    /// Opens the remote entrances for a new owner.
    fn open(&self);
    /// Whether no block of the heap is alive, as far as the owner knows.
    fn is_empty(&self) -> bool;
}

#[derive(Debug)]
struct Heaps<H> {
    /// The allocator has gone; no thread will adopt an orphan any more.
    closed: bool,
    orphans: Vec<NonNull<H>>,
    /// Heaps that exist; the list of orphans has room for all of them.
    count: usize,
}

/// The heaps of one allocator that have no owner.
#[derive(Debug)]
pub(crate) struct Registry<H> {
    heaps: Mutex<Heaps<H>>,
}

/// What became of a block that was freed at a closed entrance.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Freed {
    /// It is back in its heap.
    Done,
    /// It was the last one of a heap that nobody will use again: the caller gives the heap back.
    LastOfAll,
    /// The heap has an owner again: try the entrance.
    Adopted,
}

// SAFETY: the pointers in the list stand for heaps that, while they are orphans, only the holder of the lock
// touches; `H: Send` is what moving them between threads asks for.
unsafe impl<H: Send> Send for Registry<H> {}
// SAFETY: all access goes through the lock.
unsafe impl<H: Send> Sync for Registry<H> {}

impl<H: Owned> Registry<H> {
    pub(crate) fn new() -> Self {
        Self { heaps: Mutex::new(Heaps { closed: false, orphans: Vec::new(), count: 0 }) }
    }

    /// Makes room for one more heap. `false` when there is no memory for it.
    pub(crate) fn enroll(&self) -> bool {
        self.with(|heaps| {
            let room = heaps.count + 1 - heaps.orphans.len();
            let enrolled = heaps.orphans.try_reserve(room).is_ok();
            heaps.count += usize::from(enrolled);
            enrolled
        })
    }

    /// An enrolled heap could not be made after all.
    pub(crate) fn withdraw(&self) {
        self.with(|heaps| heaps.count -= 1);
    }

    /// A heap without an owner, which is the caller's from now on.
    pub(crate) fn adopt(&self) -> Option<NonNull<H>> {
        self.with(|heaps| {
            let heap = heaps.orphans.pop()?;
            // SAFETY: H3: it is on the list, so it exists, and the lock is held.
            unsafe { heap.as_ref() }.open();
            Some(heap)
        })
    }

    /// The owner gives the heap up. `true` when nobody will use it again: the caller gives it back.
    ///
    /// # Safety
    ///
    /// The caller owns the heap, which was enrolled here.
    pub(crate) unsafe fn abandon(&self, heap: NonNull<H>) -> bool {
        self.with(|heaps| {
            // SAFETY: the caller owns it.
            let owned = unsafe { heap.as_ref() };
            owned.close();
            if heaps.closed && owned.is_empty() {
                heaps.count -= 1;
                return true;
            }
            heaps.orphans.push(heap);
            false
        })
    }

    /// Frees a block whose heap's entrance was found closed (H1): `give_back` does it as the owner would.
    ///
    /// # Safety
    ///
    /// `heap` was enrolled here and has a living block, which `give_back` frees.
    pub(crate) unsafe fn free_orphan(&self, heap: NonNull<H>, give_back: impl FnOnce(&H)) -> Freed {
        self.with(|heaps| {
            let Some(index) = heaps.orphans.iter().position(|&orphan| orphan == heap) else {
                return Freed::Adopted;
            };
            // SAFETY: H3: it has a living block; on the list and the lock held, so nobody else touches it.
            let orphan = unsafe { heap.as_ref() };
            give_back(orphan);
            if heaps.closed && orphan.is_empty() {
                heaps.orphans.swap_remove(index);
                heaps.count -= 1;
                return Freed::LastOfAll;
            }
            Freed::Done
        })
    }

    /// Runs `action` on an orphan, or on `None` when there is none.
    pub(crate) fn with_orphan<R>(&self, action: impl FnOnce(Option<&H>) -> R) -> R {
        self.with(|heaps| {
            // SAFETY: on the list, so it exists, and the lock is held.
            action(heaps.orphans.last().map(|orphan| unsafe { orphan.as_ref() }))
        })
    }

    /// Calls `read` with every orphan.
    pub(crate) fn for_each_orphan(&self, mut read: impl FnMut(&H)) {
        // SAFETY: on the list, so they exist, and the lock is held.
        self.with(|heaps| heaps.orphans.iter().for_each(|orphan| read(unsafe { orphan.as_ref() })));
    }

    /// The allocator goes. `give_back` is called with each heap that nobody will use again.
    pub(crate) fn close(&self, mut give_back: impl FnMut(NonNull<H>)) {
        loop {
            let dead = self.with(|heaps| {
                heaps.closed = true;
                // SAFETY: on the list, so it exists, and the lock is held.
                let dead = heaps.orphans.iter().position(|orphan| unsafe { orphan.as_ref() }.is_empty())?;
                heaps.count -= 1;
                Some(heaps.orphans.swap_remove(dead))
            });
            match dead {
                // Outside the lock: giving a heap back may drop what holds this registry.
                Some(heap) => give_back(heap),
                None => return,
            }
        }
    }

    fn with<R>(&self, action: impl FnOnce(&mut Heaps<H>) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        let mut heaps = self.heaps.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        action(&mut heaps)
    }
}
