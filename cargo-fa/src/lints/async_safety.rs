//! Frames and futures.

pub mod frame_value_across_await;
