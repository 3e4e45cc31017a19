//! The allocator under the engine's own names.

mod carry;
mod handles;
mod promo;

use std::sync::Arc;

pub use carry::Carry;
pub use framealloc::SmartAlloc as Alloc;
pub use handles::{FrameList, StaticList, bytes_in_frame, sorted_in};
pub use promo::{NavMesh, bake_quick, finish_level, mesh_of};

/// Shared among threads.
pub type SharedAlloc = Arc<Alloc>;
