//! Counts what the program asks of the global heap: the witness for "no heap call in a frame".
//!
//! The counts are the thread's own, so that counting costs the heap next to nothing and threads do not disturb
//! one another. Who wants to know what a piece of code did takes the difference of two readings.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::iter::Sum;
use std::ops::Sub;

/// The system's allocator, with its calls counted.
#[derive(Debug)]
pub(crate) struct CountingHeap;

/// What one thread has asked of the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeapCalls {
    pub(crate) allocations: u64,
    pub(crate) reallocations: u64,
    pub(crate) frees: u64,
    /// Bytes asked for, by allocations and by growth.
    pub(crate) bytes: u64,
}

thread_local! {
    // `const` and without a destructor: reading it neither allocates nor fails, at whatever point of a thread's life.
    static CALLS: Cell<HeapCalls> = const {
        Cell::new(HeapCalls { allocations: 0, reallocations: 0, frees: 0, bytes: 0 })
    };
}

impl HeapCalls {
    /// What this thread has asked for so far.
    pub(crate) fn now() -> Self {
        CALLS.get()
    }

    /// Calls of every kind.
    pub(crate) fn total(self) -> u64 {
        self.allocations + self.reallocations + self.frees
    }
}

impl Sub for HeapCalls {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            allocations: self.allocations - earlier.allocations,
            reallocations: self.reallocations - earlier.reallocations,
            frees: self.frees - earlier.frees,
            bytes: self.bytes - earlier.bytes,
        }
    }
}

impl Sum for HeapCalls {
    fn sum<I: Iterator<Item = Self>>(calls: I) -> Self {
        calls.fold(Self::default(), |sum, next| Self {
            allocations: sum.allocations + next.allocations,
            reallocations: sum.reallocations + next.reallocations,
            frees: sum.frees + next.frees,
            bytes: sum.bytes + next.bytes,
        })
    }
}

/// Changes this thread's counts.
fn count(change: impl FnOnce(&mut HeapCalls)) {
    let mut calls = CALLS.get();
    change(&mut calls);
    CALLS.set(calls);
}

/// Counts an allocation.
fn count_allocation(layout: Layout) {
    count(|calls| {
        calls.allocations += 1;
        calls.bytes += layout.size() as u64;
    });
}

// SAFETY: every call is handed on to `System` as it came; counting touches a plain cell of the thread and
// neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_allocation(layout);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_allocation(layout);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(|calls| {
            calls.reallocations += 1;
            calls.bytes += new_size.saturating_sub(layout.size()) as u64;
        });
        // SAFETY: the caller's promise, handed on.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(|calls| calls.frees += 1);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_two_calls() {
        let before = HeapCalls::now();
        drop(std::hint::black_box(Box::new([1_u8; 48])));
        let calls = HeapCalls::now() - before;
        assert_eq!(calls, HeapCalls { allocations: 1, reallocations: 0, frees: 1, bytes: 48 });
        assert_eq!(calls.total(), 2);
    }
}
