//! Telling profilers and logs what a thread does.
//!
//! All of them may run user code, which may do anything: allocate, drop handles, end the frame, panic. So they are told
//! when a call has done all else, no borrow is left and no lock is held; the state is pinned meanwhile. What they do here
//! themselves they are not told of at once.

#![forbid(unsafe_code)]

use std::cell::Cell;

use super::state::ThreadState;

/// Whether the thread may tell just now.
#[derive(Debug, Default)]
pub(super) struct Telling {
    /// It is telling, or has gone.
    busy: Cell<bool>,
    /// A call is under way that tells at its own end.
    held: Cell<bool>,
}

impl Telling {
    /// A thread comes that may tell, or it goes.
    pub(super) fn set_silent(&self, silent: bool) {
        self.busy.set(silent);
    }
}

/// Sets a flag back when it goes.
struct Back<'a> {
    flag: &'a Cell<bool>,
    to: bool,
}

impl Drop for Back<'_> {
    fn drop(&mut self) {
        self.flag.set(self.to);
    }
}

fn set(flag: &Cell<bool>) -> Back<'_> {
    Back { flag, to: flag.replace(true) }
}

impl ThreadState {
    /// Whether nobody may be told now. A thread past its table may have lost the variables of others, too.
    pub(super) fn is_silent(&self) -> bool {
        self.telling.busy.get() || self.is_retired()
    }

    /// Runs user code, which is told nothing.
    pub(super) fn telling<R>(&self, action: impl FnOnce() -> R) -> R {
        let _busy = set(&self.telling.busy);
        self.pinned(action)
    }

    /// Runs a part of a call that tells at its end.
    pub(super) fn untold<R>(&self, part: impl FnOnce() -> R) -> R {
        let _held = set(&self.telling.held);
        part()
    }

    /// Tells of what the call that ends has done.
    pub(super) fn tell(&self) {
        if self.telling.held.get() || self.is_silent() {
            return;
        }
        self.end_zones();
        self.report_frame();
        self.log_misuse();
        // Phases that those who were told have closed.
        self.end_zones();
    }
}
