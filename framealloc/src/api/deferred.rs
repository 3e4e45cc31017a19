//! Pool blocks that other threads have dropped, and when their owner takes them back.

use super::smart_alloc::SmartAlloc;
use crate::config::{ConfigError, DeferredConfig};
use crate::pool::PoolHeap;

/// What has become of pool blocks that were dropped on other threads than their own, over all threads; see
/// [`SmartAlloc::deferred_stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeferredStats {
    /// Blocks that wait for their owners now.
    pub waiting: u64,
    /// Blocks that their owners have taken back.
    pub processed: u64,
    /// The most that one owner has taken back at once.
    pub deepest: u64,
    /// Blocks that went to a full queue all the same.
    pub past_bound: u64,
    /// How often a drop has waited for room.
    pub waits: u64,
    /// How often it has waited in vain.
    pub waits_in_vain: u64,
    /// Boxes that [`SmartAlloc::try_pool_free`] has given back.
    pub refused: u64,
}

impl SmartAlloc {
    /// Sets how pool blocks that are dropped on other threads come back to their own.
    ///
    /// Holds at once for drops and for the calling thread; other threads take blocks back as it says from their next
    /// frame on.
    ///
    /// # Panics
    ///
    /// When a setting is out of its range, with a message that names it, and as [`SmartAlloc::tag`] does.
    #[track_caller]
    pub fn configure_deferred(&self, config: DeferredConfig) {
        if let Err(error) = self.try_configure_deferred(config) {
            panic!("{error}");
        }
    }

    /// Like [`SmartAlloc::configure_deferred`].
    ///
    /// # Errors
    ///
    /// When a setting is out of its range; then nothing changes.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[track_caller]
    pub fn try_configure_deferred(&self, config: DeferredConfig) -> Result<(), ConfigError> {
        config.validate()?;
        let state = self.state_or_panic();
        self.shared().pool.deferred.configure(&config);
        self.shared().advance_epoch();
        state.refresh();
        state.done();
        Ok(())
    }

    /// Takes back the pool blocks of the calling thread that other threads have dropped; how many they were.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[track_caller]
    pub fn process_deferred(&self) -> usize {
        let state = self.state_or_panic();
        let processed = state.heap().map_or(0, PoolHeap::drain);
        state.done();
        processed
    }

    /// The numbers of deferred frees.
    #[must_use]
    pub fn deferred_stats(&self) -> DeferredStats {
        let pool = &self.shared().pool;
        let count = |event: &std::sync::atomic::AtomicU64| event.load(std::sync::atomic::Ordering::Relaxed);
        let mut stats = DeferredStats {
            past_bound: count(&pool.deferred.past_bound),
            waits: count(&pool.deferred.waits),
            waits_in_vain: count(&pool.deferred.waits_in_vain),
            refused: count(&pool.deferred.refused),
            ..DeferredStats::default()
        };
        let mut add = |heap: &PoolHeap| {
            stats.waiting += heap.waiting() as u64;
            stats.processed += heap.remote_frees();
            stats.deepest = stats.deepest.max(heap.deepest());
        };
        self.shared().states.for_each(|state| {
            // SAFETY: T2; only what any thread may read is read: the counters of the pool.
            if let Some(heap) = unsafe { state.as_ref() }.heap() {
                add(heap);
            }
        });
        pool.registry.for_each_orphan(add);
        stats
    }
}
