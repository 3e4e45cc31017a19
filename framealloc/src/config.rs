//! Settings of an allocator: what the user writes, checked once when the allocator is made.

mod behavior;
mod deferred;

use std::fmt;
use std::sync::Arc;

use crate::error::AllocErrorKind;
use crate::memory::size_class::PAGE;
use crate::memory::tally::MAX_LIVE_BYTES;

pub use behavior::BehaviorConfig;
pub(crate) use deferred::MOST_DEPTH;
pub use deferred::{DeferredConfig, DeferredProcessing, QueueFullPolicy};

/// `n` KiB in bytes.
#[must_use]
pub const fn kilobytes(n: usize) -> usize {
    n * 1024
}

/// `n` MiB in bytes.
#[must_use]
pub const fn megabytes(n: usize) -> usize {
    n * 1024 * 1024
}

/// `n` GiB in bytes.
#[must_use]
pub const fn gigabytes(n: usize) -> usize {
    n * 1024 * 1024 * 1024
}

/// What happens when a budget is exceeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BudgetPolicy {
    /// The allocation is refused: `try_x` returns an error, `x` panics.
    #[default]
    Fail,
    /// The allocation goes ahead; it is counted and the callback told, once for each budget and frame.
    Warn,
}

/// Where a retained value is made, and who it belongs to when its frame has ended; see
/// [`SmartAlloc::frame_retained`](crate::SmartAlloc::frame_retained).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetentionPolicy {
    /// In the pool: becomes a [`PoolBox`](crate::PoolBox).
    PromoteToPool,
    /// On the heap: becomes a [`HeapBox`](crate::HeapBox).
    PromoteToHeap,
    /// On the heap, for as long as the program runs: becomes a `&'static mut`. Never dropped; it goes on being counted
    /// among the allocator's heap bytes.
    Leak,
}

/// A budget was exceeded; what the callback of [`AllocConfig::with_budget_callback`] is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BudgetEvent {
    /// Which budget; [`AllocErrorKind::is_budget`] is true of it.
    pub kind: AllocErrorKind,
    /// The tag whose budget it is, or that was open; empty for none.
    pub tag: String,
    /// The budget in bytes.
    pub budget: usize,
    /// The bytes asked for.
    pub requested: usize,
    /// The bytes that were left.
    pub left: usize,
    /// Whether the allocation was refused.
    pub refused: bool,
}

pub(crate) type BudgetCallback = Arc<dyn Fn(&BudgetEvent) + Send + Sync>;

/// Settings of a [`SmartAlloc`](crate::SmartAlloc).
///
/// # Examples
///
/// ```
/// use framealloc::{AllocConfig, SmartAlloc, megabytes};
///
/// let alloc = SmartAlloc::new(
///     AllocConfig::default().with_frame_size(megabytes(16)).with_pool_size(megabytes(8)),
/// );
/// # drop(alloc);
/// ```
#[derive(Clone)]
#[must_use]
pub struct AllocConfig {
    pub(crate) frame_size: usize,
    pub(crate) pool_size: usize,
    pub(crate) frame_limit: Option<usize>,
    pub(crate) pool_limit: Option<usize>,
    pub(crate) heap_limit: Option<usize>,
    pub(crate) prefault: bool,
    pub(crate) budget_policy: BudgetPolicy,
    pub(crate) shrink_after: u64,
    pub(crate) budget_callback: Option<BudgetCallback>,
}

impl Default for AllocConfig {
    /// 4 MiB frames, 1 MiB of pool, no ceilings, no prefault, budgets that fail, shrinking after 120 frames.
    fn default() -> Self {
        Self {
            frame_size: megabytes(4),
            pool_size: megabytes(1),
            frame_limit: None,
            pool_limit: None,
            heap_limit: None,
            prefault: false,
            budget_policy: BudgetPolicy::default(),
            shrink_after: 120,
            budget_callback: None,
        }
    }
}

/// The smallest first chunk: what fits its own bookkeeping and something to use.
const MIN_FRAME_SIZE: usize = kilobytes(4);
const MAX_SIZE: usize = MAX_LIVE_BYTES / 2;
const MAX_SHRINK_AFTER: u64 = 1_000_000;

impl AllocConfig {
    /// The size of a thread's first frame chunk in bytes, its bookkeeping included; at least 4 KiB.
    ///
    /// A thread that uses less in its frames never asks the system for more.
    pub fn with_frame_size(mut self, bytes: usize) -> Self {
        self.frame_size = bytes;
        self
    }

    /// Pool memory reserved when the allocator is made, in bytes, shared by all threads; rounded up to 64 KiB.
    pub fn with_pool_size(mut self, bytes: usize) -> Self {
        self.pool_size = bytes;
        self
    }

    /// The most frame memory that all threads together may hold, in bytes.
    pub fn with_frame_limit(mut self, bytes: usize) -> Self {
        self.frame_limit = Some(bytes);
        self
    }

    /// The most pool memory that all threads together may hold, in bytes; counted in pages of 64 KiB.
    pub fn with_pool_limit(mut self, bytes: usize) -> Self {
        self.pool_limit = Some(bytes);
        self
    }

    /// The most heap memory that may be alive, in bytes: heap boxes, and pool boxes too large for a page.
    pub fn with_heap_limit(mut self, bytes: usize) -> Self {
        self.heap_limit = Some(bytes);
        self
    }

    /// Whether memory is touched when it is taken from the system, so that no frame meets a page fault.
    pub fn with_prefault(mut self, prefault: bool) -> Self {
        self.prefault = prefault;
        self
    }

    /// What happens when a budget is exceeded.
    pub fn with_budget_policy(mut self, policy: BudgetPolicy) -> Self {
        self.budget_policy = policy;
        self
    }

    /// Frames after which a thread gives back memory that none of them needed; 1 to 1,000,000.
    pub fn with_shrink_after(mut self, frames: u64) -> Self {
        self.shrink_after = frames;
        self
    }

    /// What to call when a budget is exceeded, on the thread that exceeds it.
    ///
    /// The callback may allocate, end the frame, drop handles and panic; while it runs, the budgets of its thread
    /// call nobody.
    pub fn with_budget_callback(mut self, callback: impl Fn(&BudgetEvent) + Send + Sync + 'static) -> Self {
        self.budget_callback = Some(Arc::new(callback));
        self
    }

    /// Checks every field; the first one that is out of its range.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let refuse = |field, reason: String| Err(ConfigError { field, reason });
        if !(MIN_FRAME_SIZE..=MAX_SIZE).contains(&self.frame_size) {
            let (size, most) = (self.frame_size, MAX_SIZE);
            return refuse("frame_size", format!("{size} bytes is not between {MIN_FRAME_SIZE} and {most}"));
        }
        if let Some(limit) = self.frame_limit
            && limit < self.frame_size
        {
            let size = self.frame_size;
            return refuse("frame_limit", format!("{limit} bytes is less than frame_size, which is {size}"));
        }
        if self.pool_size > MAX_SIZE {
            let size = self.pool_size;
            return refuse("pool_size", format!("{size} bytes is more than {MAX_SIZE}"));
        }
        if let Some(limit) = self.pool_limit {
            if limit < PAGE {
                return refuse("pool_limit", format!("{limit} bytes is less than one page, which is {PAGE}"));
            }
            let pages = self.pool_size.next_multiple_of(PAGE);
            if limit < pages {
                return refuse(
                    "pool_limit",
                    format!("{limit} bytes is less than pool_size, which takes {pages}"),
                );
            }
        }
        if !(1..=MAX_SHRINK_AFTER).contains(&self.shrink_after) {
            let frames = self.shrink_after;
            return refuse(
                "shrink_after",
                format!("{frames} frames is not between 1 and {MAX_SHRINK_AFTER}"),
            );
        }
        Ok(())
    }
}

impl fmt::Debug for AllocConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllocConfig")
            .field("frame_size", &self.frame_size)
            .field("pool_size", &self.pool_size)
            .field("frame_limit", &self.frame_limit)
            .field("pool_limit", &self.pool_limit)
            .field("heap_limit", &self.heap_limit)
            .field("prefault", &self.prefault)
            .field("budget_policy", &self.budget_policy)
            .field("shrink_after", &self.shrink_after)
            .field("budget_callback", &self.budget_callback.is_some())
            .finish()
    }
}

/// A setting that cannot be honoured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    field: &'static str,
    reason: String,
}

impl ConfigError {
    pub(crate) fn no_memory(field: &'static str) -> Self {
        Self { field, reason: "the system has no memory for it".to_owned() }
    }

    /// The name of the setting, as in `with_` followed by it.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid allocator setting `{}`: {}", self.field, self.reason)
    }
}

impl std::error::Error for ConfigError {}
