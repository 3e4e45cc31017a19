//! What is booked under a name: tags, phases and call sites.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::events::Location;

/// What was allocated under one tag, by all threads, in the last finished frame of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct TagSnapshot {
    /// The tag's path: `physics/contacts`.
    pub path: String,
    /// Frame bytes, sub-tags included.
    pub bytes: u64,
    /// Frame bytes, sub-tags left out.
    pub own_bytes: u64,
    /// Handles and scopes made, sub-tags included.
    pub allocations: u64,
    /// The most bytes of one thread in one frame, over the session.
    pub peak_bytes: u64,
    /// Bytes of pool blocks made, sub-tags included.
    pub pool_bytes: u64,
    /// Pool blocks made, sub-tags included.
    pub pool_allocations: u64,
    /// Bytes of heap blocks made through the library, sub-tags included.
    pub heap_bytes: u64,
    /// Heap blocks made through the library, sub-tags included.
    pub heap_allocations: u64,
    /// The bytes that one frame of one thread may hold under the tag, if that is bounded.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub budget: Option<u64>,
    /// How often that was exceeded, over the session.
    pub budget_exceeded: u64,
    /// Calls of the global heap, sub-tags included; absent unless it is tracked.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub heap_calls: Option<u64>,
    /// Bytes asked of the global heap, sub-tags included; absent unless it is tracked.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub heap_call_bytes: Option<u64>,
}

impl TagSnapshot {
    /// A tag of which nothing else is known.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// What was allocated in one phase of the last finished frames, by all threads, and how long it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct PhaseSnapshot {
    /// The phase's path: `render/shadows`.
    pub path: String,
    /// Frame bytes, inner phases included.
    pub bytes: u64,
    /// Frame bytes, inner phases left out.
    pub own_bytes: u64,
    /// Handles and scopes made, inner phases included.
    pub allocations: u64,
    /// The time between beginning and end, inner phases included, summed over the threads; absent when it was not
    /// taken.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub nanoseconds: Option<u64>,
    /// Calls of the global heap, inner phases included; absent unless it is tracked.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub heap_calls: Option<u64>,
}

impl PhaseSnapshot {
    /// A phase of which nothing else is known.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// What was allocated at one place in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct CallSite {
    /// Where; without a file for the growth of the library's own collections.
    pub location: Location,
    /// From which memory: `frame`, `pool`, `heap` or `global`.
    pub kind: String,
    /// The type that is made there, if it is known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub type_name: Option<String>,
    /// The path of the tag under which it happens, if any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub tag: Option<String>,
    /// The path of the phase in which it happens, if any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub phase: Option<String>,
    /// Allocations since the recording began.
    pub count: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Whether these two are estimated from samples.
    pub sampled: bool,
    /// In how many frames it was seen: of the thread with the most.
    pub frames: u64,
    /// The number that the first of them has on its thread, from zero.
    pub first_frame: u64,
    /// The number of the last.
    pub last_frame: u64,
}

impl CallSite {
    /// A call site of which nothing else is known.
    #[must_use]
    pub fn new(location: Location, kind: impl Into<String>) -> Self {
        Self { location, kind: kind.into(), ..Self::default() }
    }
}
