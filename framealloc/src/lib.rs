#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

// From the bottom up; a module imports from those above it in this list only.
mod error;
mod memory;
mod sync;
mod zeroable;

mod config;
#[cfg(any(feature = "puffin", feature = "tracing", feature = "tracy"))]
mod integrate;

mod frame;
mod pool;

mod attribution;

mod thread;

mod api;

mod observe;

#[cfg(feature = "bevy")]
pub mod bevy;
pub mod testing;

pub use api::*;
pub use config::{
    AllocConfig, BehaviorConfig, BudgetEvent, BudgetPolicy, ConfigError, DeferredConfig, DeferredProcessing,
    QueueFullPolicy, RetentionPolicy, gigabytes, kilobytes, megabytes,
};
pub use error::{AllocError, AllocErrorKind};
pub use memory::tracking::{GlobalCalls, TrackingAllocator, global_bytes_alive, global_calls};
pub use observe::*;
pub use zeroable::Zeroable;

/// The crate whose [`Allocator`](allocator_api2::alloc::Allocator) trait [`FrameAllocator`] implements and whose
/// `Vec` [`FrameVec`] is.
pub use allocator_api2;
/// The crate whose [`Snapshot`] it is, with its parts, and what tools read it with.
pub use framealloc_snapshot as snapshot;
/// The crate whose maps [`FrameMap`] and [`FrameSet`] are.
pub use hashbrown;
