//! The lints, one file each in the folder of its group, and the list of them.

pub mod architecture;
pub mod async_safety;
pub mod budgets;
pub mod lifetime;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod testing;
pub mod threading;

use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::Lint;
use crate::lint::registry::Registry;

/// Every lint, by code.
pub static LINTS: &[&Lint] = &[
    &UNREADABLE,
    &UNUSED_SUPPRESSION,
    &threading::frame_value_crosses_threads::FRAME_VALUE_CROSSES_THREADS,
    &threading::barrier_misuse::BARRIER_MISUSE,
    &threading::transfer_never_sent::TRANSFER_NEVER_SENT,
    &threading::worker_without_frame::WORKER_WITHOUT_FRAME,
    &budgets::unbounded_frame_loop::UNBOUNDED_FRAME_LOOP,
    &budgets::missing_thread_budget::MISSING_THREAD_BUDGET,
    &budgets::unchecked_size::UNCHECKED_SIZE,
    &lifetime::frame_escape::FRAME_ESCAPE,
    &lifetime::hot_loop_allocation::HOT_LOOP_ALLOCATION,
    &lifetime::frame_not_ended::FRAME_NOT_ENDED,
    &lifetime::promotion_ignored::PROMOTION_IGNORED,
    &lifetime::nested_begin::NESTED_BEGIN,
    &lifetime::short_lived_pool::SHORT_LIVED_POOL,
    &lifetime::frame_value_forgotten::FRAME_VALUE_FORGOTTEN,
    &lifetime::heap_in_frame::HEAP_IN_FRAME,
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
