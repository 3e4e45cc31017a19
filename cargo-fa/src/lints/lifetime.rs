//! Values that outlive their frame, and frames that do not end.

mod frame_call;
pub mod frame_escape;
pub mod frame_not_ended;
pub mod frame_value_forgotten;
pub mod heap_in_frame;
pub mod hot_loop_allocation;
pub mod nested_begin;
pub mod promotion_ignored;
pub mod short_lived_pool;
