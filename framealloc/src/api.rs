//! Layer 4: what users hold.

mod barrier;
mod frame;
mod frame_alloc;
mod frame_box;
mod frame_collections;
mod frame_string;
mod heap_box;
mod marker;
mod owner;
mod pool_box;
mod scope;
mod smart_alloc;
mod stats;
mod tag;
mod transfer;

pub use barrier::{BarrierGuard, BarrierTimeout, FrameBarrier};
pub use frame::Frame;
pub use frame_box::FrameBox;
pub use frame_collections::{FrameAllocator, FrameMap, FrameSet, FrameVec};
pub use frame_string::FrameString;
pub use heap_box::HeapBox;
pub use pool_box::PoolBox;
pub use scope::Scope;
pub use smart_alloc::SmartAlloc;
pub use stats::{AllocStats, Misuse, PhaseStats, TagStats, ThreadStats};
pub use tag::{PhaseGuard, TagGuard};
pub use transfer::{TransferHandle, TransferStats};
