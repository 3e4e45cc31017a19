//! What all threads of one allocator share.

use std::num::NonZeroU64;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::registry::States;
use crate::config::{AllocConfig, BudgetCallback, BudgetPolicy, ConfigError};
use crate::frame::FrameBacking;
use crate::pool::PoolShared;
use crate::pool::page::PageStore;

/// What all clones of a [`SmartAlloc`](crate::SmartAlloc) share.
pub(crate) struct Shared {
    /// Never used again, unlike an address.
    pub(crate) id: NonZeroU64,
    pub(crate) states: Arc<States>,
    pub(crate) pool: Arc<PoolShared>,
    pub(crate) backing: FrameBacking,
    pub(crate) policy: BudgetPolicy,
    pub(crate) callback: Option<BudgetCallback>,
    /// Moves when threads should look at what follows, which they do when they begin a frame.
    epoch: AtomicU64,
    /// The epoch from which on threads time their frames, since somebody has looked at the statistics.
    watch_epoch: AtomicU64,
    tag_budgets: Mutex<Vec<(String, usize)>>,
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
            states: Arc::new(States::new()),
            pool: Arc::new(PoolShared::new(pages, config.heap_limit)),
            backing: FrameBacking::new(
                config.frame_size & !63,
                config.frame_limit.unwrap_or(usize::MAX),
                config.prefault,
                config.shrink_after,
            ),
            policy: config.budget_policy,
            callback: config.budget_callback,
            epoch: AtomicU64::new(0),
            watch_epoch: AtomicU64::new(0),
            tag_budgets: Mutex::new(Vec::new()),
            born: now(),
        })
    }

    pub(crate) fn backing_ptr(&self) -> NonNull<FrameBacking> {
        NonNull::from(&self.backing)
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
        match budgets.iter_mut().find(|(known, _)| known == path) {
            Some((_, known)) => *known = budget,
            None => budgets.push((path.to_owned(), budget)),
        }
        drop(budgets);
        self.advance_epoch();
    }

    pub(crate) fn tag_budget(&self, path: &str) -> usize {
        let budgets = self.tag_budgets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        budgets.iter().find(|(known, _)| known == path).map_or(usize::MAX, |&(_, budget)| budget)
    }

    pub(crate) fn has_tag_budgets(&self) -> bool {
        !self.tag_budgets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_empty()
    }

    /// Whole seconds since the allocator was made. Reads the clock: only for when someone looks.
    pub(crate) fn second(&self) -> u64 {
        now().duration_since(self.born).as_secs()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock, and only when someone looks"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

impl Drop for Shared {
    fn drop(&mut self) {
        // No borrow of any clone is left, so no handle can reach a frame half any more. The backing is a field of
        // this value and goes after the arenas that point to it.
        self.states.close();
        self.pool.close();
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("id", &self.id).finish_non_exhaustive()
    }
}
