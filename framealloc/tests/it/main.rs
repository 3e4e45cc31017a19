//! The library's integration tests: one binary, a module for each topic.

#[cfg(feature = "bevy")]
mod bevy;
mod boxes;
mod budgets;
mod collections;
mod compile_fail;
mod config;
mod frames;
mod guide;
mod panics;
mod pools;
mod retention;
mod scopes;
mod shared_frames;
mod statistics;
mod support;
mod tags;
mod tasks;
mod threads;
mod traps;
