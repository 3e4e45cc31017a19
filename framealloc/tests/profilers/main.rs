//! What profilers and logs are told, by their own means. A binary of its own, since it switches for the whole process.

mod puffin;
mod tracing;
mod tracy;

use framealloc::{AllocConfig, SmartAlloc, kilobytes};

/// An allocator whose first chunk is soon full.
fn small() -> SmartAlloc {
    SmartAlloc::new(config())
}

/// The settings of [`small`].
fn config() -> AllocConfig {
    AllocConfig::default().with_frame_size(kilobytes(16)).with_pool_size(0)
}
