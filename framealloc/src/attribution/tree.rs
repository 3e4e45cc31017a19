//! The names one thread has used, and which of them are open.
//!
//! Opening a name goes to a child of the open one, so the open names are always the path from the root to the
//! current node, and a path like `physics/contacts` needs no text to be put together after its first use.
//!
//! The owner thread works on the tree; other threads walk its links and read its counters.

use std::cell::Cell;

use super::node::{NodeRef, Usage};

/// The counts of a thread's arena and pool at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// Bytes taken from the arena in this interval.
    pub(crate) taken: usize,
    /// The tally of the arena's blocks in this interval.
    pub(crate) made: u64,
    /// The tally of the pool's blocks.
    pub(crate) pool: u64,
    pub(crate) heap_count: u64,
    pub(crate) heap_bytes: u64,
}

/// Stands for one opening of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    node: NodeRef,
    opening: u64,
}

#[derive(Debug)]
pub(crate) struct Tree {
    root: NodeRef,
    current: Cell<NodeRef>,
}

impl Tree {
    /// A tree with nothing open, or `None` when the system has no memory.
    pub(crate) fn new() -> Option<Self> {
        let root = NodeRef::allocate("", String::new(), None)?;
        Some(Self { root, current: Cell::new(root) })
    }

    /// The node of the innermost open name; the root when none is open.
    #[inline(always)]
    pub(crate) fn current(&self) -> NodeRef {
        self.current.get()
    }

    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        self.current.get() != self.root
    }

    pub(crate) fn root(&self) -> NodeRef {
        self.root
    }

    pub(super) fn set_current(&self, node: NodeRef) {
        self.current.set(node);
    }

    /// Opens `name` within the current one. `added` is told of a node that is new.
    ///
    /// `None` when there is no memory to note a name that was never used here: then nothing is opened.
    #[inline(always)]
    pub(crate) fn open(
        &self,
        name: &'static str,
        now: Reading,
        added: impl FnOnce(NodeRef),
    ) -> Option<Ticket> {
        let parent = self.current.get();
        let node = match parent.likely.get() {
            Some(likely) if same(likely.name, name) => likely,
            _ => self.find(parent, name, added)?,
        };
        let opening = node.openings.get() + 1;
        node.openings.set(opening);
        node.start.set(now);
        self.current.set(node);
        Some(Ticket { node, opening })
    }

    /// Looks for a child by its text; makes it if there is none.
    #[cold]
    #[inline(never)]
    fn find(&self, parent: NodeRef, name: &'static str, added: impl FnOnce(NodeRef)) -> Option<NodeRef> {
        let mut last = None;
        let mut child = NodeRef::load(&parent.first_child);
        while let Some(node) = child {
            if node.name == name {
                parent.likely.set(Some(node));
                return Some(node);
            }
            last = Some(node);
            child = NodeRef::load(&node.next_sibling);
        }
        let node = NodeRef::allocate(name, join(&parent.path, name)?, Some(parent))?;
        added(node);
        match last {
            Some(last) => node.publish(&last.next_sibling),
            None => node.publish(&parent.first_child),
        }
        parent.likely.set(Some(node));
        Some(node)
    }

    /// Closes what `ticket` opened if that is the innermost open name and was used in this interval before; does
    /// nothing and answers `false` otherwise: then ask [`Tree::close`].
    #[inline(always)]
    pub(crate) fn close_fast(&self, ticket: Ticket, interval: u64, now: impl FnOnce() -> Reading) -> bool {
        let node = ticket.node;
        if self.current.get() != node
            || node.openings.get() != ticket.opening
            || !node.is_current_in(interval)
        {
            return false;
        }
        node.add(now());
        self.current.set(node.parent.get());
        true
    }

    /// Closes what `ticket` opened, and whatever was opened within it and never closed.
    ///
    /// Does nothing when it is closed already, as part of closing an outer name or at a frame's end.
    pub(crate) fn close(&self, ticket: Ticket, now: Reading, interval: u64, second: u64) {
        let node = ticket.node;
        if node.openings.get() == ticket.opening && self.path_to_root().any(|open| open == node) {
            while self.current.get() != node {
                self.pop(now, interval, second);
            }
            self.pop(now, interval, second);
        }
    }

    /// Whether `ticket` stands for the innermost open name.
    pub(crate) fn is_current(&self, ticket: Ticket) -> bool {
        ticket.node == self.current.get() && ticket.node.openings.get() == ticket.opening
    }

    /// Closes the innermost open name; `false` when none is open.
    pub(crate) fn pop(&self, now: Reading, interval: u64, second: u64) -> bool {
        let node = self.current.get();
        if node == self.root {
            return false;
        }
        node.account(now, interval, second);
        self.current.set(node.parent.get());
        true
    }

    /// The open names, innermost first.
    pub(crate) fn path_to_root(&self) -> impl Iterator<Item = NodeRef> + use<> {
        let root = self.root;
        std::iter::successors(Some(self.current.get()), |node| Some(node.parent.get()))
            .take_while(move |&node| node != root)
    }

    /// An interval ends: books what the open names have used in it, and lets them count from `next` on.
    pub(crate) fn cut(&self, now: Reading, next: Reading, interval: u64, second: u64) {
        for node in self.path_to_root() {
            node.account(now, interval, second);
            node.start.set(next);
            node.begin_interval(interval + 1, second);
        }
    }

    /// What the open names on the way to `node` have used so far and not yet booked.
    pub(crate) fn in_progress(&self, node: NodeRef, now: Reading) -> Usage {
        let mut usage = Usage::default();
        if self.path_to_root().any(|open| open == node) {
            let start = node.start.get();
            usage.bytes = now.taken.wrapping_sub(start.taken) as u64;
            usage.allocations = crate::memory::tally::count(now.made.wrapping_sub(start.made));
            let pool = now.pool.wrapping_sub(start.pool);
            usage.pool_bytes = crate::memory::tally::bytes(pool);
            usage.pool_allocations = crate::memory::tally::count(pool);
            usage.heap_bytes = now.heap_bytes.wrapping_sub(start.heap_bytes);
            usage.heap_allocations = now.heap_count.wrapping_sub(start.heap_count);
        }
        usage
    }

    /// How much more than its openings so far the frame may hold, for the tightest of the open names' budgets.
    pub(crate) fn tightest(&self, interval: u64) -> Option<(NodeRef, usize)> {
        self.path_to_root()
            .filter(|node| node.budget.get() != usize::MAX && node.lifted_in.get() != interval)
            .map(|node| {
                (
                    node,
                    node.budget.get().saturating_sub(node.held.get()).saturating_add(node.start_held.get()),
                )
            })
            .min_by_key(|&(_, cap)| cap)
    }

    /// Notes that the current name was opened while the frame held so many bytes.
    pub(crate) fn begin_held(&self, held: usize, interval: u64, second: u64) {
        let node = self.current.get();
        node.begin_interval(interval, second);
        node.start_held.set(held);
    }

    /// Like [`Tree::begin_held`], for all open names, which were opened before anyone asked what they hold: all that
    /// has been taken since then.
    pub(crate) fn begin_held_all(&self, held: usize, taken: usize, interval: u64, second: u64) {
        for node in self.path_to_root() {
            node.begin_interval(interval, second);
            node.held.set(0);
            let since = taken.wrapping_sub(node.start.get().taken);
            node.start_held.set(held.saturating_sub(since));
        }
    }

    /// Notes that `node` closes while the frame holds so many bytes.
    pub(crate) fn end_held(node: NodeRef, held: usize) {
        // What was given back under this name may be more than what it took.
        let own = (node.held.get() + held).saturating_sub(node.start_held.get());
        node.held.set(own);
    }
}

/// The same text at the same place, as for every use of one literal.
#[inline(always)]
fn same(one: &'static str, other: &'static str) -> bool {
    std::ptr::eq(one, other)
}

/// `path/name`, or `None` when there is no memory for it.
fn join(path: &str, name: &str) -> Option<String> {
    let mut joined = String::new();
    joined.try_reserve_exact(path.len() + 1 + name.len()).ok()?;
    if !path.is_empty() {
        joined.push_str(path);
        joined.push('/');
    }
    joined.push_str(name);
    Some(joined)
}

impl NodeRef {
    /// The names within this one.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Self::load(&self.first_child), |node| Self::load(&node.next_sibling))
    }

    /// This node and all below it, depth first.
    pub(crate) fn for_each(self, action: &mut dyn FnMut(Self)) {
        action(self);
        for child in self.children() {
            child.for_each(action);
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        fn release(node: NodeRef) {
            let mut child = NodeRef::load(&node.first_child);
            while let Some(each) = child {
                child = NodeRef::load(&each.next_sibling);
                release(each);
            }
            // SAFETY: the tree goes, which nobody reads any more; its children have gone before.
            unsafe { node.release() };
        }
        release(self.root);
    }
}
