//! The numbers of an allocator, each defined here and nowhere else.
//!
//! The calling thread's own numbers are exact. Those of other threads are as of their last frame boundary, refill
//! or exit.

use super::smart_alloc::SmartAlloc;
use crate::attribution::{NodeRef, Tree, Usage};
use crate::config::RetentionPolicy;
use crate::memory::tally;
use crate::pool::PoolHeap;
use crate::thread::ThreadState;
use crate::thread::state::Published;

/// Calls that a thread made in an order that is defined but seldom meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misuse {
    /// `begin_frame` while a frame was open; that one was ended.
    pub begun_twice: u64,
    /// `end_frame` while no frame was open; nothing happened.
    pub ended_without_begin: u64,
    /// `end_frame` while a scope was open; the frame was parked.
    pub ended_under_scope: u64,
    /// Allocations made while no frame was open.
    pub outside_frames: u64,
    /// Phases that were still open when their frame ended, and `end_phase` while no phase was open.
    pub unbalanced_phases: u64,
}

/// Values that were retained, over the session; see [`SmartAlloc::frame_retained`].
///
/// Each is counted by its policy when it is made. In the end it is taken or dropped unread; until then its frame is
/// open, or it is pending. Those of a tag include its sub-tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromotionStats {
    /// Values retained for the pool.
    pub to_pool: u64,
    /// Values retained for the heap.
    pub to_heap: u64,
    /// Values retained for as long as the program runs.
    pub leaked: u64,
    /// Bytes of them all.
    pub bytes: u64,
    /// Promotions handed to the program: by [`into_promoted`](crate::FrameRetained::into_promoted),
    /// [`end_frame_with_promotions`](SmartAlloc::end_frame_with_promotions) or
    /// [`take_promotions`](SmartAlloc::take_promotions).
    pub taken: u64,
    /// Promotions that nobody asked for before the next frame or the thread had ended.
    pub unread: u64,
}

impl PromotionStats {
    /// All values retained.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.to_pool + self.to_heap + self.leaked
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.to_pool += other.to_pool;
        self.to_heap += other.to_heap;
        self.leaked += other.leaked;
        self.bytes += other.bytes;
        self.taken += other.taken;
        self.unread += other.unread;
    }

    /// What is counted at a tag and those within it.
    fn of(node: NodeRef) -> Self {
        let mut sum = Self::default();
        node.for_each(&mut |node| {
            let counts = &node.promoted;
            sum.add(Self {
                to_pool: counts.to(RetentionPolicy::PromoteToPool),
                to_heap: counts.to(RetentionPolicy::PromoteToHeap),
                leaked: counts.to(RetentionPolicy::Leak),
                bytes: counts.bytes.get(),
                taken: counts.taken.get(),
                unread: counts.unread.get(),
            });
        });
        sum
    }
}

/// Declares a struct of statistics and how its numbers are added up over threads.
macro_rules! statistics {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* pub $field: u64,)*
            /// Calls in an order that is seldom meant.
            pub misuse: Misuse,
            /// How often a budget was exceeded.
            pub budgets_exceeded: u64,
            /// Values retained, by what became of them.
            pub promotions: PromotionStats,
        }
    };
}

statistics! {
    /// The numbers of one thread; see [`SmartAlloc::thread_stats`].
    ThreadStats {
        /// Frames that have ended.
        frames,
        /// Frame bytes allocated since the frame that is open began, or since the last one ended; those given back
        /// since are included, as is padding.
        bytes_allocated,
        /// Handles and scopes made in the same time; values of a scope are not counted one by one.
        allocations,
        /// [`bytes_allocated`](Self::bytes_allocated) of the last frame that ended.
        last_frame_bytes,
        /// [`allocations`](Self::allocations) of the last frame that ended.
        last_frame_allocations,
        /// Calls to the global allocator in the last frame that ended, the library's own left out; zero unless that is a
        /// [`TrackingAllocator`](crate::TrackingAllocator).
        last_frame_global_calls,
        /// The bytes that they asked for.
        last_frame_global_bytes,
        /// Frame bytes allocated over the session.
        total_bytes,
        /// Handles and scopes made over the session.
        total_allocations,
        /// Bytes of frame chunks held, used or not.
        reserved_bytes,
        /// Bytes of frames that ended while something in them was alive, and still is.
        parked_bytes,
        /// How many such frames there are.
        parked_frames,
        /// Bytes of the open frame that were given back but not at the tip: they wait for the frame's end.
        stranded_bytes,
        /// The most bytes that any frame held at once, as seen when frames and scopes end, when a chunk is full, and
        /// when a block of 1 KiB or more is given back.
        high_water_bytes,
        /// How often a frame went on in another chunk, and how often a value got one beside it: large blocks, and
        /// values of a scope that is not the innermost one.
        chunk_refills,
        /// Bytes of living pool blocks, rounded up to their classes.
        pool_bytes,
        /// Bytes of pool pages that the thread has.
        pool_reserved_bytes,
        /// Pool blocks made over the session with the pool that the thread has, which it may have inherited. Right as long
        /// as fewer than 268 million are made between two looks at the statistics or refills of the frame.
        pool_allocations,
        /// Pool blocks of this thread that other threads have freed and this one has taken back.
        pool_remote_frees,
        /// Bytes of living heap blocks that this pool made, in whole units of eight.
        heap_bytes,
        /// Heap blocks that this pool made over the session.
        heap_allocations,
    }
}

statistics! {
    /// The numbers of an allocator: the sums over its threads; see [`SmartAlloc::stats`].
    AllocStats {
        /// Threads that have used the allocator, and states kept for threads to come.
        threads,
        /// Frames that have ended.
        frames,
        /// [`ThreadStats::last_frame_bytes`] of all threads.
        last_frame_bytes,
        /// [`ThreadStats::last_frame_allocations`] of all threads.
        last_frame_allocations,
        /// [`ThreadStats::last_frame_global_calls`] of all threads.
        last_frame_global_calls,
        /// [`ThreadStats::last_frame_global_bytes`] of all threads.
        last_frame_global_bytes,
        /// Frame bytes allocated over the session.
        total_bytes,
        /// Handles and scopes made over the session.
        total_allocations,
        /// Bytes of frame chunks held.
        reserved_bytes,
        /// [`ThreadStats::parked_bytes`] of all threads.
        parked_bytes,
        /// [`ThreadStats::parked_frames`] of all threads.
        parked_frames,
        /// [`ThreadStats::stranded_bytes`] of all threads.
        stranded_bytes,
        /// The sum of each thread's [`high_water_bytes`](ThreadStats::high_water_bytes).
        high_water_bytes,
        /// [`ThreadStats::chunk_refills`] of all threads.
        chunk_refills,
        /// [`ThreadStats::pool_bytes`] of all threads.
        pool_bytes,
        /// Bytes of all pool pages, those reserved at the start and not yet used included.
        pool_reserved_bytes,
        /// [`ThreadStats::pool_allocations`] of all threads.
        pool_allocations,
        /// [`ThreadStats::pool_remote_frees`] of all threads.
        pool_remote_frees,
        /// Pool blocks that other threads have freed and their owners have not taken back yet; for each owner it
        /// counts up to 65,535.
        pool_waiting,
        /// [`ThreadStats::heap_bytes`] of all threads.
        heap_bytes,
        /// [`ThreadStats::heap_allocations`] of all threads.
        heap_allocations,
    }
}

/// What was allocated under one tag; see [`SmartAlloc::tag_stats`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagStats {
    /// Frame bytes, sub-tags included; those given back since are included, as is padding.
    pub bytes_allocated: u64,
    /// Frame bytes, sub-tags left out.
    pub own_bytes: u64,
    /// Handles and scopes made, sub-tags included.
    pub allocations: u64,
    /// Bytes of pool blocks made, sub-tags included.
    pub pool_bytes: u64,
    /// Pool blocks made, sub-tags included.
    pub pool_allocations: u64,
    /// Bytes of heap blocks made, sub-tags included.
    pub heap_bytes: u64,
    /// Heap blocks made, sub-tags included.
    pub heap_allocations: u64,
    /// Calls to the global allocator, heap boxes included, the library's own left out; zero unless that is a
    /// [`TrackingAllocator`](crate::TrackingAllocator). Sub-tags included.
    pub global_calls: u64,
    /// The bytes that they asked for.
    pub global_bytes: u64,
    /// The most [`bytes_allocated`](Self::bytes_allocated) of one thread in one frame, over the session.
    pub peak_frame_bytes: u64,
    /// The same over the running second and the one before. Frames are timed from the first time that someone looks
    /// at the statistics, and for 600 frames after the last.
    pub peak_recent_bytes: u64,
    /// Frame bytes over the session, sub-tags included.
    pub total_bytes: u64,
    /// Handles and scopes made over the session, sub-tags included.
    pub total_allocations: u64,
    /// The bytes that one frame of one thread may hold under the tag, if that is bounded.
    pub budget: Option<u64>,
    /// How often that was exceeded.
    pub budget_exceeded: u64,
    /// Values retained, sub-tags included, over the session. Phases have none.
    pub promotions: PromotionStats,
}

/// What was allocated in one phase; see [`SmartAlloc::phase_stats`]. The fields are those of a tag.
pub type PhaseStats = TagStats;

impl SmartAlloc {
    /// The numbers of the allocator.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    #[must_use]
    #[track_caller]
    pub fn stats(&self) -> AllocStats {
        let own = self.state_or_panic();
        own.look();
        let mut sum = AllocStats::default();
        self.shared().states.for_each(|state| {
            // SAFETY: T2; only what any thread may read is read: published counters, and those of the pool.
            let state = unsafe { &*state.as_ptr() };
            let one = read(state);
            if let Some(heap) = state.heap() {
                sum.add_pool(heap);
            }
            sum.threads += 1;
            sum.frames += one.frames;
            sum.last_frame_bytes += one.last_frame_bytes;
            sum.last_frame_allocations += one.last_frame_allocations;
            sum.last_frame_global_calls += one.last_frame_global_calls;
            sum.last_frame_global_bytes += one.last_frame_global_bytes;
            sum.total_bytes += one.total_bytes;
            sum.total_allocations += one.total_allocations;
            sum.reserved_bytes += one.reserved_bytes;
            sum.parked_bytes += one.parked_bytes;
            sum.parked_frames += one.parked_frames;
            sum.stranded_bytes += one.stranded_bytes;
            sum.high_water_bytes += one.high_water_bytes;
            sum.chunk_refills += one.chunk_refills;
            sum.budgets_exceeded += one.budgets_exceeded;
            sum.promotions.add(one.promotions);
            sum.misuse.begun_twice += one.misuse.begun_twice;
            sum.misuse.ended_without_begin += one.misuse.ended_without_begin;
            sum.misuse.ended_under_scope += one.misuse.ended_under_scope;
            sum.misuse.outside_frames += one.misuse.outside_frames;
            sum.misuse.unbalanced_phases += one.misuse.unbalanced_phases;
        });
        self.shared().pool.registry.for_each_orphan(|heap| sum.add_pool(heap));
        sum.pool_reserved_bytes = self.shared().pool.pages.reserved_bytes() as u64;
        let running = own.reading();
        sum.total_bytes += tally::bytes(running.taken);
        sum.total_allocations += tally::count(running.made);
        if !own.in_frame() {
            sum.misuse.outside_frames += tally::count(running.made);
        }
        own.done();
        sum
    }

    /// The numbers of the calling thread; those over the session include the threads before it whose place it has
    /// taken.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::stats`].
    #[must_use]
    #[track_caller]
    pub fn thread_stats(&self) -> ThreadStats {
        let state = self.state_or_panic();
        state.look();
        let mut stats = read(state);
        let now = state.reading();
        stats.bytes_allocated = tally::bytes(now.taken);
        stats.allocations = tally::count(now.made);
        stats.total_bytes += stats.bytes_allocated;
        stats.total_allocations += stats.allocations;
        if let Some(heap) = state.heap() {
            let mut pool = AllocStats::default();
            pool.add_pool(heap);
            stats.pool_bytes = pool.pool_bytes;
            stats.pool_reserved_bytes = heap.page_bytes() as u64;
            stats.pool_allocations = pool.pool_allocations;
            stats.pool_remote_frees = pool.pool_remote_frees;
            stats.heap_bytes = pool.heap_bytes;
            stats.heap_allocations = pool.heap_allocations;
        }
        if !state.in_frame() {
            stats.misuse.outside_frames += stats.allocations;
        }
        state.done();
        stats
    }

    /// What was allocated under the tag of this path, by all threads: in the frame that is open, or else in the
    /// last one that ended. `None` when no thread has used the tag.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::stats`].
    #[must_use]
    #[track_caller]
    pub fn tag_stats(&self, path: &str) -> Option<TagStats> {
        let mut found = None;
        self.for_each_name(
            |state| &state.tags,
            |name, _, stats| {
                if name == path {
                    add(found.get_or_insert_default(), stats);
                }
            },
        );
        if let Some(stats) = &mut found {
            let budget = self.shared().tag_budget(path);
            stats.budget = (budget != usize::MAX).then_some(budget as u64);
        }
        found
    }

    /// Every tag that any thread has used, by path; see [`SmartAlloc::tag_stats`].
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::stats`].
    #[must_use]
    #[track_caller]
    pub fn all_tag_stats(&self) -> Vec<(String, TagStats)> {
        let mut all = self.collect(|state| &state.tags, |_| true);
        for (path, stats) in &mut all {
            let budget = self.shared().tag_budget(path);
            stats.budget = (budget != usize::MAX).then_some(budget as u64);
        }
        all
    }

    /// The phases of the frame that is open, or else of the last one that ended, by path, with what all threads
    /// allocated in each.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::stats`].
    #[must_use]
    #[track_caller]
    pub fn phase_stats(&self) -> Vec<(String, PhaseStats)> {
        self.collect(|state| &state.phases, |used| used)
    }

    fn collect(
        &self,
        tree: impl Fn(&ThreadState) -> &Tree,
        wanted: impl Fn(bool) -> bool,
    ) -> Vec<(String, TagStats)> {
        let mut all: Vec<(String, TagStats)> = Vec::new();
        self.for_each_name(tree, |name, used, stats| {
            if !wanted(used) {
                return;
            }
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => add(sum, stats),
                None => all.push((name.to_owned(), stats.clone())),
            }
        });
        all
    }

    /// Calls `read` with every name of every thread: its path, whether it was used in the frame that counts, and
    /// its numbers.
    #[track_caller]
    fn for_each_name(
        &self,
        tree: impl Fn(&ThreadState) -> &Tree,
        mut read: impl FnMut(&str, bool, &TagStats),
    ) {
        let own = self.state_or_panic();
        own.look();
        let second = self.shared().second();
        self.shared().states.for_each(|state| {
            // SAFETY: T2; of other threads' states only what any thread may read is read: counters and links.
            let state = unsafe { &*state.as_ptr() };
            let interval = if is_behind(state) { NO_FRAME } else { frame_that_counts(&state.published) };
            let tree = tree(state);
            let is_own = std::ptr::eq(state, own);
            tree.root().for_each(&mut |node| {
                if node != tree.root() {
                    let (used, stats) = node_stats(node, interval, second, is_own.then_some((own, tree)));
                    read(node.path(), used, &stats);
                }
            });
        });
        own.done();
    }
}

/// The number of no frame: those of frames are odd.
const NO_FRAME: u64 = u64::MAX - 1;

/// Whether the last frame of a thread that follows an app's updates is not of the last update: nothing tells it that
/// frames have passed in which it had no part.
#[cfg(feature = "bevy")]
fn is_behind(state: &ThreadState) -> bool {
    state.is_behind()
}

#[cfg(not(feature = "bevy"))]
fn is_behind(_: &ThreadState) -> bool {
    false
}

/// Intervals take turns: the time before the first frame is number 0, frames have odd numbers.
fn frame_that_counts(published: &Published) -> u64 {
    let interval = published.interval.get();
    if interval % 2 == 1 { interval } else { interval.saturating_sub(1) }
}

fn usage_of(node: NodeRef, interval: u64, own: Option<(&ThreadState, &Tree)>) -> Usage {
    let mut usage = node.usage_in(interval);
    if let Some((state, tree)) = own
        && state.interval() == interval
    {
        usage.add(tree.in_progress(node, state.reading()));
    }
    usage
}

fn node_stats(
    node: NodeRef,
    interval: u64,
    second: u64,
    own: Option<(&ThreadState, &Tree)>,
) -> (bool, TagStats) {
    let usage = usage_of(node, interval, own);
    let children: u64 = node.children().map(|child| usage_of(child, interval, own).bytes).sum();
    let (total_bytes, total_allocations) = node.totals();
    let unbooked = own.map_or(Usage::default(), |(state, tree)| tree.in_progress(node, state.reading()));
    let stats = TagStats {
        bytes_allocated: usage.bytes,
        own_bytes: usage.bytes.saturating_sub(children),
        allocations: usage.allocations,
        pool_bytes: usage.pool_bytes,
        pool_allocations: usage.pool_allocations,
        heap_bytes: usage.heap_bytes,
        heap_allocations: usage.heap_allocations,
        global_calls: usage.global_calls,
        global_bytes: usage.global_bytes,
        peak_frame_bytes: node.peak().max(usage.bytes),
        peak_recent_bytes: node.recent_peak(second).max(usage.bytes),
        total_bytes: total_bytes + unbooked.bytes,
        total_allocations: total_allocations + unbooked.allocations,
        budget: None,
        budget_exceeded: node.exceeded.get(),
        promotions: PromotionStats::of(node),
    };
    (node.was_used_in(interval) || unbooked != Usage::default(), stats)
}

fn add(sum: &mut TagStats, one: &TagStats) {
    sum.bytes_allocated += one.bytes_allocated;
    sum.own_bytes += one.own_bytes;
    sum.allocations += one.allocations;
    sum.pool_bytes += one.pool_bytes;
    sum.pool_allocations += one.pool_allocations;
    sum.heap_bytes += one.heap_bytes;
    sum.heap_allocations += one.heap_allocations;
    sum.global_calls += one.global_calls;
    sum.global_bytes += one.global_bytes;
    sum.peak_frame_bytes = sum.peak_frame_bytes.max(one.peak_frame_bytes);
    sum.peak_recent_bytes = sum.peak_recent_bytes.max(one.peak_recent_bytes);
    sum.total_bytes += one.total_bytes;
    sum.total_allocations += one.total_allocations;
    sum.budget_exceeded += one.budget_exceeded;
    sum.promotions.add(one.promotions);
}

impl AllocStats {
    /// Adds the numbers of one pool, which any thread may read.
    pub(crate) fn add_pool(&mut self, heap: &PoolHeap) {
        self.pool_bytes += heap.live_bytes();
        self.pool_allocations += heap.allocations();
        self.pool_remote_frees += heap.remote_frees();
        self.pool_waiting += heap.waiting() as u64;
        self.heap_bytes += heap.big_live_bytes();
        self.heap_allocations += heap.large_allocations();
    }
}

/// One thread's published numbers, those of its pool left out.
pub(crate) fn read(state: &ThreadState) -> ThreadStats {
    let published = &state.published;
    ThreadStats {
        // An interval for each frame and one before each.
        frames: published.interval.get() / 2,
        last_frame_bytes: published.last_frame_bytes.get(),
        last_frame_allocations: published.last_frame_allocations.get(),
        last_frame_global_calls: published.last_frame_global_calls.get(),
        last_frame_global_bytes: published.last_frame_global_bytes.get(),
        total_bytes: published.total_bytes.get(),
        total_allocations: published.total_allocations.get(),
        reserved_bytes: published.reserved.get(),
        parked_bytes: published.parked_bytes.get(),
        parked_frames: published.parked_frames.get(),
        stranded_bytes: published.stranded.get(),
        high_water_bytes: published.high_water.get().max(state.arena.published_peak()),
        chunk_refills: published.refills.get(),
        misuse: Misuse {
            begun_twice: published.begun_twice.get(),
            ended_without_begin: published.ended_without_begin.get(),
            ended_under_scope: published.ended_under_scope.get(),
            outside_frames: published.outside_frames.get(),
            unbalanced_phases: published.unbalanced_phases.get(),
        },
        budgets_exceeded: published.budgets_exceeded.get(),
        promotions: PromotionStats::of(state.tags.root()),
        ..ThreadStats::default()
    }
}
