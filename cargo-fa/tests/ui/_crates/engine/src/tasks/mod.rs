//! Tasks that wait: a small executor, and what streams on it.

mod executor;
mod stream;

pub use executor::{Executor, Tick, next_tick};
pub use stream::{Region, Streamer};
