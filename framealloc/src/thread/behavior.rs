//! The behaviour filter: what a thread notes of its allocations while the filter is on.
//!
//! A thread that is watched has an arena and a heap that are *recorded*: nothing is taken or given back the fast way.
//! The slow ways come here. Whether the filter is on, a thread sees where it looks for other changes too: at its next
//! frame, or when a fast path finds nothing.
//!
//! The records are behind a lock, since other threads read them for a report. It is held for no user code, but memory is
//! asked for under it, and the program's own global allocator may note its calls here: `busy` lets those go unseen.

mod records;
#[cfg(feature = "call-sites")]
mod sampled;

use std::cell::Cell;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use super::state::ThreadState;
use crate::attribution::{Origin, Place, Purpose};
use crate::config::BehaviorConfig;
use crate::frame::flag;

use records::Moment;
pub(crate) use records::{Caller, Events, Excess, Records, Site};

/// Whether the filter is on, for all threads of an allocator.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Odd while it is on; grows with every switch. Zero before the first, as the session of records that are none.
    session: AtomicU64,
    config: Mutex<BehaviorConfig>,
}

impl Filter {
    pub(crate) fn session(&self) -> u64 {
        // Acquire: pairs with the switch, whose settings are read next.
        self.session.load(Ordering::Acquire)
    }

    pub(crate) fn config(&self) -> BehaviorConfig {
        *lock(&self.config)
    }

    pub(crate) fn is_on(&self) -> bool {
        is_on(self.session())
    }

    /// The session that is on, or the one that was on last; zero for none.
    fn last_on(&self) -> u64 {
        let session = self.session();
        session - u64::from(session != 0 && !is_on(session))
    }

    /// Switches it on with these settings, or off; whether that changes anything.
    fn switch(&self, to: Option<BehaviorConfig>) -> bool {
        let mut config = lock(&self.config);
        let session = self.session();
        if is_on(session) == to.is_some() {
            return false;
        }
        *config = to.unwrap_or(*config);
        self.session.store(session + 1, Ordering::Release);
        true
    }
}

const fn is_on(session: u64) -> bool {
    session % 2 == 1
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// One thread's part in the filter.
#[derive(Debug, Default)]
pub(crate) struct Behavior {
    /// What the thread has last seen of [`Filter::session`].
    session: Cell<u64>,
    /// The thread is at the records, its own or another's.
    busy: Cell<bool>,
    records: Mutex<Records>,
    #[cfg(feature = "call-sites")]
    sampled: sampled::Sampled,
}

/// A thread's own records, which it is at.
struct Open<'a> {
    busy: &'a Cell<bool>,
    records: MutexGuard<'a, Records>,
}

impl Drop for Open<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.busy.set(false);
    }
}

impl Behavior {
    /// The records, unless the thread is at some already.
    #[inline(always)]
    fn open(&self) -> Option<Open<'_>> {
        if self.busy.replace(true) {
            return None;
        }
        Some(Open { busy: &self.busy, records: lock(&self.records) })
    }

    /// Runs `action` with the records, unless the thread is at some already.
    #[inline]
    fn with(&self, action: impl FnOnce(&mut Records)) {
        if let Some(mut open) = self.open() {
            action(&mut open.records);
        }
    }
}

impl ThreadState {
    /// Whether the thread notes what it allocates.
    #[inline]
    pub(super) fn is_watched(&self) -> bool {
        is_on(self.behavior.session.get())
    }

    /// Switches the filter on with these settings, or off. Others see it at their next frame, this thread now.
    #[cold]
    pub(crate) fn switch_filter(&self, to: Option<BehaviorConfig>) {
        if self.shared().filter.switch(to) {
            self.shared().advance_epoch();
        }
        self.look_for_filter();
    }

    /// Sees whether the filter has been switched.
    #[inline]
    pub(crate) fn look_for_filter(&self) {
        if self.behavior.session.get() != self.shared().filter.session() {
            self.follow_filter();
        }
    }

    #[cold]
    #[inline(never)]
    fn follow_filter(&self) {
        if self.arena.has(flag::RETIRED) {
            return;
        }
        if self.is_watched() {
            self.stop_watching();
        }
        let session = self.shared().filter.session();
        self.behavior.session.set(session);
        if is_on(session) {
            let config = self.shared().filter.config();
            self.behavior.with(|records| {
                // A thread before this one may have begun them.
                if records.session != session {
                    records.restart(session, config);
                }
            });
            self.set_recorded(true);
            if self.in_frame() {
                self.watch_frame();
            }
        }
    }

    /// A frame has begun, or is open and the thread is watched from now on.
    #[inline]
    pub(super) fn watch_frame(&self) {
        #[cfg(feature = "call-sites")]
        if self.is_watched() {
            self.hear_calls(self.shared().filter.config().samples);
        }
    }

    /// The thread ends, or the filter is off.
    pub(super) fn stop_watching(&self) {
        if self.is_watched() {
            #[cfg(feature = "call-sites")]
            self.end_hearing();
            self.behavior.session.set(0);
            self.set_recorded(false);
            let frame = self.moment().frame;
            self.behavior.with(|records| records.stop(frame));
        }
    }

    fn set_recorded(&self, recorded: bool) {
        self.arena.set_recorded(recorded);
        if let Some(heap) = self.heap() {
            heap.set_recorded(recorded);
        }
    }

    fn moment(&self) -> Moment {
        // An interval for each frame and one before each.
        Moment { frame: self.interval() / 2, in_frame: self.in_frame() }
    }

    fn caller(&self, origin: &'static Origin, location: &'static Location<'static>) -> Caller {
        let place = if origin.purpose == Purpose::Growth { Place::Unknown } else { Place::Caller(location) };
        Caller { place, origin, tag: self.tags.current(), phase: self.phases.current() }
    }

    /// A block of the frame, if the thread is watched and there is room for it.
    #[inline(always)]
    pub(super) fn take_watched(
        &self,
        size: usize,
        align: usize,
        origin: &'static Origin,
        location: &'static Location<'static>,
    ) -> Option<NonNull<u8>> {
        let block = self.arena.take_recorded(size, align)?;
        self.note_block(block.addr().get(), size, origin, location);
        Some(block)
    }

    /// Notes a frame block of `size` bytes at `address`.
    #[inline(always)]
    pub(super) fn note_block(
        &self,
        address: usize,
        size: usize,
        origin: &'static Origin,
        location: &'static Location<'static>,
    ) {
        let (caller, now) = (self.caller(origin, location), self.moment());
        let Some(mut open) = self.behavior.open() else { return };
        let records = &mut *open.records;
        let site = records.note(caller, size, now);
        if let Some(site) = site
            && origin.purpose != Purpose::Scope
        {
            records.note_block(address, site, size, now.frame);
        }
    }

    /// Notes that the frame block at `address` has given back all but its first `kept` bytes.
    pub(super) fn note_block_gone(&self, address: usize, kept: usize) {
        let frame = self.moment().frame;
        self.behavior.with(|records| records.note_block_gone(address, kept, frame));
    }

    /// Notes that the frame block at `address` now has so many bytes.
    pub(super) fn note_block_size(&self, address: usize, size: usize) {
        self.behavior.with(|records| records.note_block_size(address, size));
    }

    /// Notes a block of the pool, or a large one.
    #[inline(always)]
    pub(super) fn note_outside_block(
        &self,
        block: NonNull<u8>,
        size: usize,
        is_large: bool,
        origin: &'static Origin,
        location: &'static Location<'static>,
    ) {
        let (caller, now) = (self.caller(origin, location), self.moment());
        let Some(mut open) = self.behavior.open() else { return };
        let records = &mut *open.records;
        let site = records.note(caller, size, now);
        if let Some(site) = site.filter(|_| is_large) {
            records.note_large(site);
        }
        if origin.purpose == Purpose::Heap {
            return;
        }
        let site = site.filter(|_| origin.purpose == Purpose::Pool && now.in_frame);
        if let Some(heap) = self.heap()
            && !heap.note_made(block, site, records.config.most_blocks)
        {
            records.note_missed(1);
        }
    }

    /// The frame ends.
    pub(super) fn end_watched_frame(&self) {
        if self.is_watched() {
            #[cfg(feature = "call-sites")]
            self.end_hearing();
            let frame = self.moment().frame;
            self.behavior.with(|records| {
                if let Some(heap) = self.heap() {
                    heap.end_fresh(|site, count| records.note_young_deaths(site, count, frame));
                }
                records.end_frame(frame);
            });
        }
    }

    /// Copies the sites of a thread, which may be another: it waits no longer than that takes.
    pub(crate) fn copy_sites(&self, of: &Self, sites: &mut Vec<Site>) {
        let mut count = 0;
        self.read_records(of, |records, _| count = records.sites.len());
        // Memory is asked for while nobody waits. A site that is new meanwhile has its turn the next time.
        sites.reserve(count);
        self.read_records(of, |records, _| sites.extend(records.sites.iter().take(count)));
    }

    /// Calls `read` with the records of a thread, which may be another, if they are of the filter's last session, and with
    /// the frame that it is in. It must not call the allocator.
    pub(crate) fn read_records(&self, of: &Self, read: impl FnOnce(&Records, u64)) {
        if self.behavior.busy.replace(true) {
            return;
        }
        let records = lock(&of.behavior.records);
        let session = self.shared().filter.last_on();
        if session != 0 && records.session == session {
            read(&records, of.interval() / 2);
        }
        drop(records);
        self.behavior.busy.set(false);
    }
}
