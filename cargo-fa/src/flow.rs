//! Control flow and data flow: what lints read.

mod analysis;
pub mod body;
mod build;
mod fate;
mod getter;
mod liveness;
mod program;
mod state;
mod summarise;
mod summary;
mod uses;
mod varies;
mod within;

pub use analysis::Flow;
pub use fate::Fate;
pub use liveness::Liveness;
pub use program::{Point, Program};
pub use state::{FrameState, Origin, OriginId, OriginKind, State, Status};
pub use summary::{Budget, FrameEffect, Made, Memory, Shared, Stored, Summary};
pub use uses::operands;
pub use varies::Varies;
pub use within::{FrameCalls, Within};
