//! Scripts: a stack machine with an arena of its own.

mod arena;
mod compile;
mod vm;

pub use arena::{Arena, Cell};
pub use compile::{CompileError, Op, compile};
pub use vm::{ScriptSystem, Vm};
