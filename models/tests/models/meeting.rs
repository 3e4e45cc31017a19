//! Threads that meet at the end of each phase: nobody waits for ever, and who has waited sees what the others did.

use std::sync::Arc;
use std::time::Duration;

use loom::thread;

use crate::phaser::{Phase, Phaser};
use crate::sync::UnsafeCell;
use crate::{check, check_long};

/// What one thread writes in each phase, in turns of two: the phase after next is not begun before all have read.
struct Notes([UnsafeCell<u64>; 2]);

impl Notes {
    fn new() -> Self {
        Self([UnsafeCell::new(0), UnsafeCell::new(0)])
    }

    fn write(&self, phase: u64) {
        // SAFETY: loom has checked that nobody reads or writes at the same time.
        self.0[phase as usize % 2].with_mut(|note| unsafe { *note = phase });
    }

    fn read(&self, phase: u64) {
        // SAFETY: loom has checked that nobody writes at the same time.
        let note = self.0[phase as usize % 2].with(|note| unsafe { *note });
        assert_eq!(note, phase, "what was written before the signal is not seen after the wait");
    }
}

/// A meeting and the notes of its threads.
struct Room {
    phaser: Phaser,
    notes: Vec<Notes>,
}

impl Room {
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "the library's type; loom runs its threads in turn on one"
    )]
    fn new(threads: usize) -> Arc<Self> {
        Arc::new(Self { phaser: Phaser::new(threads), notes: (0..threads).map(|_| Notes::new()).collect() })
    }

    /// A thread without a party sits down.
    fn sit_down(&self) {
        assert!(self.phaser.join());
    }

    /// Writes and arrives.
    fn arrive(&self, thread: usize, phase: u64) -> Option<Phase> {
        self.notes[thread].write(phase);
        self.phaser.arrive()
    }

    /// Waits and reads what these threads wrote.
    fn wait(&self, arrived: Option<Phase>, threads: impl IntoIterator<Item = usize>, phase: u64) {
        self.phaser.wait(arrived.expect("arrived"), 0);
        threads.into_iter().for_each(|thread| self.notes[thread].read(phase));
    }
}

/// Runs `work` on a thread of its own, which has the room's next seat.
fn spawn(room: &Arc<Room>, work: impl FnOnce(&Room) + 'static) -> thread::JoinHandle<()> {
    let room = Arc::clone(room);
    thread::spawn(move || {
        room.sit_down();
        work(&room);
    })
}

#[test]
fn two_threads_meet_again_and_again() {
    check(|| {
        let room = Room::new(2);
        let run = |thread| {
            move |room: &Room| {
                for phase in 1..=3 {
                    let arrived = room.arrive(thread, phase);
                    room.wait(arrived, 0..2, phase);
                }
            }
        };
        let other = spawn(&room, run(0));
        room.sit_down();
        run(1)(&room);
        other.join().expect("no panic");
        assert_eq!(room.phaser.parties(), (2, 2));
    });
}

#[test]
fn three_threads_meet() {
    check_long(|| {
        let room = Room::new(3);
        let run = |thread| {
            move |room: &Room| {
                let arrived = room.arrive(thread, 1);
                room.wait(arrived, 0..3, 1);
            }
        };
        let others = [spawn(&room, run(0)), spawn(&room, run(1))];
        room.sit_down();
        run(2)(&room);
        for other in others {
            other.join().expect("no panic");
        }
    });
}

#[test]
fn a_thread_leaves_before_it_arrives_while_another_waits() {
    check(|| {
        let room = Room::new(2);
        let other = spawn(&room, |room| {
            let arrived = room.arrive(0, 1);
            room.wait(arrived, [0], 1);
            let arrived = room.arrive(0, 2);
            room.wait(arrived, [0], 2);
        });
        room.sit_down();
        room.phaser.leave(None);
        other.join().expect("no panic");
        assert_eq!(room.phaser.parties(), (1, 1));
    });
}

#[test]
fn a_thread_leaves_after_it_has_arrived_while_another_waits() {
    check(|| {
        let room = Room::new(2);
        let other = spawn(&room, |room| {
            let arrived = room.arrive(0, 1);
            // What was signalled stays so: the phase does not end before the other's arrival.
            room.wait(arrived, 0..2, 1);
            let arrived = room.arrive(0, 2);
            room.wait(arrived, [0], 2);
        });
        room.sit_down();
        let arrived = room.arrive(1, 1);
        room.phaser.leave(arrived);
        other.join().expect("no panic");
        assert_eq!(room.phaser.parties(), (1, 1));
    });
}

#[test]
fn a_thread_comes_and_goes_while_two_meet() {
    check_long(|| {
        let room = Room::new(2);
        room.sit_down();
        room.sit_down();
        let guest = {
            let room = Arc::clone(&room);
            thread::spawn(move || {
                room.sit_down();
                let arrived = room.phaser.arrive();
                room.phaser.leave(arrived);
            })
        };
        let other = {
            let room = Arc::clone(&room);
            thread::spawn(move || {
                let arrived = room.arrive(0, 1);
                room.wait(arrived, 0..2, 1);
            })
        };
        let arrived = room.arrive(1, 1);
        room.wait(arrived, 0..2, 1);
        other.join().expect("no panic");
        guest.join().expect("no panic");
        assert_eq!(room.phaser.parties().0, 2);
    });
}

#[test]
fn a_wait_whose_time_is_up_is_followed_by_another() {
    check(|| {
        let room = Room::new(2);
        let other = spawn(&room, |room| {
            let arrived = room.arrive(0, 1);
            room.wait(arrived, 0..2, 1);
        });
        room.sit_down();
        let arrived = room.arrive(1, 1);
        let limit = Duration::from_millis(1);
        if let Err((parties, awaited)) = room.phaser.wait_timeout(arrived.expect("arrived"), 0, limit) {
            assert_eq!((parties, awaited), (2, 1));
            room.wait(arrived, 0..2, 1);
        } else {
            room.notes[0].read(1);
        }
        other.join().expect("no panic");
    });
}

#[test]
fn a_vacant_seat_is_excused_or_taken() {
    check(|| {
        let room = Room::new(2);
        let supervisor = {
            let room = Arc::clone(&room);
            thread::spawn(move || assert!(room.phaser.excuse()))
        };
        let arrived = room.phaser.join_and_arrive();
        room.phaser.wait(arrived.expect("there is a seat, taken or left"), 0);
        supervisor.join().expect("no panic");
        assert_eq!(room.phaser.parties(), (1, 1));
    });
}

#[test]
fn the_last_two_leave_at_once() {
    check(|| {
        let room = Room::new(2);
        let other = spawn(&room, |room| {
            let arrived = room.arrive(0, 1);
            room.phaser.leave(arrived);
        });
        room.sit_down();
        room.phaser.leave(None);
        other.join().expect("no panic");
        assert_eq!(room.phaser.parties(), (0, 0));
        let arrived = room.phaser.join_and_arrive();
        room.phaser.wait(arrived.expect("seats are free"), 0);
    });
}
