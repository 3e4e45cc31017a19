//! Finds mistakes in how a Rust program uses framealloc.
//!
//! The modules are layers, and imports point down only.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod flow;
pub mod model;
pub mod source;
