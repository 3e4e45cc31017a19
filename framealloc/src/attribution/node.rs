//! One name in a tree, with what was allocated under it.

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::promoted::Promoted;
use super::tree::Reading;
#[cfg(any(feature = "puffin", feature = "tracy"))]
use crate::integrate::Label;
use crate::memory::counter::Counter;
use crate::memory::tracking::{self, GlobalCalls};
use crate::memory::{source, tally};

/// What was allocated between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) bytes: u64,
    pub(crate) allocations: u64,
    pub(crate) pool_bytes: u64,
    pub(crate) pool_allocations: u64,
    pub(crate) heap_bytes: u64,
    pub(crate) heap_allocations: u64,
    pub(crate) global_bytes: u64,
    pub(crate) global_calls: u64,
    /// Only of phases, and only while somebody observes.
    pub(crate) nanoseconds: u64,
}

impl Usage {
    pub(crate) fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.allocations += other.allocations;
        self.pool_bytes += other.pool_bytes;
        self.pool_allocations += other.pool_allocations;
        self.heap_bytes += other.heap_bytes;
        self.heap_allocations += other.heap_allocations;
        self.global_bytes += other.global_bytes;
        self.global_calls += other.global_calls;
        self.nanoseconds += other.nanoseconds;
    }

    fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// What the tallies say, as differences of two readings or sums of such.
    fn of(tallies: Reading) -> Self {
        // Another thread may see the one sum before and the other after an addition.
        let pool = tally::or_zero(tallies.blocks.wrapping_sub(tallies.large));
        Self {
            bytes: tally::bytes(tallies.taken),
            allocations: tally::count(tallies.made),
            pool_bytes: tally::bytes(pool),
            pool_allocations: tally::count(pool),
            heap_bytes: tally::bytes(tallies.large),
            heap_allocations: tally::count(tallies.large),
            ..Self::default()
        }
    }
}

/// [`Usage`] that its thread writes and others may read.
///
/// The tallies are sums of differences of those in a [`Reading`], and are taken apart only when somebody asks.
#[derive(Debug, Default)]
struct Slot {
    taken: Counter,
    made: Counter,
    blocks: Counter,
    large: Counter,
    global_bytes: Counter,
    global_calls: Counter,
    nanoseconds: Counter,
}

impl Slot {
    fn bytes(&self) -> u64 {
        tally::bytes(self.taken.get())
    }

    fn get(&self) -> Usage {
        let reading = Reading {
            taken: self.taken.get(),
            made: self.made.get(),
            blocks: self.blocks.get(),
            large: self.large.get(),
        };
        Usage {
            global_bytes: self.global_bytes.get(),
            global_calls: self.global_calls.get(),
            nanoseconds: self.nanoseconds.get(),
            ..Usage::of(reading)
        }
    }

    fn set(&self, usage: Usage) {
        self.taken.set(tally::sum(0, usage.bytes));
        self.made.set(tally::sum(usage.allocations, 0));
        let large = tally::sum(usage.heap_allocations, usage.heap_bytes);
        self.blocks.set(tally::sum(usage.pool_allocations, usage.pool_bytes).wrapping_add(large));
        self.large.set(large);
        self.global_bytes.set(usage.global_bytes);
        self.global_calls.set(usage.global_calls);
        self.nanoseconds.set(usage.nanoseconds);
    }
}

/// One name, at one place of the tree.
#[derive(Debug)]
pub(crate) struct Node {
    pub(super) name: &'static str,
    pub(super) path: String,
    /// The root is its own.
    pub(super) parent: Cell<NodeRef>,
    pub(super) first_child: AtomicPtr<Node>,
    pub(super) next_sibling: AtomicPtr<Node>,
    /// Where `name` lies; null for the root, whose name nobody can open.
    pub(super) key: *const u8,
    /// The child that was opened last; the root as long as there is none.
    pub(super) last: Cell<NodeRef>,
    /// The sibling that was opened after this one last time, and is likely to be so again. The root's is the root,
    /// which never is what one looks for.
    pub(super) then: Cell<NodeRef>,
    /// Whether it was opened by a guard.
    pub(super) guarded: Cell<Guarded>,
    /// How many guards found it closed when they went.
    pub(super) orphans_gone: Cell<u64>,
    /// When it was opened; zero when that was not timed.
    pub(super) opened_at: Cell<u64>,
    /// How often it was closed by something else than its guard: a guard that finds another number than when it was
    /// made finds its name closed. With [`SLOW`](super::tree::SLOW) when it must not be closed in the fast way.
    pub(super) era: Cell<u64>,
    /// The counts when it was opened, or when the interval began in which it is still open.
    pub(super) start: Cell<Reading>,
    /// The thread's calls to the global allocator then, if those are counted: then names are opened in the slow way,
    /// which alone sets this.
    pub(super) global_start: Cell<GlobalCalls>,
    /// The interval that `current` is about, and the latest one before it in which it was used.
    interval: Counter,
    /// The first of them again, for the owner, who need not look at what others read.
    current_interval: Cell<u64>,
    current: Slot,
    /// The second in which `current` was first added to.
    current_second: Counter,
    previous_interval: Counter,
    previous: Slot,
    /// All intervals before the current one.
    total_bytes: Counter,
    total_allocations: Counter,
    /// The most bytes in one interval: over the session, and within the running and the last second.
    peak: Counter,
    second: Counter,
    second_peak: Counter,
    last_second_peak: Counter,
    pub(crate) budget: Cell<usize>,
    /// Bytes of the frame held under this name by earlier openings in this interval.
    pub(super) held: Cell<usize>,
    pub(super) start_held: Cell<usize>,
    /// The interval in which its budget was last exceeded; under a warning policy it is lifted for the rest of it.
    pub(crate) lifted_in: Cell<u64>,
    pub(crate) exceeded: Counter,
    /// Values retained under this name.
    pub(crate) promoted: Promoted,
    /// See [`NodeRef::text`].
    pub(super) text: Cell<Option<&'static str>>,
    /// What profilers know it by.
    #[cfg(any(feature = "puffin", feature = "tracy"))]
    label: Label,
}

/// Whether a name was opened by a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guarded {
    No,
    Yes,
    /// It was not, but is to be closed in the slow way.
    NoSlow,
}

/// Where a node belongs.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) root: NodeRef,
    pub(super) parent: NodeRef,
}

/// A pointer to a node, which lives as long as its tree; nodes are added, never removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NodeRef(NonNull<Node>);

impl NodeRef {
    /// A node below `parent`, or a root of its own; `None` when the system has no memory.
    pub(super) fn allocate(name: &'static str, path: String, place: Option<Place>) -> Option<Self> {
        let unknown = Self(NonNull::dangling());
        let node = source::boxed(Node {
            name,
            path,
            parent: Cell::new(place.map_or(unknown, |place| place.parent)),
            first_child: AtomicPtr::default(),
            next_sibling: AtomicPtr::default(),
            key: if place.is_some() { name.as_ptr() } else { std::ptr::null() },
            last: Cell::new(place.map_or(unknown, |place| place.root)),
            then: Cell::new(unknown),
            guarded: Cell::new(Guarded::Yes),
            orphans_gone: Cell::new(0),
            opened_at: Cell::new(0),
            era: Cell::new(0),
            start: Cell::new(Reading::default()),
            global_start: Cell::new(GlobalCalls::default()),
            interval: Counter::new(u64::MAX),
            current_interval: Cell::new(u64::MAX),
            current: Slot::default(),
            current_second: Counter::new(0),
            previous_interval: Counter::new(u64::MAX),
            previous: Slot::default(),
            total_bytes: Counter::new(0),
            total_allocations: Counter::new(0),
            peak: Counter::new(0),
            second: Counter::new(0),
            second_peak: Counter::new(0),
            last_second_peak: Counter::new(0),
            budget: Cell::new(usize::MAX),
            held: Cell::new(0),
            start_held: Cell::new(0),
            lifted_in: Cell::new(u64::MAX),
            exceeded: Counter::new(0),
            promoted: Promoted::default(),
            text: Cell::new(None),
            #[cfg(any(feature = "puffin", feature = "tracy"))]
            label: Label::default(),
        })
        .map(Self)?;
        node.then.set(node);
        if place.is_none() {
            node.parent.set(node);
            node.last.set(node);
        }
        Some(node)
    }

    /// What tells it from other nodes.
    pub(crate) fn key(self) -> usize {
        self.0.addr().get()
    }

    /// # Safety
    ///
    /// The tree goes, and nobody reads it any more.
    pub(super) unsafe fn release(self) {
        // SAFETY: made by `source::boxed`; the caller's promise.
        unsafe { source::unbox(self.0) };
    }

    /// Reads a link; `Acquire` pairs with the store that published the node.
    pub(super) fn load(link: &AtomicPtr<Node>) -> Option<Self> {
        NonNull::new(link.load(Ordering::Acquire)).map(Self)
    }

    pub(super) fn publish(self, link: &AtomicPtr<Node>) {
        link.store(self.0.as_ptr(), Ordering::Release);
    }
}

impl Deref for NodeRef {
    type Target = Node;

    #[inline(always)]
    fn deref(&self) -> &Node {
        // SAFETY: nodes live as long as their tree; borrowed shared only.
        unsafe { self.0.as_ref() }
    }
}

impl Node {
    #[inline(always)]
    pub(super) fn is_current_in(&self, interval: u64) -> bool {
        self.current_interval.get() == interval
    }

    /// Adds what was allocated since the node was opened to `interval`.
    pub(super) fn account(&self, now: Reading, interval: u64, second: u64) {
        self.begin_interval(interval, second);
        self.add(now);
    }

    /// Adds what was allocated since the node was opened to the interval that is current.
    pub(super) fn add(&self, now: Reading) {
        self.add_own(now);
        let calls = self.global_since_opened();
        if calls.calls != 0 {
            self.current.global_bytes.add(calls.bytes);
            self.current.global_calls.add(calls.calls);
        }
    }

    /// The same but for what the global allocator was asked for.
    #[inline(always)]
    pub(super) fn add_own(&self, now: Reading) {
        let start = self.start.get();
        self.current.taken.add(now.taken.wrapping_sub(start.taken));
        self.current.made.add(now.made.wrapping_sub(start.made));
        if now.blocks != start.blocks {
            self.current.blocks.add(now.blocks.wrapping_sub(start.blocks));
            self.current.large.add(now.large.wrapping_sub(start.large));
        }
    }

    /// Adds the time since the node was opened, if that was timed.
    pub(super) fn stop_clock(&self, now: u64, interval: u64, second: u64) {
        let opened_at = self.opened_at.replace(0);
        if opened_at != 0 {
            self.begin_interval(interval, second);
            self.current.nanoseconds.add(now.saturating_sub(opened_at));
        }
    }

    /// Bytes of memory that it takes.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.path.capacity()
    }

    /// What was allocated since the node was opened.
    pub(super) fn since_opened(&self, now: Reading) -> Usage {
        let start = self.start.get();
        let global = self.global_since_opened();
        let used = Usage::of(Reading {
            taken: now.taken.wrapping_sub(start.taken),
            made: now.made.wrapping_sub(start.made),
            blocks: now.blocks.wrapping_sub(start.blocks),
            large: now.large.wrapping_sub(start.large),
        });
        Usage { global_bytes: global.bytes, global_calls: global.calls, ..used }
    }

    fn global_since_opened(&self) -> GlobalCalls {
        let (now, start) = (tracking::global_calls(), self.global_start.get());
        GlobalCalls { bytes: now.bytes.wrapping_sub(start.bytes), calls: now.calls.wrapping_sub(start.calls) }
    }

    /// What the thread has asked of the global allocator so far is not this name's.
    pub(super) fn begin_global(&self) {
        self.global_start.set(tracking::global_calls());
    }

    /// Makes `interval` the one that is current.
    pub(super) fn begin_interval(&self, interval: u64, second: u64) {
        if self.interval.get() != interval {
            self.roll(interval, second);
        }
    }

    /// Another interval has begun since this name was last used: what was current becomes the past.
    #[cold]
    #[inline(never)]
    fn roll(&self, interval: u64, second: u64) {
        let finished = self.current.get();
        if !finished.is_zero() {
            self.previous.set(finished);
            self.previous_interval.set(self.interval.get());
            self.total_bytes.add(finished.bytes);
            self.total_allocations.add(finished.allocations);
            self.peak.raise(finished.bytes);
            self.note_second(self.current_second.get());
            self.second_peak.raise(finished.bytes);
        }
        self.current_second.set(second);
        self.current.set(Usage::default());
        self.interval.set(interval);
        self.current_interval.set(interval);
        self.held.set(0);
        self.start_held.set(0);
    }

    fn note_second(&self, second: u64) {
        let known = self.second.get();
        if known != second {
            self.last_second_peak.set(if known + 1 == second { self.second_peak.get() } else { 0 });
            self.second_peak.set(0);
            self.second.set(second);
        }
    }

    /// What was allocated under this name in `interval`.
    pub(crate) fn usage_in(&self, interval: u64) -> Usage {
        if self.interval.get() == interval {
            self.current.get()
        } else if self.previous_interval.get() == interval {
            self.previous.get()
        } else {
            Usage::default()
        }
    }

    /// Whether the name was open in `interval`, as far as has been booked.
    pub(crate) fn was_used_in(&self, interval: u64) -> bool {
        self.interval.get() == interval || self.previous_interval.get() == interval
    }

    /// Bytes and allocations of all intervals.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let current = self.current.get();
        (self.total_bytes.get() + current.bytes, self.total_allocations.get() + current.allocations)
    }

    /// The most bytes of any interval.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.get().max(self.current.bytes())
    }

    /// The most bytes of any interval that ended in the running second or the one before.
    pub(crate) fn recent_peak(&self, second: u64) -> u64 {
        let known = self.second.get();
        let past = match second.saturating_sub(known) {
            0 => self.second_peak.get().max(self.last_second_peak.get()),
            1 => self.second_peak.get(),
            _ => 0,
        };
        let current = if self.current_second.get() + 1 >= second { self.current.bytes() } else { 0 };
        past.max(current)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    #[cfg(any(feature = "puffin", feature = "tracy"))]
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    #[cfg(any(feature = "puffin", feature = "tracy"))]
    pub(crate) fn label(&self) -> &Label {
        &self.label
    }
}
