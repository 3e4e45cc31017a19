//! The lints, one file each in the folder of its group, and the list of them.

pub mod architecture;
pub mod async_safety;
pub mod lifetime;
#[cfg(test)]
mod testing;

use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::Lint;
use crate::lint::registry::Registry;

/// Every lint, by code.
pub static LINTS: &[&Lint] = &[
    &UNREADABLE,
    &UNUSED_SUPPRESSION,
    &lifetime::frame_escape::FRAME_ESCAPE,
    &lifetime::frame_not_ended::FRAME_NOT_ENDED,
    &async_safety::frame_value_across_await::FRAME_VALUE_ACROSS_AWAIT,
    &async_safety::frame_open_across_await::FRAME_OPEN_ACROSS_AWAIT,
    &async_safety::frame_value_in_task::FRAME_VALUE_IN_TASK,
    &architecture::tag_mismatch::TAG_MISMATCH,
    &architecture::unknown_tag::UNKNOWN_TAG,
    &architecture::untagged_allocation::UNTAGGED_ALLOCATION,
    &architecture::unused_tag::UNUSED_TAG,
    &architecture::phase_imbalance::PHASE_IMBALANCE,
];

/// The same, to be searched.
pub const REGISTRY: Registry = Registry(LINTS);

#[cfg(test)]
mod tests;
