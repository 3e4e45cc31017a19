//! What of a thread's phases and frames goes to profilers.
//!
//! Whether one wants them, a thread sees on ways that are slow already: where a frame's end or the end of a name has more
//! to do, which each name has once in every frame. As long as one does, frames and names take these ways.
//!
//! A profiler shows each phase as a *zone*. Zones end in the reverse order in which they began, so a phase that is
//! suspended for a task keeps its zone, and those of the task stand within. What is open is therefore counted from the
//! lowest: a zone has the *level* of its phase, and ends when fewer phases are open and suspended than that.

#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::Location;

use super::current;
use super::state::ThreadState;
use crate::integrate::{Frame, FrameReport, Thread, Zone, are_wanted};
use crate::memory::tracking;

/// What one thread keeps for that.
#[derive(Debug)]
pub(super) struct Profiled {
    /// A profiler wants the thread's phases and frames.
    on: Cell<bool>,
    /// Those of open and suspended phases that began while one did.
    zones: RefCell<Vec<OpenZone>>,
    /// How many phases are suspended for the task that runs.
    suspended: Cell<usize>,
    /// The interval of the frame that has ended and is to be reported.
    ended: Cell<Option<u64>>,
    thread: Thread,
}

#[derive(Debug)]
struct OpenZone {
    level: usize,
    /// The token of its thread.
    owner: u64,
    _zone: Zone,
}

impl Profiled {
    pub(super) fn new(allocator: u64, thread: u64) -> Self {
        Self {
            on: Cell::new(false),
            zones: RefCell::new(Vec::new()),
            suspended: Cell::new(0),
            ended: Cell::new(None),
            thread: Thread::new(allocator, thread),
        }
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Drop for Profiled {
    fn drop(&mut self) {
        // A zone ends on its own thread only.
        let here = if current::is_ending() { 0 } else { current::token() };
        while let Some(open) = self.zones.get_mut().pop() {
            if open.owner != here {
                mem::forget(open);
            }
        }
    }
}

/// Phases are suspended for a task until this goes.
pub(super) struct SuspendedZones<'a> {
    state: &'a ThreadState,
    suspended: usize,
    zones: usize,
}

impl Drop for SuspendedZones<'_> {
    fn drop(&mut self) {
        self.state.profiled.suspended.set(self.suspended);
        // Those of the task, and then those of phases that it has ended.
        self.state.end_zones_while(|zones| zones.len() > self.zones);
        self.state.end_zones();
    }
}

impl ThreadState {
    /// Sees whether a profiler has come or gone.
    #[inline]
    pub(super) fn look_for_profilers(&self) {
        if are_wanted() != self.profiled.on.get() {
            self.follow_profilers();
        }
    }

    #[cold]
    fn follow_profilers(&self) {
        // A thread past its table has no variables of profilers any more, perhaps.
        self.profiled.on.set(are_wanted() && !self.is_retired());
        self.choose_names_speed();
        self.attend();
    }

    /// The thread goes. Its variables may have gone before, and those of the profilers with them; so zones do not end.
    pub(super) fn forget_profilers(&self) {
        let profiled = &self.profiled;
        profiled.on.set(false);
        profiled.ended.set(None);
        profiled.suspended.set(0);
        profiled.zones.take().into_iter().for_each(mem::forget);
        profiled.thread.forget();
        self.tags.root().for_each(&mut |node| node.label().forget_thread());
    }

    /// How many phases are open and suspended.
    fn level(&self) -> usize {
        self.profiled.suspended.get() + self.phases.path_to_root().count()
    }

    /// The innermost phase has just begun, in the slow way.
    pub(super) fn begin_zone(&self, location: &'static Location<'static>) {
        self.look_for_profilers();
        if !self.profiled.on.get() || self.is_silent() {
            return;
        }
        let (level, node) = (self.level(), self.phases.current());
        self.end_zones_above(level - 1);
        tracking::uncounted(|| {
            if self.profiled.zones.borrow_mut().try_reserve(1).is_ok() {
                let _zone = self.telling(|| Zone::begin(node.label(), node.name(), location));
                let open = OpenZone { level, owner: current::token(), _zone };
                self.profiled.zones.borrow_mut().push(open);
            }
        });
    }

    /// Ends the zones of phases that are neither open nor suspended.
    #[inline]
    pub(super) fn end_zones(&self) {
        if !self.profiled.zones.borrow().is_empty() {
            self.end_closed_zones();
        }
    }

    #[cold]
    #[inline(never)]
    fn end_closed_zones(&self) {
        self.end_zones_above(self.level());
    }

    fn end_zones_above(&self, level: usize) {
        self.end_zones_while(|zones| zones.last().is_some_and(|last| last.level > level));
    }

    /// Ends zones, the last one first, as long as `more` says so.
    fn end_zones_while(&self, more: impl Fn(&[OpenZone]) -> bool) {
        while !self.is_silent() && more(&self.profiled.zones.borrow()) {
            let open = self.profiled.zones.borrow_mut().pop();
            tracking::uncounted(|| self.telling(|| drop(open)));
        }
    }

    /// All phases that are open are suspended until what this returns goes.
    pub(super) fn suspend_zones(&self) -> SuspendedZones<'_> {
        let suspended = self.profiled.suspended.get();
        let zones = self.profiled.zones.borrow().len();
        if zones != 0 {
            self.profiled.suspended.set(self.level());
        }
        SuspendedZones { state: self, suspended, zones }
    }

    /// A frame has ended, in the slow way: the one of this interval.
    pub(super) fn profile_frame(&self, interval: u64) {
        self.look_for_profilers();
        self.profiled.ended.set(self.profiled.on.get().then_some(interval));
    }

    /// Tells the profilers of the frame that has ended, if one has.
    pub(super) fn report_frame(&self) {
        let Some(interval) = self.profiled.ended.take() else { return };
        let published = &self.published;
        let frame = Frame {
            bytes: published.last_frame_bytes.get(),
            allocations: published.last_frame_allocations.get(),
            high_water: published.high_water.get(),
            parked: published.parked_bytes.get(),
            pool: self.heap().map_or(0, |heap| heap.live_bytes()),
        };
        tracking::uncounted(|| {
            self.telling(|| {
                let report = FrameReport::begin(&self.profiled.thread, &frame);
                self.tags.root().for_each(&mut |node| {
                    if node != self.tags.root() {
                        let usage = node.usage_in(interval);
                        report.tag(node.label(), || node.text(), usage.bytes, usage.allocations);
                    }
                });
            });
        });
    }
}
