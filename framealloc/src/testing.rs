//! Assertions for the tests of programs: what a piece of code may allocate.
//!
//! They look at the calling thread and at the allocator that they are given, no other. For the time of the closure they turn
//! the behaviour filter on if it is off, so that a failure names the call sites; what an earlier time of watching has
//! noted is forgotten by that.
//!
//! # Examples
//!
//! ```
//! use framealloc::{SmartAlloc, testing};
//!
//! let alloc = SmartAlloc::with_defaults();
//! let sum = testing::assert_no_heap(&alloc, || {
//!     let values = alloc.frame_slice_from_fn(10, |i| i);
//!     values.iter().sum::<usize>()
//! });
//! assert_eq!(sum, 45);
//! ```
//!
//! ```should_panic
//! # let alloc = framealloc::SmartAlloc::with_defaults();
//! framealloc::testing::assert_no_heap(&alloc, || drop(alloc.heap_box(5)));
//! ```

#![forbid(unsafe_code)]

use std::fmt::Write;

use crate::api::{AllocatingSite, SmartAlloc};

/// Call sites that a failure names.
const NAMED: usize = 8;

/// Turns the filter off again that was turned on for a closure, also when that panics.
struct Watch<'a> {
    alloc: &'a SmartAlloc,
    turned_on: bool,
    before: Vec<AllocatingSite>,
}

impl<'a> Watch<'a> {
    fn begin(alloc: &'a SmartAlloc) -> Self {
        let turned_on = !alloc.is_behavior_filter_on();
        if turned_on {
            alloc.enable_behavior_filter();
        }
        Self { alloc, turned_on, before: alloc.own_sites() }
    }

    /// What the sites that are `wanted` have allocated meanwhile, as lines of text, most bytes first.
    fn lines(&self, wanted: impl Fn(&AllocatingSite) -> bool) -> String {
        let mut sites: Vec<_> = self.alloc.own_sites().into_iter().filter(wanted).collect();
        for site in &mut sites {
            if let Some(before) = self.before.iter().find(|before| before.is(site)) {
                site.count = site.count.saturating_sub(before.count);
                site.bytes = site.bytes.saturating_sub(before.bytes);
            }
        }
        sites.retain(|site| site.count != 0);
        sites.sort_by_key(|site| std::cmp::Reverse((site.bytes, site.count)));
        let mut text = String::new();
        for site in sites.iter().take(NAMED) {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {site}");
        }
        if let Some(more) = sites.len().checked_sub(NAMED).filter(|&more| more != 0) {
            let _ = write!(text, "\n  and {more} more");
        }
        text
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if self.turned_on {
            self.alloc.disable_behavior_filter();
        }
    }
}

/// Runs `work` and fails if the calling thread takes heap memory from `alloc` meanwhile: heap boxes, pool boxes too large
/// for a page, and retained values that go to the heap. Pages and chunks of the allocator itself do not count.
///
/// # Panics
///
/// When it does, with the call sites; and when `work` panics.
///
/// # Examples
///
/// See [the module](self).
#[track_caller]
pub fn assert_no_heap<R>(alloc: &SmartAlloc, work: impl FnOnce() -> R) -> R {
    let watch = Watch::begin(alloc);
    let before = alloc.thread_stats().heap_allocations;
    let result = work();
    let found = alloc.thread_stats().heap_allocations - before;
    if found != 0 {
        let lines = watch.lines(|site| site.is_on_heap);
        drop(watch);
        panic!("heap allocations: none expected, {found} found{lines}");
    }
    result
}

/// Runs `work` and fails if the calling thread allocates more than so many bytes of frame memory of `alloc` meanwhile, in one
/// frame or several; padding included, and what is given back within `work` too.
///
/// # Panics
///
/// When it does, with the call sites; and when `work` panics.
///
/// # Examples
///
/// ```should_panic
/// let alloc = framealloc::SmartAlloc::with_defaults();
/// framealloc::testing::assert_frame_bytes_at_most(&alloc, 100, || {
///     drop(alloc.frame_slice::<u8>(101));
/// });
/// ```
#[track_caller]
pub fn assert_frame_bytes_at_most<R>(alloc: &SmartAlloc, bytes: u64, work: impl FnOnce() -> R) -> R {
    let watch = Watch::begin(alloc);
    let before = alloc.thread_stats().total_bytes;
    let result = work();
    let found = alloc.thread_stats().total_bytes - before;
    if found > bytes {
        let lines = watch.lines(AllocatingSite::is_in_frame);
        drop(watch);
        panic!("frame memory: at most {bytes} bytes expected, {found} found{lines}");
    }
    result
}
