//! What of a thread's doings goes to a log: budgets that are exceeded, and calls that are seldom meant.

#![forbid(unsafe_code)]

use std::cell::Cell;

use super::budget::Excess;
use super::state::{Published, ThreadState};
use crate::attribution::NodeRef;
use crate::error::AllocErrorKind;
use crate::integrate::{Exceeded, Misuse, budget_exceeded, misused};

/// What of the thread's misuse has been told.
#[derive(Debug, Default)]
pub(super) struct Logged(Cell<Misuse>);

fn count(published: &Published) -> Misuse {
    Misuse {
        begun_twice: published.begun_twice.get(),
        ended_without_begin: published.ended_without_begin.get(),
        ended_under_scope: published.ended_under_scope.get(),
        outside_frames: published.outside_frames.get(),
        unbalanced_phases: published.unbalanced_phases.get(),
    }
}

impl ThreadState {
    /// What has been noticed so far is not the thread's that comes.
    pub(super) fn forget_misuse(&self) {
        self.logged.0.set(count(&self.published));
    }

    /// Tells of what has been noticed since it was last told.
    pub(super) fn log_misuse(&self) {
        let now = count(&self.published);
        let told = self.logged.0.replace(now);
        if now != told {
            self.telling(|| misused(&now.since(&told), self.tags.current().path()));
        }
    }

    /// Tells of a budget that is exceeded, under `tag`.
    pub(super) fn log_excess(&self, excess: &Excess, tag: NodeRef, refused: bool) {
        if self.is_silent() {
            return;
        }
        let budget = match excess.kind {
            AllocErrorKind::TagBudget => "tag",
            AllocErrorKind::ThreadPoolBudget => "thread pool",
            AllocErrorKind::ThreadHeapBudget => "thread heap",
            _ => "thread frame",
        };
        let &Excess { budget: limit, requested, left, .. } = excess;
        let exceeded = Exceeded { budget, tag: tag.path(), requested, limit, left, refused };
        self.telling(|| budget_exceeded(&exceeded));
    }
}
