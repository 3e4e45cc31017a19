//! Control flow and data flow: what lints read.

pub mod body;
mod build;
mod getter;
mod uses;
