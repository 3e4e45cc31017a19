//! Snapshots in other tools' formats.

mod csv;
#[cfg(feature = "serde")]
mod heap_profile;

pub use csv::csv;
#[cfg(feature = "serde")]
pub use heap_profile::heap_profile;
