//! The names one thread has used, and which of them are open.
//!
//! Opening a name goes to a child of the open one, so the open names are always the path from the root to the
//! current node, and a path like `physics/contacts` needs no text to be put together after its first use.
//!
//! The owner thread works on the tree; other threads walk its links and read its counters.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::node::{Guarded, NodeRef, Place, Usage};
use crate::memory::{tally, tracking};

/// The counts of a thread's arena and pool at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// Bytes taken from the arena in this interval, as a tally whose count means nothing.
    pub(crate) taken: u64,
    /// The tally of the arena's blocks in this interval.
    pub(crate) made: u64,
    /// The tally of blocks that outlive frames: the pool's and large ones.
    pub(crate) blocks: u64,
    /// The tally of the large ones alone.
    pub(crate) large: u64,
}

/// Names nest no deeper; a path of so many would be as long as a novel.
const DEEPEST: usize = 1 << 12;

/// What a slow way of closing has closed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Closed {
    pub(crate) names: u32,
    /// How many of them have a guard that does not know of it yet.
    pub(crate) orphans: usize,
}

/// An open name with this bit in its era is closed in the slow way: its ticket has it never.
pub(super) const SLOW: u64 = 1 << 63;

/// A ticket with this bit in its era closes its name in the slow way: the name has it never. Two bits, since a name may
/// become one for the slow way, and no longer be one, while it is open.
pub(super) const SLOW_TICKET: u64 = 1 << 62;

/// Stands for one opening of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    node: NodeRef,
    era: u64,
}

impl Ticket {
    /// The same, but for the slow way of closing.
    pub(crate) fn slow(self) -> Self {
        Self { era: self.era | SLOW_TICKET, ..self }
    }

    /// Stands for no opening: no era is so late.
    fn none(root: NodeRef) -> Self {
        Self { node: root, era: !SLOW }
    }

    /// Whether what it stands for is still open.
    fn is_open(self) -> bool {
        (self.node.era.get() ^ self.era) & !(SLOW | SLOW_TICKET) == 0
    }
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

    /// Opens `name` within the current one, for a guard unless `guarded` says otherwise; a tree whose names may have
    /// none always says it. `added` is told of a node that is new.
    ///
    /// `None` when there is no memory to note a name that was never used here, or when it would be nested too deep:
    /// then nothing is opened.
    #[inline(always)]
    pub(crate) fn open(
        &self,
        name: &'static str,
        guarded: Option<bool>,
        now: impl FnOnce() -> Reading,
        added: impl FnOnce(NodeRef),
    ) -> Option<Ticket> {
        let parent = self.current.get();
        let likely = parent.last.get().then.get();
        // The same text at the same place, as for every use of one literal.
        let node = if likely.key == name.as_ptr() && likely.name.len() == name.len() {
            likely
        } else {
            self.find(parent, name, added)?
        };
        if let Some(guarded) = guarded {
            node.guarded.set(if guarded { Guarded::Yes } else { Guarded::No });
        }
        node.start.set(now());
        parent.last.set(node);
        self.current.set(node);
        Some(Ticket { node, era: node.era.get() })
    }

    /// What has been used in shared frames so far is not the current name's.
    pub(crate) fn restart(&self, now: Reading) {
        self.current.get().start.set(now);
    }

    /// The current name has been opened in the slow way, and is to be closed so.
    pub(crate) fn opened_slowly(&self) {
        let node = self.current.get();
        node.begin_global();
        if node.guarded.get() == Guarded::No {
            node.guarded.set(Guarded::NoSlow);
        }
    }

    /// Has the open names closed in the slow way.
    pub(crate) fn close_slowly(&self) {
        for node in self.path_to_root() {
            node.era.set(node.era.get() | SLOW);
            if node.guarded.get() == Guarded::No {
                node.guarded.set(Guarded::NoSlow);
            }
        }
    }

    /// A ticket for a guard that has nothing to close.
    pub(crate) fn no_ticket(&self) -> Ticket {
        Ticket::none(self.root)
    }

    /// Looks for a child by its text; makes it if there is none.
    #[cold]
    #[inline(never)]
    fn find(&self, parent: NodeRef, name: &'static str, added: impl FnOnce(NodeRef)) -> Option<NodeRef> {
        tracking::uncounted(|| self.find_or_add(parent, name, added))
    }

    fn find_or_add(
        &self,
        parent: NodeRef,
        name: &'static str,
        added: impl FnOnce(NodeRef),
    ) -> Option<NodeRef> {
        let mut youngest = None;
        let mut found = None;
        for child in parent.children() {
            if child.name == name {
                found = Some(child);
                break;
            }
            youngest = Some(child);
        }
        let node = match found {
            Some(node) => node,
            None => {
                let node = self.add(parent, name)?;
                added(node);
                node.publish(youngest.as_deref().map_or(&parent.first_child, |child| &child.next_sibling));
                node
            }
        };
        let last = parent.last.get();
        if last != self.root {
            last.then.set(node);
        }
        Some(node)
    }

    /// A new node below `parent`, which nobody sees yet.
    fn add(&self, parent: NodeRef, name: &'static str) -> Option<NodeRef> {
        if self.path_to_root().count() >= DEEPEST {
            return None;
        }
        NodeRef::allocate(name, join(&parent.path, name)?, Some(Place { root: self.root, parent }))
    }

    /// Closes what `ticket` opened if that is the innermost open name and was used in this interval before; does nothing
    /// and answers `false` otherwise: then ask [`Tree::close`].
    #[inline(always)]
    pub(crate) fn close_fast(&self, ticket: Ticket, interval: u64, now: impl FnOnce() -> Reading) -> bool {
        let node = ticket.node;
        self.current.get() == node && node.era.get() == ticket.era && self.leave_fast(node, interval, now)
    }

    /// Closes the innermost open name if it has no guard, as [`Tree::close_fast`] does; `false`: ask [`Tree::pop`].
    #[inline(always)]
    pub(crate) fn pop_fast(&self, interval: u64, now: impl FnOnce() -> Reading) -> bool {
        let node = self.current.get();
        node.guarded.get() == Guarded::No && self.leave_fast(node, interval, now)
    }

    /// Leaves the current node, which is not the root where it was used in this interval: the root never is.
    #[inline(always)]
    fn leave_fast(&self, node: NodeRef, interval: u64, now: impl FnOnce() -> Reading) -> bool {
        let left = node.is_current_in(interval);
        if left {
            node.add_own(now());
            self.current.set(node.parent.get());
        }
        left
    }

    /// Closes what `ticket` opened, and whatever was opened within it and never closed.
    ///
    /// `None` when it is closed already, as part of closing an outer name or at a frame's end.
    pub(crate) fn close(&self, ticket: Ticket, now: Reading, interval: u64, second: u64) -> Option<Closed> {
        let node = ticket.node;
        if !ticket.is_open() {
            node.orphans_gone.set(node.orphans_gone.get() + 1);
            return None;
        }
        debug_assert!(self.path_to_root().any(|open| open == node));
        let mut closed = Closed::default();
        while self.current.get() != node {
            let inner = self.pop(now, interval, second);
            closed = Closed { names: closed.names + inner.names, orphans: closed.orphans + inner.orphans };
        }
        // The ticket's own guard is the one that closes it.
        closed.names += self.pop(now, interval, second).names;
        Some(closed)
    }

    /// Closes all open names.
    pub(crate) fn close_all(&self, now: Reading, interval: u64, second: u64) -> Closed {
        let mut closed = Closed::default();
        while self.is_open() {
            let inner = self.pop(now, interval, second);
            closed = Closed { names: closed.names + inner.names, orphans: closed.orphans + inner.orphans };
        }
        closed
    }

    /// Whether a guard of an open name is alive.
    pub(crate) fn has_guards(&self) -> bool {
        self.path_to_root().any(|node| node.guarded.get() == Guarded::Yes)
    }

    /// Whether `ticket` stands for the innermost open name.
    pub(crate) fn is_current(&self, ticket: Ticket) -> bool {
        ticket.node == self.current.get() && ticket.is_open()
    }

    /// Closes the innermost open name, if one is open.
    pub(crate) fn pop(&self, now: Reading, interval: u64, second: u64) -> Closed {
        let node = self.current.get();
        if node == self.root {
            return Closed::default();
        }
        node.account(now, interval, second);
        node.era.set((node.era.get() & !SLOW) + 1);
        self.current.set(node.parent.get());
        Closed { names: 1, orphans: usize::from(node.guarded.get() == Guarded::Yes) }
    }

    // --- Clocks ------------------------------------------------------------------------------------------------

    /// The innermost open name was opened just now, in the slow way.
    pub(crate) fn start_clock(&self, now: u64) {
        self.current.get().opened_at.set(now);
    }

    /// Stops the clocks of what closing for `ticket` closes; of all open names without one.
    pub(crate) fn stop_clocks(&self, ticket: Option<Ticket>, now: u64, interval: u64, second: u64) {
        if ticket.is_some_and(|ticket| !ticket.is_open()) {
            return;
        }
        for node in self.path_to_root() {
            node.stop_clock(now, interval, second);
            if ticket.is_some_and(|ticket| ticket.node == node) {
                return;
            }
        }
    }

    /// The time so far does not count.
    pub(crate) fn restart_clocks(&self, now: u64) {
        for node in self.path_to_root().filter(|node| node.opened_at.get() != 0) {
            node.opened_at.set(now);
        }
    }

    /// What is open was not timed.
    pub(crate) fn forget_clocks(&self) {
        self.path_to_root().for_each(|node| node.opened_at.set(0));
    }

    /// Stands for the innermost open name.
    pub(crate) fn innermost(&self) -> Option<Ticket> {
        let node = self.current.get();
        (node != self.root).then(|| Ticket { node, era: node.era.get() })
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
            node.begin_global();
            node.begin_interval(interval + 1, second);
        }
    }

    /// What the open names on the way to `node` have used so far and not yet booked.
    pub(crate) fn in_progress(&self, node: NodeRef, now: Reading) -> Usage {
        if self.path_to_root().any(|open| open == node) { node.since_opened(now) } else { Usage::default() }
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
    pub(crate) fn begin_held_all(&self, held: usize, taken: u64, interval: u64, second: u64) {
        for node in self.path_to_root() {
            node.era.set(node.era.get() | SLOW);
            node.begin_interval(interval, second);
            node.held.set(0);
            let since = tally::bytes(taken.wrapping_sub(node.start.get().taken));
            node.start_held.set(held.saturating_sub(since as usize));
        }
    }

    /// Notes that `node` closes while the frame holds so many bytes.
    pub(crate) fn end_held(node: NodeRef, held: usize) {
        // What was given back under this name may be more than what it took.
        let own = (node.held.get() + held).saturating_sub(node.start_held.get());
        node.held.set(own);
    }
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

    /// This node and all below it, depth first. Without recursion: the tree may be deeper than a small stack.
    pub(crate) fn for_each(self, action: &mut dyn FnMut(Self)) {
        let mut node = self;
        loop {
            action(node);
            node = match Self::load(&node.first_child) {
                Some(child) => child,
                None => loop {
                    if node == self {
                        return;
                    }
                    if let Some(sibling) = Self::load(&node.next_sibling) {
                        break sibling;
                    }
                    node = node.parent.get();
                },
            };
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // From the leaves to the root: whoever has no child any more goes, and its parent forgets it.
        let mut node = self.root;
        loop {
            if let Some(child) = NodeRef::load(&node.first_child) {
                node = child;
                continue;
            }
            let (parent, sibling) = (node.parent.get(), node.next_sibling.load(Ordering::Acquire));
            let last = node == self.root;
            // SAFETY: the tree goes, which nobody reads any more; its children have gone before.
            unsafe { node.release() };
            if last {
                return;
            }
            parent.first_child.store(sibling, Ordering::Release);
            node = parent;
        }
    }
}
