//! What `framealloc` tells about a running program, and the tools that read it share: the types of a snapshot, the
//! names of its files, and exports to other tools' formats.
//!
//! A snapshot holds sums and no single allocation. It is written as JSON; `schemas/snapshot-v1.json` in the repository
//! describes it for other languages and is made from these types.
//!
//! # How the schema may change
//!
//! Within a version, fields are only added, and what a field means stays. So:
//!
//! - a reader leaves alone what it does not know, and takes what is missing for zero, empty or absent: a tool that is
//!   older or newer than the program reads its files all the same;
//! - a writer writes every field that it has numbers for, and leaves out an optional one that nothing has fed;
//! - a field that is renamed, removed or given another meaning or unit makes a new `version`. A reader refuses a version
//!   that it does not know ([`ReadError::Version`]) instead of showing wrong numbers.
//!
//! The feature `serde`, on by default, is everything that speaks JSON.
//!
//! # Examples
//!
//! ```
//! use framealloc_snapshot::{Snapshot, TagSnapshot};
//!
//! let mut physics = TagSnapshot::new("physics");
//! physics.bytes = 4096;
//! let snapshot = Snapshot::new(18421).with_tag(physics);
//!
//! let json = snapshot.to_json();
//! assert_eq!(Snapshot::from_json(json.as_bytes()).unwrap(), snapshot);
//! ```

#![forbid(unsafe_code)]

mod events;
mod export;
mod file_name;
#[cfg(feature = "serde")]
mod json;
mod names;
#[cfg(all(test, feature = "serde"))]
mod schema;
mod snapshot;
mod threads;

pub use events::{DeferredFrees, Diagnostic, Location, Promotions, Severity, Transfers};
pub use export::csv;
#[cfg(feature = "serde")]
pub use export::heap_profile;
pub use file_name::{LATEST, SnapshotFileName};
#[cfg(feature = "serde")]
pub use json::ReadError;
pub use names::{CallSite, PhaseSnapshot, TagSnapshot};
pub use snapshot::{Overhead, Snapshot, Summary, VERSION};
pub use threads::{ScratchSnapshot, ThreadSnapshot, Window};
