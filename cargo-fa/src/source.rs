//! The files of a workspace and places in them.

pub mod file;
pub mod span;
