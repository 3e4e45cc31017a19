//! A small engine: a world, systems run by a scheduler, and what surrounds them.

#[macro_use]
mod macros;

pub mod ai;
pub mod assets;
pub mod audio;
pub mod config;
pub mod core;
pub mod events;
pub mod jobs;
pub mod math;
pub mod memory;
pub mod net;
pub mod physics;
pub mod render;
pub mod schedule;
pub mod script;
pub mod tasks;
pub mod world;

pub use config::{EngineConfig, EngineConfigBuilder};
pub use core::Engine;
pub use schedule::{Scheduler, Stage, System};
pub use world::{World, WorldRef};

fn main() {}
