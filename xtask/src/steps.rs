//! The checks, one file each, in the order in which they run: what fails soonest first, and what shares compiled code
//! next to each other.

mod address_sanitizer;
mod clippy;
mod deny;
mod docs;
mod example;
mod features;
mod format;
mod fuzz;
mod insight;
mod miri;
mod models;
mod msrv;
mod snapshots;
mod stress;
mod tests;
mod tidy;

use std::time::Duration;

use crate::plan::{Context, StepResult};

/// How much time may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For each change.
    Short,
    /// For a release, or a change in a kernel.
    Long,
}

impl Effort {
    /// The longest that a single program may run before it counts as hung.
    pub(crate) fn time_limit(self) -> Duration {
        match self {
            Self::Short => Duration::from_secs(15 * 60),
            Self::Long => Duration::from_secs(2 * 60 * 60),
        }
    }
}

/// A check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Context) -> StepResult,
}

/// The steps of `cargo xtask test` (short) or `cargo xtask verify` (long).
pub(crate) fn of(effort: Effort) -> Vec<Step> {
    let step = |name, about, run| Step { name, about, run };
    let mut steps = vec![
        step("tidy", "the repository's own rules", tidy::run),
        step("fmt", "rustfmt changes nothing", format::run),
        step("deny", "licences, bans and sources of the dependencies", deny::run),
        step("clippy", "lints, warnings as errors", clippy::run),
        step("features", "each combination of the library's features", features::run),
        step("msrv", "the declared oldest compiler", msrv::run),
        step("test", "unit, integration, compile-fail and example tests", tests::debug),
        step("doctest", "the examples in the documentation", tests::doc),
        step("doc", "the documentation builds without a warning", docs::run),
        step("loom", "models of the concurrent parts in every interleaving", models::run),
        step("example", "the example programs: those that compare give the same results", example::run),
        step("insight", "the extension for VS Code, also in a real editor", insight::run),
        step("asan", "the tests under AddressSanitizer", address_sanitizer::debug),
        step("miri", "the tests of memory under Miri", miri::stacked_borrows),
        step("fuzz", "random programs of operations against a model", fuzz::run),
    ];
    if effort == Effort::Long {
        steps.extend([
            step("test-release", "the tests, optimised", tests::release),
            step("stress", "threads that come and go, transfers and a barrier, for a minute", stress::run),
            step("snapshots", "10,000 snapshots of writers that are killed, with a reader", snapshots::run),
            step("asan-release", "the tests under AddressSanitizer, optimised", address_sanitizer::release),
            step("miri-tree", "the tests of memory under Miri with Tree Borrows", miri::tree_borrows),
            step("miri-seeds", "the suite `miri` under many schedules", miri::many_seeds),
        ]);
    }
    steps
}
