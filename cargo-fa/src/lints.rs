//! The lints, one file each in the folder of its group, and the list of them.

pub mod async_safety;
pub mod budgets;
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
    &budgets::unbounded_frame_loop::UNBOUNDED_FRAME_LOOP,
    &budgets::unchecked_size::UNCHECKED_SIZE,
    &lifetime::frame_escape::FRAME_ESCAPE,
    &lifetime::hot_loop_allocation::HOT_LOOP_ALLOCATION,
    &lifetime::frame_not_ended::FRAME_NOT_ENDED,
    &lifetime::promotion_ignored::PROMOTION_IGNORED,
    &lifetime::short_lived_pool::SHORT_LIVED_POOL,
    &lifetime::heap_in_frame::HEAP_IN_FRAME,
    &async_safety::frame_value_across_await::FRAME_VALUE_ACROSS_AWAIT,
];

/// The same, to be searched.
pub const REGISTRY: Registry = Registry(LINTS);

#[cfg(test)]
mod tests;
