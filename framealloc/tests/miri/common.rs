//! Allocators that are small, and values that count or put off.

use std::cell::{Cell, RefCell};
use std::sync::Mutex;

use framealloc::{AllocConfig, SmartAlloc, kilobytes};

pub(crate) fn config() -> AllocConfig {
    AllocConfig::default().with_frame_size(kilobytes(16)).with_pool_size(0).with_shrink_after(3)
}

pub(crate) fn small() -> SmartAlloc {
    SmartAlloc::new(config())
}

/// An allocator that is never dropped, so that handles may lie in thread-local variables.
pub(crate) fn leaked() -> &'static SmartAlloc {
    // Kept where a leak checker looks.
    static LEAKED: Mutex<Vec<&SmartAlloc>> = Mutex::new(Vec::new());
    let alloc = SmartAlloc::leaked(config());
    LEAKED.lock().expect("no panic while it is held").push(alloc);
    alloc
}

pub(crate) fn parked(alloc: &SmartAlloc) -> u64 {
    alloc.stats().parked_bytes
}

/// Counts its end.
pub(crate) struct Counted<'c>(pub(crate) &'c Cell<u32>, pub(crate) [u64; 4]);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        assert_eq!(self.1, [7; 4]);
        self.0.set(self.0.get() + 1);
    }
}

/// Runs what it was given when its thread ends: before the library's own thread-local variables if those were used
/// first, else after them.
struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|action| action());
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

pub(crate) fn at_exit(action: impl FnOnce() + 'static) {
    AT_EXIT.with(|actions| actions.0.borrow_mut().push(Box::new(action)));
}
