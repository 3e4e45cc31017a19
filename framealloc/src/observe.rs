//! Layer 5: what reads the layers below for people and tools.

#[cfg(feature = "serde")]
mod directory;
#[cfg(feature = "serde")]
mod emitter;
mod fill;
#[cfg(feature = "serde")]
mod process;

#[cfg(feature = "serde")]
pub use directory::EmitError;
#[cfg(feature = "serde")]
pub use emitter::{Emission, SnapshotConfig, SnapshotEmitter};
pub use framealloc_snapshot::Snapshot;
