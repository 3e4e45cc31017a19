//! The whole of a snapshot.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::events::{DeferredFrees, Diagnostic, Promotions, Transfers};
use crate::names::{CallSite, PhaseSnapshot, TagSnapshot};
use crate::threads::{ScratchSnapshot, ThreadSnapshot, Window};

/// The version of the schema that this crate writes and reads.
pub const VERSION: u32 = 1;

/// What a program's frame memory looked like at one moment: each thread as of its last frame boundary.
///
/// # Examples
///
/// ```
/// use framealloc_snapshot::{Snapshot, ThreadSnapshot};
///
/// let mut main = ThreadSnapshot::new(0, "main");
/// main.frame_bytes = 4_194_304;
/// let snapshot = Snapshot::new(18421).with_thread(main);
/// assert_eq!((snapshot.version, snapshot.frame), (1, 18421));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Snapshot {
    /// The version of the schema: 1.
    pub version: u32,
    /// The number of the frame.
    pub frame: u64,
    /// The sums over all threads.
    #[cfg_attr(feature = "serde", serde(default))]
    pub summary: Summary,
    /// The threads, each as of its last frame boundary.
    #[cfg_attr(feature = "serde", serde(default))]
    pub threads: Vec<ThreadSnapshot>,
    /// The tags, by path.
    #[cfg_attr(feature = "serde", serde(default))]
    pub tags: Vec<TagSnapshot>,
    /// The phases of the last finished frames, by path.
    #[cfg_attr(feature = "serde", serde(default))]
    pub phases: Vec<PhaseSnapshot>,
    /// Values retained beyond their frames, over the session.
    #[cfg_attr(feature = "serde", serde(default))]
    pub promotions: Promotions,
    /// Values made for other threads, over the session.
    #[cfg_attr(feature = "serde", serde(default))]
    pub transfers: Transfers,
    /// Pool blocks that were dropped on other threads than their own.
    #[cfg_attr(feature = "serde", serde(default))]
    pub deferred: DeferredFrees,
    /// The scratch allocators that are alive.
    #[cfg_attr(feature = "serde", serde(default))]
    pub scratch: Vec<ScratchSnapshot>,
    /// Where allocations come from, those with the most bytes first, so many at most; absent unless somebody records
    /// that.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub call_sites: Option<Vec<CallSite>>,
    /// What deserves somebody's attention.
    #[cfg_attr(feature = "serde", serde(default))]
    pub diagnostics: Vec<Diagnostic>,
    /// The frames since the last snapshot, of all threads; absent when none was observed.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub window: Option<Window>,
    /// What the observation itself costs.
    #[cfg_attr(feature = "serde", serde(default))]
    pub overhead: Overhead,
}

/// The sums over all threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Summary {
    /// Frame bytes of each thread's last finished frame.
    pub frame_bytes: u64,
    /// Handles and scopes made in these frames.
    pub frame_allocations: u64,
    /// The most bytes that a frame has held at once: the sum of each thread's own.
    pub peak_frame_bytes: u64,
    /// Bytes of frame chunks held, used or not.
    pub frame_capacity_bytes: u64,
    /// Bytes of frames that ended while something in them was alive, and still is.
    pub parked_bytes: u64,
    /// How many such frames there are.
    pub parked_frames: u64,
    /// Bytes of living pool blocks.
    pub pool_bytes: u64,
    /// Bytes of pool pages, used or not.
    pub pool_capacity_bytes: u64,
    /// Bytes of living heap blocks made through the library.
    pub heap_bytes: u64,
    /// How often a frame needed another chunk, over the session.
    pub refills: u64,
    /// How often a budget was exceeded, over the session.
    pub budgets_exceeded: u64,
    /// Bytes of memory that the process has, as the system counts them, when the file was written; absent where the
    /// system is not asked: elsewhere than on Linux.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub resident_bytes: Option<u64>,
    /// Of these, bytes that are alive in no global heap: code, stacks, drivers, other languages' heaps, and what the
    /// system's allocator keeps back. Memory that was asked for and never touched is not resident, so that it may make
    /// this less than it is, down to zero. Absent unless the global heap is tracked.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub untracked_bytes: Option<u64>,
}

/// What the observation itself costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Overhead {
    /// How long filling this snapshot took.
    pub snapshot_nanoseconds: u64,
    /// Bytes that the library holds for its threads' states, their tags and phases, and for what is observed of them.
    pub bookkeeping_bytes: u64,
}

impl Snapshot {
    /// An empty snapshot of the frame with this number.
    #[must_use]
    pub fn new(frame: u64) -> Self {
        Self {
            version: VERSION,
            frame,
            summary: Summary::default(),
            threads: Vec::new(),
            tags: Vec::new(),
            phases: Vec::new(),
            promotions: Promotions::default(),
            transfers: Transfers::default(),
            deferred: DeferredFrees::default(),
            scratch: Vec::new(),
            call_sites: None,
            diagnostics: Vec::new(),
            window: None,
            overhead: Overhead::default(),
        }
    }

    /// Counts the frames as the program does.
    #[must_use]
    pub fn with_frame(mut self, frame: u64) -> Self {
        self.frame = frame;
        self
    }

    /// Sets the sums.
    #[must_use]
    pub fn with_summary(mut self, summary: Summary) -> Self {
        self.summary = summary;
        self
    }

    /// Adds a thread.
    #[must_use]
    pub fn with_thread(mut self, thread: ThreadSnapshot) -> Self {
        self.threads.push(thread);
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn with_tag(mut self, tag: TagSnapshot) -> Self {
        self.tags.push(tag);
        self
    }

    /// Adds a phase.
    #[must_use]
    pub fn with_phase(mut self, phase: PhaseSnapshot) -> Self {
        self.phases.push(phase);
        self
    }

    /// Sets what became of retained values.
    #[must_use]
    pub fn with_promotions(mut self, promotions: Promotions) -> Self {
        self.promotions = promotions;
        self
    }

    /// Sets what became of values made for other threads.
    #[must_use]
    pub fn with_transfers(mut self, transfers: Transfers) -> Self {
        self.transfers = transfers;
        self
    }

    /// Adds a scratch allocator.
    #[must_use]
    pub fn with_scratch(mut self, scratch: ScratchSnapshot) -> Self {
        self.scratch.push(scratch);
        self
    }

    /// Adds a call site.
    #[must_use]
    pub fn with_call_site(mut self, site: CallSite) -> Self {
        self.call_sites.get_or_insert_default().push(site);
        self
    }

    /// Adds a remark of the program's own, or of a tool.
    #[must_use]
    pub fn with_diagnostic(mut self, diagnostic: Diagnostic) -> Self {
        self.diagnostics.push(diagnostic);
        self
    }

    /// Sets the frames that it covers.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// The tag of this path.
    #[must_use]
    pub fn tag(&self, path: &str) -> Option<&TagSnapshot> {
        self.tags.iter().find(|tag| tag.path == path)
    }
}
