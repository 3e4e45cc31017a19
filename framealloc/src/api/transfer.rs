//! `TransferHandle`: a value on its way to another thread, and the count of what became of such values.

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::frame_alloc::or_panic;
use super::pool_box::{PoolBox, ledger_of};
use super::smart_alloc::SmartAlloc;
use crate::attribution::OriginOf;
use crate::error::{AllocError, refuse};
use crate::pool::transfers::Ledger;
use crate::thread::current;

/// A value that was made for another thread and has not arrived yet; see [`SmartAlloc::frame_box_for_transfer`].
///
/// One word, `Send` if `T` is. It has one owner at a time and is used up by [`receive`](Self::receive), so a value
/// arrives once at most. Dropped before that, it drops the value; either way it is counted, in
/// [`SmartAlloc::transfer_stats`] of the allocator that made it. It may outlive its thread and its allocator.
///
/// # Examples
///
/// ```
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// let (send, receive) = std::sync::mpsc::channel();
/// send.send(alloc.frame_box_for_transfer(vec![1, 2, 3])).unwrap();
/// let worker = std::thread::spawn(move || receive.recv().unwrap().receive().iter().sum::<i32>());
/// assert_eq!(worker.join().unwrap(), 6);
/// assert_eq!((alloc.transfer_stats().made, alloc.transfer_stats().received), (1, 1));
/// ```
#[must_use = "dropped, the value does not arrive"]
pub struct TransferHandle<T> {
    /// Where the value lies. For a type without size, a block that is there for the handle's sake: what keeps a
    /// handle's ledger is a living block.
    carrier: NonNull<u8>,
    _owns: PhantomData<T>,
}

/// What lies in the block of a value without size.
type Seal = u64;

// SAFETY: the handle owns its value, and its block may be given back from any thread.
unsafe impl<T: Send> Send for TransferHandle<T> {}
// SAFETY: a shared reference to a handle reaches nothing of the value.
unsafe impl<T: Send> Sync for TransferHandle<T> {}

/// What became of the values that an allocator made for other threads; see [`SmartAlloc::transfer_stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransferStats {
    /// Handles made.
    pub made: u64,
    /// Handles whose value has arrived, on whichever thread.
    pub received: u64,
    /// Handles that were dropped before that, and their values with them.
    pub dropped: u64,
    /// Those of [`dropped`](Self::dropped) that went with a thread's own thread-local variables, after it had given
    /// up its part of every allocator. Variables that go before that, and those of threads that never used an
    /// allocator, cannot be told from other drops and count there alone.
    pub dropped_at_exit: u64,
}

impl TransferStats {
    /// Handles that are still on their way, those that were forgotten included.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.made - self.received - self.dropped
    }
}

impl SmartAlloc {
    /// Makes a value for another thread: in the calling thread's pool at once, since frame memory stays on its
    /// thread. Nothing is copied on the way.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses; [`SmartAlloc::try_frame_box_for_transfer`] returns an error
    /// instead.
    #[inline(always)]
    #[track_caller]
    pub fn frame_box_for_transfer<T>(&self, value: T) -> TransferHandle<T> {
        or_panic!(self.try_frame_box_for_transfer(value))
    }

    /// Like [`SmartAlloc::frame_box_for_transfer`]; `value` is dropped when there is no memory for it.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline(always)]
    #[track_caller]
    pub fn try_frame_box_for_transfer<T>(&self, value: T) -> Result<TransferHandle<T>, AllocError> {
        let carrier = if size_of::<T>() == 0 {
            let seal = self.pool_box_for::<Seal>(0, OriginOf::<T>::TRANSFER)?;
            // Without size it is nowhere: `receive` makes it again.
            std::mem::forget(value);
            seal.into_value().cast()
        } else {
            self.pool_box_for(value, OriginOf::<T>::TRANSFER)?.into_value().cast()
        };
        let handle = TransferHandle { carrier, _owns: PhantomData };
        match self.heap_fast() {
            Some(heap) => heap.ledger().note_made(),
            None => handle.ledger().note_made_by_other(),
        }
        Ok(handle)
    }

    /// What became of the values that this allocator made for other threads: every one, whatever has become of the
    /// threads.
    ///
    /// No thread is stopped to count. Values that others make and receive meanwhile may be on their way here, and are
    /// in the next count; there are never more ends than beginnings.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let handle = alloc.frame_box_for_transfer(7);
    /// assert_eq!(alloc.transfer_stats().in_flight(), 1);
    /// std::thread::spawn(move || drop(handle)).join().unwrap();
    /// assert_eq!(alloc.transfer_stats().dropped, 1);
    /// ```
    #[must_use]
    pub fn transfer_stats(&self) -> TransferStats {
        let sum = self.shared().pool.ledgers.sum();
        TransferStats {
            made: sum.made,
            received: sum.received,
            dropped: sum.dropped,
            dropped_at_exit: sum.dropped_at_exit,
        }
    }
}

impl<T> TransferHandle<T> {
    #[inline(always)]
    fn ledger(&self) -> &Ledger {
        // SAFETY: the carrier is alive while the handle is, and with it the ledger (X1). It is a block for a `T`, or, for
        // one without size, for a seal, which fits in a page.
        unsafe { ledger_of::<T>(self.carrier).as_ref() }
    }

    /// The value's box; the handle is not used again.
    #[inline(always)]
    fn unpack(&mut self) -> PoolBox<T> {
        // SAFETY: the carrier was made so, and is unpacked once, since the callers give the handle up.
        unsafe {
            if size_of::<T>() == 0 {
                drop(PoolBox::<Seal>::from_value(self.carrier.cast()));
                PoolBox::from_value(NonNull::dangling())
            } else {
                PoolBox::from_value(self.carrier.cast())
            }
        }
    }

    /// The value has arrived: it is the caller's, in the block in which it was made.
    #[inline(always)]
    #[must_use = "dropped, the value has arrived for nothing"]
    pub fn receive(self) -> PoolBox<T> {
        let mut handle = ManuallyDrop::new(self);
        // Before the block is the caller's, who may give it back.
        handle.ledger().note_received();
        handle.unpack()
    }

    /// The value has arrived and is moved out; its memory goes back to the pool.
    #[inline]
    #[must_use = "dropped, the value has arrived for nothing"]
    pub fn into_inner(self) -> T {
        self.receive().into_inner()
    }
}

impl<T> Drop for TransferHandle<T> {
    fn drop(&mut self) {
        // Before the value, whose destructor may panic.
        self.ledger().note_dropped(current::is_ending());
        drop(self.unpack());
    }
}

impl<T> fmt::Debug for TransferHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferHandle").finish_non_exhaustive()
    }
}
