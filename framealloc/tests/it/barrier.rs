//! Threads that meet at the end of their frames: who is waited for, who is not, and what is refused because it would
//! never end.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use framealloc::{BarrierGuard, FrameBarrier};

use crate::support::{panics, rounds};

/// Long enough that a test which gets here has failed.
const LONG: Duration = Duration::from_secs(20);

fn meet(barrier: &FrameBarrier) {
    barrier.signal_frame_complete();
    barrier.wait_all_timeout(LONG).expect("everybody comes");
}

/// Runs `work` on a thread of its own to its end.
fn on_a_thread<R: Send>(work: impl FnOnce() -> R + Send) -> thread::Result<R> {
    // Joined by hand: what a scope alone waits for is not the end of the thread's destructors.
    thread::scope(|threads| threads.spawn(work).join())
}

/// Waits until somebody beside the calling thread takes part.
fn await_guest(barrier: &FrameBarrier) {
    for _ in 0..100_000 {
        if barrier.participants() > 1 {
            return;
        }
        thread::sleep(Duration::from_micros(50));
    }
    panic!("nobody comes");
}

/// The calling thread, alone at the barrier, meets one that ends after it.
fn meet_a_guest(barrier: &FrameBarrier) {
    thread::scope(|threads| {
        let guest = threads.spawn(|| meet(barrier));
        await_guest(barrier);
        meet(barrier);
        guest.join().expect("no panic");
    });
}

#[test]
fn a_barrier_for_nobody_and_one_for_too_many_are_refused() {
    assert!(panics(|| FrameBarrier::new(0)).contains("nobody could complete a frame"));
    assert!(panics(|| FrameBarrier::new(65_536)).contains("65536 threads: there are seats for 65535"));
    assert_eq!(FrameBarrier::new(65_535).participants(), 65_535);
}

#[test]
fn alone_nobody_is_waited_for() {
    let barrier = FrameBarrier::new(1);
    for _ in 0..rounds(100_000, 100) {
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
    assert_eq!((barrier.participants(), barrier.missing()), (1, 1));
}

#[test]
fn nobody_is_ahead_by_more_than_the_frame_between_signal_and_wait() {
    for n in [2, 3, 7] {
        let barrier = FrameBarrier::new(n);
        let done: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
        thread::scope(|threads| {
            for own in 0..n {
                let (barrier, done) = (&barrier, &done);
                threads.spawn(move || {
                    for frame in 1..=rounds(3000, 10) {
                        done[own].store(frame, Ordering::Relaxed);
                        barrier.signal_frame_complete();
                        if frame % (own + 2) == 0 {
                            thread::yield_now();
                        }
                        barrier.wait_all();
                        for others in done {
                            let other = others.load(Ordering::Relaxed);
                            assert!(other == frame || other == frame + 1, "{other} in frame {frame}");
                        }
                    }
                });
            }
        });
    }
}

#[test]
fn wait_is_for_the_frame_that_this_thread_signalled_last() {
    let barrier = Arc::new(FrameBarrier::new(2));
    let (tell, told) = mpsc::channel();
    barrier.signal_frame_complete();
    let fast = thread::spawn({
        let barrier = Arc::clone(&barrier);
        move || {
            barrier.signal_frame_complete();
            barrier.wait_all();
            // The next frame already, while the other has not waited for the last one.
            barrier.signal_frame_complete();
            tell.send(()).expect("the test listens");
            barrier.wait_all();
        }
    });
    told.recv().expect("the thread tells");
    barrier.wait_all_timeout(Duration::ZERO).expect("the first frame is complete");
    assert_eq!(barrier.missing(), 1);
    assert!(panics(|| barrier.wait_all()).contains("has not signalled"));
    meet(&barrier);
    fast.join().expect("no panic");
}

#[test]
fn wait_without_a_signal_and_two_signals_without_a_wait_are_refused_and_change_nothing() {
    let barrier = FrameBarrier::new(2);
    assert!(panics(|| barrier.wait_all()).contains("`signal_frame_complete` first"));
    assert!(panics(|| barrier.wait_all_timeout(Duration::ZERO)).contains("has not signalled"));
    barrier.signal_frame_complete();
    assert!(panics(|| barrier.signal_frame_complete()).contains("call `wait_all` between two frames"));
    assert_eq!(barrier.missing(), 1);
    // Also when the frame is complete by now.
    on_a_thread(|| meet(&barrier)).expect("no panic");
    assert!(panics(|| barrier.signal_frame_complete()).contains("twice"));
    barrier.wait_all();
    assert!(panics(|| barrier.wait_all()).contains("has not signalled"));
}

#[test]
fn more_threads_than_seats_are_refused_unless_they_say_so() {
    // fa: allow(FA202) -- more threads than seats
    let barrier = FrameBarrier::new(1);
    meet(&barrier);
    let message = on_a_thread(|| panics(|| barrier.signal_frame_complete())).expect("caught");
    assert!(message.contains("all 1 seats of the frame barrier are taken by other threads"), "{message}");
    assert_eq!((barrier.participants(), barrier.missing()), (1, 1));
    meet(&barrier);
    on_a_thread(|| {
        let guard = barrier.join();
        assert_eq!((barrier.participants(), barrier.missing()), (2, 2));
        drop(guard);
        assert_eq!(barrier.participants(), 1);
    })
    .expect("no panic");
    meet(&barrier);
}

#[test]
fn threads_that_end_are_not_waited_for_and_leave_their_seats_to_others() {
    let barrier = FrameBarrier::new(2);
    let _seat = barrier.join();
    for round in 0..rounds(200, 5) {
        // Ids and the memory of threads are used again; a signal of one is never taken for another's.
        on_a_thread(|| barrier.signal_frame_complete()).expect("no panic");
        assert_eq!(barrier.participants(), 1, "round {round}");
        let message = on_a_thread(|| panics(|| barrier.wait_all())).expect("caught");
        assert!(message.contains("has not signalled"), "{message}");
        // One that has waited, too.
        meet_a_guest(&barrier);
        assert_eq!(barrier.participants(), 1, "round {round}");
    }
}

#[test]
fn a_thread_that_ends_lets_those_go_who_wait_for_it() {
    for guarded in [false, true] {
        let barrier = Arc::new(FrameBarrier::new(3));
        let (tell, told) = mpsc::channel();
        let others = [false, true].map(|panicking| {
            let (barrier, tell) = (Arc::clone(&barrier), tell.clone());
            thread::spawn(move || {
                let guard = guarded.then(|| barrier.join());
                meet(&barrier);
                tell.send(()).expect("the test listens");
                thread::sleep(Duration::from_millis(20));
                if panicking {
                    panic!("in the middle of a frame");
                }
                drop(guard);
            })
        });
        meet(&barrier);
        told.iter().take(2).for_each(drop);
        // Neither of them signals this frame.
        meet(&barrier);
        let ends = others.map(|other| other.join().is_err());
        assert_eq!(ends, [false, true]);
        meet(&barrier);
        assert_eq!((barrier.participants(), barrier.missing()), (1, 1));
    }
}

#[test]
fn a_guard_leaves_when_a_panic_is_caught_and_the_thread_lives_on() {
    let barrier = FrameBarrier::new(2);
    thread::scope(|threads| {
        let (tell, told) = mpsc::channel();
        let barrier = &barrier;
        let _seat = barrier.join();
        threads.spawn(move || {
            let message = panics(|| {
                let _guard = barrier.join();
                barrier.signal_frame_complete();
                panic!("in a job");
            });
            assert_eq!(message, "in a job");
            assert_eq!(barrier.participants(), 1);
            // It has left, so it may come back, and has signalled nothing.
            assert!(panics(|| barrier.wait_all()).contains("has not signalled"));
            tell.send(()).expect("the test listens");
            meet(barrier);
        });
        meet(barrier);
        told.recv().expect("the thread tells");
        await_guest(barrier);
        meet(barrier);
    });
}

#[test]
fn guards_nest_and_may_be_forgotten_or_outlive_the_barrier() {
    let barrier = FrameBarrier::new(1);
    let outer = barrier.join();
    let inner = barrier.join();
    drop(inner);
    assert_eq!(barrier.participants(), 1);
    meet(&barrier);
    drop(outer);
    assert_eq!(barrier.participants(), 0);

    on_a_thread(|| {
        std::mem::forget(barrier.join());
        meet(&barrier);
        assert_eq!(barrier.participants(), 1);
    })
    .expect("no panic");
    assert_eq!(barrier.participants(), 0, "the thread's end gave it up");

    let guard = barrier.join();
    assert!(barrier.leave());
    assert!(!barrier.leave());
    barrier.signal_frame_complete();
    drop(guard);
    assert_eq!(barrier.participants(), 0, "a guard means the thread, whichever seat it has");

    let guard = barrier.join();
    let forgotten = barrier.join();
    drop(barrier);
    drop(guard);
    std::mem::forget(forgotten);
}

#[test]
fn who_has_signalled_and_leaves_has_signalled() {
    let barrier = FrameBarrier::new(3);
    on_a_thread(|| {
        barrier.signal_frame_complete();
        assert!(barrier.leave());
    })
    .expect("no panic");
    assert_eq!((barrier.participants(), barrier.missing()), (2, 2));
    barrier.signal_frame_complete();
    assert_eq!(barrier.wait_all_timeout(Duration::ZERO).map_err(|timeout| timeout.missing()), Err(1));
    on_a_thread(|| assert!(!barrier.leave(), "it does not take part")).expect("no panic");
    assert_eq!(barrier.missing(), 1);
    on_a_thread(|| meet(&barrier)).expect("no panic");
    barrier.wait_all();
}

#[test]
fn seats_that_were_never_taken_are_waited_for_until_they_are_excused() {
    let barrier = FrameBarrier::new(3);
    barrier.signal_frame_complete();
    let timeout = barrier.wait_all_timeout(Duration::from_millis(5)).expect_err("two are missing");
    assert_eq!((timeout.missing(), timeout.participants()), (2, 3));
    assert_eq!(timeout.to_string(), "the frame is not complete: 2 of 3 participants have not signalled it");
    assert!(barrier.excuse());
    assert_eq!(barrier.wait_all_timeout(Duration::ZERO).map_err(|timeout| timeout.missing()), Err(1));
    thread::scope(|threads| {
        threads.spawn(|| {
            thread::sleep(Duration::from_millis(20));
            assert!(barrier.excuse());
        });
        barrier.wait_all();
    });
    assert!(!barrier.excuse(), "all that are left have threads");
    // A seat that was excused may still be taken.
    meet_a_guest(&barrier);
}

#[test]
fn a_wait_that_timed_out_may_be_waited_again_but_not_signalled() {
    let barrier = FrameBarrier::new(2);
    barrier.signal_frame_complete();
    for limit in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(3)] {
        assert!(barrier.wait_all_timeout(limit).is_err());
        assert!(panics(|| barrier.signal_frame_complete()).contains("twice"));
    }
    thread::scope(|threads| {
        threads.spawn(|| meet(&barrier));
        barrier.wait_all_timeout(Duration::MAX).expect("the other comes");
    });
    barrier.signal_frame_complete();
    barrier.wait_all();
}

#[test]
fn timed_waits_and_plain_ones_mix_over_many_frames() {
    let barrier = FrameBarrier::new(3);
    thread::scope(|threads| {
        for own in 0..3usize {
            let barrier = &barrier;
            threads.spawn(move || {
                for frame in 0..rounds(2000, 5) {
                    barrier.signal_frame_complete();
                    let limit = Duration::from_micros(((frame * 7 + own * 13) % 40) as u64);
                    if (frame + own).is_multiple_of(2) {
                        while barrier.wait_all_timeout(limit).is_err() {}
                    } else {
                        barrier.wait_all();
                    }
                }
            });
        }
    });
}

#[test]
fn one_thread_and_several_barriers() {
    let barriers: Vec<FrameBarrier> = (1..=4).map(|_| FrameBarrier::new(2)).collect();
    thread::scope(|threads| {
        for turn in 0..2usize {
            let barriers = &barriers;
            threads.spawn(move || {
                for frame in 0..rounds(500, 5) {
                    // Each signals in an order of its own and waits in another.
                    for index in 0..4 {
                        barriers[(index * (2 * turn + 1) + frame) % 4].signal_frame_complete();
                    }
                    for index in (0..4).rev() {
                        barriers[(index + turn) % 4].wait_all();
                    }
                }
            });
        }
    });
}

#[test]
fn barriers_come_and_go_in_one_thread() {
    // The next one lies where the last one was: nothing of that may stick to it.
    for round in 0..rounds(20_000, 50) {
        let barrier = FrameBarrier::new(1 + round % 2);
        barrier.signal_frame_complete();
        assert_eq!(barrier.wait_all_timeout(Duration::ZERO).is_ok(), round % 2 == 0);
    }
    let kept = Arc::new(FrameBarrier::new(2));
    let clones: Vec<Arc<FrameBarrier>> = (0..10).map(|_| Arc::clone(&kept)).collect();
    clones[3].signal_frame_complete();
    assert!(panics(|| clones[7].signal_frame_complete()).contains("twice"));
    on_a_thread(|| meet(&clones[5])).expect("no panic");
    drop(clones);
    kept.wait_all();
}

#[test]
fn many_threads_come_and_go_while_two_go_on() {
    let barrier = FrameBarrier::new(2);
    let stay = [barrier.join(), barrier.join()].len();
    assert_eq!((stay, barrier.participants()), (2, 1), "both were this thread's, and one seat is vacant");
    let frames = rounds(400, 8);
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                let _guard = barrier.join();
                for _ in 0..frames {
                    meet(&barrier);
                }
            });
        }
        for guest in 0..rounds(100, 4) {
            let barrier = &barrier;
            threads.spawn(move || {
                let guard = barrier.join();
                for _ in 0..guest % 5 {
                    meet(barrier);
                }
                match guest % 3 {
                    0 => drop(guard),
                    1 => std::mem::forget(guard),
                    _ => {
                        barrier.signal_frame_complete();
                        barrier.leave();
                    }
                }
            });
        }
    });
}

thread_local! {
static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// Leaves in a destructor of its thread, in two ways.
struct Kept(Option<BarrierGuard>, Arc<FrameBarrier>);

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.take());
        self.1.leave();
        assert!(!self.1.leave());
    }
}

#[test]
fn guards_and_barriers_may_go_in_thread_local_destructors() {
    for late in [false, true] {
        let barrier = Arc::new(FrameBarrier::new(2));
        let own = Arc::clone(&barrier);
        thread::spawn(move || {
            // Destructors run last registered first: who registers before the library is destroyed after it.
            if late {
                KEPT.with(|kept| kept.borrow_mut().clear());
            }
            let guard = own.join();
            own.signal_frame_complete();
            // The last of this barrier goes there, too.
            let last = Arc::new(FrameBarrier::new(1));
            meet(&last);
            KEPT.with(|kept| kept.borrow_mut().extend([Kept(Some(guard), own), Kept(None, last)]));
        })
        .join()
        .expect("no panic");
        assert_eq!(barrier.participants(), 1);
        meet(&barrier);
    }
}

/// Meets in a destructor of its thread.
struct Meets(Arc<FrameBarrier>);

impl Drop for Meets {
    fn drop(&mut self) {
        meet(&self.0);
    }
}

#[test]
fn threads_may_meet_in_thread_local_destructors() {
    thread_local! {
        static MEETS: RefCell<Option<Meets>> = const { RefCell::new(None) };
    }
    let barrier = Arc::new(FrameBarrier::new(2));
    let own = Arc::clone(&barrier);
    let other = thread::spawn(move || {
        meet(&own);
        MEETS.set(Some(Meets(own)));
    });
    meet(&barrier);
    meet(&barrier);
    other.join().expect("no panic");
    assert_eq!(barrier.participants(), 1);
}

#[test]
fn the_barrier_may_go_right_after_a_scope_of_threads() {
    for _ in 0..rounds(200, 5) {
        let barrier = FrameBarrier::new(3);
        thread::scope(|threads| {
            for _ in 0..3 {
                threads.spawn(|| meet(&barrier));
            }
        });
        // The threads' destructors may still be running.
        drop(barrier);
    }
}

/// The time for which the calling thread has had a core.
#[cfg(all(unix, not(miri)))]
fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock writes to a place that is ours.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(result, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[test]
#[cfg(all(unix, not(miri)))]
fn waiting_long_burns_no_core() {
    let barrier = FrameBarrier::new(2);
    let sleep = Duration::from_millis(400);
    thread::scope(|threads| {
        threads.spawn(|| {
            for _ in 0..2 {
                thread::sleep(sleep);
                meet(&barrier);
            }
        });
        let start = thread_time();
        meet(&barrier);
        barrier.signal_frame_complete();
        while barrier.wait_all_timeout(sleep / 4).is_err() {}
        let burnt = thread_time() - start;
        assert!(burnt < sleep / 10, "{burnt:?} of {:?} waited", 2 * sleep);
    });
}
