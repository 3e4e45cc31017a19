//! What is counted as it happens, over the session, and what is remarked about it.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// Values retained beyond their frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Promotions {
    /// To the pool.
    pub to_pool: u64,
    /// To the heap.
    pub to_heap: u64,
    /// For as long as the program runs.
    pub leaked: u64,
    /// Bytes of them all.
    pub bytes: u64,
    /// How many the program has taken over.
    pub taken: u64,
    /// How many nobody has asked for.
    pub unread: u64,
}

/// Values made for other threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Transfers {
    /// Handles made.
    pub made: u64,
    /// Handles whose value has arrived.
    pub received: u64,
    /// Handles dropped before that.
    pub dropped: u64,
    /// Handles on their way.
    pub in_flight: u64,
}

/// Pool blocks that were dropped on other threads than their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct DeferredFrees {
    /// Blocks that wait for their owners now.
    pub waiting: u64,
    /// Blocks that their owners have taken back.
    pub processed: u64,
    /// The most that one owner has taken back at once.
    pub deepest: u64,
    /// Blocks that went to a full queue all the same.
    pub past_bound: u64,
}

/// A place in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Location {
    /// The file, as the compiler was told of it.
    pub file: String,
    /// From 1; 0 when it is not known.
    pub line: u32,
    /// From 1; 0 when it is not known.
    pub column: u32,
}

impl Location {
    /// A place in a file.
    #[must_use]
    pub fn new(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Severity {
    /// Something went wrong.
    Error,
    /// Something is seldom meant.
    #[default]
    Warning,
    /// Something worth knowing; also what a newer writer says that this reader does not know.
    #[cfg_attr(feature = "serde", serde(other))]
    Note,
}

/// A remark about the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(all(test, feature = "serde"), derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Diagnostic {
    /// What kind of remark it is; stays the same from version to version.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// What is to be said, for people.
    pub message: String,
    /// How often it happened, over the session.
    pub count: u64,
    /// The path of the tag that it is about, if any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub tag: Option<String>,
    /// The place in the source that it is about, if it is known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub location: Option<Location>,
}

impl Diagnostic {
    /// A warning that stands for itself.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), count: 1, ..Self::default() }
    }
}
