//! What is sent to the page: `ToView` of `fa-insight/shared/protocol.ts`.

use serde::Serialize;
use serde_json::Value;

use super::folder::{Entry, Trouble};

/// The version of these messages.
const PROTOCOL: u32 = 2;

/// A message.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Message<'a> {
    /// Forget everything.
    Reset {
        /// Of these messages.
        protocol: u32,
        /// Whether more may come.
        watching: bool,
        /// What there is.
        entries: [(); 0],
        /// What cannot be read.
        troubles: [(); 0],
    },
    /// More snapshots, or one that the page has asked for.
    Entries {
        /// In any order.
        entries: Vec<Item<'a>>,
    },
    /// What the page has asked for is no longer there.
    Gone {
        /// As the page has named it.
        source: &'a str,
        /// The same.
        writer: &'a str,
        /// The same.
        sequence: u64,
    },
    /// More that cannot be read.
    Troubles {
        /// In any order.
        troubles: [Trouble; 1],
    },
}

/// A snapshot in a message.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Item<'a> {
    /// All of it.
    Whole(&'a Entry),
    /// What its charts need.
    Digest(Value),
}

impl Message<'_> {
    /// The first, with which a page begins.
    pub(super) const RESET: Self =
        Self::Reset { protocol: PROTOCOL, watching: true, entries: [], troubles: [] };

    /// In one line.
    #[must_use]
    pub(super) fn print(&self) -> String {
        // It has no map whose keys are no strings.
        serde_json::to_string(self).unwrap_or_default()
    }
}
