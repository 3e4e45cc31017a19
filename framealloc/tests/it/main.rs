//! The library's integration tests: one binary, a module for each topic.

mod barrier;
mod behavior;
#[cfg(feature = "bevy")]
mod bevy;
mod boxes;
mod budgets;
mod collections;
mod compile_fail;
mod config;
mod deferred;
#[cfg(feature = "serde")]
mod emitter;
mod frames;
mod guide;
mod panics;
mod pools;
mod promotions;
mod scopes;
mod scratch;
mod settling;
mod shared_frames;
mod snapshots;
mod statistics;
mod support;
mod tags;
mod tasks;
mod threads;
mod transfers;
mod traps;
