//! What one thread has of one allocator: its arena, its tags and phases, its numbers.
//!
//! This file is the frame's boundary; the way to memory is in [`super::blocks`], budgets in [`super::budget`], tags and
//! phases in [`super::names`].

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::behavior::Behavior;
use super::logged::Logged;
use super::observed::Observed;
use super::profiled::Profiled;
use super::promotion::Lists;
use super::shared::Shared;
use super::telling::Telling;
use crate::attribution::{Reading, Tree};
use crate::config::DeferredProcessing;
use crate::frame::{Arena, flag};
use crate::memory::counter::Counter;
use crate::memory::tracking::{self, GlobalCalls};
use crate::memory::{source, tally};
use crate::pool::{Meters, PoolHeap};

/// What a thread publishes of itself; other threads may read it at any time.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// Counts frames and the times between them; see [`ThreadState::interval`].
    pub(crate) interval: Counter,
    pub(crate) last_frame_bytes: Counter,
    pub(crate) last_frame_allocations: Counter,
    pub(crate) last_frame_global_bytes: Counter,
    pub(crate) last_frame_global_calls: Counter,
    pub(crate) total_bytes: Counter,
    pub(crate) total_allocations: Counter,
    pub(crate) high_water: Counter,
    pub(crate) reserved: Counter,
    pub(crate) parked_bytes: Counter,
    pub(crate) parked_frames: Counter,
    pub(crate) stranded: Counter,
    pub(crate) refills: Counter,
    pub(crate) begun_twice: Counter,
    pub(crate) ended_without_begin: Counter,
    pub(crate) ended_under_scope: Counter,
    pub(crate) outside_frames: Counter,
    pub(crate) unbalanced_phases: Counter,
    pub(crate) budgets_exceeded: Counter,
}

/// The next boundary has more to do than to count and to move a pointer.
const ATTENTION: u32 = flag::FIRST_OF_STATE;
/// Some tag has a budget; then also [`SLOW_NAMES`].
const TAG_BUDGETS: u32 = flag::FIRST_OF_STATE << 1;
/// From this bit on, how many tags and phases are open: a frame that ends under one has more to do.
pub(super) const OPEN_NAME: u32 = 1 << 16;
/// Tags and phases are closed in the slow way: some tag has a budget, the thread has a part in a shared frame or has
/// ended, or the global allocator is counted.
pub(super) const SLOW_NAMES: u32 = 1 << 31;

/// What a thread without a heap reads.
static NO_METERS: Meters = Meters::new();

/// The thread has a part in a shared frame, or had one that it has not looked at since.
pub(super) const LANES: u32 = flag::FIRST_OF_STATE << 7;
/// Something is retained and not handed out.
const RETAINED: u32 = flag::FIRST_OF_STATE << 3;

/// Every so many intervals a boundary takes the slow way, which folds counts before they run over.
const FOLD_EVERY: u64 = 1 << 12;

/// One thread's part of one allocator. See T1–T3 in [`super::registry`].
#[repr(C)]
#[derive(Debug)]
pub(crate) struct ThreadState {
    pub(crate) arena: Arena,
    /// The thread's pool; null for a thread that is past owning one. Other threads read the pool's counters.
    heap: AtomicPtr<PoolHeap>,
    /// Those of the heap.
    meters: Cell<NonNull<Meters>>,
    epoch: Cell<u64>,
    /// The thread's calls to the global allocator when the frame began, if those are counted.
    global_start: Cell<GlobalCalls>,
    pub(crate) published: Published,
    pub(crate) tags: Tree,
    pub(crate) phases: Tree,
    pub(super) lanes: super::lane::Lanes,
    /// How many tasks have run; see [`ThreadState::run_task`].
    pub(super) tasks: Cell<u64>,
    /// Allocators, guards and callbacks that refer to this state without holding memory of it, and that nothing else
    /// tells of: a guard of a name only when the name has been closed without it.
    pub(super) pins: Cell<usize>,
    late_token: Cell<u64>,
    /// Frames that are still timed because somebody has looked.
    watched: Cell<u32>,
    pub(super) second: Cell<u64>,
    pub(super) budgets: super::budget::Budgets,
    #[cfg(feature = "bevy")]
    pub(super) followed: super::follow::Followed,
    pub(super) behavior: Behavior,
    /// What the thread has retained, if it ever has; see R5 in [`super::promotion`].
    pub(super) lists: Cell<Option<NonNull<Lists>>>,
    pub(crate) observed: Observed,
    pub(super) profiled: Profiled,
    pub(super) logged: Logged,
    pub(super) telling: Telling,
    shared: *const Shared,
}

/// How many frames are timed after someone has looked at the statistics.
const WATCH: u32 = 600;

impl ThreadState {
    /// A state that no thread has yet, `number` of the allocator's, or `None` when the system has no memory.
    pub(super) fn allocate(shared: &Arc<Shared>, number: u64) -> Option<NonNull<Self>> {
        // SAFETY: the backing is part of `shared`, whose end closes the states before it goes.
        let arena = unsafe { Arena::new(shared.backing_ptr()) }?;
        source::boxed(Self {
            arena,
            heap: AtomicPtr::default(),
            meters: Cell::new(NonNull::from(&NO_METERS)),
            epoch: Cell::new(0),
            global_start: Cell::new(GlobalCalls::default()),
            published: Published::default(),
            tags: Tree::new()?,
            phases: Tree::new()?,
            lanes: super::lane::Lanes::default(),
            tasks: Cell::new(0),
            pins: Cell::new(0),
            late_token: Cell::new(0),
            watched: Cell::new(0),
            second: Cell::new(0),
            budgets: super::budget::Budgets::default(),
            #[cfg(feature = "bevy")]
            followed: super::follow::Followed::default(),
            behavior: Behavior::default(),
            lists: Cell::new(None),
            observed: Observed::default(),
            profiled: Profiled::new(shared.id.get(), number),
            logged: Logged::default(),
            telling: Telling::default(),
            shared: Arc::as_ptr(shared),
        })
    }

    /// The allocator that the state belongs to.
    pub(crate) fn shared(&self) -> &Shared {
        // SAFETY: T2: whoever can reach a state borrows its allocator.
        unsafe { &*self.shared }
    }

    /// The same, to keep its memory.
    pub(super) fn shared_arc(&self) -> Arc<Shared> {
        // SAFETY: the pointer is an `Arc`'s, which T2 says is still there; the count goes up for the one made here.
        unsafe {
            Arc::increment_strong_count(self.shared);
            Arc::from_raw(self.shared)
        }
    }

    // --- Whose it is -------------------------------------------------------------------------------------------

    /// The calling thread takes the state over; under the registry's lock.
    pub(super) fn enter(&self, heap: Option<NonNull<PoolHeap>>) {
        debug_assert!(self.arena.is_idle() && self.pins.get() == 0);
        self.heap.store(heap.map_or(std::ptr::null_mut(), NonNull::as_ptr), Ordering::Release);
        self.find_meters();
        self.arena.revive();
        self.epoch.set(u64::MAX);
        self.attend();
        self.choose_names_speed();
        self.forget_misuse();
        self.telling.set_silent(false);
        if self.shared().backing.prefault {
            self.arena.warm_up();
        }
        if heap.is_some() {
            self.look_for_filter();
        }
    }

    /// A thread whose table is gone takes the state over, for as long as something in it is alive. It is found by
    /// the thread's token, never cached.
    pub(super) fn enter_late(&self, token: u64) {
        self.enter(None);
        self.late_token.set(token);
        self.arena.retire();
        self.arena.set(SLOW_NAMES);
    }

    pub(super) fn late_token(&self) -> u64 {
        self.late_token.get()
    }

    pub(super) fn forget_late_owner(&self) {
        self.late_token.set(0);
    }

    /// The thread ends. Whether nothing refers to the state, so that it is idle; under the registry's lock.
    pub(super) fn retire(&self) -> bool {
        self.telling.set_silent(true);
        self.forget_lists();
        if self.in_frame() {
            self.end_frame();
        }
        self.retire_lanes();
        self.stop_watching();
        self.count_interlude();
        self.publish();
        self.forget_thread();
        self.heap.store(std::ptr::null_mut(), Ordering::Release);
        self.find_meters();
        let idle = self.arena.retire();
        self.publish_arena();
        idle && self.pins.get() == 0
    }

    /// Leaves nothing behind of what the thread had set or opened.
    fn forget_thread(&self) {
        self.see_lanes();
        if self.in_frame() {
            self.count_frame();
            self.arena.clear(flag::IN_FRAME);
            self.next_interval();
        }
        let now = self.reading();
        self.note_closed(self.tags.close_all(now, self.interval(), self.second.get()));
        self.note_closed(self.phases.close_all(now, self.interval(), self.second.get()));
        self.budgets.reset();
        #[cfg(feature = "bevy")]
        self.followed.reset();
        self.observed.forget_thread();
        self.forget_profilers();
        self.arena.set_cap(usize::MAX);
        self.arena.clear(ATTENTION | TAG_BUDGETS);
        self.choose_names_speed();
    }

    /// The end of a call that may have found the state of a thread that is past its table, which keeps it no longer
    /// than something in it is alive. A frame that such a thread has opened ends with it.
    #[inline(always)]
    pub(crate) fn done(&self) {
        if self.arena.has(flag::RETIRED) {
            self.reclaim_if_idle();
        }
    }

    /// Called when something of a retired state has died.
    #[cold]
    #[inline(never)]
    fn reclaim_if_idle(&self) {
        let held = self.pins.get() != 0 || self.tags.has_guards() || self.phases.has_guards();
        if self.arena.has(flag::RETIRED) && !held && self.arena.is_idle() {
            self.forget_thread();
            self.arena.retire();
            self.publish_arena();
            // SAFETY: retired and not idle yet, since something was alive; now nothing refers to it.
            unsafe { self.shared().states.reclaim(NonNull::from(self)) };
        }
    }

    /// Something that holds no memory refers to the state from now on.
    #[inline(always)]
    pub(crate) fn pin(&self) {
        self.pins.set(self.pins.get() + 1);
    }

    #[inline(always)]
    pub(crate) fn unpin(&self) {
        self.pins.set(self.pins.get() - 1);
        self.done();
    }

    /// Runs user code, during which the state is not handed to another thread.
    pub(super) fn pinned<R>(&self, run: impl FnOnce() -> R) -> R {
        struct Unpin<'a>(&'a Cell<usize>);
        impl Drop for Unpin<'_> {
            fn drop(&mut self) {
                self.0.set(self.0.get() - 1);
            }
        }
        self.pin();
        let _unpin = Unpin(&self.pins);
        run()
    }

    /// The thread's pool.
    #[inline(always)]
    pub(crate) fn heap(&self) -> Option<&PoolHeap> {
        // SAFETY: set while the thread that has the state owns the heap; heaps go only with the allocator, so other
        // threads may read its counters.
        unsafe { self.heap.load(Ordering::Acquire).as_ref() }
    }

    fn find_meters(&self) {
        self.meters.set(NonNull::from(self.heap().map_or(&NO_METERS, PoolHeap::meters)));
    }

    // --- Frames ------------------------------------------------------------------------------------------------

    /// Counts frames and the times between them, so that each has a number of its own.
    #[inline(always)]
    pub(crate) fn interval(&self) -> u64 {
        self.published.interval.get()
    }

    #[inline(always)]
    fn next_interval(&self) {
        self.published.interval.add(1);
    }

    #[inline(always)]
    pub(crate) fn in_frame(&self) -> bool {
        self.arena.has(flag::IN_FRAME)
    }

    #[inline(always)]
    pub(super) fn set_tag_budgets(&self, any: bool) {
        self.arena.clear(TAG_BUDGETS);
        if any {
            self.arena.set(TAG_BUDGETS);
        }
        self.choose_names_speed();
    }

    pub(super) fn has_slow_names(&self) -> bool {
        self.arena.has(SLOW_NAMES)
    }

    /// Whether tags and phases have to be opened and closed in the slow way, as things stand.
    pub(super) fn choose_names_speed(&self) {
        self.arena.clear(SLOW_NAMES);
        let slow = self.arena.has(TAG_BUDGETS | LANES | flag::RETIRED);
        if slow || self.observed.is_on() || self.profiled.is_on() || tracking::is_installed() {
            self.arena.set(SLOW_NAMES);
        }
    }

    /// The next boundary is to look around.
    pub(super) fn attend(&self) {
        self.arena.set(ATTENTION);
    }

    #[inline(always)]
    pub(super) fn is_retired(&self) -> bool {
        self.arena.has(flag::RETIRED)
    }

    #[inline(always)]
    pub(super) fn has_tag_budgets(&self) -> bool {
        self.arena.has(TAG_BUDGETS)
    }

    #[inline(always)]
    pub(super) fn set_retained(&self, any: bool) {
        if any { self.arena.set(RETAINED) } else { self.arena.clear(RETAINED) }
    }

    #[inline(always)]
    pub(super) fn has_retained(&self) -> bool {
        self.arena.has(RETAINED)
    }

    /// The counts of the arena and the pool as they stand.
    #[inline(always)]
    pub(crate) fn reading(&self) -> Reading {
        // SAFETY: those of the heap, which is there while `heap` names it, or the static ones.
        let meters = unsafe { self.meters.get().as_ref() };
        Reading {
            taken: self.arena.taken_tally(),
            made: self.arena.made(),
            blocks: meters.made.get(),
            large: meters.large_made.get(),
        }
    }

    #[inline]
    pub(crate) fn begin_frame(&self, epoch: u64) {
        let plain = !self.arena.has(flag::IN_FRAME | ATTENTION | LANES)
            & (self.arena.made() == 0)
            & (self.epoch.get() == epoch);
        if !plain {
            return self.begin_frame_slow(epoch);
        }
        self.arena.set(flag::IN_FRAME);
        self.next_interval();
    }

    #[cold]
    #[inline(never)]
    fn begin_frame_slow(&self, epoch: u64) {
        if self.in_frame() {
            self.published.begun_twice.add(1);
            self.untold(|| self.end_frame());
            if self.in_frame() {
                // A destructor of what waited for the end has begun one, which goes on as this one.
                return self.tell();
            }
        }
        self.see_lanes();
        let (made, taken) = self.count_interlude();
        let last = self.reading();
        let untouched = taken == 0 && made == 0;
        let finish = || {
            if !untouched {
                self.arena.finish();
            }
        };
        self.cut(last, finish);
        self.take_back(DeferredProcessing::AtFrameBegin);
        self.arena.set(flag::IN_FRAME);
        self.next_interval();
        if self.epoch.get() != epoch {
            let watch = self.shared().watch_epoch();
            if watch != 0 && (self.epoch.get() == u64::MAX || self.epoch.get() < watch) {
                self.watched.set(WATCH);
                self.second.set(self.shared().second());
            }
            self.notice_observation();
            self.epoch.set(epoch);
            self.read_tag_budgets();
            self.look_for_filter();
        }
        self.observe_begin();
        self.look_for_profilers();
        self.refresh();
        self.tell();
        self.global_start.set(tracking::global_calls());
        self.watch_frame();
    }

    #[inline]
    pub(crate) fn end_frame(&self) {
        let plain = self.arena.is_clean(flag::IN_FRAME) & !(self.interval() + 1).is_multiple_of(FOLD_EVERY);
        if !plain {
            return self.end_frame_slow();
        }
        self.end_clean_frame();
    }

    /// Counts what was allocated since the last frame ended: how many and how many bytes.
    fn count_interlude(&self) -> (u64, u64) {
        let (made, taken) = (tally::count(self.arena.made()), self.arena.taken());
        self.published.outside_frames.add(made);
        self.published.total_allocations.add(made);
        self.published.total_bytes.add(taken);
        (made, taken)
    }

    /// Ends a frame that has left nothing behind.
    #[inline(always)]
    fn end_clean_frame(&self) {
        self.count_frame();
        self.arena.rewind_clean();
        self.arena.clear(flag::IN_FRAME);
        self.next_interval();
    }

    #[inline(always)]
    fn count_frame(&self) {
        let bytes = self.arena.taken();
        let allocations = tally::count(self.arena.made());
        let published = &self.published;
        published.stranded.set(0);
        published.last_frame_bytes.set(bytes);
        published.last_frame_allocations.set(allocations);
        published.total_bytes.add(bytes);
        published.total_allocations.add(allocations);
    }

    #[cold]
    #[inline(never)]
    fn end_frame_slow(&self) {
        if self.has_retained() {
            return self.end_frame_and_list();
        }
        if !self.in_frame() {
            self.published.ended_without_begin.add(1);
            self.tell();
            self.done();
            return;
        }
        self.see_lanes();
        self.take_back(DeferredProcessing::AtFrameEnd);
        tracking::uncounted(|| self.end_watched_frame());
        if let Some(heap) = self.heap() {
            heap.fold();
        }
        let last = self.reading();
        self.count_frame();
        let (global, start) = (tracking::global_calls(), self.global_start.get());
        self.published.last_frame_global_bytes.set(global.bytes.wrapping_sub(start.bytes));
        self.published.last_frame_global_calls.set(global.calls.wrapping_sub(start.calls));
        self.publish_arena();
        self.observe_end(self.published.last_frame_bytes.get());
        if self.arena.has_open_scope() {
            self.published.ended_under_scope.add(1);
        }
        let phases = self.phases.close_all(last, self.interval(), self.second.get());
        self.published.unbalanced_phases.add(u64::from(phases.names));
        self.note_closed(phases);
        if self.watched.get() > 0 {
            self.watched.set(self.watched.get() - 1);
            self.second.set(self.shared().second());
        }
        self.cut(last, || self.arena.finish());
        self.arena.clear(flag::IN_FRAME);
        self.profile_frame(self.interval());
        self.next_interval();
        self.refresh();
        self.tell();
        self.done();
    }

    /// Ends an interval by `finish`: what is open has used so much in it, and counts from zero in the next.
    fn cut(&self, last: Reading, finish: impl FnOnce()) {
        tracking::uncounted(finish);
        let next = self.reading();
        let (interval, second) = (self.interval(), self.second.get());
        self.tags.cut(last, next, interval, second);
        self.phases.cut(last, next, interval, second);
    }

    /// Sees what the next boundary has to look after, and sets the limits of the interval that begins.
    pub(crate) fn refresh(&self) {
        self.apply_budgets();
        let looked_at = self.watched.get() > 0 || self.observed.is_on() || self.profiled.is_on();
        if looked_at || tracking::is_installed() || self.has_budgets() || self.takes_back_at_boundaries() {
            self.arena.set(ATTENTION);
        } else {
            self.arena.clear(ATTENTION);
        }
        self.publish();
    }

    /// The calling thread looks at the statistics: frames are timed from here on for a while.
    pub(crate) fn look(&self) {
        self.see_lanes();
        self.publish();
        if self.watched.get() < WATCH / 2 {
            self.shared().watch();
            self.watched.set(WATCH);
            self.arena.set(ATTENTION);
        }
        self.second.set(self.shared().second());
    }

    /// Publishes what is not published at every boundary.
    pub(crate) fn publish(&self) {
        self.publish_arena();
        self.take_back(DeferredProcessing::WhenNeeded);
        if let Some(heap) = self.heap() {
            heap.collect_big();
            heap.fold();
        }
    }

    /// Takes back what other threads have freed, if that is to be done at this moment, or whenever it fits.
    fn take_back(&self, moment: DeferredProcessing) {
        if let Some(heap) = self.heap() {
            let processing = heap.deferred().processing();
            if processing == moment || processing == DeferredProcessing::WhenNeeded {
                heap.drain();
            }
        }
    }

    fn takes_back_at_boundaries(&self) -> bool {
        let processing = self.shared().pool.deferred.processing();
        matches!(processing, DeferredProcessing::AtFrameBegin | DeferredProcessing::AtFrameEnd)
    }

    pub(super) fn publish_arena(&self) {
        let published = &self.published;
        let (parked_bytes, parked_frames) = self.arena.parked();
        published.reserved.set((self.arena.reserved_bytes() + self.lanes.reserved_bytes()) as u64);
        published.parked_bytes.set(parked_bytes as u64);
        published.parked_frames.set(parked_frames as u64);
        published.stranded.set(self.arena.dead() as u64);
        published.refills.set(self.arena.refills() + self.lanes.refills());
        self.arena.note_peak();
        published.high_water.raise(self.arena.peak());
    }

    /// Brings what was taken in shared frames into the numbers, before they are read.
    #[inline(always)]
    pub(super) fn see_lanes(&self) {
        if self.arena.has(LANES) {
            self.sync_lanes();
        }
    }
}
