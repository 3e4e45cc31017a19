//! Control flow and data flow: what lints read.

mod analysis;
pub mod body;
mod build;
mod forward;
mod getter;
mod liveness;
mod program;
mod state;
mod summarise;
mod summary;
mod tags;
mod uses;

pub use analysis::Flow;
pub use forward::forward;
pub use liveness::Liveness;
pub use program::{Point, Program};
pub use state::{FrameState, Origin, OriginId, OriginKind, State, Status};
pub use summary::{Budget, FrameEffect, Made, Memory, Shared, Stored, Summary};
pub use tags::{Stack, Tag, TagUse, Tags};
pub use uses::operands;
