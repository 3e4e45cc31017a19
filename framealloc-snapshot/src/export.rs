//! Snapshots in other tools' formats.

mod csv;
mod heap_profile;

pub use csv::csv;
pub use heap_profile::heap_profile;
