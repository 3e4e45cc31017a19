//! Frames that several threads share: whose memory it is, how long it stays, and when it serves again.
//!
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::cell::{Cell, RefCell};
use std::mem::{ManuallyDrop, forget, size_of_val};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use framealloc::{AllocConfig, AllocErrorKind, BudgetPolicy, LocalFrame, SharedFrame, SmartAlloc, kilobytes};

use crate::support::{Spans, address, check, config, fill, leaked, panics, rounds, small};

/// Runs `work` on so many threads that end with it, each with its number; what they return, in order.
fn on_threads<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count)
            .map(|worker| {
                let work = &work;
                scope.spawn(move || work(worker))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
    })
}

/// A shared frame that is never dropped, and that the leak checker finds from here.
fn endless(alloc: &'static SmartAlloc) -> &'static SharedFrame<'static> {
    static ALL: Mutex<Vec<&SharedFrame<'static>>> = Mutex::new(Vec::new());
    let shared = Box::leak(Box::new(alloc.shared_frame()));
    ALL.lock().expect("nobody panics here").push(shared);
    shared
}

/// A slice filled from `seed`.
fn filled<'f>(shared: &'f SharedFrame<'_>, len: usize, seed: u64) -> &'f mut [u8] {
    let bytes = shared.alloc_slice_copy(&vec![0u8; len]);
    fill(bytes, seed);
    bytes
}

// --- What comes out of it ---------------------------------------------------------------------------------------

#[test]
fn every_thread_allocates_and_the_first_reads_it_all() {
    let alloc = small();
    for round in 0..rounds(50, 4) as u64 {
        let shared = alloc.shared_frame();
        let parts = on_threads(4, |worker| {
            let worker = worker as u64;
            (0..20).map(|i| filled(&shared, 10 + 30 * i, worker * 100 + i as u64 + round)).collect::<Vec<_>>()
        });
        let spans = Spans::default();
        for (worker, part) in parts.iter().enumerate() {
            for (i, bytes) in part.iter().enumerate() {
                check(bytes, (worker * 100 + i) as u64 + round);
                spans.add_value(&**bytes);
            }
        }
    }
}

#[test]
fn every_kind_of_value() {
    #[derive(Debug, PartialEq)]
    #[repr(align(256))]
    struct Wide(u8);
    let alloc = small();
    let shared = alloc.shared_frame();
    let number = shared.alloc(7u64);
    let unit = shared.alloc(());
    let wide = shared.alloc(Wide(3));
    let tuple = shared.alloc((1u8, 2u32));
    let text = shared.alloc_str("grüße");
    let empty = shared.alloc_slice_copy::<u64>(&[]);
    let copied = shared.alloc_slice_copy(&[1u16, 2, 3]);
    let made = shared.alloc_slice_from_fn(5, |i| (i, i * i));
    let units = shared.alloc_slice_from_fn(1000, |_| ());
    let array = shared.alloc([5u8; 5000]);
    *number += 1;
    text.make_ascii_uppercase();
    made[4].1 += 1;
    assert_eq!((*number, *unit, &*text), (8, (), "GRüßE"));
    assert_eq!((wide.0, address(wide) % 256), (3, 0));
    assert_eq!((&*tuple, empty.len(), &*copied, made[4]), (&(1, 2), 0, &[1u16, 2, 3][..], (4, 17)));
    assert_eq!((units.len(), array[4999]), (1000, 5));
    let local = shared.local();
    assert_eq!((*local.alloc(1u8), *local.alloc(()), local.alloc(Wide(9)).0), (1, (), 9));
    assert_eq!((&*local.alloc_str("x"), local.alloc_slice_copy(&[1u8]).len()), ("x", 1));
    assert_eq!(local.alloc_slice_from_fn(3, |i| i)[2], 2);
}

#[test]
fn sizes_that_overflow_are_errors() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let error = shared.try_alloc_slice_from_fn(usize::MAX / 4, |_| 0u64).expect_err("too large");
    assert_eq!(error.kind(), AllocErrorKind::SizeOverflow);
    let error =
        shared.local().try_alloc_slice_from_fn(isize::MAX as usize - 4, |_| 0u8).expect_err("too large");
    assert_ne!(error.kind(), AllocErrorKind::ThreadFrameBudget);
    assert_eq!(*shared.alloc(1), 1);
}

#[test]
fn local_handle_and_shared_frame_allocate_side_by_side() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let spans = Spans::default();
    let mut kept: Vec<&mut u64> = Vec::new();
    {
        let local = shared.local();
        let again = shared.local();
        for number in 0..300u64 {
            kept.push(local.alloc(number * 3));
            kept.push(shared.alloc(number * 3 + 1));
            kept.push(again.alloc(number * 3 + 2));
        }
    }
    for (number, value) in kept.iter().enumerate() {
        assert_eq!(**value, number as u64, "values outlive the local handle");
        spans.add_value(&**value);
    }
}

#[test]
fn values_made_on_one_thread_are_written_on_another() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let (give, take) = channel::<&mut [u32]>();
    thread::scope(|scope| {
        let shared = &shared;
        scope.spawn(move || {
            for number in 0..20 {
                give.send(shared.alloc_slice_from_fn(number, |_| 1)).expect("a receiver");
            }
        });
        scope.spawn(move || {
            let mut sum = 0;
            for slice in take {
                slice.iter_mut().for_each(|value| *value += 1);
                sum += slice.iter().sum::<u32>();
            }
            assert_eq!(sum, 2 * 190);
        });
    });
}

// --- When memory serves again -----------------------------------------------------------------------------------

#[test]
fn same_memory_serves_the_next_shared_frame() {
    let alloc = small();
    let mut first = None;
    for _ in 0..5 {
        let shared = alloc.shared_frame();
        let here = address(shared.alloc([1u64; 10]));
        assert_eq!(*first.get_or_insert(here), here);
    }
}

#[test]
fn memory_is_bounded_over_many_shared_frames() {
    let alloc = small();
    for round in 0..rounds(300, 20) {
        let shared = alloc.shared_frame();
        on_threads(3, |worker| {
            for _ in 0..20 {
                fill(shared.alloc_slice_copy(&[0u8; 500]), worker as u64);
            }
        });
        drop(shared);
        // Some threads of the last round may not have ended yet.
        let held = alloc.stats().reserved_bytes;
        assert!(held <= 20 * 16 * 1024, "round {round}: {held} bytes");
    }
}

#[test]
fn frame_that_outgrows_its_chunk_settles_on_one() {
    let alloc = small();
    let use_much = || {
        let shared = alloc.shared_frame();
        let parts: Vec<_> = (0..100).map(|i| filled(&shared, 1000, i)).collect();
        for (i, part) in parts.iter().enumerate() {
            check(part, i as u64);
        }
    };
    use_much();
    use_much();
    let refills = alloc.stats().chunk_refills;
    for _ in 0..20 {
        use_much();
    }
    assert_eq!(alloc.stats().chunk_refills, refills, "the second frame has a chunk that holds all of it");
}

#[test]
fn memory_of_a_peak_is_given_back_in_time() {
    let alloc = SmartAlloc::new(config().with_shrink_after(10));
    let shared = alloc.shared_frame();
    shared.alloc([0u8; 400_000]);
    drop(shared);
    let mut held = 0;
    for _ in 0..30 {
        let shared = alloc.shared_frame();
        shared.alloc([0u8; 100]);
        drop(shared);
        held = alloc.stats().reserved_bytes;
    }
    assert!(held <= 64 * 1024, "{held} bytes");
}

#[test]
fn nothing_serves_again_while_a_shared_frame_is_open() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let kept: Vec<_> = (0..40).map(|i| filled(&shared, 300, i)).collect();
    for round in 0..20 {
        // Frames, scopes and shared frames of the same thread come and go meanwhile.
        alloc.begin_frame();
        let other = alloc.shared_frame();
        fill(other.alloc_slice_copy(&[0u8; 2000]), 99);
        let scope = alloc.scope();
        fill(scope.alloc_slice_copy(&[0u8; 2000]), 98);
        filled(&shared, 10, round);
        drop(other);
        alloc.end_frame();
        drop(scope);
    }
    for (i, part) in kept.iter().enumerate() {
        check(part, i as u64);
    }
}

// --- Several at once --------------------------------------------------------------------------------------------

#[test]
fn two_at_once_dropped_in_either_order() {
    let alloc = small();
    for first_goes in [true, false] {
        for _ in 0..4 {
            let one = alloc.shared_frame();
            let two = alloc.shared_frame();
            let mut in_one: Vec<_> = (0..20).map(|i| filled(&one, 100, i)).collect();
            let mut in_two: Vec<_> = (0..20).map(|i| filled(&two, 100, 50 + i)).collect();
            in_one.push(filled(&one, 50, 20));
            in_two.push(filled(&two, 50, 70));
            let spans = Spans::default();
            in_one.iter().chain(&in_two).for_each(|part| spans.add_value(&**part));
            if first_goes {
                drop(in_one);
                drop(one);
                let three = alloc.shared_frame();
                filled(&three, 5000, 200);
                in_two.iter().enumerate().for_each(|(i, part)| check(part, 50 + i as u64));
            } else {
                drop(in_two);
                drop(two);
                let three = alloc.shared_frame();
                filled(&three, 5000, 200);
                in_one.iter().enumerate().for_each(|(i, part)| check(part, i as u64));
            }
        }
    }
    assert!(alloc.stats().reserved_bytes <= 5 * 16 * 1024);
}

#[test]
fn forgotten_frames_keep_their_memory_and_harm_nobody() {
    let alloc = small();
    let forgotten = ManuallyDrop::new(alloc.shared_frame());
    let kept: Vec<_> = (0..10).map(|i| filled(&forgotten, 200, i)).collect();
    let another = alloc.shared_frame();
    another.alloc(1u8);
    forget(another);
    for _ in 0..10 {
        let shared = alloc.shared_frame();
        filled(&shared, 3000, 77);
    }
    for (i, part) in kept.iter().enumerate() {
        check(part, i as u64);
    }
}

#[test]
fn frames_of_two_allocators_are_apart() {
    let (one, two) = (small(), small());
    let shared_one = one.shared_frame();
    let shared_two = two.shared_frame();
    let in_one: Vec<_> = (0..50).map(|i| filled(&shared_one, 60, i)).collect();
    let in_two: Vec<_> = (0..50).map(|i| filled(&shared_two, 60, i + 1)).collect();
    drop(in_two);
    drop(shared_two);
    let again = two.shared_frame();
    filled(&again, 3000, 9);
    in_one.iter().enumerate().for_each(|(i, part)| check(part, i as u64));
}

#[test]
fn frame_of_a_static_allocator_moves_to_another_thread_and_is_dropped_there() {
    let alloc = leaked();
    for round in 0..3 {
        let shared: SharedFrame<'static> = alloc.shared_frame();
        filled(&shared, 100, round);
        let dropped_elsewhere = thread::spawn(move || {
            check(filled(&shared, 100, round), round);
            drop(shared);
        });
        dropped_elsewhere.join().expect("no panic");
        let shared = alloc.shared_frame();
        check(filled(&shared, 100, round), round);
    }
    assert!(alloc.stats().reserved_bytes <= 3 * 16 * 1024);
}

// --- Panics -----------------------------------------------------------------------------------------------------

#[test]
fn dropped_while_unwinding_it_gives_its_memory_back() {
    let alloc = small();
    for round in 0..10 {
        let message = panics(|| {
            let shared = alloc.shared_frame();
            filled(&shared, 1000, round);
            panic!("on purpose");
        });
        assert_eq!(message, "on purpose");
    }
    assert!(alloc.stats().reserved_bytes <= 2 * 16 * 1024);
}

#[test]
fn closure_that_panics_leaves_the_frame_usable() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let before = filled(&shared, 100, 1);
    let message = panics(|| {
        shared.alloc_slice_from_fn(10, |i| if i == 5 { panic!("at five") } else { i });
    });
    assert_eq!(message, "at five");
    let after = filled(&shared, 100, 2);
    check(before, 1);
    check(after, 2);
}

#[test]
fn closure_that_allocates_and_opens_frames() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let slice = shared.alloc_slice_from_fn(50, |i| {
        let inner = shared.alloc_slice_from_fn(3, |j| i + j);
        let other = alloc.shared_frame();
        other.alloc([i; 20]);
        alloc.begin_frame();
        drop(alloc.frame_box(i));
        alloc.end_frame();
        inner[2]
    });
    slice.iter().enumerate().for_each(|(i, &value)| assert_eq!(value, i + 2));
}

// --- Threads that come and go -----------------------------------------------------------------------------------

#[test]
fn what_ended_threads_made_stays_while_new_ones_use_their_place() {
    let alloc = small();
    let shared = alloc.shared_frame();
    let mut kept = Vec::new();
    for generation in 0..rounds(20, 4) as u64 {
        kept.extend(on_threads(3, |worker| {
            // Frames of its own, whose memory later threads inherit.
            alloc.begin_frame();
            fill(&mut alloc.frame_slice::<u8>(3000), 250);
            alloc.end_frame();
            let seed = generation * 10 + worker as u64;
            (seed, filled(&shared, 400, seed))
        }));
    }
    let spans = Spans::default();
    for (seed, part) in &kept {
        check(part, *seed);
        spans.add_value(&**part);
    }
    let parts = kept.len() as u64 * 400;
    let held = alloc.stats().reserved_bytes;
    assert!(held <= 3 * parts + 8 * 16 * 1024, "{held} bytes for {parts}");
}

#[test]
fn thread_that_outlives_a_shared_frame_takes_part_in_the_next() {
    let alloc = small();
    let rounds = 20;
    // Each round's frame, handed to the workers and back.
    let barrier = Barrier::new(3);
    let running = AtomicBool::new(true);
    let frame: std::sync::RwLock<Option<SharedFrame<'_>>> = std::sync::RwLock::new(None);
    thread::scope(|scope| {
        for worker in 0..2u64 {
            let (barrier, running, frame) = (&barrier, &running, &frame);
            scope.spawn(move || {
                let mut first = None;
                loop {
                    barrier.wait();
                    if !running.load(Ordering::Relaxed) {
                        break;
                    }
                    let shared = frame.read().expect("no panic");
                    let shared = shared.as_ref().expect("a frame");
                    let parts: Vec<_> = (0..10).map(|i| filled(shared, 333, worker + i)).collect();
                    parts.iter().zip(0..).for_each(|(part, i)| check(part, worker + i));
                    let here = address(&*parts[0]);
                    assert_eq!(*first.get_or_insert(here), here, "its own memory serves again");
                    barrier.wait();
                }
            });
        }
        for _ in 0..rounds {
            *frame.write().expect("no panic") = Some(alloc.shared_frame());
            barrier.wait();
            barrier.wait();
            *frame.write().expect("no panic") = None;
        }
        running.store(false, Ordering::Relaxed);
        barrier.wait();
    });
    let held = alloc.stats().reserved_bytes;
    assert!(held <= 2 * 16 * 1024, "{held} bytes");
}

#[test]
fn thread_local_destructors_allocate_through_it() {
    struct AtExit(RefCell<Option<Box<dyn FnOnce()>>>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            if let Some(work) = self.0.take() {
                work();
            }
        }
    }
    thread_local! {
        static EARLY: AtExit = const { AtExit(RefCell::new(None)) };
        static LATE: AtExit = const { AtExit(RefCell::new(None)) };
    }
    let alloc = leaked();
    let shared = endless(alloc);
    for round in 0..4u64 {
        let (give, take) = channel::<&'static mut [u8]>();
        let worker = thread::spawn(move || {
            let (one, two) = (give.clone(), give.clone());
            // Thread-local variables go in no certain order: one is registered before the library's own, one after.
            EARLY.with(|at_exit| {
                *at_exit.0.borrow_mut() = Some(Box::new(move || {
                    for i in 0..10 {
                        one.send(filled(shared, 200, round + i)).expect("a receiver");
                    }
                    let local = shared.local();
                    local.alloc_slice_copy(&[0u8; 3000]);
                    local.alloc([0u8; 40_000]);
                }));
            });
            for i in 0..10 {
                give.send(filled(shared, 200, round + i)).expect("a receiver");
            }
            LATE.with(|at_exit| {
                *at_exit.0.borrow_mut() = Some(Box::new(move || {
                    for i in 0..10 {
                        two.send(filled(shared, 200, round + i)).expect("a receiver");
                    }
                }));
            });
        });
        // While it ends, another allocates.
        let mine: Vec<_> = (0..10).map(|i| filled(shared, 200, round + i)).collect();
        worker.join().expect("no panic");
        let theirs: Vec<_> = take.iter().collect();
        assert_eq!(theirs.len(), 30);
        let spans = Spans::default();
        for (i, part) in theirs.iter().chain(&mine).enumerate() {
            check(part, round + i as u64 % 10);
            spans.add_value(&**part);
        }
    }
}

#[test]
fn local_handle_kept_in_a_thread_local_outlasts_the_threads_state() {
    struct Kept(RefCell<Option<LocalFrame<'static>>>, Cell<u64>);
    impl Drop for Kept {
        fn drop(&mut self) {
            let local = self.0.take().expect("kept");
            for i in 0..100 {
                let bytes = local.alloc_slice_copy(&[0u8; 300]);
                fill(bytes, self.1.get() + i);
                check(bytes, self.1.get() + i);
            }
        }
    }
    thread_local! {
        static KEPT: Kept = const { Kept(RefCell::new(None), Cell::new(0)) };
    }
    let alloc = leaked();
    let shared = endless(alloc);
    for round in 0..rounds(20, 3) as u64 {
        on_threads(3, |worker| {
            KEPT.with(|kept| {
                kept.1.set(round * 7 + worker as u64);
                *kept.0.borrow_mut() = Some(shared.local());
            });
            check(filled(shared, 100, round), round);
        });
    }
}

#[test]
fn stress_frames_threads_and_checksums() {
    let alloc = small();
    for round in 0..rounds(200, 3) as u64 {
        let outer = alloc.shared_frame();
        let sums = on_threads(4, |worker| {
            let seed = round * 4 + worker as u64;
            let kept: Vec<_> =
                (0..30).map(|i| filled(&outer, 1 + (i as usize * 37) % 900, seed + i)).collect();
            {
                let inner = alloc.shared_frame();
                on_threads(2, |part| check(filled(&inner, 700, part as u64), part as u64));
                check(filled(&inner, 5000, seed), seed);
            }
            kept.iter().zip(0..).for_each(|(part, i)| check(part, seed + i));
            (seed, kept)
        });
        for (seed, kept) in &sums {
            kept.iter().zip(0..).for_each(|(part, i)| check(part, seed + i));
        }
    }
}

// --- What else is counted and bounded ---------------------------------------------------------------------------

#[test]
fn bytes_are_booked_under_the_tags_that_are_open() {
    let alloc = small();
    let shared = alloc.shared_frame();
    shared.alloc([0u64; 100]);
    alloc.with_tag("physics", |a| {
        shared.alloc([0u64; 10]);
        a.with_tag("contacts", |_| shared.alloc([0u64; 5]));
        shared.alloc([0u64; 3]);
    });
    let physics = alloc.tag_stats("physics").expect("used");
    assert_eq!((physics.bytes_allocated, physics.own_bytes), (18 * 8, 13 * 8));
    assert_eq!(alloc.tag_stats("physics/contacts").expect("used").bytes_allocated, 5 * 8);
    assert_eq!(alloc.thread_stats().bytes_allocated, 118 * 8);
}

#[test]
fn bytes_under_a_tag_on_other_threads_and_over_frames() {
    let alloc = small();
    for _ in 0..3 {
        alloc.begin_frame();
        let shared = alloc.shared_frame();
        {
            let _tag = alloc.tag("render");
            alloc.begin_phase("draw");
            shared.alloc([0u8; 64]);
            alloc.end_phase();
            on_threads(2, |_| {
                let _tag = alloc.tag("render");
                shared.alloc_slice_copy(&[0u8; 800]);
            });
        }
        // What is booked late, when the frame has ended and the thread comes by again, is booked once.
        shared.alloc([0u8; 8]);
        drop(shared);
        alloc.end_frame();
        assert_eq!(alloc.thread_stats().last_frame_bytes, 72);
        let draw = alloc.phase_stats();
        assert_eq!((draw.len(), draw[0].1.bytes_allocated), (1, 64));
    }
    assert_eq!(alloc.tag_stats("render").expect("used").total_bytes, 3 * (64 + 2 * 800));
    let total = alloc.stats().total_bytes;
    assert_eq!(total, 3 * (72 + 2 * 800));
}

#[test]
fn thread_budget_bounds_a_part_on_its_own() {
    let alloc = small();
    alloc.set_thread_frame_budget(10_000);
    let shared = alloc.shared_frame();
    let first = filled(&shared, 8_000, 1);
    let error = shared.try_alloc_slice_copy(&[0u8; 3_000]).expect_err("beyond the budget");
    assert_eq!((error.kind(), error.requested()), (AllocErrorKind::ThreadFrameBudget, 3_000));
    assert!(error.left() <= 2_000);
    let error = shared.local().try_alloc([0u8; 3_000]).expect_err("beyond the budget");
    assert_eq!(error.kind(), AllocErrorKind::ThreadFrameBudget);
    let message = panics(|| shared.alloc_slice_copy(&[0u8; 3_000]).len());
    assert!(message.contains("frame budget"), "{message}");
    // Another thread has none.
    // fa: allow(FA302) -- a thread without a budget is tried beside one that has it
    on_threads(1, |_| assert_eq!(shared.alloc_slice_copy(&[0u8; 30_000]).len(), 30_000));
    check(first, 1);
    alloc.set_thread_frame_budget(usize::MAX);
    shared.alloc_slice_copy(&[0u8; 30_000]);
}

#[test]
fn warning_policy_lets_it_pass_and_warns_once_a_frame() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let alloc =
        SmartAlloc::new(config().with_budget_policy(BudgetPolicy::Warn).with_budget_callback(move |event| {
            assert_eq!(event.kind, AllocErrorKind::ThreadFrameBudget);
            seen.fetch_add(1, Ordering::Relaxed);
        }));
    alloc.set_thread_frame_budget(1_000);
    let shared = alloc.shared_frame();
    check(filled(&shared, 5_000, 3), 3);
    check(filled(&shared, 50_000, 4), 4);
    assert_eq!(calls.load(Ordering::Relaxed), 1, "once for a frame");
}

#[test]
fn ceiling_of_the_allocator_holds() {
    let alloc = SmartAlloc::new(
        AllocConfig::default().with_frame_size(kilobytes(16)).with_frame_limit(kilobytes(64)),
    );
    let shared = alloc.shared_frame();
    let error = shared.try_alloc_slice_copy(&[0u8; 100_000]).expect_err("beyond the ceiling");
    assert_eq!(error.kind(), AllocErrorKind::FrameLimit);
    assert_eq!(size_of_val(shared.alloc_slice_copy(&[0u8; 10_000])), 10_000);
    drop(shared);
    assert!(alloc.stats().reserved_bytes <= 64 * 1024);
}
