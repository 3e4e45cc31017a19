//! `tracing`: events for budgets that are exceeded and for calls that are seldom meant. Never from a hot path.

use ::tracing::warn;

/// What all events have as their target.
const TARGET: &str = "framealloc";

/// A budget that was exceeded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exceeded<'a> {
    /// Which budget.
    pub(crate) budget: &'static str,
    /// The path of the tag whose budget it is, or that was open; empty for none.
    pub(crate) tag: &'a str,
    pub(crate) requested: usize,
    pub(crate) limit: usize,
    pub(crate) left: usize,
    pub(crate) refused: bool,
}

pub(crate) fn budget_exceeded(excess: &Exceeded<'_>) {
    with_thread(|thread| {
        let &Exceeded { budget, tag, requested, limit, left, refused } = excess;
        warn!(target: TARGET, budget, tag, thread, requested, limit, left, refused, "a budget is exceeded");
    });
}

/// How often a thread has made calls that are seldom meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Misuse {
    pub(crate) begun_twice: u64,
    pub(crate) ended_without_begin: u64,
    pub(crate) ended_under_scope: u64,
    /// Allocations while no frame was open.
    pub(crate) outside_frames: u64,
    /// Phases that ended with their frame, or were to be ended without being open.
    pub(crate) unbalanced_phases: u64,
}

impl Misuse {
    /// What has been added to `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            begun_twice: self.begun_twice - before.begun_twice,
            ended_without_begin: self.ended_without_begin - before.ended_without_begin,
            ended_under_scope: self.ended_under_scope - before.ended_under_scope,
            outside_frames: self.outside_frames - before.outside_frames,
            unbalanced_phases: self.unbalanced_phases - before.unbalanced_phases,
        }
    }
}

/// An event for each kind, with the code that snapshots give it. `tag` is the path of the tag that is open, empty for
/// none.
pub(crate) fn misused(misuse: &Misuse, tag: &str) {
    with_thread(|thread| {
        let kinds = [
            ("frame-begun-twice", misuse.begun_twice, "`begin_frame` within a frame, which that has ended"),
            ("frame-ended-without-begin", misuse.ended_without_begin, "`end_frame` without a frame"),
            (
                "frame-ended-under-scope",
                misuse.ended_under_scope,
                "`end_frame` under an open scope: it is parked",
            ),
            ("allocated-outside-frames", misuse.outside_frames, "frame memory was allocated without a frame"),
            (
                "phase-unbalanced",
                misuse.unbalanced_phases,
                "a phase without an end, or an end without a phase",
            ),
        ];
        for (code, count, message) in kinds.into_iter().filter(|&(_, count, _)| count != 0) {
            warn!(target: TARGET, code, count, tag, thread, "{message}");
        }
    });
}

/// Calls `action` with the thread's name, empty when it has none.
fn with_thread(action: impl FnOnce(&str)) {
    action(std::thread::current().name().unwrap_or_default());
}
