//! The library's integration tests: one binary, a module for each topic.

mod barrier;
mod behavior;
mod boxes;
mod budgets;
mod collections;
mod compile_fail;
mod config;
mod deferred;
mod frames;
mod guide;
mod panics;
mod pools;
mod promotions;
mod scopes;
mod scratch;
mod settling;
mod statistics;
mod support;
mod tags;
mod threads;
mod transfers;
mod traps;
