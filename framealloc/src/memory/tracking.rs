//! The program's global allocator, counted: whose frame calls the heap, and how much of the process is nobody's.
//!
//! What is counted lies in thread-local cells that need no destructor and no initialisation, so an allocation may be
//! counted at any time: before `main`, in destructors of thread-local variables, while a thread is torn down.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

#[cfg(feature = "call-sites")]
use super::sampling;

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
    /// Bytes taken less bytes given back since they were last added to [`LIVE`], and [`HEARD`] while calls are heard.
    pending: Cell<i64>,
    heard: Cell<bool>,
    /// The library asks for memory of its own: not to be heard.
    #[cfg(feature = "call-sites")]
    own: Cell<bool>,
}

thread_local! {
    static COUNTS: Counts = const {
        Counts {
            calls: Cell::new(0),
            bytes: Cell::new(0),
            pending: Cell::new(0),
            heard: Cell::new(false),
            #[cfg(feature = "call-sites")]
            own: Cell::new(false),
        }
    };
}

/// Bytes that are alive in all threads, but for what they have pending.
static LIVE: AtomicI64 = AtomicI64::new(0);

/// A thread has no more than this pending.
const SLACK: i64 = 64 << 10;

/// So much is pending on top while the thread's calls are heard: every call then goes the way of one that has too much
/// pending, and no call pays for the question otherwise.
const HEARD: i64 = 1 << 62;

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
    let result = unheard(work);
    restore(before);
    result
}

/// Runs `work`, whose calls are counted as the program's, but known from elsewhere: they are not heard.
#[cfg(not(feature = "call-sites"))]
#[inline(always)]
pub(crate) fn unheard<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Runs `work`, whose calls are counted as the program's, but known from elsewhere: they are not heard.
#[cfg(feature = "call-sites")]
#[inline]
pub(crate) fn unheard<R>(work: impl FnOnce() -> R) -> R {
    /// Ends also when `work` panics.
    struct Own(bool);
    impl Drop for Own {
        #[inline]
        fn drop(&mut self) {
            COUNTS.with(|counts| counts.own.set(self.0));
        }
    }
    let _own = Own(COUNTS.with(|counts| counts.own.replace(true)));
    work()
}

fn restore(calls: GlobalCalls) {
    COUNTS.with(|counts| {
        counts.calls.set(calls.calls);
        counts.bytes.set(calls.bytes);
    });
}

/// Has the calling thread's calls for memory go by way of [`sampling`], or no longer.
#[cfg(feature = "call-sites")]
pub(super) fn set_heard(heard: bool) {
    COUNTS.with(|counts| {
        let before = counts.base();
        counts.heard.set(heard);
        counts.pending.set(counts.pending.get() - before + counts.base());
    });
}

impl Counts {
    /// What is pending when nothing is.
    fn base(&self) -> i64 {
        if self.heard.get() { HEARD } else { 0 }
    }
}

/// Adds what the thread has pending to what all have.
fn flush() {
    COUNTS.with(|counts| {
        let base = counts.base();
        LIVE.fetch_add(counts.pending.replace(base) - base, Ordering::Relaxed);
    });
}

/// A call has changed what is alive by so much, and there is too much pending now, or calls are heard.
#[cold]
#[inline(never)]
#[cfg_attr(
    not(feature = "call-sites"),
    expect(unused_variables, reason = "only of interest to whoever hears calls")
)]
fn settle(change: i64) {
    COUNTS.with(|counts| {
        if (counts.pending.get() - counts.base()).abs() > SLACK {
            flush();
        }
        #[cfg(feature = "call-sites")]
        if counts.heard.get() && change > 0 && !counts.own.get() {
            unheard(|| sampling::called(change.cast_unsigned()));
        }
    });
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
        settle(change);
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
