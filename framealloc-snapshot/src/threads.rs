//! What belongs to one thread, and scratch allocators, which belong to none.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// One thread, as of its last frame boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct ThreadSnapshot {
    /// Stays the same from snapshot to snapshot of one run. A thread that starts may inherit that of one that has
    /// ended.
    pub id: u64,
    /// The thread's name, or nothing.
    pub name: String,
    /// Frames that have ended.
    pub frames: u64,
    /// Bytes allocated in the last finished frame; those given back since are included, as is padding.
    pub frame_bytes: u64,
    /// Handles and scopes made in that frame.
    pub frame_allocations: u64,
    /// How long that frame took; absent when it was not timed.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub frame_nanoseconds: Option<u64>,
    /// The most bytes that any frame held at once.
    pub peak_bytes: u64,
    /// Bytes of frame chunks held, used or not.
    pub capacity_bytes: u64,
    /// Bytes of frames that ended while something in them was alive, and still is.
    pub parked_bytes: u64,
    /// How many such frames there are.
    pub parked_frames: u64,
    /// Bytes of living pool blocks.
    pub pool_bytes: u64,
    /// Bytes of pool pages, used or not.
    pub pool_capacity_bytes: u64,
    /// Bytes of living heap blocks that the thread made.
    pub heap_bytes: u64,
    /// How often a frame needed another chunk, over the session.
    pub refills: u64,
    /// Pool blocks that other threads have dropped and this one has not taken back yet.
    pub deferred_depth: u64,
    /// The bytes that a frame may hold at once, if that is bounded.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub frame_budget: Option<u64>,
    /// The bytes of pool blocks that may be alive at once, if that is bounded.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub pool_budget: Option<u64>,
    /// The bytes of heap blocks that may be alive at once, if that is bounded.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub heap_budget: Option<u64>,
    /// How often a budget was exceeded, over the session.
    pub budgets_exceeded: u64,
    /// Its frames since the last snapshot; absent when none was observed.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub window: Option<Window>,
}

impl ThreadSnapshot {
    /// A thread of which nothing else is known.
    #[must_use]
    pub fn new(id: u64, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), ..Self::default() }
    }
}

/// The frames since the last snapshot.
///
/// Percentiles are exact up to an eighth, and never less than what they stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Window {
    /// Frames covered. Those of all threads where the window is that of the whole snapshot.
    pub frames: u64,
    /// The number that the frame with the most bytes has on its thread.
    pub worst_frame: u64,
    /// The thread of that frame; in the window of the whole snapshot.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub worst_thread: Option<u64>,
    /// Bytes allocated in it.
    pub worst_bytes: u64,
    /// Half of the frames allocated no more bytes.
    pub p50_bytes: u64,
    /// Nine frames in ten allocated no more bytes.
    pub p90_bytes: u64,
    /// Ninety-nine frames in a hundred allocated no more bytes.
    pub p99_bytes: u64,
}

/// A scratch allocator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct ScratchSnapshot {
    /// The name it was given, or nothing.
    pub name: String,
    /// The bytes it was made with.
    pub capacity_bytes: u64,
    /// Whether it refuses what goes beyond them.
    pub fixed: bool,
    /// Bytes that it holds, used or not.
    pub reserved_bytes: u64,
    /// Bytes held by open scopes.
    pub used_bytes: u64,
    /// The most of them at any time.
    pub peak_bytes: u64,
    /// How often it went beyond the memory that it had.
    pub growths: u64,
}

impl ScratchSnapshot {
    /// A scratch allocator of which nothing else is known.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
