//! Copies of the library's meeting with one mistake each, for two threads that meet twice. Each must be caught.

use std::sync::Arc;

use loom::thread;

use crate::check;
use crate::sync::{AtomicU64, Condvar, Mutex, Ordering, UnsafeCell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// Arriving releases nothing of what the thread did.
    ArriveRelaxed,
    /// The next phase is opened before its count is set.
    LateCount,
    /// A sleeper looks before it has the lock, and not again.
    LookThenLock,
    /// Waking does not pass through the lock.
    WakeWithoutLock,
    /// Who leaves after arriving is taken out of the open phase once more.
    LeaveTwice,
}

/// Two parties; the low half of the word counts who is awaited, the high half phases.
struct Meeting {
    word: AtomicU64,
    parties: AtomicU64,
    lock: Mutex<()>,
    next_phase: Condvar,
    notes: [UnsafeCell<u64>; 2],
    mistake: Mistake,
}

const PHASE: u64 = 1 << 32;

impl Meeting {
    #[expect(clippy::arc_with_non_send_sync, reason = "loom runs its threads in turn on one")]
    fn new(mistake: Mistake) -> Arc<Self> {
        Arc::new(Self {
            word: AtomicU64::new(2),
            parties: AtomicU64::new(2),
            lock: Mutex::new(()),
            next_phase: Condvar::new(),
            notes: [UnsafeCell::new(0), UnsafeCell::new(0)],
            mistake,
        })
    }

    fn arrive(&self) -> u64 {
        let order =
            if self.mistake == Mistake::ArriveRelaxed { Ordering::Relaxed } else { Ordering::Release };
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let last = word % PHASE == 1;
            let next = match (last, self.mistake) {
                (false, _) => word - 1,
                (true, Mistake::LateCount) => word - 1 + PHASE,
                (true, _) => word - 1 + PHASE + self.parties.load(Ordering::Relaxed),
            };
            match self.word.compare_exchange_weak(word, next, order, Ordering::Relaxed) {
                Ok(_) => {
                    if last && self.mistake == Mistake::LateCount {
                        // The other may have seen the new phase, and arrived in it, before this.
                        self.word.swap(next + 2, Ordering::Release);
                    }
                    if last {
                        self.wake();
                    }
                    return word / PHASE;
                }
                Err(now) => word = now,
            }
        }
    }

    fn wake(&self) {
        if self.mistake != Mistake::WakeWithoutLock {
            drop(self.lock.lock());
        }
        self.next_phase.notify_all();
    }

    fn is_open(&self, phase: u64) -> bool {
        self.word.load(Ordering::Acquire) / PHASE == phase
    }

    fn wait(&self, phase: u64) {
        if !self.is_open(phase) {
            return;
        }
        let mut held = self.lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if self.mistake == Mistake::LookThenLock {
            drop(self.next_phase.wait(held));
            return;
        }
        while self.is_open(phase) {
            held = self.next_phase.wait(held).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// Who has arrived in `phase` leaves.
    fn leave(&self, phase: u64) {
        self.parties.fetch_sub(1, Ordering::Relaxed);
        if !self.is_open(phase) || self.mistake == Mistake::LeaveTwice {
            self.arrive();
        }
    }
}

/// Two threads meet twice; each reads after a meeting what the other wrote before it.
fn meet(mistake: Mistake) {
    check(move || {
        let meeting = Meeting::new(mistake);
        let run = |meeting: &Meeting, thread: usize| {
            // SAFETY: loom has checked that nobody reads or writes at the same time.
            meeting.notes[thread].with_mut(|note| unsafe { *note = 7 });
            meeting.wait(meeting.arrive());
            // SAFETY: loom has checked that nobody writes at the same time.
            let note = meeting.notes[1 - thread].with(|note| unsafe { *note });
            assert_eq!(note, 7);
            meeting.wait(meeting.arrive());
        };
        let other = {
            let meeting = Arc::clone(&meeting);
            thread::spawn(move || run(&meeting, 0))
        };
        run(&meeting, 1);
        other.join().expect("no panic");
    });
}

/// One thread leaves after it has arrived; the other must not be let through before it has arrived itself.
fn leave(mistake: Mistake) {
    check(move || {
        let meeting = Meeting::new(mistake);
        let other = {
            let meeting = Arc::clone(&meeting);
            thread::spawn(move || {
                let phase = meeting.arrive();
                meeting.leave(phase);
            })
        };
        other.join().expect("no panic");
        assert!(meeting.is_open(0), "a phase ended without everybody in it");
    });
}

#[test]
fn the_meeting_without_a_mistake_passes() {
    meet(Mistake::None);
    leave(Mistake::None);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn arriving_that_releases_nothing_is_caught() {
    meet(Mistake::ArriveRelaxed);
}

#[test]
#[should_panic(expected = "deadlock")]
fn setting_the_count_after_the_phase_is_caught() {
    meet(Mistake::LateCount);
}

#[test]
#[should_panic(expected = "deadlock")]
fn looking_before_the_lock_is_caught() {
    meet(Mistake::LookThenLock);
}

#[test]
#[should_panic(expected = "deadlock")]
fn waking_without_the_lock_is_caught() {
    meet(Mistake::WakeWithoutLock);
}

#[test]
#[should_panic(expected = "a phase ended without everybody in it")]
fn leaving_twice_is_caught() {
    leave(Mistake::LeaveTwice);
}
