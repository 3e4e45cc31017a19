//! Tasks: work that runs on a thread in the middle of other work, and has no part in its tags and phases.

#![forbid(unsafe_code)]

use super::state::{OPEN_NAME, ThreadState};
use crate::attribution::{Closed, Moment, Suspension};

/// The names of a thread, suspended for one task.
struct Task<'a> {
    state: &'a ThreadState,
    number: u64,
    /// The interval with which the names end, if they do.
    within: Option<u64>,
}

impl Suspension for Task<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn moment(&self) -> Moment {
        self.state.see_lanes();
        Moment {
            now: self.state.reading(),
            interval: self.state.interval(),
            second: self.state.second.get(),
            held: self.state.has_tag_budgets().then(|| self.state.arena.held()),
            slow: self.state.has_slow_names(),
        }
    }

    fn closed(&self, closed: Closed) {
        self.state.note_closed(closed);
    }

    fn reopened(&self, opened: Closed) {
        let state = self.state;
        state.arena.add_to_flags(OPEN_NAME.wrapping_mul(opened.names));
        state.pins.set(state.pins.get() - opened.orphans);
    }

    fn again(&self) -> bool {
        self.within.is_none_or(|interval| self.state.interval() == interval)
    }
}

/// Sets the budgets of the tags that are open again when this goes.
struct Budgets<'a>(&'a ThreadState);

impl Drop for Budgets<'_> {
    fn drop(&mut self) {
        if self.0.has_tag_budgets() {
            self.0.apply_budgets();
        }
    }
}

impl ThreadState {
    /// Runs `work` with no tag and no phase open, and opens them again after it.
    pub(crate) fn run_task<R>(&self, work: impl FnOnce() -> R) -> R {
        let number = self.tasks.get().wrapping_add(1);
        self.tasks.set(number);
        let tags = Task { state: self, number, within: None };
        // Phases end with their frame, also if the task has ended it.
        let phases = Task { state: self, number, within: Some(self.interval()) };
        let (mut work, mut result) = (Some(work), None);
        self.pinned(|| {
            // Before the rest, so that it goes when the names are open again.
            let _zones = self.suspend_zones();
            let _budgets = Budgets(self);
            self.tags.suspended(&tags, &mut || {
                self.phases.suspended(&phases, &mut || {
                    if self.has_tag_budgets() {
                        self.apply_budgets();
                    }
                    result = work.take().map(|work| work());
                });
            });
        });
        self.done();
        match result {
            Some(result) => result,
            None => unreachable!("the closures above run once"),
        }
    }
}
