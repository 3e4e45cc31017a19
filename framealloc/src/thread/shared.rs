//! What all threads of one allocator share.

use std::num::NonZeroU64;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::behavior::Filter;
use super::clock::Clocks;
use super::observed::Observation;
use super::registry::States;
use crate::config::{AllocConfig, BudgetCallback, BudgetPolicy, ConfigError};
use crate::frame::{FrameBacking, Scratches};
use crate::memory::copied::copied;
use crate::pool::PoolShared;
use crate::pool::page::PageStore;

/// What all clones of a [`SmartAlloc`](crate::SmartAlloc) share.
pub(crate) struct Shared {
    /// Never used again, unlike an address.
    pub(crate) id: NonZeroU64,
    /// Clones of the allocator. The memory of this value is kept longer, by the tables of threads that used it, so
    /// that a thread that ends while the last clone goes never meets a borrow that is about to end.
    users: AtomicUsize,
    pub(crate) states: States,
    /// The clocks of shared frames; gone with this, after the states.
    pub(crate) clocks: Clocks,
    pub(crate) pool: Arc<PoolShared>,
    pub(crate) backing: FrameBacking,
    pub(crate) scratches: Scratches,
    pub(crate) policy: BudgetPolicy,
    pub(crate) filter: Filter,
    /// Gone with the last user, whoever still keeps the memory.
    callback: Mutex<Option<BudgetCallback>>,
    /// Moves when threads should look at what follows, which they do when they begin a frame.
    epoch: AtomicU64,
    /// The epoch from which on threads time their frames, since somebody has looked at the statistics.
    watch_epoch: AtomicU64,
    tag_budgets: Mutex<Vec<(Arc<str>, usize)>>,
    #[cfg(feature = "bevy")]
    pub(crate) ticks: super::follow::Ticks,
    /// What threads keep for snapshots.
    pub(crate) observation: Observation,
    /// When the allocator was made; seconds are counted from here.
    born: std::time::Instant,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Shared {
    pub(crate) fn new(config: AllocConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let pool_limit = config.pool_limit.unwrap_or(usize::MAX);
        let pages = PageStore::new(config.pool_size, pool_limit, config.prefault)
            .ok_or_else(|| ConfigError::no_memory("pool_size"))?;
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            // 2^64 allocators are not made within the lifetime of a machine.
            id: NonZeroU64::new(id).unwrap_or(NonZeroU64::MAX),
            users: AtomicUsize::new(1),
            states: States::new(),
            clocks: Clocks::new(),
            pool: Arc::new(PoolShared::new(pages, config.heap_limit)),
            backing: FrameBacking::new(
                config.frame_size & !63,
                config.frame_limit.unwrap_or(usize::MAX),
                config.prefault,
                config.shrink_after,
            ),
            scratches: Scratches::default(),
            policy: config.budget_policy,
            filter: Filter::default(),
            callback: Mutex::new(config.budget_callback),
            epoch: AtomicU64::new(0),
            watch_epoch: AtomicU64::new(0),
            tag_budgets: Mutex::new(Vec::new()),
            #[cfg(feature = "bevy")]
            ticks: super::follow::Ticks::default(),
            observation: Observation::new(),
            born: now(),
        })
    }

    pub(crate) fn backing_ptr(&self) -> NonNull<FrameBacking> {
        NonNull::from(&self.backing)
    }

    /// There is one more clone of the allocator.
    pub(crate) fn join(&self) {
        // Relaxed: who clones has a clone, so the count cannot fall to zero meanwhile.
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// There is one clone less. With the last one goes everything but the memory of this value: no borrow of any
    /// clone is left, so no handle can reach a state any more. Whether it was the last.
    pub(crate) fn part(&self) -> bool {
        // Release and acquire: what other users did happens before the end.
        let is_last = self.users.fetch_sub(1, Ordering::AcqRel) == 1;
        if is_last {
            self.states.close();
            self.pool.close();
            let callback = self.callback.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
            drop(callback);
        }
        is_last
    }

    /// What to call when a budget is exceeded.
    pub(crate) fn callback(&self) -> Option<BudgetCallback> {
        self.callback.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    #[inline(always)]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Has every thread look again at its next frame.
    pub(crate) fn advance_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody looks at the statistics: threads time their frames for a while.
    pub(crate) fn watch(&self) {
        self.advance_epoch();
        self.watch_epoch.store(self.epoch(), Ordering::Relaxed);
    }

    pub(crate) fn watch_epoch(&self) -> u64 {
        self.watch_epoch.load(Ordering::Relaxed)
    }

    pub(crate) fn set_tag_budget(&self, path: &str, budget: usize) {
        let mut budgets = self.tag_budgets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match budgets.iter_mut().find(|(known, _)| **known == *path) {
            Some((_, known)) => *known = budget,
            None => budgets.push((path.into(), budget)),
        }
        drop(budgets);
        self.advance_epoch();
    }

    pub(crate) fn tag_budget(&self, path: &str) -> usize {
        let budgets = self.tag_budgets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        budgets.iter().find(|(known, _)| **known == *path).map_or(usize::MAX, |&(_, budget)| budget)
    }

    /// The budgets of all tags that have one.
    pub(crate) fn tag_budgets(&self) -> Vec<(Arc<str>, usize)> {
        copied(&self.tag_budgets, Vec::as_slice, Clone::clone)
    }

    pub(crate) fn has_tag_budgets(&self) -> bool {
        !self.tag_budgets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_empty()
    }

    /// Whole seconds since the allocator was made. Reads the clock: only for when someone looks.
    pub(crate) fn second(&self) -> u64 {
        now().duration_since(self.born).as_secs()
    }

    /// Nanoseconds since the allocator was made; never zero. Reads the clock: only for when someone looks.
    pub(crate) fn nanoseconds(&self) -> u64 {
        (now().duration_since(self.born).as_nanos() as u64).max(1)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock: only when someone looks, or waits"
)]
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("id", &self.id).finish_non_exhaustive()
    }
}
