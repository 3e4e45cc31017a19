//! Tasks: work that runs on a thread in the middle of other work, and has no part in its tags and phases.

use super::state::ThreadState;
use crate::attribution::Suspended;

/// What is open again when this goes, also when the task panics.
struct Resume<'a> {
    state: &'a ThreadState,
    tags: Suspended,
    phases: Suspended,
    interval: u64,
}

impl ThreadState {
    /// Runs `work` with no tag and no phase open, and opens them again after it.
    pub(crate) fn run_task<R>(&self, work: impl FnOnce() -> R) -> R {
        self.tasks.set(self.tasks.get().wrapping_add(1));
        let number = self.tasks.get();
        let (mut work, mut result) = (Some(work), None);
        self.pinned(|| {
            self.tags.with_openings_apart(number, &mut || {
                self.phases.with_openings_apart(number, &mut || {
                    let _resume = self.suspend();
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

    fn suspend(&self) -> Resume<'_> {
        self.see_lanes();
        let (now, interval, second) = (self.reading(), self.interval(), self.second.get());
        let held = self.has_tag_budgets().then(|| self.arena.held());
        let tags = self.tags.suspend(now, interval, second, held);
        let phases = self.phases.suspend(now, interval, second, None);
        if held.is_some() {
            self.apply_budgets();
        }
        Resume { state: self, tags, phases, interval }
    }
}

impl Drop for Resume<'_> {
    fn drop(&mut self) {
        let state = self.state;
        state.see_lanes();
        let (now, interval, second) = (state.reading(), state.interval(), state.second.get());
        let held = state.has_tag_budgets().then(|| state.arena.held());
        state.tags.resume(self.tags, now, interval, second, held, true);
        // Phases end with their frame, also if the task has ended it.
        state.phases.resume(self.phases, now, interval, second, None, interval == self.interval);
        state.note_names();
        if held.is_some() {
            state.apply_budgets();
        }
    }
}
