//! Suspending the open names while something runs that is not theirs, and opening them again.

use super::node::NodeRef;
use super::tree::{Reading, Tree};

/// Openings while names are suspended are counted from the suspension's number times this, so that no guard of one
/// time is taken for one of the other.
const OPENINGS_APART: u32 = 40;

/// What was open when a tree was suspended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspended {
    innermost: NodeRef,
}

impl Tree {
    /// Books what the open names have used so far, and leaves none open.
    ///
    /// `held` is what the frame holds, if anybody asks.
    pub(crate) fn suspend(&self, now: Reading, interval: u64, second: u64, held: Option<usize>) -> Suspended {
        let innermost = self.current();
        for node in self.path_to_root() {
            node.account(now, interval, second);
            if let Some(held) = held {
                Self::end_held(node, held);
            }
        }
        self.set_current(self.root());
        Suspended { innermost }
    }

    /// Closes what has been opened since, and with `again` opens the names that were suspended as if nothing had been
    /// used in between.
    pub(crate) fn resume(
        &self,
        suspended: Suspended,
        now: Reading,
        interval: u64,
        second: u64,
        held: Option<usize>,
        again: bool,
    ) {
        while self.pop(now, interval, second) {}
        if !again {
            return;
        }
        self.set_current(suspended.innermost);
        for node in self.path_to_root() {
            node.begin_interval(interval, second);
            node.start.set(now);
            if let Some(held) = held {
                node.start_held.set(held);
            }
        }
    }

    /// Runs `work` while the guards of the open names find nothing of theirs open, and another suspension's neither.
    ///
    /// The names are a list of any length and need no memory beside the stack.
    pub(crate) fn with_openings_apart(&self, suspension: u64, work: &mut dyn FnMut()) {
        struct Keep(NodeRef, u64);
        impl Drop for Keep {
            fn drop(&mut self) {
                self.0.openings.set(self.1);
            }
        }
        fn step(node: NodeRef, root: NodeRef, first: u64, work: &mut dyn FnMut()) {
            if node == root {
                return work();
            }
            let _keep = Keep(node, node.openings.replace(first));
            step(node.parent.get(), root, first, work);
        }
        step(self.current(), self.root(), suspension << OPENINGS_APART, work);
    }
}
