//! The clock of a shared frame: its memory serves again only after everybody who could read it has done so.

use std::rc::Rc;

use loom::thread;

use crate::check;
use crate::clock::{ClockRef, Clocks};
use crate::sync::{AtomicU64, Ordering, UnsafeCell};

/// One worker's lane, as small as it gets: memory for one value, which the worker writes and others read.
pub(crate) struct Lane {
    value: UnsafeCell<u64>,
    /// Stands for whatever tells the reader that the worker is done, such as the end of a parallel loop.
    filled: AtomicU64,
}

impl Lane {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self { value: UnsafeCell::new(0), filled: AtomicU64::new(0) })
    }

    /// The worker allocates; before its frame is over it may not do so again.
    pub(crate) fn fill(&self, value: u64) {
        // SAFETY: loom objects if another thread reads at the same time: that is what the models look for.
        self.value.with_mut(|place| unsafe { *place = value });
        self.filled.store(value, Ordering::Release);
    }

    /// Somebody reads what the worker has allocated, if he has been told of it.
    pub(crate) fn read(&self, value: u64) {
        if self.filled.load(Ordering::Acquire) == value {
            // SAFETY: as above.
            let found = self.value.with(|place| unsafe { *place });
            assert_eq!(found, value, "overwritten while it was readable");
        }
    }
}

/// The worker looks at the clock when it comes by, and uses the memory again if the frame is over.
fn come_by(lane: &Lane, clock: ClockRef, serial: u64) -> bool {
    let passed = clock.has_passed(serial);
    if passed {
        lane.fill(serial + 1);
    }
    passed
}

#[test]
fn worker_comes_by_while_the_frame_is_read_and_ended() {
    check(|| {
        let clocks = Rc::new(Clocks::new());
        let clock = clocks.start(1).expect("memory");
        let lane = Lane::new();
        let worker = {
            let lane = Rc::clone(&lane);
            thread::spawn(move || {
                lane.fill(1);
                let _ = come_by(&lane, clock, 1) || come_by(&lane, clock, 1);
            })
        };
        lane.read(1);
        clocks.stop(clock);
        worker.join().expect("no panic");
        assert!(clock.has_passed(1));
    });
}

#[test]
fn another_thread_begins_the_next_frame_by_the_same_clock() {
    check(|| {
        let clocks = Rc::new(Clocks::new());
        let clock = clocks.start(1).expect("memory");
        let lane = Lane::new();
        lane.fill(1);
        let worker = {
            let lane = Rc::clone(&lane);
            // What it sees may be the second frame's beginning, by which the first is over too.
            thread::spawn(move || {
                let _ = come_by(&lane, clock, 1) || come_by(&lane, clock, 1);
            })
        };
        let other = {
            let clocks = Rc::clone(&clocks);
            thread::spawn(move || {
                let clock = clocks.start(2).expect("memory");
                assert!(!clock.has_passed(2));
                clocks.stop(clock);
            })
        };
        lane.read(1);
        clocks.stop(clock);
        worker.join().expect("no panic");
        other.join().expect("no panic");
    });
}

#[test]
fn frames_that_overlap_have_clocks_of_their_own() {
    check(|| {
        let clocks = Rc::new(Clocks::new());
        let one = clocks.start(1).expect("memory");
        let other = {
            let clocks = Rc::clone(&clocks);
            thread::spawn(move || {
                let two = clocks.start(2).expect("memory");
                assert!(!two.has_passed(2), "its own frame is not over");
                clocks.stop(two);
                assert!(two.has_passed(2));
            })
        };
        assert!(!one.has_passed(1), "nobody else's end ends it");
        clocks.stop(one);
        other.join().expect("no panic");
    });
}
