//! `.fa.toml`: found, read with the place of each key, and checked; everything that is wrong with it is reported at once.

pub mod discover;
pub mod problem;
pub mod valid;

/// What the file is called.
pub const FILE: &str = ".fa.toml";
