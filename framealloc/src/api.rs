//! Layer 4: what users hold.

mod deferred;
mod frame;
mod frame_alloc;
mod frame_box;
mod frame_collections;
mod frame_string;
mod heap_box;
mod level_memory;
mod marker;
mod owner;
mod pool_box;
mod promotions;
mod retained;
mod scope;
mod scratch;
mod scratch_memory;
mod scratch_scope;
mod smart_alloc;
mod stats;
mod tag;

pub use deferred::DeferredStats;
pub use frame::Frame;
pub use frame_box::FrameBox;
pub use frame_collections::{FrameAllocator, FrameMap, FrameSet, FrameVec};
pub use frame_string::{ArenaString, FrameString};
pub use heap_box::HeapBox;
pub use pool_box::PoolBox;
pub use promotions::{IntoPromotions, Promotion, Promotions};
pub use retained::{FrameRetained, Promoted, RetainedId};
pub use scope::Scope;
pub use scratch::{ScratchAllocator, ScratchConfig, ScratchStats};
pub use scratch_memory::{ScratchBox, ScratchMemory, ScratchString, ScratchVec};
pub use scratch_scope::ScratchScope;
pub use smart_alloc::SmartAlloc;
pub use stats::{AllocStats, Misuse, PhaseStats, PromotionStats, TagStats, ThreadStats};
pub use tag::{PhaseGuard, TagGuard};
