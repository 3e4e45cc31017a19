//! The program's global allocator, counted: whose frame calls the heap, and how much of the process is nobody's.
//!
//! What is counted lies in thread-local cells that need no destructor and no initialisation, so an allocation may be
//! counted at any time: before `main`, in destructors of thread-local variables, while a thread is torn down.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// Counts the calls that a program makes to its global allocator, and passes them on.
///
/// Tags, phases and frames then also show what was asked of the global allocator by plain `Vec`s, `Box`es and the rest;
/// see [`global_calls`](crate::TagStats::global_calls). What the library takes from the global allocator for its own
/// arenas and pools is left out, so [`heap_box`](crate::SmartAlloc::heap_box) and its like count, the growth of a frame
/// does not.
///
/// # Examples
///
/// ```
/// use framealloc::{SmartAlloc, TrackingAllocator};
///
/// #[global_allocator]
/// static GLOBAL: TrackingAllocator = TrackingAllocator::system();
///
/// let alloc = SmartAlloc::with_defaults();
/// alloc.begin_frame();
/// let names = alloc.with_tag("ui", |_| vec![0u8; 100]);
/// let ui = alloc.tag_stats("ui").unwrap();
/// assert_eq!((ui.global_calls, ui.global_bytes), (1, 100));
/// # drop(names);
/// alloc.end_frame();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TrackingAllocator<A = System> {
    inner: A,
}

/// Calls to the global allocator for memory, and the bytes they asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GlobalCalls {
    /// Allocations, and reallocations that grow a block.
    pub calls: u64,
    /// The bytes asked for; of a block that grows, those that are added.
    pub bytes: u64,
}

struct Counts {
    calls: Cell<u64>,
    bytes: Cell<u64>,
    /// Bytes taken less bytes given back since they were last added to [`LIVE`].
    pending: Cell<i64>,
}

thread_local! {
    static COUNTS: Counts = const {
        Counts { calls: Cell::new(0), bytes: Cell::new(0), pending: Cell::new(0) }
    };
}

/// Bytes that are alive in all threads, but for what they have pending.
static LIVE: AtomicI64 = AtomicI64::new(0);

/// A thread has no more than this pending.
const SLACK: i64 = 64 << 10;

impl TrackingAllocator {
    /// In front of the system's allocator.
    #[must_use]
    pub const fn system() -> Self {
        Self { inner: System }
    }
}

impl<A> TrackingAllocator<A> {
    /// In front of `inner`.
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

/// What the calling thread has asked of the global allocator, if that is a [`TrackingAllocator`]; else zero.
#[must_use]
pub fn global_calls() -> GlobalCalls {
    COUNTS.with(|counts| GlobalCalls { calls: counts.calls.get(), bytes: counts.bytes.get() })
}

/// Bytes that are alive in the global allocator, give or take 64 KiB for each thread, or `None` if the global allocator
/// is not a [`TrackingAllocator`].
#[must_use]
pub fn global_bytes_alive() -> Option<u64> {
    if !is_installed() {
        return None;
    }
    flush();
    Some(u64::try_from(LIVE.load(Ordering::Relaxed)).unwrap_or(0))
}

/// Whether the program's global allocator is a [`TrackingAllocator`]: whether an allocation is counted.
pub(crate) fn is_installed() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        let before = global_calls();
        drop(std::hint::black_box(Box::new(0u8)));
        let installed = global_calls() != before;
        restore(before);
        installed
    })
}

/// Runs `work`, whose calls are the library's own and not the program's.
#[inline]
pub(crate) fn uncounted<R>(work: impl FnOnce() -> R) -> R {
    let before = global_calls();
    let result = work();
    restore(before);
    result
}

fn restore(calls: GlobalCalls) {
    COUNTS.with(|counts| {
        counts.calls.set(calls.calls);
        counts.bytes.set(calls.bytes);
    });
}

/// Adds what the thread has pending to what all have.
#[cold]
#[inline(never)]
fn flush() {
    COUNTS.with(|counts| LIVE.fetch_add(counts.pending.replace(0), Ordering::Relaxed));
}

/// So many bytes more, or less, are alive.
#[inline(always)]
fn note_alive(change: i64) {
    let pending = COUNTS.with(|counts| {
        let pending = counts.pending.get().wrapping_add(change);
        counts.pending.set(pending);
        pending
    });
    if pending.wrapping_add(SLACK).cast_unsigned() > 2 * SLACK.cast_unsigned() {
        flush();
    }
}

#[inline(always)]
fn note_call(bytes: usize) {
    COUNTS.with(|counts| {
        counts.calls.set(counts.calls.get().wrapping_add(1));
        counts.bytes.set(counts.bytes.get().wrapping_add(bytes as u64));
    });
}

// SAFETY: every call is passed on as it is, and what comes back is returned as it is. Counting takes no lock and no
// memory and does not unwind.
unsafe impl<A: GlobalAlloc> GlobalAlloc for TrackingAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            note_call(layout.size());
            note_alive(layout.size().cast_signed() as i64);
        }
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            note_call(layout.size());
            note_alive(layout.size().cast_signed() as i64);
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.inner.dealloc(block, layout) };
        note_alive((layout.size().cast_signed() as i64).wrapping_neg());
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let moved = unsafe { self.inner.realloc(block, layout, size) };
        if !moved.is_null() {
            if let Some(more) = size.checked_sub(layout.size()).filter(|&more| more != 0) {
                note_call(more);
            }
            note_alive((size.cast_signed() as i64).wrapping_sub(layout.size().cast_signed() as i64));
        }
        moved
    }
}
