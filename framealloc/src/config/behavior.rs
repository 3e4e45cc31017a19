//! Thresholds of the behaviour filter.

/// When the behaviour filter reports what it has seen; see
/// [`SmartAlloc::enable_behavior_filter_with`](crate::SmartAlloc::enable_behavior_filter_with).
///
/// # Examples
///
/// ```
/// use framealloc::{BehaviorConfig, SmartAlloc};
///
/// let alloc = SmartAlloc::with_defaults();
/// alloc.enable_behavior_filter_with(BehaviorConfig::default().with_frame_age(2));
/// alloc.begin_frame();
/// let kept = alloc.frame_box(1);
/// alloc.end_frame();
/// for _ in 0..3 {
///     alloc.begin_frame();
///     alloc.end_frame();
/// }
/// assert_eq!(alloc.behavior_report().issues[0].code, "BF001");
/// # drop(kept);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct BehaviorConfig {
    pub(crate) frame_age: u64,
    pub(crate) young_percent: u64,
    pub(crate) promoted_percent: u64,
    pub(crate) hot_percent: u64,
    pub(crate) recurring_percent: u64,
    pub(crate) recurring_frames: u64,
    pub(crate) most_sites: usize,
    pub(crate) most_blocks: usize,
    pub(crate) snapshot_sites: usize,
    #[cfg(feature = "call-sites")]
    pub(crate) samples: u32,
}

impl Default for BehaviorConfig {
    /// Frame memory of more than 10 frames, half of a call site's pool boxes, promotions above 5 %, heap allocations in half of the frames; events of at least
    /// 10 frames and a tenth of them; 4,096 call sites and 65,536 blocks for each thread; 64 sampled
    /// calls to the global allocator a frame.
    fn default() -> Self {
        Self {
            frame_age: 10,
            young_percent: 50,
            promoted_percent: 5,
            hot_percent: 50,
            recurring_percent: 10,
            recurring_frames: 10,
            most_sites: 4096,
            most_blocks: 1 << 16,
            snapshot_sites: 200,
            #[cfg(feature = "call-sites")]
            samples: 64,
        }
    }
}

impl BehaviorConfig {
    /// BF001: frame memory that is alive for more than so many frames is reported.
    pub fn with_frame_age(mut self, frames: u64) -> Self {
        self.frame_age = frames;
        self
    }

    /// BF002: a call site so many of a hundred of whose pool boxes die in the frame that made them is reported.
    pub fn with_young_percent(mut self, percent: u64) -> Self {
        self.young_percent = percent;
        self
    }

    /// BF003: how many in a hundred of a frame's allocations may be promotions.
    pub fn with_promoted_percent(mut self, percent: u64) -> Self {
        self.promoted_percent = percent;
        self
    }

    /// BF004: a call site that allocates on the heap in so many of a hundred frames, counted from its first, is in a hot
    /// path.
    pub fn with_hot_percent(mut self, percent: u64) -> Self {
        self.hot_percent = percent;
        self
    }

    /// BF002 and BF003: what happens in fewer than so many of a hundred frames, counted from its first, is occasional
    /// and not reported.
    pub fn with_recurring_percent(mut self, percent: u64) -> Self {
        self.recurring_percent = percent;
        self
    }

    /// BF002, BF003 and BF004: what happened in fewer frames is occasional and not reported.
    pub fn with_recurring_frames(mut self, frames: u64) -> Self {
        self.recurring_frames = frames;
        self
    }

    /// How many call sites are kept for each thread, each with its type, tag and phase. What is allocated at others is
    /// counted in [`BehaviorReport::missed`](crate::BehaviorReport::missed).
    pub fn with_most_sites(mut self, sites: usize) -> Self {
        self.most_sites = sites;
        self
    }

    /// How many living frame blocks, and how many pool blocks of a frame, are kept in mind for each thread. Others are
    /// counted in [`BehaviorReport::missed`](crate::BehaviorReport::missed).
    pub fn with_most_blocks(mut self, blocks: usize) -> Self {
        self.most_blocks = blocks;
        self
    }

    /// How many call sites a [`Snapshot`](crate::Snapshot) has while the filter is on: those with the most bytes. 200
    /// unless set.
    pub fn with_snapshot_sites(mut self, sites: usize) -> Self {
        self.snapshot_sites = sites;
        self
    }

    /// BF004: about how many calls to a [`TrackingAllocator`](crate::TrackingAllocator) are looked at in each frame of a
    /// thread. In a frame with more calls, each of these stands for several. 64 unless set; with zero, none is looked
    /// at.
    #[cfg(feature = "call-sites")]
    pub fn with_samples_per_frame(mut self, samples: u32) -> Self {
        self.samples = samples;
        self
    }
}
