//! The library as the rest of this program sees it, and how it is set up for every measurement.

pub use framealloc::{SmartAlloc, frame_format};

use std::sync::LazyLock;

use framealloc::AllocConfig;

/// The allocator with its defaults: what a user gets who sets nothing.
pub fn allocator() -> SmartAlloc {
    SmartAlloc::new(AllocConfig::default())
}

/// One allocator for several threads, as a program would have it.
pub fn shared() -> SmartAlloc {
    static SHARED: LazyLock<SmartAlloc> = LazyLock::new(allocator);
    SHARED.clone()
}
