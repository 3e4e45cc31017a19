//! Frames and futures.

pub mod frame_open_across_await;
pub mod frame_value_across_await;
pub mod frame_value_in_task;
