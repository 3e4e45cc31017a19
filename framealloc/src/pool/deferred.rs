//! What an allocator's threads have agreed on for deferred frees, and what came of it.

#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::remote::MAX_DEPTH;
use crate::config::{DeferredConfig, DeferredProcessing, MOST_DEPTH, QueueFullPolicy};

// A queue knows its depth up to every bound; where it knows none at all, no bound is reached.
const _: () = assert!(MOST_DEPTH < MAX_DEPTH || MAX_DEPTH == 0);

/// The settings, which any thread may change and all read, and the events that are rare enough to be counted together.
///
/// Relaxed throughout: each is read for itself.
#[derive(Debug)]
pub(crate) struct Deferred {
    max_depth: AtomicUsize,
    policy: AtomicU8,
    processing: AtomicU8,
    max_wait_nanos: AtomicU64,
    pub(crate) past_bound: AtomicU64,
    pub(crate) waits: AtomicU64,
    pub(crate) waits_in_vain: AtomicU64,
    pub(crate) refused: AtomicU64,
}

/// In the order of their numbers.
const POLICIES: [QueueFullPolicy; 3] = [QueueFullPolicy::Grow, QueueFullPolicy::Block, QueueFullPolicy::Fail];
/// In the order of their numbers.
const PROCESSINGS: [DeferredProcessing; 4] = [
    DeferredProcessing::WhenNeeded,
    DeferredProcessing::AtFrameBegin,
    DeferredProcessing::AtFrameEnd,
    DeferredProcessing::Explicit,
];

impl Deferred {
    pub(super) fn new() -> Self {
        let deferred = Self {
            max_depth: AtomicUsize::new(0),
            policy: AtomicU8::new(0),
            processing: AtomicU8::new(0),
            max_wait_nanos: AtomicU64::new(0),
            past_bound: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            waits_in_vain: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        };
        deferred.configure(&DeferredConfig::default());
        deferred
    }

    /// Sets what a valid configuration says.
    pub(crate) fn configure(&self, config: &DeferredConfig) {
        self.max_depth.store(config.max_queue_depth, Ordering::Relaxed);
        self.policy.store(config.policy as u8, Ordering::Relaxed);
        self.processing.store(config.processing as u8, Ordering::Relaxed);
        self.max_wait_nanos.store(config.max_wait.as_nanos() as u64, Ordering::Relaxed);
    }

    pub(crate) fn max_depth(&self) -> usize {
        self.max_depth.load(Ordering::Relaxed)
    }

    pub(crate) fn policy(&self) -> QueueFullPolicy {
        POLICIES[usize::from(self.policy.load(Ordering::Relaxed))]
    }

    pub(crate) fn processing(&self) -> DeferredProcessing {
        PROCESSINGS[usize::from(self.processing.load(Ordering::Relaxed))]
    }

    pub(crate) fn max_wait(&self) -> Duration {
        Duration::from_nanos(self.max_wait_nanos.load(Ordering::Relaxed))
    }

    pub(crate) fn count(&self, event: &AtomicU64) {
        event.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_went_in() {
        let deferred = Deferred::new();
        for policy in POLICIES {
            for processing in PROCESSINGS {
                let config = DeferredConfig::default()
                    .with_max_queue_depth(7)
                    .with_policy(policy)
                    .with_processing(processing)
                    .with_max_wait(Duration::from_micros(3));
                deferred.configure(&config);
                assert_eq!((deferred.policy(), deferred.processing()), (policy, processing));
                assert_eq!((deferred.max_depth(), deferred.max_wait()), (7, Duration::from_micros(3)));
            }
        }
    }
}
