//! Copies of lists that lie behind locks.

use std::sync::{Mutex, PoisonError};

/// Copies a list that is part of what a lock guards. Memory is asked for while the lock is not held, so whoever wants the
/// lock meanwhile waits for the copying alone.
pub(crate) fn copied<G, T, U>(lock: &Mutex<G>, list: impl Fn(&G) -> &[T], copy: impl Fn(&T) -> U) -> Vec<U> {
    let mut copies = Vec::new();
    loop {
        let guarded = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let found = list(&guarded);
        if found.len() <= copies.capacity() {
            copies.extend(found.iter().map(copy));
            return copies;
        }
        let missing = found.len();
        drop(guarded);
        copies.reserve(missing);
    }
}
