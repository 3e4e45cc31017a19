//! Opening and closing tags and phases.
//!
//! A name that was opened and closed in one interval takes the inlined way. A guard refers to its thread's state without
//! holding memory of it. As long as its name is open, the tree tells of it; when the name is closed without the guard, the
//! guard counts as a pin.

#![forbid(unsafe_code)]

use std::mem;
use std::panic::Location;

use super::state::{LANES, OPEN_NAME, ThreadState};
use crate::attribution::{Closed, Ticket, Tree};

/// A phase whose guard is not made yet, in whose place this closes it.
struct Unguarded<'a> {
    state: &'a ThreadState,
    ticket: Ticket,
}

impl Drop for Unguarded<'_> {
    fn drop(&mut self) {
        self.state.close_phase_slow(self.ticket);
    }
}

impl ThreadState {
    /// Opens a tag, if it can be noted, for a guard that has the ticket.
    #[inline(always)]
    pub(crate) fn open_tag(&self, name: &'static str) -> Ticket {
        let opened = self.tags.open(name, None, || self.reading(), |node| self.budget_new_tag(node));
        let Some(ticket) = opened else { return self.no_ticket(&self.tags) };
        if self.arena.add_to_flags(OPEN_NAME) { self.slow_tag_opened(ticket) } else { ticket }
    }

    /// Closes a tag for its guard, which goes.
    #[inline(always)]
    pub(crate) fn close_tag(&self, ticket: Ticket) {
        if !self.tags.close_fast(ticket, self.interval(), || self.reading()) {
            return self.close_tag_slow(ticket);
        }
        self.arena.add_to_flags(OPEN_NAME.wrapping_neg());
    }

    #[cold]
    #[inline(never)]
    fn close_tag_slow(&self, ticket: Ticket) {
        self.see_lanes();
        self.look_for_profilers();
        if self.has_tag_budgets() {
            self.tag_closes(ticket);
        }
        self.guard_goes(self.tags.close(ticket, self.reading(), self.interval(), self.second.get()));
        if self.has_tag_budgets() {
            self.apply_budgets();
        }
        self.done();
    }

    /// Opens a phase, if it can be noted, for a guard that has the ticket.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn open_phase(&self, name: &'static str) -> Ticket {
        let opened = self.phases.open(name, Some(true), || self.reading(), |_| ());
        let Some(ticket) = opened else { return self.no_ticket(&self.phases) };
        if self.arena.add_to_flags(OPEN_NAME) { self.slow_phase_opened(ticket) } else { ticket }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn slow_phase_opened(&self, ticket: Ticket) -> Ticket {
        self.opened_slowly(&self.phases);
        self.start_phase_clock();
        let ticket = ticket.slow();
        let unguarded = Unguarded { state: self, ticket };
        self.begin_zone(Location::caller());
        mem::forget(unguarded);
        ticket
    }

    /// The current name of `tree` was opened in the slow way. What was taken before is not the name's: in shared frames,
    /// from the global allocator.
    pub(super) fn opened_slowly(&self, tree: &Tree) {
        if self.arena.has(LANES) {
            self.sync_lanes();
            tree.restart(self.reading());
        }
        tree.opened_slowly();
    }

    /// Opens a phase without a guard, if it can be noted.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn begin_phase(&self, name: &'static str) {
        let opened = self.phases.open(name, Some(false), || self.reading(), |_| ()).is_some();
        // A thread that has ended closes in the slow way, so that flag tells whether the state may be done with.
        if !opened || self.arena.add_to_flags(OPEN_NAME) {
            self.slow_phase_begun(opened);
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn slow_phase_begun(&self, opened: bool) {
        if opened {
            self.opened_slowly(&self.phases);
            self.start_phase_clock();
            self.begin_zone(Location::caller());
        }
        self.done();
    }

    /// A ticket for a guard whose name was not opened, and which keeps the state until it goes.
    #[cold]
    fn no_ticket(&self, tree: &Tree) -> Ticket {
        self.pin();
        tree.no_ticket()
    }

    /// Closes a phase for its guard, which goes.
    #[inline(always)]
    pub(crate) fn close_phase(&self, ticket: Ticket) {
        if !self.phases.close_fast(ticket, self.interval(), || self.reading()) {
            return self.close_phase_slow(ticket);
        }
        self.arena.add_to_flags(OPEN_NAME.wrapping_neg());
    }

    #[cold]
    #[inline(never)]
    fn close_phase_slow(&self, ticket: Ticket) {
        self.see_lanes();
        self.stop_phase_clocks(Some(ticket));
        self.look_for_profilers();
        self.guard_goes(self.phases.close(ticket, self.reading(), self.interval(), self.second.get()));
        self.end_zones();
        self.done();
    }

    /// Closes the innermost phase, whoever opened it.
    #[inline(always)]
    pub(crate) fn end_phase(&self) {
        if !self.phases.pop_fast(self.interval(), || self.reading()) {
            return self.end_phase_slow();
        }
        self.arena.add_to_flags(OPEN_NAME.wrapping_neg());
    }

    #[cold]
    #[inline(never)]
    fn end_phase_slow(&self) {
        self.see_lanes();
        self.stop_phase_clocks(None);
        self.look_for_profilers();
        let closed = self.phases.pop(self.reading(), self.interval(), self.second.get());
        if closed.names == 0 {
            self.published.unbalanced_phases.add(1);
        }
        self.note_closed(closed);
        self.end_zones();
        self.tell();
        self.done();
    }

    /// Names were closed without their guards, which keep the state from now on until they go.
    pub(super) fn note_closed(&self, closed: Closed) {
        self.arena.add_to_flags(OPEN_NAME.wrapping_mul(closed.names).wrapping_neg());
        self.pins.set(self.pins.get() + closed.orphans);
    }

    /// A guard goes, which has closed so much, or found its name closed.
    fn guard_goes(&self, closed: Option<Closed>) {
        match closed {
            Some(closed) => self.note_closed(closed),
            None => self.pins.set(self.pins.get().saturating_sub(1)),
        }
    }
}
