//! The lints, one file each in the folder of its group, and the list of them.

use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::Lint;
use crate::lint::registry::Registry;

/// Every lint, by code.
pub static LINTS: &[&Lint] = &[&UNREADABLE, &UNUSED_SUPPRESSION];

/// The same, to be searched.
pub const REGISTRY: Registry = Registry(LINTS);

#[cfg(test)]
mod tests;
