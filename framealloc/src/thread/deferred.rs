//! Dropping a pool block of another thread when as many as the bound allows are waiting for that thread already.

use std::ptr::NonNull;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::{current, shared};
use crate::config::{DeferredProcessing, QueueFullPolicy};
use crate::pool::{Page, PoolHeap};

/// Gives back a block of a page that the calling thread's heap does not own, in the way that the policy says.
///
/// # Safety
///
/// `block` is a living block of `class`, which nobody uses any more.
#[cold]
#[inline(never)]
pub(crate) unsafe fn free_elsewhere(class: usize, block: NonNull<u8>) {
    // SAFETY: a living block's page has a heap, which exists while the block is alive: until it has been taken.
    let heap = unsafe { Page::of(block).heap() };
    // SAFETY: as above; not used after the block was taken.
    let owned = unsafe { heap.as_ref() };
    // SAFETY: the caller's promise.
    if unsafe { owned.put_recorded(current::token(), class, block) } {
        return;
    }
    let deferred = owned.deferred();
    let most = deferred.max_depth();
    // SAFETY: the caller's promise.
    let push = |most: usize| unsafe { PoolHeap::free_remote(class, block, most) };
    if push(most) {
        return;
    }
    let waits = deferred.policy() == QueueFullPolicy::Block && may_wait(heap);
    if waits {
        deferred.count(&deferred.waits);
        if wait(deferred.max_wait(), || push(most)) {
            return;
        }
        owned.note_let_down();
        deferred.count(&deferred.waits_in_vain);
    }
    deferred.count(&deferred.past_bound);
    push(usize::MAX);
}

/// Whether waiting for the thread of `heap` can lead to anything.
fn may_wait(heap: NonNull<PoolHeap>) -> bool {
    // SAFETY: the caller has a living block of the heap.
    let let_down = unsafe { heap.as_ref() }.has_let_down();
    !let_down && !thread::panicking() && !current::is_ending() && !current::owns(heap)
}

/// Tries until it succeeds or the time is over. Meanwhile what waits for the calling thread is taken back, so that two
/// threads that wait for each other both go on.
fn wait(most: Duration, attempt: impl Fn() -> bool) -> bool {
    /// Looks before the thread gives its core away, and before it sleeps.
    const SPINS: u32 = 64;
    const YIELDS: u32 = SPINS + 32;
    const NAP: Duration = Duration::from_micros(50);
    let start = shared::now();
    for look in 0u32.. {
        current::with_heap(|own| {
            if own.deferred().processing() != DeferredProcessing::Explicit {
                own.drain();
            }
        });
        if attempt() {
            return true;
        }
        match look {
            0..SPINS => std::hint::spin_loop(),
            SPINS..YIELDS => thread::yield_now(),
            _ => thread::sleep(NAP),
        }
        if shared::now().duration_since(start) >= most {
            break;
        }
    }
    false
}

/// Whether a block that lies on a page may be given back at once; if not, that is counted.
///
/// # Safety
///
/// `block` is a living block of a page.
pub(crate) unsafe fn has_room(block: NonNull<u8>) -> bool {
    // SAFETY: the caller's promise: the page has a heap, which exists while the block is alive.
    let heap = unsafe { Page::of(block).heap() };
    // SAFETY: as above.
    let owned = unsafe { heap.as_ref() };
    let deferred = owned.deferred();
    // A heap over its budget says that nobody owns it; its own thread's blocks wait there all the same.
    let room = owned.is_owned_by(current::token())
        || owned.is_recorded_by(current::token())
        || deferred.policy() != QueueFullPolicy::Fail
        || owned.waiting() < deferred.max_depth()
        || current::owns(heap);
    if !room {
        deferred.refused.fetch_add(1, Ordering::Relaxed);
    }
    room
}
