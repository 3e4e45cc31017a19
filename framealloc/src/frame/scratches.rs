//! The scratch allocators that there are, for tools that show them.

use std::ptr::NonNull;
use std::sync::Mutex;

use super::scratch::{Scratch, ScratchReading};
use crate::memory::copied::copied;

/// The living scratch allocators of one allocator.
#[derive(Debug, Default)]
pub(crate) struct Scratches {
    list: Mutex<Vec<NonNull<Scratch>>>,
}

// SAFETY: what is on the list is alive and only read, in the ways that S3 allows any thread; the list is reached under
// its lock.
unsafe impl Send for Scratches {}
// SAFETY: as above.
unsafe impl Sync for Scratches {}

impl Scratches {
    /// Notes one more. `false` when the system has no memory for it.
    ///
    /// # Safety
    ///
    /// It is taken off the list before its memory goes.
    pub(crate) unsafe fn add(&self, scratch: NonNull<Scratch>) -> bool {
        self.with(|list| {
            let room = list.try_reserve(1).is_ok();
            if room {
                list.push(scratch);
            }
            room
        })
    }

    /// Forgets one.
    pub(crate) fn remove(&self, scratch: NonNull<Scratch>) {
        self.with(|list| list.retain(|&other| other != scratch));
    }

    /// The numbers of each, in the order in which they were made. One that is made or goes waits for no more than the copy.
    pub(crate) fn read(&self) -> Vec<ScratchReading> {
        // SAFETY: on the list, so alive; S3.
        copied(&self.list, Vec::as_slice, |scratch| unsafe { scratch.as_ref() }.read())
    }

    fn with<R>(&self, action: impl FnOnce(&mut Vec<NonNull<Scratch>>) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        action(&mut self.list.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}
