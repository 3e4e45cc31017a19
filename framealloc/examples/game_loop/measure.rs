//! What is measured of each frame, and what the numbers come to.

use std::time::{Duration, Instant};

use crate::heap_count::HeapCalls;

/// Frames before anything is measured: caches and arenas find their size.
const WARM_UP: u32 = 100;
/// Where two battles take turns, as many frames at a time.
pub(crate) const TURN: u32 = 50;
/// The first frames of a turn find the caches full of the other battle's data and are not measured.
const SETTLING: u32 = 5;

/// What one frame took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) time: Duration,
    pub(crate) heap_calls: HeapCalls,
    /// Minor page faults of the whole process; not known on every platform.
    pub(crate) page_faults: Option<u64>,
}

/// Measures the frame between start and stop.
pub(crate) struct Stopwatch {
    page_faults: Option<u64>,
    heap_calls: HeapCalls,
    time: Instant,
}

impl Stopwatch {
    /// Begins to measure.
    pub(crate) fn start() -> Self {
        // The clock is read last here and first in `stop`: what reading the rest takes is not the frame's.
        Self { page_faults: page_faults(), heap_calls: HeapCalls::now(), time: now() }
    }

    /// What happened since the start; of the heap, on this thread.
    pub(crate) fn stop(self) -> Sample {
        let time = now() - self.time;
        let heap_calls = HeapCalls::now() - self.heap_calls;
        let page_faults = page_faults().zip(self.page_faults).map(|(after, before)| after - before);
        Sample { time, heap_calls, page_faults }
    }
}

/// The time.
#[expect(clippy::disallowed_methods, reason = "frame times are what this program is for")]
fn now() -> Instant {
    Instant::now()
}

/// Minor page faults of the process so far: each is a page that the kernel had to find for us.
#[cfg(unix)]
fn page_faults() -> Option<u64> {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `usage` is writable memory of the size that the call fills.
    let result = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    // SAFETY: the structure is plain numbers, valid as all zeroes and as whatever the call left.
    let usage = unsafe { usage.assume_init() };
    (result == 0).then_some(usage.ru_minflt as u64)
}

/// Other systems count them elsewhere, if at all.
#[cfg(not(unix))]
fn page_faults() -> Option<u64> {
    None
}

/// Whether a frame of a run counts: after the warm-up, and after the settling that follows a change of turns.
pub(crate) fn is_measured(frame: u32, frames: u32, takes_turns: bool) -> bool {
    let warm = frame >= WARM_UP.min(frames / 6);
    let settled = !takes_turns || frame < TURN || frame % TURN >= SETTLING;
    warm && settled
}

/// What the measured frames of a run come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// How many frames were measured.
    pub(crate) frames: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) max: Duration,
    /// The mean change of the frame time from one frame to the next: what a player feels as stutter.
    pub(crate) jitter: Duration,
    /// Calls of the heap in all frames.
    pub(crate) heap_calls: HeapCalls,
    /// Calls of the heap in the frame that had the most.
    pub(crate) most_heap_calls: u64,
    /// Page faults in all frames.
    pub(crate) page_faults: Option<u64>,
}

impl Summary {
    /// Sums up samples, of which there is at least one.
    pub(crate) fn of(samples: &[Sample]) -> Self {
        let mut sorted: Vec<Duration> = samples.iter().map(|sample| sample.time).collect();
        sorted.sort_unstable();
        Self {
            frames: samples.len(),
            p50: percentile(&sorted, 50),
            p99: percentile(&sorted, 99),
            max: percentile(&sorted, 100),
            jitter: jitter(samples),
            heap_calls: samples.iter().map(|sample| sample.heap_calls).sum(),
            most_heap_calls: samples.iter().map(|sample| sample.heap_calls.total()).max().unwrap_or(0),
            page_faults: samples.iter().map(|sample| sample.page_faults).sum(),
        }
    }
}

/// The smallest of the sorted values that at least `percent` percent do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted[rank.max(1) - 1]
}

/// The mean difference between a frame's time and the next one's.
fn jitter(samples: &[Sample]) -> Duration {
    let changes = samples.windows(2).map(|pair| pair[0].time.abs_diff(pair[1].time));
    let count = samples.len().saturating_sub(1).max(1);
    changes.sum::<Duration>() / count as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples that took so many milliseconds.
    fn samples(milliseconds: &[u64]) -> Vec<Sample> {
        let sample = |time: &u64| Sample { time: Duration::from_millis(*time), ..Sample::default() };
        milliseconds.iter().map(sample).collect()
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let sorted: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 50), Duration::from_millis(100));
        assert_eq!(percentile(&sorted, 99), Duration::from_millis(198));
        assert_eq!(percentile(&sorted, 100), Duration::from_millis(200));
        assert_eq!(percentile(&sorted[..1], 50), Duration::from_millis(1));
    }

    #[test]
    fn an_even_pace_has_no_jitter() {
        assert_eq!(Summary::of(&samples(&[4, 4, 4])).jitter, Duration::ZERO);
        assert_eq!(Summary::of(&samples(&[4, 6, 4])).jitter, Duration::from_millis(2));
        assert_eq!(Summary::of(&samples(&[4])).jitter, Duration::ZERO);
    }

    #[test]
    fn some_frame_of_every_run_is_measured() {
        for frames in 1..700 {
            for takes_turns in [false, true] {
                assert!((0..frames).any(|frame| is_measured(frame, frames, takes_turns)), "{frames}");
            }
        }
        assert!(!is_measured(99, 600, false));
        assert!(!is_measured(100, 600, true), "it settles");
        assert!(is_measured(105, 600, true));
    }

    #[cfg(unix)]
    #[test]
    fn a_touched_page_is_a_fault() {
        let before = page_faults().unwrap();
        let pages = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(page_faults().unwrap() > before);
        drop(pages);
    }
}
