//! `alloc.snapshot()`: the numbers of all threads, each as of its last frame boundary.

use std::collections::HashMap;
use std::ptr::NonNull;
use std::sync::Arc;

use framealloc_snapshot::{
    CallSite, DeferredFrees, Diagnostic, Location, PhaseSnapshot, Promotions, ScratchSnapshot, Snapshot,
    TagSnapshot, ThreadSnapshot, Transfers, Window,
};

use crate::api::{AllocStats, AllocatingSite, PromotionStats, SmartAlloc, ThreadStats, stats};
use crate::attribution::{NodeRef, Tree, Usage};
use crate::memory::tracking;
use crate::thread::ThreadState;
use crate::thread::observed::{ClosedWindow, Frames};

impl SmartAlloc {
    /// A snapshot of all threads, each as of its last frame boundary.
    ///
    /// No other thread waits for it, apart from those that take a snapshot of the same allocator; with the
    /// [behaviour filter](SmartAlloc::enable_behavior_filter) on, while which the snapshot has call sites, a thread may
    /// wait until its own are copied. From the first one on,
    /// and for ten seconds after the last (longer if they are taken less often), each thread times its frames and phases
    /// and notes their bytes, which makes its boundaries take the slow way. What there is to say
    /// about [windows](crate::snapshot::Window) and times, later snapshots therefore say.
    ///
    /// The frame's number is the count of frames that the calling thread has ended;
    /// [`with_frame`](Snapshot::with_frame) sets another.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::stats`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// alloc.with_tag("physics", |a| drop(a.frame_box([0_u8; 64])));
    /// alloc.end_frame();
    ///
    /// let snapshot = alloc.snapshot();
    /// assert_eq!((snapshot.frame, snapshot.summary.frame_bytes), (1, 64));
    /// assert_eq!(snapshot.tag("physics").unwrap().bytes, 64);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn snapshot(&self) -> Snapshot {
        let own = self.state_or_panic();
        own.observe();
        let shared = self.shared();
        let began = shared.nanoseconds();
        let (window, tell) = shared.observation.close_window(began);
        if tell {
            shared.advance_epoch();
        }
        // What the pointers stand for stays when the registry's lock is not held any more (T2).
        let states = shared.states.list();
        let mut filling = Filling::new(Snapshot::new(own.published.interval.get() / 2), window);
        for (id, state) in states.iter().enumerate() {
            // SAFETY: T2; of other threads' states only what any thread may read is read: counters, links and budgets.
            filling.add(id as u64, unsafe { NonNull::as_ref(state) });
        }
        let mut orphans = AllocStats::default();
        shared.pool.registry.for_each_orphan(|heap| orphans.add_pool(heap));
        let mut snapshot = filling.finish(&shared.tag_budgets());
        snapshot.summary.pool_bytes += orphans.pool_bytes;
        snapshot.summary.heap_bytes += orphans.heap_bytes;
        snapshot.summary.pool_capacity_bytes = shared.pool.pages.reserved_bytes() as u64;
        self.add_what_crosses(&mut snapshot);
        snapshot.call_sites =
            self.noted_sites(own, &states).map(|sites| sites.iter().map(call_site).collect());
        snapshot.overhead.snapshot_nanoseconds = shared.nanoseconds() - began;
        own.done();
        snapshot
    }

    /// What belongs to no thread.
    fn add_what_crosses(&self, snapshot: &mut Snapshot) {
        let transfers = self.transfer_stats();
        snapshot.transfers = made(|t: &mut Transfers| {
            t.made = transfers.made;
            t.received = transfers.received;
            t.dropped = transfers.dropped;
            t.in_flight = transfers.in_flight();
        });
        let deferred = self.deferred_stats();
        snapshot.deferred = made(|d: &mut DeferredFrees| {
            d.waiting = deferred.waiting;
            d.processed = deferred.processed;
            d.deepest = deferred.deepest;
            d.past_bound = deferred.past_bound;
        });
        snapshot.scratch.extend(self.scratch_stats().into_iter().map(|stats| {
            let mut scratch = ScratchSnapshot::new(stats.name);
            scratch.capacity_bytes = stats.capacity as u64;
            scratch.fixed = stats.fixed;
            scratch.reserved_bytes = stats.reserved_bytes as u64;
            scratch.used_bytes = stats.used_bytes;
            scratch.peak_bytes = stats.peak_bytes;
            scratch.growths = stats.growths;
            scratch
        }));
    }
}

/// A value that may grow more fields, so that it cannot be written out.
fn made<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    fill(&mut value);
    value
}

/// A snapshot that is being filled, thread by thread.
struct Filling<'a> {
    snapshot: Snapshot,
    window: ClosedWindow<'a>,
    frames: Frames,
    worst_thread: u64,
    /// Where a path's tag and phase are.
    tags: HashMap<String, usize>,
    phases: HashMap<String, usize>,
    promotions: PromotionStats,
    misuse: [u64; MISUSE.len()],
    /// What one thread has of each name; here for its memory.
    names: Vec<Name>,
}

/// One thread's numbers of one name.
#[derive(Clone, Copy)]
struct Name {
    node: NodeRef,
    used: bool,
    usage: Usage,
    own_bytes: u64,
}

/// The code and the text for each kind of call that is seldom meant.
const MISUSE: [(&str, &str); 5] = [
    ("frame-begun-twice", "`begin_frame` was called while a frame was open; that one was ended"),
    ("frame-ended-without-begin", "`end_frame` was called while no frame was open"),
    ("frame-ended-under-scope", "`end_frame` was called while a scope was open; the frame was parked"),
    ("allocated-outside-frames", "frame memory was allocated while no frame was open"),
    (
        "phase-unbalanced",
        "a phase was still open when its frame ended, or `end_phase` was called without one",
    ),
];

/// How often a thread is read again when it has passed a boundary meanwhile.
const ATTEMPTS: usize = 3;

impl<'a> Filling<'a> {
    fn new(snapshot: Snapshot, window: ClosedWindow<'a>) -> Self {
        Self {
            snapshot,
            window,
            frames: Frames::none(),
            worst_thread: 0,
            tags: HashMap::new(),
            phases: HashMap::new(),
            promotions: PromotionStats::default(),
            misuse: [0; MISUSE.len()],
            names: Vec::new(),
        }
    }

    /// Adds what a thread has.
    fn add(&mut self, id: u64, state: &ThreadState) {
        let stats = stats::read(state);
        self.add_session(&stats);
        let frames = state.observed.frames_of(&self.window).filter(|frames| frames.count() != 0);
        // A state that no thread has is of interest for what it still holds alone.
        let has_thread = state.heap().is_some();
        if has_thread || stats.parked_bytes != 0 || frames.is_some() {
            self.add_thread(id, state, &stats, frames);
        }
        self.add_names(state, has_thread);
        let overhead = &mut self.snapshot.overhead.bookkeeping_bytes;
        *overhead += (size_of::<ThreadState>() + state.observed.bytes()) as u64;
    }

    /// What counts for the whole session, whether the thread is still there or not.
    fn add_session(&mut self, stats: &ThreadStats) {
        let summary = &mut self.snapshot.summary;
        summary.frame_capacity_bytes += stats.reserved_bytes;
        summary.peak_frame_bytes += stats.high_water_bytes;
        summary.parked_bytes += stats.parked_bytes;
        summary.parked_frames += stats.parked_frames;
        summary.refills += stats.chunk_refills;
        summary.budgets_exceeded += stats.budgets_exceeded;
        self.promotions.add(stats.promotions);
        let misuse = &stats.misuse;
        let counts = [
            misuse.begun_twice,
            misuse.ended_without_begin,
            misuse.ended_under_scope,
            misuse.outside_frames,
            misuse.unbalanced_phases,
        ];
        self.misuse.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }

    fn add_thread(&mut self, id: u64, state: &ThreadState, stats: &ThreadStats, frames: Option<Frames>) {
        let mut thread = ThreadSnapshot::new(id, state.observed.name());
        thread.frames = stats.frames;
        thread.frame_bytes = stats.last_frame_bytes;
        thread.frame_allocations = stats.last_frame_allocations;
        thread.frame_nanoseconds = state.observed.frame_nanoseconds();
        thread.peak_bytes = stats.high_water_bytes;
        thread.capacity_bytes = stats.reserved_bytes;
        thread.parked_bytes = stats.parked_bytes;
        thread.parked_frames = stats.parked_frames;
        thread.refills = stats.chunk_refills;
        thread.budgets_exceeded = stats.budgets_exceeded;
        if let Some(heap) = state.heap() {
            let mut pool = AllocStats::default();
            pool.add_pool(heap);
            thread.pool_bytes = pool.pool_bytes;
            thread.pool_capacity_bytes = heap.page_bytes() as u64;
            thread.heap_bytes = pool.heap_bytes;
            thread.deferred_depth = pool.pool_waiting;
            let [frame, pool, heap] = state.budgets();
            thread.frame_budget = frame.map(|bytes| bytes as u64);
            thread.pool_budget = pool.map(|bytes| bytes as u64);
            thread.heap_budget = heap.map(|bytes| bytes as u64);
            let summary = &mut self.snapshot.summary;
            summary.frame_bytes += thread.frame_bytes;
            summary.frame_allocations += thread.frame_allocations;
            summary.pool_bytes += thread.pool_bytes;
            summary.heap_bytes += thread.heap_bytes;
        }
        if let Some(frames) = frames {
            if self.frames.add(&frames) {
                self.worst_thread = id;
            }
            thread.window = Some(window_of(&frames));
        }
        self.snapshot.threads.push(thread);
    }

    /// Adds a thread's tags and phases. One that has ended leaves what counts for the session.
    fn add_names(&mut self, state: &ThreadState, has_thread: bool) {
        let mut names = std::mem::take(&mut self.names);
        read_names(state, &state.tags, &mut names);
        for name in &names {
            self.snapshot.overhead.bookkeeping_bytes += name.node.memory() as u64;
            self.add_tag(name, has_thread);
        }
        read_names(state, &state.phases, &mut names);
        for name in &names {
            self.snapshot.overhead.bookkeeping_bytes += name.node.memory() as u64;
            if name.used && has_thread {
                self.add_phase(name);
            }
        }
        self.names = names;
    }

    fn add_tag(&mut self, name: &Name, counts: bool) {
        let tags = &mut self.snapshot.tags;
        let tag = entry(&mut self.tags, tags, name.node.path(), |path| TagSnapshot::new(path));
        tag.peak_bytes = tag.peak_bytes.max(name.node.peak());
        tag.budget_exceeded += name.node.exceeded.get();
        if counts {
            tag.bytes += name.usage.bytes;
            tag.own_bytes += name.own_bytes;
            tag.allocations += name.usage.allocations;
            tag.pool_bytes += name.usage.pool_bytes;
            tag.pool_allocations += name.usage.pool_allocations;
            tag.heap_bytes += name.usage.heap_bytes;
            tag.heap_allocations += name.usage.heap_allocations;
            if tracking::is_installed() {
                *tag.heap_calls.get_or_insert_default() += name.usage.global_calls;
                *tag.heap_call_bytes.get_or_insert_default() += name.usage.global_bytes;
            }
        }
    }

    fn add_phase(&mut self, name: &Name) {
        let phases = &mut self.snapshot.phases;
        let phase = entry(&mut self.phases, phases, name.node.path(), |path| PhaseSnapshot::new(path));
        phase.bytes += name.usage.bytes;
        phase.own_bytes += name.own_bytes;
        phase.allocations += name.usage.allocations;
        if tracking::is_installed() {
            *phase.heap_calls.get_or_insert_default() += name.usage.global_calls;
        }
        if name.usage.nanoseconds != 0 {
            *phase.nanoseconds.get_or_insert_default() += name.usage.nanoseconds;
        }
    }

    /// What only all threads together tell.
    fn finish(mut self, budgets: &[(Arc<str>, usize)]) -> Snapshot {
        let snapshot = &mut self.snapshot;
        for (path, budget) in budgets.iter().filter(|&&(_, budget)| budget != usize::MAX) {
            let tag = entry(&mut self.tags, &mut snapshot.tags, path, |path| TagSnapshot::new(path));
            tag.budget = Some(*budget as u64);
            if tag.budget_exceeded != 0 {
                let text = format!("the tag `{path}` wanted more than its budget of {budget} bytes");
                let mut found = Diagnostic::new("budget-exceeded", text);
                found.count = tag.budget_exceeded;
                found.tag = Some((**path).to_owned());
                snapshot.diagnostics.push(found);
            }
        }
        for ((code, text), count) in MISUSE.into_iter().zip(self.misuse).filter(|&(_, count)| count != 0) {
            let mut found = Diagnostic::new(code, text);
            found.count = count;
            snapshot.diagnostics.push(found);
        }
        if self.frames.count() != 0 {
            let mut window = window_of(&self.frames);
            window.worst_thread = Some(self.worst_thread);
            snapshot.window = Some(window);
        }
        snapshot.promotions = made(|p: &mut Promotions| {
            p.to_pool = self.promotions.to_pool;
            p.to_heap = self.promotions.to_heap;
            p.leaked = self.promotions.leaked;
            p.bytes = self.promotions.bytes;
            p.taken = self.promotions.taken;
            p.unread = self.promotions.unread;
        });
        snapshot.tags.sort_by(|a, b| a.path.cmp(&b.path));
        snapshot.phases.sort_by(|a, b| a.path.cmp(&b.path));
        self.snapshot
    }
}

fn call_site(site: &AllocatingSite) -> CallSite {
    let at = &site.location;
    let mut found = CallSite::new(Location::new(at.file, at.line, at.column), site.kind());
    found.type_name = site.type_name.map(str::to_owned);
    found.tag.clone_from(&site.tag);
    found.phase.clone_from(&site.phase);
    found.count = site.count;
    found.bytes = site.bytes;
    found.sampled = site.is_estimate;
    found.frames = site.frames;
    found.first_frame = site.first_frame;
    found.last_frame = site.last_frame;
    found
}

/// The entry of a path, made if there is none.
fn entry<'s, T>(
    places: &mut HashMap<String, usize>,
    all: &'s mut Vec<T>,
    path: &str,
    new: impl FnOnce(&str) -> T,
) -> &'s mut T {
    let place = match places.get(path) {
        Some(&place) => place,
        None => {
            places.insert(path.to_owned(), all.len());
            all.push(new(path));
            all.len() - 1
        }
    };
    &mut all[place]
}

/// Reads what a thread has booked under each name in its last finished frame.
fn read_names(state: &ThreadState, tree: &Tree, names: &mut Vec<Name>) {
    for _ in 0..ATTEMPTS {
        let interval = state.published.interval.get();
        let finished = last_finished(interval);
        names.clear();
        tree.root().for_each(&mut |node| {
            if node != tree.root() {
                let usage = node.usage_in(finished);
                let inner: u64 = node.children().map(|child| child.usage_in(finished).bytes).sum();
                let own_bytes = usage.bytes.saturating_sub(inner);
                names.push(Name { node, used: node.was_used_in(finished), usage, own_bytes });
            }
        });
        if state.published.interval.get() == interval {
            return;
        }
    }
}

/// Frames have odd numbers: the last one that had ended when `interval` began. Before the first, one that never comes.
fn last_finished(interval: u64) -> u64 {
    interval.checked_sub(1 + interval % 2).filter(|last| last % 2 == 1).unwrap_or(u64::MAX - 1)
}

fn window_of(frames: &Frames) -> Window {
    made(|window: &mut Window| {
        window.frames = frames.count();
        window.worst_frame = frames.worst_frame;
        window.worst_bytes = frames.worst_bytes;
        window.p50_bytes = frames.percentile(50);
        window.p90_bytes = frames.percentile(90);
        window.p99_bytes = frames.percentile(99);
    })
}

#[cfg(test)]
mod tests {
    use super::last_finished;

    #[test]
    fn the_last_finished_frame() {
        let never = u64::MAX - 1;
        let found: Vec<u64> = (0..6).map(last_finished).collect();
        assert_eq!(found, [never, never, 1, 1, 3, 3]);
    }
}
