//! Lanes: a thread's part of a frame that several threads share.
//!
//! A lane is an arena of its own, beside the thread's frames and scopes, which know nothing of it: they may begin and
//! end, in any order, while a shared frame is open. It belongs to the thread's state, and goes with it to the next
//! thread that has the state, also while its shared frame is open.
//!
//! Invariants:
//!
//! - **N1** Only the thread that has the state touches its lanes (T1). Others use the memory that was taken from them.
//! - **N2** A lane serves one shared frame at a time, from [`ThreadState::lane`] until its clock has passed. Until then
//!   a scope is open on its arena, so that nothing taken from it is given back.
//! - **N3** A lane lives as long as its state.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::clock::ClockRef;
use super::current;
use super::shared::Shared;
use super::state::{LANES, ThreadState};
use crate::error::AllocError;
use crate::frame::{Arena, LevelRef, Refused, flag};
use crate::memory::source;

/// A thread's part of a shared frame.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) arena: Arena,
    /// The shared frame that it serves.
    run: Cell<Option<Run>>,
    /// Bytes taken from the arena that are in the state's numbers already.
    booked: Cell<u64>,
    next: Option<NonNull<Lane>>,
}

/// One shared frame, as a lane knows it.
#[derive(Clone, Copy, Debug)]
struct Run {
    serial: u64,
    clock: ClockRef,
    level: LevelRef,
}

static NEXT_SERIAL: AtomicU64 = AtomicU64::new(1);

/// A number for a shared frame, which no other of any allocator has; never zero.
pub(crate) fn next_serial() -> u64 {
    // 2^64 frames are not begun within the lifetime of a machine.
    NEXT_SERIAL.fetch_add(1, Ordering::Relaxed)
}

/// The lanes of one state.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    first: Cell<Option<NonNull<Lane>>>,
}

impl Lanes {
    fn iter(&self) -> impl Iterator<Item = &Lane> {
        // SAFETY: N3; lanes are only ever borrowed shared, what changes are cells.
        let borrow = |lane: NonNull<Lane>| unsafe { lane.as_ref() };
        std::iter::successors(self.first.get().map(borrow), move |lane| lane.next.map(borrow))
    }

    /// Bytes of the system's memory that the lanes hold.
    pub(super) fn reserved_bytes(&self) -> usize {
        self.iter().map(|lane| lane.arena.reserved_bytes()).sum()
    }

    /// How often the lanes went to another chunk.
    pub(super) fn refills(&self) -> u64 {
        self.iter().map(|lane| lane.arena.refills()).sum()
    }

    fn add(&self, shared: &Shared) -> Option<&Lane> {
        // SAFETY: the backing is part of `shared`, whose end closes the states, and with them this, before it goes.
        let arena = unsafe { Arena::new(shared.backing_ptr()) }?;
        let next = self.first.get();
        let lane = source::boxed(Lane { arena, run: Cell::new(None), booked: Cell::new(0), next })?;
        self.first.set(Some(lane));
        self.iter().next()
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        let mut lane = self.first.take();
        while let Some(this) = lane {
            // SAFETY: the state goes, and with it all who could reach the lane (N3).
            unsafe {
                lane = this.as_ref().next;
                source::unbox(this);
            }
        }
    }
}

impl Lane {
    fn serial(&self) -> u64 {
        self.run.get().map_or(0, |run| run.serial)
    }

    /// Has the lane serve the frame with this serial. `false` when the system has no memory to note it.
    fn begin(&self, serial: u64, clock: ClockRef) -> bool {
        if self.arena.has(flag::RETIRED) {
            self.arena.revive();
        }
        let Some(level) = self.arena.open_scope() else { return false };
        self.run.set(Some(Run { serial, clock, level }));
        true
    }

    /// Gives everything back at once if the frame that the lane serves is over.
    fn end_if_passed(&self) {
        let Some(run) = self.run.get() else { return };
        if !run.clock.has_passed(run.serial) {
            return;
        }
        self.run.set(None);
        self.arena.close_scope(run.level);
        if self.arena.is_clean(0) {
            self.arena.rewind_clean();
        } else {
            self.arena.finish();
        }
        self.booked.set(0);
    }
}

impl ThreadState {
    /// The thread's lane in the shared frame with this serial, which runs by this clock.
    ///
    /// # Errors
    ///
    /// When it has none yet and the system has no memory for it.
    #[cold]
    #[inline(never)]
    pub(crate) fn lane(&self, serial: u64, clock: ClockRef) -> Result<&Lane, AllocError> {
        if let Some(lane) = self.lanes.iter().find(|lane| lane.serial() == serial) {
            return Ok(lane);
        }
        self.sync_lanes();
        let out_of_memory = || AllocError::out_of_memory(size_of::<Lane>());
        let lane = match self.lanes.iter().find(|lane| lane.run.get().is_none()) {
            Some(lane) => lane,
            None => self.lanes.add(self.shared()).ok_or_else(out_of_memory)?,
        };
        lane.arena.set_cap(self.frame_cap());
        if !lane.begin(serial, clock) {
            return Err(out_of_memory());
        }
        if !self.arena.has(LANES) {
            self.arena.set(LANES);
            self.choose_names_speed();
            self.tags.close_slowly();
            self.phases.close_slowly();
        }
        self.publish_arena();
        Ok(lane)
    }

    /// A block that stays until the shared frame is over, when the fast path found no lane or no room in it.
    ///
    /// `size` is a multiple of the unit, not zero.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocate_shared(
        &self,
        serial: u64,
        clock: ClockRef,
        size: usize,
        align: usize,
    ) -> Result<NonNull<u8>, AllocError> {
        let lane = self.lane(serial, clock)?;
        if !self.arena.has(flag::RETIRED) {
            // A thread that is past its table gives the state up with this call.
            current::remember_lane(serial, lane);
        }
        match lane.arena.take(lane.arena.limit(), size, align) {
            Some(block) => Ok(block),
            None => self.refill_lane(lane, size, align),
        }
    }

    /// A block of a lane that serves, when the fast path found no room.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill_lane(
        &self,
        lane: &Lane,
        size: usize,
        align: usize,
    ) -> Result<NonNull<u8>, AllocError> {
        debug_assert!(lane.run.get().is_some());
        self.insist_with(
            || {
                lane.arena.set_cap(self.frame_cap());
                lane.arena.refill(size, align)
            },
            |refused, aloud| match refused {
                // The tags' budgets are about the thread's own frames.
                Refused::Cap { left } => self.thread_frame_exceeded(size, left, aloud),
                other => Err(self.refusal(other, size)),
            },
        )
    }

    /// Books what was taken from the lanes since this was last called, as if it had been taken from the arena now;
    /// and gives back what lies in lanes whose shared frame is over.
    #[cold]
    #[inline(never)]
    pub(super) fn sync_lanes(&self) {
        let mut serving = false;
        for lane in self.lanes.iter().filter(|lane| lane.run.get().is_some()) {
            let taken = lane.arena.taken();
            self.arena.book_elsewhere(taken.wrapping_sub(lane.booked.get()));
            lane.booked.set(taken);
            lane.end_if_passed();
            serving |= lane.run.get().is_some();
        }
        if !serving {
            self.arena.clear(LANES);
            self.choose_names_speed();
        }
    }

    /// The thread ends: lanes that do not serve keep only what a thread that is to come would start with.
    pub(super) fn retire_lanes(&self) {
        self.sync_lanes();
        for lane in self.lanes.iter().filter(|lane| lane.run.get().is_none()) {
            lane.arena.retire();
        }
    }
}
