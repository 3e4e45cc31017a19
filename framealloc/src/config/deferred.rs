//! Settings of deferred frees: pool blocks that another thread has dropped and their owner has yet to take back.

use std::time::Duration;

use super::ConfigError;

/// What a drop does when as many blocks as the bound allows are waiting for the block's owner.
///
/// No policy loses a block or refuses a plain drop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueueFullPolicy {
    /// The block waits too; it is counted in [`DeferredStats::past_bound`](crate::DeferredStats::past_bound).
    #[default]
    Grow,
    /// The dropping thread waits for the owner, at most for the time of
    /// [`with_max_wait`](DeferredConfig::with_max_wait); then the block waits past the bound.
    ///
    /// It does not wait while it unwinds, in a destructor of a thread-local variable that runs after the thread has
    /// given up the allocator, for itself, or for an owner that has ended; nor for an owner that has let somebody wait
    /// in vain and has taken nothing since. So a thread that drops many boxes of one that is blocked, for instance
    /// because it joins the first, is held up once.
    Block,
    /// [`try_pool_free`](crate::SmartAlloc::try_pool_free) gives the box back; a plain drop does what
    /// [`Grow`](QueueFullPolicy::Grow) does.
    Fail,
}

/// When a thread takes back the pool blocks that other threads have dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeferredProcessing {
    /// When it has no block of a size left, and where a frame's end has more to do than to move a pointer.
    #[default]
    WhenNeeded,
    /// At the beginning of each frame, and when it has no block of a size left.
    AtFrameBegin,
    /// At the end of each frame, and when it has no block of a size left.
    AtFrameEnd,
    /// Only in [`process_deferred`](crate::SmartAlloc::process_deferred), where a budget or a ceiling would refuse an
    /// allocation otherwise, and when the thread ends.
    Explicit,
}

/// Settings of deferred frees; see [`SmartAlloc::configure_deferred`](crate::SmartAlloc::configure_deferred).
///
/// # Examples
///
/// ```
/// use framealloc::{DeferredConfig, DeferredProcessing, QueueFullPolicy, SmartAlloc};
///
/// let alloc = SmartAlloc::with_defaults();
/// alloc.configure_deferred(
///     DeferredConfig::default()
///         .with_max_queue_depth(1024)
///         .with_policy(QueueFullPolicy::Block)
///         .with_processing(DeferredProcessing::AtFrameBegin),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct DeferredConfig {
    pub(crate) max_queue_depth: usize,
    pub(crate) policy: QueueFullPolicy,
    pub(crate) processing: DeferredProcessing,
    pub(crate) max_wait: Duration,
}

/// Deeper queues are not told apart.
pub(crate) const MOST_DEPTH: usize = 65_534;
const LONGEST_WAIT: Duration = Duration::from_secs(1);

impl Default for DeferredConfig {
    /// No bound, blocks taken back when needed, waits of at most a millisecond.
    fn default() -> Self {
        Self {
            max_queue_depth: usize::MAX,
            policy: QueueFullPolicy::default(),
            processing: DeferredProcessing::default(),
            max_wait: Duration::from_millis(1),
        }
    }
}

impl DeferredConfig {
    /// How many blocks may wait for one thread: 1 to 65,534, or `usize::MAX` for any number.
    ///
    /// The depth is known on 64-bit machines only; elsewhere there is no bound.
    pub fn with_max_queue_depth(mut self, blocks: usize) -> Self {
        self.max_queue_depth = blocks;
        self
    }

    /// What a drop does when the queue is full.
    pub fn with_policy(mut self, policy: QueueFullPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// When a thread takes its blocks back.
    pub fn with_processing(mut self, processing: DeferredProcessing) -> Self {
        self.processing = processing;
        self
    }

    /// How long a drop waits under [`QueueFullPolicy::Block`]; at most a second.
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Checks every field; the first one that is out of its range.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let depth = self.max_queue_depth;
        if depth != usize::MAX && !(1..=MOST_DEPTH).contains(&depth) {
            let reason = format!("{depth} blocks is not between 1 and {MOST_DEPTH}, and not usize::MAX");
            return Err(ConfigError { field: "max_queue_depth", reason });
        }
        if self.max_wait > LONGEST_WAIT {
            let wait = self.max_wait;
            return Err(ConfigError {
                field: "max_wait",
                reason: format!("{wait:?} is more than {LONGEST_WAIT:?}"),
            });
        }
        Ok(())
    }
}
