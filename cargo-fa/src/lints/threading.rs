//! Frames, transfers and barriers between threads.

pub mod barrier_misuse;
mod barrier_turns;
pub mod frame_value_crosses_threads;
pub mod transfer_never_sent;
pub mod worker_without_frame;
