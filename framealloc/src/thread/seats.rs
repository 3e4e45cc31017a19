//! Which meetings the calling thread takes part in, and what it has signalled there.
//!
//! A *seat* is a thread's party in a meeting. The table of seats is the thread's own, so no id of a thread can be
//! taken for another's, and what is in it goes with the thread: then every seat is given up, so that nobody waits for
//! a thread that has ended.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use super::phaser::{Phase, Phaser};

thread_local! {
    static SEATS: RefCell<Seats> = const { RefCell::new(Seats(Vec::new())) };
}

/// A meeting and its name.
#[derive(Debug)]
pub(crate) struct Meeting {
    /// Never used again, unlike an address.
    pub(crate) id: u64,
    pub(crate) phaser: Phaser,
}

impl Meeting {
    /// A meeting of so many parties that have no threads yet; see [`Phaser::new`].
    pub(crate) fn new(places: usize) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        Self { id: NEXT_ID.fetch_add(1, Ordering::Relaxed), phaser: Phaser::new(places) }
    }
}

struct Seat {
    id: u64,
    meeting: Weak<Meeting>,
    /// The phase in which the thread has arrived and for whose end it has not waited.
    signalled: Option<Phase>,
    /// How often the thread has said that it takes part.
    joined: u32,
}

struct Seats(Vec<Seat>);

impl Drop for Seats {
    fn drop(&mut self) {
        for seat in self.0.drain(..) {
            seat.give_up();
        }
    }
}

impl Seat {
    fn give_up(self) {
        if let Some(meeting) = self.meeting.upgrade() {
            meeting.phaser.leave(self.signalled);
        }
    }
}

impl Seats {
    fn position(&self, id: u64) -> Option<usize> {
        self.0.iter().position(|seat| seat.id == id)
    }

    fn find(&mut self, meeting: &Meeting) -> Option<&mut Seat> {
        self.0.iter_mut().find(|seat| seat.id == meeting.id)
    }

    fn take(&mut self, meeting: &Arc<Meeting>, signalled: Option<Phase>, joined: u32) {
        // Here, since a table that grows no more needs no care.
        self.0.retain(|seat| seat.meeting.strong_count() != 0);
        self.0.push(Seat { id: meeting.id, meeting: Arc::downgrade(meeting), signalled, joined });
    }

    fn give_up(&mut self, index: usize) {
        self.0.swap_remove(index).give_up();
    }
}

/// Why a thread cannot take part as it wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// It has signalled and not waited since.
    SignalledBefore,
    /// Every seat is another thread's.
    NoSeat,
    /// It is past its table, in the destructor of a thread-local variable.
    Ending,
}

/// The calling thread arrives, and takes a seat if it has none.
pub(crate) fn signal(meeting: &Arc<Meeting>) -> Result<(), NotNow> {
    let signal = |seats: &mut Seats| {
        let Some(seat) = seats.find(meeting) else {
            let phase = meeting.phaser.join_and_arrive().ok_or(NotNow::NoSeat)?;
            seats.take(meeting, Some(phase), 0);
            return Ok(());
        };
        if seat.signalled.is_some() {
            return Err(NotNow::SignalledBefore);
        }
        seat.signalled = meeting.phaser.arrive();
        Ok(())
    };
    SEATS.try_with(|seats| signal(&mut seats.borrow_mut())).unwrap_or(Err(NotNow::Ending))
}

/// The phase that the calling thread has signalled and not waited for.
pub(crate) fn signalled(meeting: &Meeting) -> Option<Phase> {
    SEATS.try_with(|seats| seats.borrow_mut().find(meeting).and_then(|seat| seat.signalled)).ok().flatten()
}

/// The calling thread has waited.
pub(crate) fn waited(meeting: &Meeting) {
    // Past its table a thread has signalled nothing, so it waits for nothing.
    let _ = SEATS.try_with(|seats| {
        if let Some(seat) = seats.borrow_mut().find(meeting) {
            seat.signalled = None;
        }
    });
}

/// The calling thread takes a seat, or says once more that it has one.
pub(crate) fn join(meeting: &Arc<Meeting>) -> Result<(), NotNow> {
    let join = |seats: &mut Seats| {
        match seats.find(meeting) {
            Some(seat) => seat.joined += 1,
            None if meeting.phaser.join() => seats.take(meeting, None, 1),
            None => return Err(NotNow::NoSeat),
        }
        Ok(())
    };
    SEATS.try_with(|seats| join(&mut seats.borrow_mut())).unwrap_or(Err(NotNow::Ending))
}

/// Takes one [`join`] of the meeting of this name back; with the last one the thread leaves.
pub(crate) fn part(id: u64) {
    // Past its table a thread has left everything.
    let _ = SEATS.try_with(|seats| {
        let mut seats = seats.borrow_mut();
        let Some(index) = seats.position(id) else { return };
        if seats.0[index].joined > 1 {
            seats.0[index].joined -= 1;
        } else {
            seats.give_up(index);
        }
    });
}

/// The calling thread gives up its seat; `false` if it has none.
pub(crate) fn leave(meeting: &Meeting) -> bool {
    let leave = |seats: &mut Seats| match seats.position(meeting.id) {
        Some(index) => {
            seats.give_up(index);
            true
        }
        None => false,
    };
    SEATS.try_with(|seats| leave(&mut seats.borrow_mut())).unwrap_or(false)
}
