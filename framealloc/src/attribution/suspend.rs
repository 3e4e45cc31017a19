//! Suspending the open names while something runs that is not theirs, and opening them again.
//!
//! A name that is suspended is closed without its guard, which therefore counts as one that finds its name closed: it
//! may go at any time. What is needed to open the names again lies on the program's stack, so that suspending them can
//! neither fail nor nest too deep.

#![forbid(unsafe_code)]

use std::cell::Cell;

use super::node::{Guarded, NodeRef};
use super::tree::{Closed, Reading, SLOW, SLOW_TICKET, Tree};

/// The eras of names that are suspended begin at the suspension's number times this. So no guard from the time of the
/// suspension is taken for one from outside of it.
const ERAS_APART: u32 = 32;

/// What the tree has to know when names are closed or opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Reading,
    pub(crate) interval: u64,
    pub(crate) second: u64,
    /// What the frame holds, if anybody asks.
    pub(crate) held: Option<usize>,
    /// Names are closed in the slow way.
    pub(crate) slow: bool,
}

/// Whose names are suspended, and for what.
pub(crate) trait Suspension {
    /// No two of a tree have the same.
    fn number(&self) -> u64;

    fn moment(&self) -> Moment;

    /// Names have been closed without their guards.
    fn closed(&self, closed: Closed);

    /// Names have been opened again; their guards, if they have any, tell of them as before.
    fn reopened(&self, opened: Closed);

    /// Whether the names are to be opened again.
    fn again(&self) -> bool;
}

/// A name that is suspended. It is opened again, within its parent, when this goes.
struct Suspended<'a> {
    tree: &'a Tree,
    of: &'a dyn Suspension,
    node: NodeRef,
    era: u64,
    guarded: Guarded,
    orphans_gone: u64,
    /// When what ran in between had ended.
    resumed: &'a Cell<Option<Moment>>,
}

impl Drop for Suspended<'_> {
    fn drop(&mut self) {
        let node = self.node;
        let Some(at) = self.resumed.get() else { return };
        // If its guard has gone meanwhile, the name stays closed, and with it those within.
        let whole = self.tree.current() == node.parent.get() && node.orphans_gone.get() == self.orphans_gone;
        if !whole || !self.of.again() {
            return;
        }
        node.era.set(if at.slow { self.era | SLOW } else { self.era });
        node.guarded.set(match self.guarded {
            Guarded::No if at.slow => Guarded::NoSlow,
            guarded => guarded,
        });
        node.begin_interval(at.interval, at.second);
        node.start.set(at.now);
        node.begin_global();
        if let Some(held) = at.held {
            node.start_held.set(held);
        }
        self.tree.set_current(node);
        self.of.reopened(Closed { names: 1, orphans: usize::from(self.guarded == Guarded::Yes) });
    }
}

/// What ran in between has ended: the names that it left open are closed.
struct Leftovers<'a> {
    tree: &'a Tree,
    of: &'a dyn Suspension,
    resumed: &'a Cell<Option<Moment>>,
}

impl Drop for Leftovers<'_> {
    fn drop(&mut self) {
        let at = self.of.moment();
        self.of.closed(self.tree.close_all(at.now, at.interval, at.second));
        self.resumed.set(Some(at));
    }
}

impl Tree {
    /// Runs `work` with no name open, and opens those that are open now again after it, also when it panics, as if
    /// nothing had been used in between.
    pub(crate) fn suspended(&self, of: &dyn Suspension, work: &mut dyn FnMut()) {
        self.suspend_current(of, &Cell::new(None), work);
    }

    fn suspend_current(&self, of: &dyn Suspension, resumed: &Cell<Option<Moment>>, work: &mut dyn FnMut()) {
        let node = self.current();
        if node == self.root() {
            let _leftovers = Leftovers { tree: self, of, resumed };
            return work();
        }
        let (era, guarded, orphans_gone) = (node.era.get(), node.guarded.get(), node.orphans_gone.get());
        let at = of.moment();
        let closed = self.pop(at.now, at.interval, at.second);
        if let Some(held) = at.held {
            Self::end_held(node, held);
        }
        of.closed(closed);
        node.era.set((of.number() << ERAS_APART) % SLOW_TICKET);
        let _suspended = Suspended { tree: self, of, node, era, guarded, orphans_gone, resumed };
        self.suspend_current(of, resumed, work);
    }
}
