//! What is kept of a thread's frames while somebody takes snapshots, and not otherwise: how long they and their phases
//! took, and how many bytes they allocated.
//!
//! Each thread notes its own frames at its own boundaries, and others read along. Between two snapshots lies a
//! *window*. A thread has room for two, so that the one that a snapshot has just closed can be read while the next
//! fills.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::state::ThreadState;
use crate::attribution::Ticket;
use crate::memory::counter::Counter;
use crate::memory::source;

/// Threads go on observing for so long after a snapshot, and for twice the time between the last two, but no longer
/// than [`LONGEST`].
const SHORTEST: u64 = 10 * SECOND;
const LONGEST: u64 = 600 * SECOND;
const SECOND: u64 = 1_000_000_000;

/// Parts that a power of two of bytes is divided into.
const PARTS: u32 = 8;
/// Below, each unit of eight bytes has a bucket of its own.
const LINEAR: u32 = 6;
/// What is larger counts as this large.
const LARGEST: u32 = 38;
const BUCKETS: usize = (PARTS * (1 + LARGEST - LINEAR)) as usize;

/// How long threads observe, and which window they fill.
#[derive(Debug)]
pub(crate) struct Observation {
    /// In nanoseconds of the allocator's own clock; zero for never.
    until: AtomicU64,
    /// The window that fills. From 1, so that a window that nobody has used yet is none.
    window: AtomicU64,
    /// Held while a window is closed and read, so that none of its slots is used again meanwhile: only snapshots wait
    /// for each other. When the last was taken.
    last: Mutex<u64>,
}

impl Observation {
    pub(super) fn new() -> Self {
        Self { until: AtomicU64::new(0), window: AtomicU64::new(1), last: Mutex::new(0) }
    }

    /// Closes the window that fills: its number, and what keeps it readable. Threads observe from now on for a while;
    /// whether they must be told is the second answer.
    pub(crate) fn close_window(&self, now: u64) -> (ClosedWindow<'_>, bool) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let between = if *last == 0 { 0 } else { now.saturating_sub(*last) };
        *last = now;
        let until = now.saturating_add(between.saturating_mul(2).clamp(SHORTEST, LONGEST));
        let tell = self.until.swap(until, Ordering::Relaxed) < now.saturating_add(SECOND);
        let number = self.window.fetch_add(1, Ordering::Relaxed);
        (ClosedWindow { number, _last: last }, tell)
    }
}

/// A window that no frame is added to any more.
#[derive(Debug)]
pub(crate) struct ClosedWindow<'a> {
    number: u64,
    _last: MutexGuard<'a, u64>,
}

/// What one thread keeps for that.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    on: Cell<bool>,
    /// When the open frame began; zero when it was not timed.
    began: Cell<u64>,
    /// How long the last one took; zero when it was not timed.
    frame_nanoseconds: Counter,
    /// The thread's name, once it is known. Nobody waits for it: who finds it taken goes without, this time.
    name: Mutex<String>,
    named: Cell<bool>,
    /// Made when it is first needed; it stays as long as the state.
    windows: AtomicPtr<Windows>,
}

/// The window that fills and the one before it.
#[derive(Debug)]
struct Windows([Window; 2]);

#[derive(Debug)]
struct Window {
    number: Counter,
    worst_bytes: Counter,
    worst_frame: Counter,
    frames: [Counter; BUCKETS],
}

/// The frames of one thread in one window, or of several.
#[derive(Clone, Debug)]
pub(crate) struct Frames {
    pub(crate) worst_bytes: u64,
    pub(crate) worst_frame: u64,
    buckets: [u64; BUCKETS],
}

impl Window {
    const fn new() -> Self {
        Self {
            number: Counter::new(0),
            worst_bytes: Counter::new(0),
            worst_frame: Counter::new(0),
            frames: [const { Counter::new(0) }; BUCKETS],
        }
    }

    /// Notes a frame of the window with this number.
    fn note(&self, number: u64, frame: u64, bytes: u64) {
        if self.number.get() != number {
            self.frames.iter().for_each(|bucket| bucket.set(0));
            self.worst_bytes.set(0);
            self.worst_frame.set(frame);
            self.number.set(number);
        }
        self.frames[bucket_of(bytes)].add(1);
        if bytes > self.worst_bytes.get() {
            self.worst_bytes.set(bytes);
            self.worst_frame.set(frame);
        }
    }
}

fn bucket_of(bytes: u64) -> usize {
    let power = bytes.checked_ilog2().unwrap_or(0);
    let index = if power < LINEAR {
        bytes >> 3
    } else {
        let part = (bytes >> (power - PARTS.ilog2())) % u64::from(PARTS);
        u64::from(PARTS * (1 + power - LINEAR)) + part
    };
    (index as usize).min(BUCKETS - 1)
}

/// The most bytes that a bucket stands for.
fn most_in(bucket: usize) -> u64 {
    let (row, part) = (bucket as u32 / PARTS, u64::from(bucket as u32 % PARTS));
    if row == 0 {
        return part * 8 + 7;
    }
    ((u64::from(PARTS) + part + 1) << (row - 1 + LINEAR - PARTS.ilog2())) - 1
}

impl Frames {
    pub(crate) fn none() -> Self {
        Self { worst_bytes: 0, worst_frame: 0, buckets: [0; BUCKETS] }
    }

    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// Adds another thread's frames; whether the worst is one of those.
    pub(crate) fn add(&mut self, other: &Self) -> bool {
        let is_first = self.count() == 0;
        for (sum, more) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += more;
        }
        let is_worse = is_first || other.worst_bytes > self.worst_bytes;
        if is_worse {
            (self.worst_bytes, self.worst_frame) = (other.worst_bytes, other.worst_frame);
        }
        is_worse
    }

    /// So many percent of the frames allocated no more bytes than this.
    pub(crate) fn percentile(&self, percent: u64) -> u64 {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let reached = self.buckets.iter().position(|frames| {
            seen += frames;
            seen >= rank
        });
        reached
            .map_or(0, |bucket| if bucket == BUCKETS - 1 { self.worst_bytes } else { most_in(bucket) })
            .min(self.worst_bytes)
    }
}

impl Observed {
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.on.get()
    }

    /// The state's thread goes, or another one comes.
    pub(super) fn forget_thread(&self) {
        self.on.set(false);
        self.began.set(0);
        self.named.set(false);
        // Under the registry's lock, as is who might read it in vain.
        if let Ok(mut name) = self.name.try_lock() {
            name.clear();
        }
    }

    /// Copies the thread's name.
    pub(crate) fn name(&self) -> String {
        self.name.try_lock().map(|name| name.clone()).unwrap_or_default()
    }

    /// How long the last frame took, if it was timed.
    pub(crate) fn frame_nanoseconds(&self) -> Option<u64> {
        Some(self.frame_nanoseconds.get()).filter(|&time| time != 0)
    }

    /// The thread's frames of a window.
    pub(crate) fn frames_of(&self, window: &ClosedWindow<'_>) -> Option<Frames> {
        let slot = self.slot(window.number)?;
        (slot.number.get() == window.number).then(|| Frames {
            worst_bytes: slot.worst_bytes.get(),
            worst_frame: slot.worst_frame.get(),
            buckets: std::array::from_fn(|bucket| slot.frames[bucket].get()),
        })
    }

    /// Bytes held for it.
    pub(crate) fn bytes(&self) -> usize {
        if self.windows.load(Ordering::Relaxed).is_null() { 0 } else { size_of::<Windows>() }
    }

    fn slot(&self, window: u64) -> Option<&Window> {
        // SAFETY: null or made by `make_windows`, and there as long as the state; Acquire pairs with its Release.
        let windows = unsafe { self.windows.load(Ordering::Acquire).as_ref() }?;
        Some(&windows.0[(window % 2) as usize])
    }

    /// Has room for windows, unless the system has no memory for them.
    fn make_windows(&self) {
        if self.windows.load(Ordering::Relaxed).is_null()
            && let Some(windows) = source::boxed(Windows([Window::new(), Window::new()]))
        {
            self.windows.store(windows.as_ptr(), Ordering::Release);
        }
    }

    /// Keeps the calling thread's name, which has the state.
    fn keep_name(&self) {
        if self.named.get() {
            return;
        }
        let thread = std::thread::current();
        let Some(known) = thread.name() else { return };
        if let Ok(mut name) = self.name.try_lock()
            && name.try_reserve(known.len()).is_ok()
        {
            name.clear();
            name.push_str(known);
            self.named.set(true);
        }
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        if let Some(windows) = NonNull::new(*self.windows.get_mut()) {
            // SAFETY: made by `source::boxed`; the state goes, and with it all who could read them.
            unsafe { source::unbox(windows) };
        }
    }
}

impl ThreadState {
    /// The calling thread takes a snapshot, and observes its own frames from now on.
    pub(crate) fn observe(&self) {
        self.publish();
        self.begin_observing();
        self.refresh();
    }

    /// The thread is told that something has changed; it observes if somebody takes snapshots.
    pub(super) fn notice_observation(&self) {
        let until = self.shared().observation.until.load(Ordering::Relaxed);
        if until != 0 && self.shared().nanoseconds() <= until {
            self.begin_observing();
        }
    }

    fn begin_observing(&self) {
        // A thread that is past its table ends frames in its own way, and maybe has no name any more.
        if self.is_retired() {
            return;
        }
        self.observed.keep_name();
        if self.observed.on.get() {
            return;
        }
        self.observed.make_windows();
        self.observed.began.set(0);
        self.phases.forget_clocks();
        self.observed.on.set(true);
        self.choose_names_speed();
    }

    /// A frame begins.
    pub(super) fn observe_begin(&self) {
        if self.observed.on.get() {
            let now = self.shared().nanoseconds();
            self.observed.began.set(now);
            self.phases.restart_clocks(now);
        }
    }

    /// The frame ends; its phases are still open.
    pub(super) fn observe_end(&self, bytes: u64) {
        if !self.observed.on.get() {
            return;
        }
        let (observed, observation) = (&self.observed, &self.shared().observation);
        let now = self.shared().nanoseconds();
        let began = observed.began.replace(0);
        observed.frame_nanoseconds.set(if began == 0 { 0 } else { now.saturating_sub(began).max(1) });
        self.phases.stop_clocks(None, now, self.interval(), self.second.get());
        let window = observation.window.load(Ordering::Relaxed);
        if let Some(slot) = observed.slot(window) {
            slot.note(window, self.interval().div_ceil(2), bytes);
        }
        if now > observation.until.load(Ordering::Relaxed) {
            observed.on.set(false);
            observed.frame_nanoseconds.set(0);
            self.choose_names_speed();
        }
    }

    /// The innermost phase has just begun, in the slow way.
    pub(super) fn start_phase_clock(&self) {
        if self.observed.on.get() {
            self.phases.start_clock(self.shared().nanoseconds());
        }
    }

    /// A phase ends, by its guard or as the innermost one.
    pub(super) fn stop_phase_clocks(&self, ticket: Option<Ticket>) {
        if self.observed.on.get() {
            let ticket = ticket.or_else(|| self.phases.innermost());
            if let Some(ticket) = ticket {
                let now = self.shared().nanoseconds();
                self.phases.stop_clocks(Some(ticket), now, self.interval(), self.second.get());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, Frames, Window, bucket_of, most_in};

    fn frames(bytes: &[u64]) -> Frames {
        let window = Window::new();
        for (index, &bytes) in bytes.iter().enumerate() {
            window.note(1, index as u64, bytes);
        }
        Frames {
            worst_bytes: window.worst_bytes.get(),
            worst_frame: window.worst_frame.get(),
            buckets: std::array::from_fn(|bucket| window.frames[bucket].get()),
        }
    }

    #[test]
    fn a_bucket_is_at_most_an_eighth_wide() {
        let mut last = 0;
        // Up to the last bucket, which has all that is larger.
        for power in 0..37 {
            for bytes in [1_u64 << power, (1 << power) + (1 << power) / 3, (2 << power) - 1] {
                let bucket = bucket_of(bytes);
                assert!(bucket >= last || bytes < 64, "{bytes}");
                last = bucket;
                let most = most_in(bucket);
                assert!(most >= bytes && most <= bytes + bytes / 8 + 7, "{bytes}: {most}");
                assert_eq!(bucket_of(most), bucket);
                assert_eq!(bucket_of(most + 1), bucket + 1, "{bytes}");
            }
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
        assert_eq!(bucket_of(0), 0);
    }

    #[test]
    fn percentiles_are_those_of_the_frames() {
        let many: Vec<u64> = (1..=1000).map(|number| number * 1000).collect();
        let frames = frames(&many);
        assert_eq!((frames.count(), frames.worst_bytes, frames.worst_frame), (1000, 1_000_000, 999));
        for (percent, exact) in [(50, 500_000), (90, 900_000), (99, 990_000), (100, 1_000_000)] {
            let found = frames.percentile(percent);
            assert!(found >= exact && found <= exact + exact / 8, "{percent}: {found}");
        }
    }

    #[test]
    fn another_window_begins_from_nothing() {
        let window = Window::new();
        window.note(1, 1, 500);
        window.note(3, 2, 8);
        assert_eq!((window.worst_bytes.get(), window.worst_frame.get()), (8, 2));
        assert_eq!(window.frames.iter().map(|bucket| bucket.get()).sum::<u64>(), 1);
    }

    #[test]
    fn sums_know_the_worst() {
        let mut sum = Frames::none();
        assert_eq!(sum.percentile(50), 0);
        assert!(sum.add(&frames(&[0, 0])));
        assert!(sum.add(&frames(&[100])));
        assert!(!sum.add(&frames(&[50])));
        assert_eq!((sum.count(), sum.worst_bytes), (4, 100));
        let enormous = frames(&[u64::MAX]);
        assert_eq!(enormous.percentile(50), u64::MAX);
    }
}
