//! Threads that begin and end: what they hand over, and what still works in the destructors of their thread-locals.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA302) -- a thread without a budget is tried beside one that has it
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use framealloc::{
    AllocConfig, FrameBox, FrameVec, HeapBox, PoolBox, Scope, SmartAlloc, TagGuard, kilobytes, megabytes,
};

type Work = Box<dyn FnOnce()>;

/// Runs what was put into it when the thread ends. A panic there would end the process, so results are sent out.
struct AtExit(RefCell<Vec<Work>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        for work in self.0.borrow_mut().drain(..) {
            work();
        }
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

fn at_exit(work: impl FnOnce() + 'static) {
    AT_EXIT.with(|list| list.0.borrow_mut().push(Box::new(work)));
}

/// When a thread's own destructors run, as seen from the library's: destructors run last registered first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// The thread has not used the library at all.
    Unused,
    /// The library's thread-local is still there.
    Before,
    /// The library's thread-local is gone.
    After,
}

const WHENS: [When; 3] = [When::Unused, When::Before, When::After];

/// Runs `work` in a thread-local's destructor of a new thread that has used `alloc` as `when` says, and waits until
/// the thread has ended.
fn in_a_destructor(when: When, alloc: &SmartAlloc, work: impl FnOnce() + Send + 'static) {
    let alloc = alloc.clone();
    let thread = thread::spawn(move || {
        if when == When::After {
            at_exit(|| ());
        }
        if when != When::Unused {
            alloc.begin_frame();
            drop((alloc.frame_box(1), alloc.pool_box(2), alloc.heap_box(3)));
            alloc.end_frame();
        }
        drop(alloc);
        at_exit(work);
    });
    thread.join().expect("the thread ends");
}

/// Runs `work` as [`in_a_destructor`] does and hands its result out.
fn result_of<R: Send + 'static>(
    when: When,
    alloc: &SmartAlloc,
    work: impl FnOnce(&SmartAlloc) -> R + Send + 'static,
) -> R {
    let (send, receive) = mpsc::channel();
    let own = alloc.clone();
    in_a_destructor(when, alloc, move || {
        let result = work(&own);
        drop(own);
        let _ = send.send(result);
    });
    receive.recv().expect("the destructor has run")
}

/// One box of each kind.
struct Boxes {
    small: PoolBox<[u64; 5]>,
    big: PoolBox<[u64; 2000]>,
    heap: HeapBox<[u64; 7]>,
    slice: HeapBox<[u32]>,
}

impl Boxes {
    fn new(alloc: &SmartAlloc, seed: u64) -> Self {
        let mut slice = alloc.heap_slice(100);
        slice.fill(seed as u32);
        Self {
            small: alloc.pool_box([seed; 5]),
            big: alloc.pool_box([seed; 2000]),
            heap: alloc.heap_box([seed; 7]),
            slice,
        }
    }

    fn hold(&self, seed: u64) -> bool {
        *self.small == [seed; 5]
            && *self.big == [seed; 2000]
            && *self.heap == [seed; 7]
            && self.slice.iter().all(|&word| word == seed as u32)
    }
}

#[test]
fn boxes_of_others_may_be_dropped_in_thread_local_destructors() {
    for when in WHENS {
        let alloc = SmartAlloc::with_defaults();
        let boxes: Vec<_> = (0..50).map(|seed| Boxes::new(&alloc, seed)).collect();
        let intact = result_of(when, &alloc, move |_| {
            let intact = boxes.iter().zip(0..).all(|(each, seed)| each.hold(seed));
            drop(boxes);
            intact
        });
        assert!(intact, "{when:?}");
        // This thread is their owner and sees them come back at its next boundary.
        alloc.begin_frame();
        alloc.end_frame();
        let stats = alloc.stats();
        assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0), "{when:?}");
    }
}

#[test]
fn boxes_of_a_thread_may_be_dropped_in_its_own_thread_local_destructors() {
    for when in [When::Before, When::After] {
        let alloc = SmartAlloc::with_defaults();
        let (send, receive) = mpsc::channel();
        let maker = thread::spawn({
            let alloc = alloc.clone();
            move || {
                if when == When::After {
                    at_exit(|| ());
                }
                let boxes: Vec<_> = (0..50).map(|seed| Boxes::new(&alloc, seed)).collect();
                drop(alloc);
                at_exit(move || {
                    let intact = boxes.iter().zip(0..).all(|(each, seed)| each.hold(seed));
                    drop(boxes);
                    let _ = send.send(intact);
                });
            }
        });
        maker.join().expect("the thread ends");
        assert!(receive.recv().expect("it ran"), "{when:?}");
        // The next thread finds its predecessor's blocks free.
        let reserved = alloc.stats().pool_reserved_bytes;
        let again = alloc.clone();
        thread::spawn(move || {
            for _ in 0..10 {
                assert!(Boxes::new(&again, 3).hold(3));
            }
        })
        .join()
        .expect("the pool is whole");
        assert_eq!(alloc.stats().pool_reserved_bytes, reserved);
    }
}

#[test]
fn boxes_may_be_dropped_in_destructors_after_the_allocator_has_gone() {
    for when in WHENS {
        for own in [false, true] {
            let alloc = SmartAlloc::with_defaults();
            let made_here = Boxes::new(&alloc, 1);
            let (send, receive) = mpsc::channel();
            let (gone, wait) = mpsc::channel::<()>();
            let last = alloc.clone();
            let thread = thread::spawn(move || {
                if when == When::After {
                    at_exit(|| ());
                }
                let made_there = (own && when != When::Unused).then(|| Boxes::new(&last, 2));
                if when != When::Unused {
                    drop(last.frame_box(1));
                }
                drop(last);
                at_exit(move || {
                    let _ = wait.recv();
                    let intact = made_here.hold(1) && made_there.as_ref().is_none_or(|boxes| boxes.hold(2));
                    drop((made_here, made_there));
                    let _ = send.send(intact);
                });
            });
            // Not before the thread has used it, and let go of its clone.
            drop(alloc);
            drop(gone);
            assert!(receive.recv().expect("it ran"), "{when:?} {own}");
            thread.join().expect("the thread ends");
        }
    }
}

#[test]
fn pool_and_heap_boxes_can_be_made_in_thread_local_destructors() {
    for when in WHENS {
        let alloc = SmartAlloc::with_defaults();
        for round in 0..20 {
            let (intact, kept) = result_of(when, &alloc, move |alloc| {
                let made: Vec<_> = (0..60).map(|seed| Boxes::new(alloc, seed)).collect();
                let intact = made.iter().zip(0..).all(|(each, seed)| each.hold(seed));
                drop(made);
                (intact, Boxes::new(alloc, round))
            });
            assert!(intact, "{when:?}");
            assert!(kept.hold(round), "{when:?}");
        }
        // Whoever comes next meets a sound pool.
        let mut all: Vec<_> = (0..50).map(|seed| Boxes::new(&alloc, seed)).collect();
        thread::scope(|s| {
            s.spawn(|| all.extend((50..100).map(|seed| Boxes::new(&alloc, seed))));
        });
        assert!(all.iter().zip(0..).all(|(each, seed)| each.hold(seed)), "{when:?}");
    }
}

#[test]
fn frames_scopes_and_tags_work_in_thread_local_destructors() {
    for when in WHENS {
        let alloc = SmartAlloc::with_defaults();
        for round in 0..10u64 {
            let sum = result_of(when, &alloc, move |alloc| {
                alloc.begin_frame();
                let boxed = alloc.frame_box([round; 10]);
                let mut vec = alloc.frame_vec::<u64>();
                vec.extend(0..100);
                let text = alloc.with_tag("late", |a| a.frame_str("late"));
                let scoped = {
                    let scope = alloc.scope();
                    let slice = scope.alloc_slice_from_fn(100, |i| i as u64);
                    let inner = alloc.scope();
                    *inner.alloc(1u64) + slice.iter().sum::<u64>()
                };
                alloc.end_frame();
                alloc.begin_frame();
                drop(alloc.frame_box([u64::MAX; 100]));
                alloc.end_frame();
                let held = boxed.iter().sum::<u64>() + vec.iter().sum::<u64>() + text.len() as u64;
                held + scoped
            });
            assert_eq!(sum, round * 10 + 4950 + 4 + 4951, "{when:?}");
        }
        assert_eq!(alloc.stats().parked_bytes, 0, "{when:?}");
    }
}

#[test]
fn late_boxes_outlive_the_allocator_too() {
    let alloc = SmartAlloc::with_defaults();
    let kept = result_of(When::After, &alloc, |alloc| Boxes::new(alloc, 9));
    drop(alloc);
    assert!(kept.hold(9));
    drop(kept);
}

#[test]
fn the_last_clone_may_go_in_a_thread_local_destructor() {
    for when in WHENS {
        let alloc = SmartAlloc::with_defaults();
        let boxes = Boxes::new(&alloc, 4);
        let last = alloc.clone();
        let (send, receive) = mpsc::channel();
        let thread = thread::spawn(move || {
            if when == When::After {
                at_exit(|| ());
            }
            if when != When::Unused {
                drop(last.frame_box(1));
                drop(last.pool_box(1));
            }
            let own = (when != When::Unused).then(|| Boxes::new(&last, 5));
            at_exit(move || {
                let _ = send.send(boxes.hold(4) && own.as_ref().is_none_or(|own| own.hold(5)));
                drop(last);
                drop((boxes, own));
            });
        });
        drop(alloc);
        assert!(receive.recv().expect("it ran"), "{when:?}");
        thread.join().expect("the thread ends");
    }
}

#[test]
fn a_box_with_the_last_clone_may_go_in_a_thread_local_destructor() {
    struct Holds(#[expect(dead_code, reason = "held for its destructor")] SmartAlloc);
    for when in WHENS {
        let alloc = SmartAlloc::with_defaults();
        let (pool, heap) = (alloc.pool_box(Holds(alloc.clone())), alloc.heap_box(Holds(alloc.clone())));
        in_a_destructor(when, &alloc, move || drop(pool));
        in_a_destructor(when, &alloc, move || drop(heap));
        // And one that really is the last, made by the thread itself.
        let thread = thread::spawn(move || {
            if when == When::After {
                at_exit(|| ());
            }
            let boxed = alloc.pool_box(Holds(alloc.clone()));
            drop(alloc);
            at_exit(move || drop(boxed));
        });
        thread.join().expect("the thread ends");
    }
}

#[test]
fn the_allocator_may_be_dropped_right_after_a_scope_of_threads() {
    // The scope ends before the threads' thread-local destructors have run.
    for round in 0..150u64 {
        let alloc = SmartAlloc::new(
            AllocConfig::default().with_frame_size(kilobytes(4)).with_pool_size(kilobytes(64)),
        );
        thread::scope(|s| {
            for worker in 0..3u64 {
                let alloc = &alloc;
                s.spawn(move || {
                    if worker == 1 {
                        at_exit(thread::yield_now);
                    }
                    alloc.begin_frame();
                    let boxed = alloc.frame_box([round; 10]);
                    let boxes = Boxes::new(alloc, worker);
                    assert_eq!(boxed[9], round);
                    if worker == 2 {
                        at_exit(move || drop(boxes));
                    }
                    if worker == 0 {
                        std::mem::forget(boxed);
                    }
                });
            }
        });
        drop(alloc);
    }
}

#[test]
fn short_lived_threads_hand_their_memory_over() {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)).with_pool_size(kilobytes(64)));
    let mut after_warm_up = None;
    for round in 0..1000u64 {
        let kept = thread::scope(|s| {
            let worker = s.spawn(|| {
                for frame in 0..3 {
                    alloc.begin_frame();
                    let boxed = alloc.frame_box([round; 100]);
                    // Beyond the first chunk in some frames.
                    let large = alloc.frame_slice_from_fn(if frame == 1 { 20_000 } else { 10 }, |i| i as u64);
                    assert_eq!((boxed[99], large[9]), (round, 9));
                    drop((boxed, large));
                    alloc.end_frame();
                }
                Boxes::new(&alloc, round)
            });
            worker.join().expect("works")
        });
        assert!(kept.hold(round));
        drop(kept);
        let stats = alloc.stats();
        let held = (stats.threads, stats.reserved_bytes, stats.pool_reserved_bytes);
        if round == 10 {
            after_warm_up = Some(held);
        } else if let Some(before) = after_warm_up {
            assert_eq!(held, before, "round {round}");
        }
    }
    assert_eq!(alloc.stats().frames, 3000);
}

#[test]
fn waves_of_threads_hand_their_memory_over() {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)).with_pool_size(kilobytes(64)));
    let wave = || {
        let barrier = Barrier::new(8);
        thread::scope(|s| {
            let workers: Vec<_> = (0..8u64)
                .map(|worker| {
                    let (alloc, barrier) = (&alloc, &barrier);
                    s.spawn(move || {
                        let frame = alloc.frame();
                        let slice = frame.alloc_slice_from_fn(1000, |i| i as u64 + worker);
                        let boxes = Boxes::new(alloc, worker);
                        // All eight at once, so each needs a place of its own.
                        barrier.wait();
                        assert_eq!(slice[999], 999 + worker);
                        assert!(boxes.hold(worker));
                    })
                })
                .collect();
            workers.into_iter().for_each(|worker| worker.join().expect("works"));
        });
    };
    // This thread has a place of its own too.
    let _ = alloc.stats();
    wave();
    let before = alloc.stats();
    assert_eq!(before.threads, 9);
    for _ in 0..60 {
        wave();
    }
    let after = alloc.stats();
    assert_eq!(after.threads, before.threads);
    assert_eq!(after.reserved_bytes, before.reserved_bytes);
    assert!(after.pool_reserved_bytes <= before.pool_reserved_bytes + megabytes(1) as u64);
}

#[test]
fn threads_that_end_with_forgotten_handles_cost_no_more_than_those() {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(16)).with_pool_size(kilobytes(64)));
    for round in 0..50u64 {
        thread::scope(|s| {
            s.spawn(|| {
                alloc.begin_frame();
                std::mem::forget(alloc.frame_box([round; 8]));
                alloc.end_frame();
                alloc.begin_frame();
                assert_eq!(*alloc.frame_box([round; 8]), [round; 8]);
                alloc.end_frame();
            })
            .join()
            .expect("works");
        });
    }
    // What was forgotten stays, in the chunk it lies in.
    let stats = alloc.stats();
    assert!(stats.parked_bytes >= 50 * 64);
    assert!(stats.reserved_bytes <= 52 * 2 * kilobytes(16) as u64, "{} bytes", stats.reserved_bytes);
}

/// A state that is left in a thread-local destructor after the library's own must come back to those who follow.
fn check_late(name: &str, work: fn(&SmartAlloc)) {
    let alloc = SmartAlloc::with_defaults();
    let mut before = 0;
    for round in 0..40 {
        result_of(When::After, &alloc, work);
        let stats = alloc.stats();
        if round == 4 {
            before = stats.threads;
        }
        if round > 4 {
            assert_eq!(stats.threads, before, "{name}, round {round}");
        }
    }
    // The next thread begins with nothing open and nothing bounded.
    let misuse = alloc.stats().misuse;
    thread::scope(|s| {
        let next = s.spawn(|| {
            for _ in 0..3 {
                let frame = alloc.frame();
                frame.alloc([1u8; 100]);
                drop(alloc.frame_box([1u8; 3000]));
                drop(frame);
            }
            drop(alloc.pool_box([1u8; 3000]));
            (alloc.thread_stats(), alloc.phase_stats())
        });
        let (stats, phases) = next.join().expect("nothing binds the next thread");
        assert_eq!(stats.last_frame_bytes, 3104 + 64 - 64, "{name}: the guard ends a frame of its own");
        assert!(phases.is_empty(), "{name}: {phases:?}");
    });
    assert_eq!(alloc.stats().misuse, misuse, "{name}");
}

#[test]
fn late_statistics_leave_no_state_behind() {
    check_late("stats", |alloc| {
        let _ = alloc.stats();
    });
}

#[test]
fn late_frames_leave_no_state_behind() {
    check_late("frames", |alloc| {
        alloc.begin_frame();
        alloc.end_frame();
    });
}

#[test]
fn late_frames_that_are_never_ended_are_not_inherited() {
    check_late("an open frame", |alloc| {
        alloc.begin_frame();
        drop(alloc.frame_box(1));
    });
}

#[test]
fn late_frames_with_a_handle_that_goes_last_are_not_inherited() {
    check_late("an open frame and a handle", |alloc| {
        let before = alloc.frame_box(1);
        alloc.begin_frame();
        alloc.begin_phase("late");
        let within = alloc.frame_box(2);
        drop((before, within));
    });
}

#[test]
fn late_phases_are_not_inherited() {
    check_late("an open phase", |alloc| {
        alloc.begin_phase("late");
        drop(alloc.frame_box(1));
    });
}

#[test]
fn late_budgets_are_not_inherited() {
    check_late("budgets", |alloc| {
        alloc.set_thread_frame_budget(0);
        alloc.set_thread_pool_budget(0);
        alloc.set_thread_heap_budget(0);
        let _ = alloc.try_frame_box(1);
        drop(alloc.tag("late"));
    });
}

#[test]
fn late_pool_boxes_leave_no_state_behind() {
    check_late("pool", |alloc| drop(alloc.pool_box([1u64; 4])));
}

#[test]
fn late_heap_boxes_leave_no_state_behind() {
    check_late("heap", |alloc| drop(alloc.heap_box([1u64; 4])));
}

#[test]
fn late_tags_and_phases_leave_no_state_behind() {
    check_late("tags", |alloc| {
        alloc.with_tag("late", |a| drop(a.phase("late")));
        alloc.end_phase();
    });
}

#[test]
fn a_budget_ends_with_its_thread() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..3 {
        thread::scope(|s| {
            s.spawn(|| {
                drop((alloc.frame_box([0u8; 1000]), alloc.pool_box(1), alloc.heap_box(1)));
                alloc.set_thread_frame_budget(0);
                alloc.set_thread_pool_budget(0);
                alloc.set_thread_heap_budget(0);
                assert!(alloc.try_frame_box(1).is_err());
                assert!(alloc.try_pool_box(1).is_err());
                assert!(alloc.try_heap_box(1).is_err());
            })
            .join()
            .expect("the next thread is not bound");
        });
    }
}

thread_local! {
    static AT_EXIT_TAG: RefCell<Option<TagGuard<'static>>> = const { RefCell::new(None) };
}

#[test]
fn a_thread_that_ends_within_a_frame_tags_and_phases_leaves_none_of_them_open() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    // This thread takes a place of its own first, so that the others follow each other in one.
    assert_eq!(alloc.stats().threads, 1);
    for round in 0..5 {
        thread::scope(|s| {
            s.spawn(|| {
                alloc.begin_frame();
                drop(alloc.frame_box([1u8; 16]));
                let stats = alloc.thread_stats();
                assert_eq!((stats.allocations, stats.bytes_allocated), (1, 16));
                assert!(alloc.phase_stats().is_empty());
                assert_eq!(alloc.tag_stats("open").map_or(0, |tag| tag.bytes_allocated), 0);
                alloc.begin_phase("physics");
                AT_EXIT_TAG.with(|kept| *kept.borrow_mut() = Some(alloc.tag("open")));
            })
            .join()
            .expect("begins afresh");
        });
        assert_eq!(alloc.stats().frames, round + 1, "the thread's end ends its frame");
        assert_eq!(alloc.stats().misuse.begun_twice, 0);
    }
}

#[test]
fn two_allocators_in_one_thread_share_nothing() {
    let one = SmartAlloc::with_defaults();
    let two = SmartAlloc::new(AllocConfig::default().with_pool_limit(megabytes(1)).with_heap_limit(100));
    one.begin_frame();
    let kept = one.frame_box([1u64; 100]);
    let pooled = one.pool_box([2u64; 100]);
    let heaped = one.heap_box([3u64; 100]);
    let tag = one.tag("one");
    drop(one.frame_box(1));
    // The frame, the tag, the budgets and the limits of one are not the other's.
    two.end_frame();
    assert_eq!(two.stats().misuse.ended_without_begin, 1);
    assert_eq!((two.stats().frames, two.stats().total_bytes), (0, 0));
    assert!(two.tag_stats("one").is_none());
    two.set_thread_frame_budget(0);
    assert!(two.try_frame_box(1).is_err());
    drop(one.frame_box(1));
    assert_eq!(two.stats().pool_bytes, 0);
    two.begin_frame();
    two.begin_frame();
    one.end_frame();
    assert_eq!((one.stats().frames, one.stats().misuse.begun_twice), (1, 0));
    assert!(one.stats().parked_bytes >= 800);
    assert_eq!(two.stats().parked_bytes, 0);
    assert_eq!((*kept, *pooled, *heaped), ([1; 100], [2; 100], [3; 100]));
    drop(tag);
    drop(two);
    assert_eq!((*kept, *pooled, *heaped), ([1; 100], [2; 100], [3; 100]));
    drop((kept, pooled, heaped));
    let stats = one.stats();
    assert_eq!((stats.parked_bytes, stats.pool_bytes, stats.heap_bytes), (0, 0, 0));
}

#[test]
fn boxes_of_two_allocators_go_back_to_their_own() {
    let (one, two) = (SmartAlloc::with_defaults(), SmartAlloc::with_defaults());
    let mut mixed = Vec::new();
    for seed in 0..100 {
        mixed.push(Boxes::new(&one, seed));
        mixed.push(Boxes::new(&two, seed));
    }
    assert_eq!(one.stats().pool_bytes, two.stats().pool_bytes);
    assert_eq!(one.stats().heap_bytes, two.stats().heap_bytes);
    for (index, boxes) in mixed.drain(..).enumerate() {
        assert!(boxes.hold(index as u64 / 2));
    }
    for alloc in [&one, &two] {
        let stats = alloc.stats();
        assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
        assert!(stats.pool_allocations == 100);
    }
}

#[test]
fn many_allocators_come_and_go_in_one_thread() {
    let mut kept = Vec::new();
    let config = || AllocConfig::default().with_frame_size(kilobytes(8)).with_pool_size(0);
    let always = SmartAlloc::new(config());
    let steady = always.frame_box([7u64; 20]);
    for seed in 0..200 {
        let alloc = SmartAlloc::new(config());
        let boxed = alloc.frame_box([seed; 10]);
        kept.push(Boxes::new(&alloc, seed));
        assert_eq!((boxed[9], steady[19]), (seed, 7));
        drop(boxed);
        drop(alloc.pool_box(seed));
        drop(alloc);
        drop(always.pool_box(seed));
    }
    assert!(kept.iter().zip(0..).all(|(boxes, seed)| boxes.hold(seed)));
}

#[test]
fn clones_share_everything() {
    let alloc = SmartAlloc::with_defaults();
    let clone = alloc.clone();
    alloc.begin_frame();
    let boxed = clone.frame_box([1u8; 96]);
    let tag = clone.tag("shared");
    drop(alloc.frame_box([2u8; 32]));
    drop(tag);
    assert_eq!(alloc.thread_stats().bytes_allocated, 128);
    assert_eq!(alloc.thread_stats(), clone.thread_stats());
    assert_eq!(alloc.tag_stats("shared").map(|stats| stats.bytes_allocated), Some(32));
    clone.set_thread_pool_budget(0);
    assert!(alloc.try_pool_box(1).is_err());
    drop(boxed);
    clone.end_frame();
    assert_eq!(alloc.stats().frames, 1);
    assert_eq!(alloc.stats().misuse, clone.stats().misuse);
    drop(alloc);
    assert_eq!(clone.stats().frames, 1);
}

// --- Handles of the frame that outlive their thread's state ------------------------------------------------------

/// Keeps what a thread must not drop before it ends, with the allocator of the whole program that it borrows.
fn keep_until_exit<T: 'static>(value: T, check: impl FnOnce(T) + 'static) {
    at_exit(move || check(value));
}

#[test]
fn frame_handles_kept_in_a_thread_local_keep_their_memory_from_the_next_thread() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    for when in [When::Before, When::After] {
        let (send, receive) = mpsc::channel();
        let (resume, wait) = mpsc::channel::<()>();
        let (sent, at_the_end) = mpsc::channel::<()>();
        let keeper = thread::spawn(move || {
            if when == When::After {
                at_exit(|| ());
            }
            alloc.begin_frame();
            let boxed: FrameBox<'static, [u64; 50]> = alloc.frame_box([7; 50]);
            let mut vec: FrameVec<'static, u64> = alloc.frame_vec();
            vec.extend(0..50);
            let empty: FrameVec<'static, u64> = alloc.frame_vec();
            keep_until_exit((boxed, vec, empty), move |(boxed, mut vec, mut empty)| {
                let _ = sent.send(());
                let _ = wait.recv();
                // Others have worked meanwhile; and both vectors may still grow.
                vec.extend(50..5000);
                empty.extend(0..5000);
                let intact =
                    *boxed == [7; 50] && vec.iter().copied().eq(0..5000) && empty.iter().copied().eq(0..5000);
                let _ = send.send(intact);
            });
        });
        at_the_end.recv().expect("the thread is ending");
        thread::scope(|s| {
            for worker in 0..3u64 {
                s.spawn(move || {
                    for _ in 0..20 {
                        let frame = alloc.frame();
                        let slice = frame.alloc_slice_from_fn(2000, |_| worker);
                        let boxed = alloc.frame_box([worker; 100]);
                        thread::yield_now();
                        assert!(slice.iter().chain(boxed.iter()).all(|&word| word == worker));
                    }
                });
            }
        });
        drop(resume);
        assert!(receive.recv().expect("it ran"), "{when:?}");
        keeper.join().expect("ends");
    }
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn handles_without_memory_do_not_reach_the_next_threads_arena() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    type Empty = (
        FrameBox<'static, [u32]>,
        FrameBox<'static, ()>,
        FrameBox<'static, str>,
        FrameBox<'static, [()]>,
        FrameBox<'static, [u64; 0]>,
    );
    let uses: [fn(Empty) -> bool; 5] = [
        |(slice, ..)| {
            let mut vec = slice.into_vec();
            vec.extend(0..1000);
            vec.iter().copied().eq(0..1000)
        },
        |(_, unit, ..)| *unit.map(|()| [3u64; 100]) == [3; 100],
        |(_, _, text, ..)| {
            let mut vec = text.into_bytes().into_vec();
            vec.extend_from_slice(&[b'x'; 1000]);
            vec.iter().all(|&byte| byte == b'x')
        },
        |(_, _, _, units, _)| {
            let mut vec = FrameVec::<u8>::new_in(units.into_vec().allocator().clone());
            vec.resize(1000, 9);
            vec.iter().all(|&byte| byte == 9)
        },
        |(.., array)| *array.map(|[]| [4u64; 50]) == [4; 50],
    ];
    for work in uses {
        let (send, receive) = mpsc::channel();
        let (resume, wait) = mpsc::channel::<()>();
        let (sent, at_the_end) = mpsc::channel::<()>();
        let keeper = thread::spawn(move || {
            at_exit(|| ());
            let empty: Empty = (
                alloc.frame_slice(0),
                alloc.frame_box(()),
                alloc.frame_str(""),
                alloc.frame_slice(5),
                alloc.frame_box([]),
            );
            keep_until_exit(empty, move |empty| {
                let _ = sent.send(());
                let _ = wait.recv();
                let _ = send.send(work(empty));
            });
        });
        at_the_end.recv().expect("the thread is ending");
        thread::scope(|s| {
            s.spawn(move || {
                alloc.begin_frame();
                let boxed = alloc.frame_box([1u64; 10]);
                let before = alloc.thread_stats();
                drop(resume);
                assert!(receive.recv().expect("it ran"));
                let after = alloc.thread_stats();
                assert_eq!(before, after, "another thread works in this thread's arena");
                let next = alloc.frame_box([2u64; 10]);
                assert_eq!((*boxed, *next), ([1; 10], [2; 10]));
                drop((boxed, next));
                alloc.end_frame();
            });
        });
        keeper.join().expect("ends");
    }
}

#[test]
fn guards_kept_in_a_thread_local_close_after_their_threads_state() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    let mut before = 0;
    for round in 0..30 {
        for when in [When::Before, When::After] {
            let (send, receive) = mpsc::channel();
            let keeper = thread::spawn(move || {
                if when == When::After {
                    at_exit(|| ());
                }
                let frame = alloc.frame();
                let scope: Scope<'static> = alloc.scope();
                let tag: TagGuard<'static> = alloc.tag("kept");
                let phase = alloc.phase("kept");
                let value = frame.alloc(5u64);
                assert_eq!(*value, 5);
                keep_until_exit((frame, scope, tag, phase), move |(frame, scope, tag, phase)| {
                    let value = scope.alloc_slice_from_fn(3000, |i| i);
                    let sum: usize = value.iter().sum();
                    let outer = frame.alloc_slice_from_fn(3000, |i| i);
                    let sum = sum + outer.iter().sum::<usize>();
                    drop(phase);
                    drop(frame);
                    drop(tag);
                    drop(scope);
                    let _ = send.send(sum);
                });
            });
            assert_eq!(receive.recv().expect("it ran"), 2 * (2999 * 3000 / 2), "{when:?}");
            keeper.join().expect("ends");
        }
        let threads = alloc.stats().threads;
        if round == 5 {
            before = threads;
        }
        if round > 5 {
            assert_eq!(threads, before, "states are handed over");
        }
    }
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn tag_budgets_reach_other_threads_with_their_next_frame() {
    let alloc = SmartAlloc::with_defaults();
    let (one, two) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            one.wait();
            two.wait();
            alloc.end_frame();
            alloc.begin_frame();
            let error =
                alloc.with_tag("ai", |a| a.try_frame_box([0u8; 200])).expect_err("the budget holds here");
            assert_eq!((error.left(), error.tag()), (104, Some("ai")));
            alloc.end_frame();
        });
        one.wait();
        alloc.set_tag_budget("ai", 104);
        two.wait();
    });
}

#[test]
fn what_another_threads_frames_did_is_seen_after_their_boundary() {
    let alloc = SmartAlloc::with_defaults();
    let (one, two) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            let tag = alloc.tag("worker");
            drop(alloc.frame_box([0u8; 160]));
            drop(tag);
            let kept = alloc.frame_box([0u8; 40]);
            let boxes = Boxes::new(&alloc, 1);
            alloc.end_frame();
            one.wait();
            two.wait();
            drop((kept, boxes));
            alloc.begin_frame();
            alloc.end_frame();
            one.wait();
            two.wait();
        });
        one.wait();
        let (stats, tag) = (alloc.stats(), alloc.tag_stats("worker"));
        // The thread goes on before anything may fail here.
        two.wait();
        one.wait();
        let (later, later_tag) = (alloc.stats(), alloc.tag_stats("worker"));
        two.wait();
        assert_eq!((stats.frames, stats.last_frame_bytes, stats.last_frame_allocations), (1, 200, 2));
        assert_eq!((stats.total_bytes, stats.total_allocations), (200, 2));
        assert!(stats.parked_bytes >= 40 && stats.parked_frames == 1);
        assert_eq!((stats.pool_bytes, stats.pool_allocations), (48, 1));
        assert!(stats.heap_bytes >= 16_000 + 56 + 400);
        assert_eq!(stats.heap_allocations, 3);
        assert_eq!(tag.map(|tag| tag.bytes_allocated), Some(160));
        assert_eq!((later.frames, later.last_frame_bytes, later.total_bytes), (2, 0, 200));
        assert_eq!((later.parked_bytes, later.parked_frames), (0, 0));
        assert_eq!((later.pool_bytes, later.heap_bytes), (0, 0));
        assert_eq!(later_tag.map(|tag| tag.bytes_allocated), Some(0));
    });
}

#[test]
fn statistics_may_be_read_while_every_thread_works() {
    let alloc = SmartAlloc::with_defaults();
    let stop = AtomicBool::new(false);
    thread::scope(|s| {
        for worker in 0..3u64 {
            let (alloc, stop) = (&alloc, &stop);
            s.spawn(move || {
                let names = ["one", "two", "three", "four"];
                let mut round = worker as usize;
                while !stop.load(Ordering::Relaxed) {
                    round += 1;
                    alloc.begin_frame();
                    let _tag = alloc.tag(names[round % 4]);
                    let _inner = alloc.tag(names[round / 4 % 4]);
                    let _phase = alloc.phase(names[round % 3]);
                    drop((alloc.frame_box([1u8; 64]), alloc.pool_box(round), alloc.heap_box(round)));
                    alloc.end_frame();
                }
            });
        }
        let mut frames = 0;
        for _ in 0..300 {
            let stats = alloc.stats();
            assert!(stats.frames >= frames, "frames only grow");
            frames = stats.frames;
            assert!(alloc.all_tag_stats().iter().all(|(path, _)| path.split('/').count() <= 2));
            assert!(alloc.phase_stats().len() <= 3);
            let _ = alloc.tag_stats("one/two");
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn detached_threads_that_never_end_do_not_hold_the_allocator() {
    // The thread's table has the allocator's states, but nothing that would keep its memory once the clones have gone.
    struct Flag(Arc<AtomicU32>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicU32::new(0));
    let flag = Flag(Arc::clone(&dropped));
    let alloc = SmartAlloc::new(AllocConfig::default().with_budget_callback(move |_| {
        let _ = &flag;
    }));
    let (go, wait) = mpsc::channel::<()>();
    let (ready, is_ready) = mpsc::channel();
    let idle = thread::spawn({
        let alloc = alloc.clone();
        move || {
            drop(alloc.frame_box(1));
            let kept = alloc.pool_box(5);
            drop(alloc);
            let _ = ready.send(());
            let _ = wait.recv();
            assert_eq!(*kept, 5);
        }
    });
    is_ready.recv().expect("it is there");
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(alloc);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    drop(go);
    idle.join().expect("ends");
}

#[test]
fn a_thread_blocked_in_a_frame_does_not_hold_up_others() {
    let alloc = SmartAlloc::with_defaults();
    let gate = Mutex::new(());
    let held = gate.lock().expect("free");
    let progress = AtomicUsize::new(0);
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            let _boxed = alloc.frame_box(1);
            drop(gate.lock());
            alloc.end_frame();
        });
        s.spawn(|| {
            for _ in 0..1000 {
                alloc.begin_frame();
                drop((alloc.frame_box(1), alloc.pool_box(1)));
                alloc.end_frame();
                progress.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut waited = 0;
        while progress.load(Ordering::Relaxed) < 1000 {
            thread::sleep(Duration::from_millis(1));
            waited += 1;
            assert!(waited < 20_000, "stuck");
        }
        drop(held);
    });
}
