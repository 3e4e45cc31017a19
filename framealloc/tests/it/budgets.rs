//! Budgets: exact to the byte, each thread and tag for itself, and what the callback may do.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA302) -- a thread without a budget is tried beside one that has it
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA602) -- what is counted is the allocations themselves
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use framealloc::{
    AllocConfig, AllocErrorKind, BudgetEvent, BudgetPolicy, FrameVec, SmartAlloc, frame_format, kilobytes,
};

/// What a callback was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<BudgetEvent>>>);

impl Told {
    fn config(&self, policy: BudgetPolicy) -> AllocConfig {
        let told = self.clone();
        AllocConfig::default()
            .with_budget_policy(policy)
            .with_budget_callback(move |event| told.0.lock().expect("sound").push(event.clone()))
    }

    fn take(&self) -> Vec<BudgetEvent> {
        std::mem::take(&mut self.0.lock().expect("sound"))
    }
}

thread_local! {
    /// The allocator for a callback to work on, which must not hold it itself.
    static CURRENT: RefCell<Option<SmartAlloc>> = const { RefCell::new(None) };
}

/// Runs `test` with an allocator whose callback runs `act`.
fn with_acting_callback(
    policy: BudgetPolicy,
    act: impl Fn(&SmartAlloc, &BudgetEvent) + Send + Sync + 'static,
    test: impl FnOnce(&SmartAlloc),
) {
    let config = AllocConfig::default().with_budget_policy(policy).with_budget_callback(move |event| {
        let alloc = CURRENT.with(|current| current.borrow().clone()).expect("set by the test");
        act(&alloc, event);
    });
    let alloc = SmartAlloc::new(config);
    CURRENT.with(|current| *current.borrow_mut() = Some(alloc.clone()));
    test(&alloc);
    CURRENT.with(|current| *current.borrow_mut() = None);
}

fn message_of(work: impl FnOnce()) -> String {
    let said = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    said.downcast_ref::<String>().cloned().expect("a formatted message")
}

// --- To the byte -------------------------------------------------------------------------------------------------

#[test]
fn the_frame_budget_is_exact_at_its_boundary() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(1000);
    for _ in 0..3 {
        alloc.begin_frame();
        let most = alloc.frame_slice::<u8>(992);
        let error = alloc.try_frame_slice::<u8>(9).expect_err("16 bytes with padding");
        assert_eq!(error.kind(), AllocErrorKind::ThreadFrameBudget);
        assert_eq!((error.requested(), error.left(), error.tag()), (16, 8, None));
        assert_eq!(
            error.to_string(),
            "this thread's frame budget is exceeded: 16 bytes asked for, 8 bytes left"
        );
        let last = alloc.frame_box(1u64);
        let error = alloc.try_frame_box(2u8).expect_err("full");
        assert_eq!((error.requested(), error.left()), (8, 0));
        // What takes no memory is not refused.
        drop((alloc.frame_box(()), alloc.frame_slice::<u64>(0), alloc.frame_vec::<u64>()));
        drop(last);
        drop(alloc.frame_box(3u64));
        drop(most);
        drop(alloc.frame_slice::<u8>(1000));
        assert!(alloc.try_frame_slice::<u8>(1001).is_err());
        alloc.end_frame();
    }
    alloc.set_thread_frame_budget(usize::MAX);
    drop(alloc.frame_slice::<u8>(100_000));
}

#[test]
fn the_frame_budget_holds_for_every_way_to_frame_memory() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let _held = alloc.frame_slice::<u8>(960);
    alloc.set_thread_frame_budget(1024);
    let kinds = [
        alloc.try_frame_box([0u8; 65]).map(drop),
        alloc.try_frame_alloc::<[u8; 65]>().map(drop),
        alloc.try_frame_uninit::<[u8; 65]>().map(drop),
        alloc.try_frame_slice::<u8>(65).map(drop),
        alloc.try_frame_slice_from_fn(65, |_| 0u8).map(drop),
        alloc.try_frame_slice_copy(&[0u8; 65]).map(drop),
        alloc.try_frame_str(&"x".repeat(65)).map(drop),
        alloc.try_frame_vec_with_capacity::<u8>(65).map(drop),
    ];
    for (index, kind) in kinds.into_iter().enumerate() {
        let error = kind.expect_err("no room");
        assert_eq!((error.kind(), error.left()), (AllocErrorKind::ThreadFrameBudget, 64), "{index}");
    }
    let mut fallible = FrameVec::<u8>::new_in(alloc.frame_allocator_fallible());
    assert!(fallible.try_reserve_exact(65).is_err());
    assert!(fallible.try_reserve_exact(64).is_ok());
    drop(fallible);
    let panics: [&dyn Fn(); 6] = [
        &|| drop(alloc.frame_box([0u8; 65])),
        &|| alloc.frame_vec::<u8>().reserve_exact(65),
        &|| alloc.frame_string().push_str(&"x".repeat(65)),
        &|| drop(frame_format!(alloc, "{}", "x".repeat(65))),
        &|| alloc.frame_map::<u64, u64>().reserve(64),
        &|| alloc.frame_set::<u64>().reserve(64),
    ];
    for (index, panics) in panics.into_iter().enumerate() {
        let said = message_of(panics);
        assert!(said.starts_with("this thread's frame budget is exceeded: "), "{index}: {said}");
        assert!(said.ends_with(", 64 bytes left"), "{index}: {said}");
    }
    // Scopes begin at a cache line.
    let scope = alloc.scope();
    let kinds = [
        scope.try_alloc([0u8; 65]).map(|_| ()),
        scope.try_alloc_uninit::<[u8; 65]>().map(|_| ()),
        scope.try_alloc_slice_copy(&[0u8; 65]).map(|_| ()),
        scope.try_alloc_slice_from_fn(65, |_| 0u8).map(|_| ()),
        scope.try_alloc_str(&"x".repeat(65)).map(|_| ()),
        scope.try_boxed([0u8; 65]).map(drop),
    ];
    for (index, kind) in kinds.into_iter().enumerate() {
        let error = kind.expect_err("no room");
        assert_eq!((error.kind(), error.requested()), (AllocErrorKind::ThreadFrameBudget, 72), "{index}");
    }
    drop(scope);
    drop(alloc.frame_slice::<u8>(64));
}

#[test]
fn the_frame_budget_holds_across_chunks_and_blocks_of_their_own() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(4)));
    alloc.set_thread_frame_budget(kilobytes(100));
    for _ in 0..3 {
        alloc.begin_frame();
        let mut held = 0;
        let mut boxes = Vec::new();
        while let Ok(boxed) = alloc.try_frame_box([1u8; 1000]) {
            boxes.push(boxed);
            held += 1000;
        }
        // Chunks leave bytes behind that no block fits: those are not held by anyone.
        assert_eq!(held, kilobytes(100) / 1000 * 1000);
        drop(boxes);
        alloc.end_frame();
        alloc.begin_frame();
        let large = alloc.frame_slice::<u8>(kilobytes(60));
        let error = alloc.try_frame_slice::<u8>(kilobytes(41)).expect_err("too much together");
        assert_eq!(error.left(), kilobytes(40));
        let rest = alloc.frame_slice::<u8>(kilobytes(40));
        assert!(alloc.try_frame_box(1u8).is_err());
        drop(large);
        drop(rest);
        drop(alloc.frame_slice::<u8>(kilobytes(100)));
        alloc.end_frame();
    }
}

#[test]
fn a_budget_bounds_what_is_held_at_once_not_what_passes_through() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(kilobytes(1));
    alloc.begin_frame();
    for _ in 0..1000 {
        drop(alloc.frame_box([0u8; 1000]));
        let scope = alloc.scope();
        scope.alloc([0u8; 800]);
    }
    alloc.end_frame();
    assert_eq!(alloc.stats().budgets_exceeded, 0);
    for _ in 0..1000 {
        drop(alloc.frame_box([0u8; 1000]));
    }
}

#[test]
fn what_a_frame_parked_is_not_the_next_frames_budget() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(1000);
    alloc.begin_frame();
    let kept = alloc.frame_slice_from_fn(1000, |i| i as u8);
    alloc.end_frame();
    alloc.begin_frame();
    let most = alloc.frame_slice_from_fn(1000, |i| !(i as u8));
    assert!(alloc.try_frame_box(1u8).is_err());
    assert!(kept.iter().zip(most.iter()).all(|(&one, &other)| one == !other));
    drop((kept, most));
    alloc.end_frame();
}

#[test]
fn the_pool_budget_is_exact_at_its_boundary() {
    let alloc = SmartAlloc::with_defaults();
    // Blocks of 64 and 128 bytes; those that are cut ahead of need do not count.
    alloc.set_thread_pool_budget(640);
    for _ in 0..3 {
        let mut small: Vec<_> = (0..8u64).map(|n| alloc.pool_box([n; 8])).collect();
        let error = alloc.try_pool_box([0u64; 17]).expect_err("160 bytes");
        assert_eq!(error.kind(), AllocErrorKind::ThreadPoolBudget);
        assert_eq!((error.requested(), error.left(), error.tag()), (160, 128, None));
        let large = alloc.pool_box([9u64; 16]);
        let error = alloc.try_pool_box(1u8).expect_err("full");
        assert_eq!(
            error.to_string(),
            "this thread's pool budget is exceeded: 16 bytes asked for, 0 bytes left"
        );
        small.pop();
        drop(alloc.pool_box([9u64; 8]));
        let tiny: Vec<_> = (0..4).map(|n| alloc.pool_box(n as u8)).collect();
        assert!(alloc.try_pool_box(1u8).is_err());
        assert!(small.iter().zip(0..).all(|(boxed, n)| **boxed == [n; 8]) && *large == [9; 16]);
        assert!(tiny.iter().zip(0..).all(|(boxed, n)| **boxed == n));
    }
    alloc.set_thread_pool_budget(usize::MAX);
    drop((0..100).map(|n| alloc.pool_box([n; 8])).collect::<Vec<_>>());
}

#[test]
fn a_pool_budget_set_late_counts_what_is_alive_already() {
    let alloc = SmartAlloc::with_defaults();
    let held: Vec<_> = (0..10u64).map(|n| alloc.pool_box([n; 8])).collect();
    // More blocks than the budget lie on the free list; they must not pass for room.
    drop((0..200u64).map(|n| alloc.pool_box([n; 8])).collect::<Vec<_>>());
    alloc.set_thread_pool_budget(640);
    assert_eq!(alloc.try_pool_box([1u64; 8]).expect_err("ten are alive").left(), 0);
    alloc.set_thread_pool_budget(704);
    let eleventh = alloc.pool_box([1u64; 8]);
    assert!(alloc.try_pool_box([1u64; 8]).is_err());
    alloc.set_thread_pool_budget(0);
    drop(eleventh);
    assert_eq!(alloc.try_pool_box([1u64; 8]).expect_err("nothing is allowed").left(), 0);
    assert!(held.iter().zip(0..).all(|(boxed, n)| **boxed == [n; 8]));
    alloc.set_thread_pool_budget(usize::MAX);
    drop(alloc.pool_box([1u64; 8]));
}

#[test]
fn a_pool_budget_takes_in_what_others_have_freed_before_it_refuses() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_pool_budget(6400);
    for round in 0..5u64 {
        let held: Vec<_> = (0..100).map(|n| alloc.pool_box([round + n; 8])).collect();
        assert!(alloc.try_pool_box(1u8).is_err());
        thread::scope(|s| {
            s.spawn(move || drop(held));
        });
        let again: Vec<_> = (0..100).map(|n| alloc.pool_box([round + n; 8])).collect();
        assert!(alloc.try_pool_box(1u8).is_err());
        drop(again);
        // And those of another class.
        let held: Vec<_> = (0..50).map(|n| alloc.pool_box([round + n; 16])).collect();
        thread::scope(|s| {
            s.spawn(move || drop(held));
        });
        drop(alloc.pool_box([round; 512]));
    }
}

#[test]
fn the_heap_budget_is_exact_to_the_unit_of_eight_bytes() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_heap_budget(1008);
    let held = alloc.heap_slice::<u8>(999);
    let error = alloc.try_heap_slice::<u8>(9).expect_err("one too many");
    assert_eq!(error.kind(), AllocErrorKind::ThreadHeapBudget);
    assert_eq!((error.requested(), error.left()), (9, 8));
    assert_eq!(error.to_string(), "this thread's heap budget is exceeded: 9 bytes asked for, 8 bytes left");
    let last = alloc.heap_box(1u8);
    assert!(alloc.try_heap_box(1u8).is_err());
    // Freed elsewhere, it counts as gone here.
    thread::scope(|s| {
        s.spawn(move || drop(held));
    });
    let held = alloc.heap_slice::<u8>(993);
    drop((held, last));
    // A pool box too large for a page is on the heap, with 16 bytes before it.
    alloc.set_thread_heap_budget(10_016);
    drop(alloc.pool_box([0u8; 10_000]));
    alloc.set_thread_heap_budget(10_015);
    assert_eq!(
        alloc.try_pool_box([0u8; 10_000]).expect_err("its header").kind(),
        AllocErrorKind::ThreadHeapBudget
    );
}

#[test]
fn the_tag_budget_is_exact_and_names_its_tag() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_tag_budget("physics", 1000);
    for _ in 0..3 {
        alloc.begin_frame();
        let before = alloc.frame_slice::<u8>(4000);
        let physics = alloc.tag("physics");
        let own = alloc.frame_slice::<u8>(600);
        let contacts = alloc.tag("contacts");
        let error = alloc.try_frame_slice::<u8>(408).expect_err("400 are left of the outer tag's");
        assert_eq!(error.kind(), AllocErrorKind::TagBudget);
        assert_eq!((error.requested(), error.left(), error.tag()), (408, 400, Some("physics")));
        assert_eq!(
            error.to_string(),
            "the tag's frame budget is exceeded: 408 bytes asked for under tag `physics`, 400 bytes left"
        );
        let most = alloc.frame_slice::<u8>(400);
        assert!(alloc.try_frame_box(1u8).is_err());
        drop(contacts);
        assert!(alloc.try_frame_box(1u8).is_err(), "sub-tags are included");
        drop(physics);
        // Outside of the tag nothing binds.
        let outside = alloc.frame_slice::<u8>(5000);
        // A second opening in the same frame has what is left: nothing.
        assert_eq!(alloc.with_tag("physics", |a| a.try_frame_box(1u8)).expect_err("used up").left(), 0);
        // Another path of the same name is another tag.
        drop(alloc.with_tag("ai", |a| a.with_tag("physics", |a| a.frame_slice::<u8>(2000))));
        drop((before, own, most, outside));
        alloc.end_frame();
    }
    let stats = alloc.tag_stats("physics").expect("used");
    assert_eq!((stats.budget, stats.budget_exceeded), (Some(1000), 12));
    alloc.set_tag_budget("physics", usize::MAX);
    drop(alloc.with_tag("physics", |a| a.frame_slice::<u8>(2000)));
    assert_eq!(alloc.tag_stats("physics").expect("used").budget, None);
}

#[test]
fn a_sub_tag_may_have_the_tighter_budget() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_tag_budget("physics", 1000);
    alloc.set_tag_budget("physics/contacts", 200);
    alloc.set_thread_frame_budget(1500);
    alloc.begin_frame();
    let physics = alloc.tag("physics");
    {
        let _contacts = alloc.tag("contacts");
        assert_eq!(alloc.try_frame_slice::<u8>(201).expect_err("too much").tag(), Some("physics/contacts"));
        std::mem::forget(alloc.frame_slice::<u8>(200));
    }
    assert_eq!(alloc.try_frame_slice::<u8>(808).expect_err("too much").left(), 800);
    let rest = alloc.frame_slice::<u8>(800);
    drop(physics);
    let error = alloc.try_frame_slice::<u8>(504).expect_err("the thread's own budget");
    assert_eq!((error.kind(), error.left(), error.tag()), (AllocErrorKind::ThreadFrameBudget, 500, None));
    drop(rest);
    alloc.end_frame();
}

#[test]
fn memory_given_back_under_a_tag_is_there_again_for_it() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_tag_budget("ui", 1024);
    alloc.begin_frame();
    for _ in 0..100 {
        alloc.with_tag("ui", |a| {
            drop(a.frame_box([0u8; 1000]));
            let scope = a.scope();
            scope.alloc([0u8; 800]);
        });
    }
    // What outlives the opening is still the tag's.
    let kept = alloc.with_tag("ui", |a| a.frame_slice::<u8>(1000));
    assert!(alloc.with_tag("ui", |a| a.try_frame_slice::<u8>(32)).is_err());
    drop(kept);
    alloc.end_frame();
    assert_eq!(alloc.tag_stats("ui").expect("used").budget_exceeded, 1);
}

#[test]
fn a_tag_budget_set_inside_the_tag_counts_from_the_tag_on() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let _before = alloc.frame_slice::<u8>(5000);
    alloc.with_tag("x", |a| {
        let _taken = a.frame_slice::<u8>(400);
        a.set_tag_budget("x", 1000);
        let more = a.try_frame_slice::<u8>(600);
        assert!(more.is_ok(), "{more:?}");
        assert!(a.try_frame_box(1u8).is_err());
    });
    alloc.end_frame();
}

#[test]
fn a_tag_open_across_frames_keeps_its_budget() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_tag_budget("x", 1000);
    alloc.begin_frame();
    let guard = alloc.tag("x");
    let parked = alloc.frame_slice::<u8>(1000);
    assert!(alloc.try_frame_box(1u8).is_err());
    alloc.end_frame();
    alloc.begin_frame();
    // A new frame, a new budget.
    let first = alloc.frame_slice::<u8>(600);
    drop(guard);
    alloc.with_tag("x", |a| {
        let error = a.try_frame_slice::<u8>(600).expect_err("400 are left in this frame");
        assert_eq!(error.left(), 400);
    });
    drop((parked, first));
    alloc.end_frame();
    alloc.begin_frame();
    drop(alloc.with_tag("x", |a| a.frame_slice::<u8>(1000)));
    alloc.end_frame();
}

#[test]
fn a_threads_budget_is_its_own() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(64);
    alloc.set_thread_pool_budget(64);
    alloc.set_thread_heap_budget(64);
    assert!(alloc.try_frame_slice::<u8>(100).is_err());
    thread::scope(|s| {
        s.spawn(|| {
            drop((alloc.frame_slice::<u8>(100), alloc.pool_box([0u8; 100]), alloc.heap_slice::<u8>(100)));
            assert_eq!(alloc.thread_stats().budgets_exceeded, 0);
        });
    });
    assert!(alloc.try_pool_box([0u8; 100]).is_err());
    assert!(alloc.try_heap_slice::<u8>(100).is_err());
    assert_eq!(alloc.stats().budgets_exceeded, 3);
    // Nor another allocator's.
    drop(SmartAlloc::with_defaults().frame_slice::<u8>(100));
}

#[test]
fn the_frame_limit_is_shared_by_all_threads_and_says_what_is_left() {
    let alloc = SmartAlloc::new(
        AllocConfig::default().with_frame_size(kilobytes(64)).with_frame_limit(kilobytes(160)),
    );
    let one = alloc.frame_box(1u8);
    thread::scope(|s| {
        s.spawn(|| {
            let two = alloc.frame_box(2u8);
            let error = alloc.try_frame_slice::<u8>(kilobytes(64)).expect_err("two chunks of 64 are taken");
            assert_eq!(error.kind(), AllocErrorKind::FrameLimit);
            assert_eq!((error.requested(), error.left()), (kilobytes(64), kilobytes(32)));
            assert_eq!(
                error.to_string(),
                "the allocator's frame limit is reached: 65536 bytes asked for, 32768 bytes left"
            );
            // A smaller one fits below the limit.
            drop(alloc.frame_slice::<u8>(kilobytes(20)));
            drop(two);
        });
    });
    assert_eq!(*one, 1);
}

// --- Warn --------------------------------------------------------------------------------------------------------

#[test]
fn a_warning_is_counted_and_told_once_per_budget_and_frame() {
    let told = Told::default();
    let alloc = SmartAlloc::new(told.config(BudgetPolicy::Warn));
    alloc.set_thread_frame_budget(1000);
    alloc.set_thread_pool_budget(1000);
    alloc.set_thread_heap_budget(1000);
    alloc.set_tag_budget("loud", 100);
    for frame in 1..=3 {
        alloc.begin_frame();
        for _ in 0..5 {
            let tagged = alloc.with_tag("loud", |a| a.frame_slice_from_fn(200, |i| i as u8));
            let large = alloc.frame_slice_from_fn(2000, |i| i as u8);
            let pool: Vec<_> = (0..20u64).map(|n| alloc.pool_box([n; 16])).collect();
            let heap = alloc.heap_slice::<u8>(2000);
            assert_eq!((tagged[199], large[1999], pool[19][15], heap[1999]), (199, 207, 19, 0));
        }
        alloc.end_frame();
        let events = told.take();
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [
                AllocErrorKind::TagBudget,
                AllocErrorKind::ThreadFrameBudget,
                AllocErrorKind::ThreadPoolBudget,
                AllocErrorKind::ThreadHeapBudget
            ],
            "frame {frame}"
        );
        let tag = &events[0];
        assert_eq!((tag.tag.as_str(), tag.budget, tag.requested, tag.left), ("loud", 100, 200, 100));
        let thread = &events[1];
        assert_eq!(
            (thread.tag.as_str(), thread.budget, thread.requested, thread.left),
            ("", 1000, 2000, 800)
        );
        assert_eq!((events[2].budget, events[2].requested, events[2].left), (1000, 128, 104));
        assert_eq!((events[3].budget, events[3].requested, events[3].left), (1000, 2000, 1000));
        assert!(events.iter().all(|event| !event.refused && event.kind.is_budget()));
        assert_eq!(alloc.thread_stats().budgets_exceeded, 4 * frame);
        assert_eq!(alloc.tag_stats("loud").map(|tag| tag.budget_exceeded), Some(frame));
    }
}

#[test]
fn a_warning_names_the_tag_that_is_open() {
    let told = Told::default();
    let alloc = SmartAlloc::new(told.config(BudgetPolicy::Warn));
    alloc.set_thread_heap_budget(10);
    alloc.with_tag("level", |a| drop(a.heap_slice::<u8>(20)));
    assert_eq!(told.take()[0].tag, "level");
}

#[test]
fn refusals_are_told_each_time() {
    let told = Told::default();
    let alloc = SmartAlloc::new(told.config(BudgetPolicy::Fail));
    alloc.set_thread_frame_budget(100);
    alloc.begin_frame();
    for _ in 0..3 {
        assert!(alloc.try_frame_slice::<u8>(200).is_err());
    }
    let events = told.take();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.refused && event.requested == 200 && event.left == 100));
    assert_eq!(alloc.thread_stats().budgets_exceeded, 3);
    alloc.end_frame();
}

#[test]
fn limits_are_not_budgets_and_are_not_warned_about() {
    let told = Told::default();
    let config = told.config(BudgetPolicy::Warn).with_heap_limit(100);
    let alloc = SmartAlloc::new(config);
    assert!(alloc.try_heap_slice::<u8>(101).is_err());
    assert!(told.take().is_empty());
    assert_eq!(alloc.stats().budgets_exceeded, 0);
    for kind in [
        AllocErrorKind::FrameLimit,
        AllocErrorKind::PoolLimit,
        AllocErrorKind::HeapLimit,
        AllocErrorKind::OutOfMemory,
        AllocErrorKind::SizeOverflow,
    ] {
        assert!(!kind.is_budget());
    }
}

#[test]
fn a_budget_set_anew_warns_anew() {
    let told = Told::default();
    let alloc = SmartAlloc::new(told.config(BudgetPolicy::Warn));
    alloc.begin_frame();
    alloc.set_thread_frame_budget(100);
    drop(alloc.frame_slice::<u8>(200));
    assert_eq!(told.take().len(), 1);
    alloc.set_thread_frame_budget(300);
    drop(alloc.frame_slice::<u8>(200));
    assert!(told.take().is_empty());
    drop(alloc.frame_slice::<u8>(400));
    assert_eq!(told.take().len(), 1);
    alloc.end_frame();
}

#[test]
fn warnings_of_two_threads_are_each_their_own() {
    let told = Told::default();
    let alloc = SmartAlloc::new(told.config(BudgetPolicy::Warn));
    alloc.set_tag_budget("busy", 100);
    let frame = || {
        alloc.begin_frame();
        for _ in 0..3 {
            drop(alloc.with_tag("busy", |a| a.frame_slice::<u8>(200)));
        }
        alloc.end_frame();
    };
    frame();
    thread::scope(|s| {
        s.spawn(frame);
        s.spawn(frame);
    });
    assert_eq!(told.take().len(), 3);
    assert_eq!(alloc.stats().budgets_exceeded, 3);
}

// --- What the callback may do ------------------------------------------------------------------------------------

#[test]
fn a_callback_may_allocate_beyond_every_budget_and_calls_nobody() {
    for policy in [BudgetPolicy::Fail, BudgetPolicy::Warn] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let act = move |alloc: &SmartAlloc, event: &BudgetEvent| {
            counted.fetch_add(1, Ordering::Relaxed);
            let boxed = alloc.try_frame_slice::<u8>(10_000);
            let tagged = alloc.with_tag("within", |a| a.try_frame_slice::<u8>(10_000));
            let pool = alloc.try_pool_box([0u8; 4000]);
            let heap = alloc.try_heap_slice::<u8>(10_000);
            assert_eq!(boxed.is_err(), event.refused);
            assert_eq!(tagged.is_err(), event.refused);
            assert_eq!(heap.is_err(), event.refused);
            assert_eq!(pool.is_err(), event.refused);
            let text = format!("{event:?}");
            assert!(text.contains("budget"), "{text}");
        };
        with_acting_callback(policy, act, |alloc| {
            alloc.set_thread_frame_budget(100);
            alloc.set_thread_pool_budget(100);
            alloc.set_thread_heap_budget(100);
            alloc.begin_frame();
            let boxed = alloc.try_frame_slice_from_fn(200, |i| i as u8);
            assert_eq!(boxed.is_ok(), policy == BudgetPolicy::Warn);
            if let Ok(boxed) = &boxed {
                assert!(boxed.iter().zip(0..).all(|(&byte, i)| byte == i));
            }
            drop(boxed);
            alloc.end_frame();
            assert_eq!(calls.load(Ordering::Relaxed), 1);
        });
    }
}

#[test]
fn a_warning_callback_may_end_the_frame() {
    with_acting_callback(
        BudgetPolicy::Warn,
        |alloc, _| alloc.end_frame(),
        |alloc| {
            alloc.set_thread_frame_budget(100);
            alloc.begin_frame();
            let before = alloc.frame_box([3u64; 8]);
            let boxed = alloc.frame_slice_from_fn(200, |i| i as u8);
            assert_eq!(*before, [3; 8]);
            assert!(boxed.iter().zip(0..).all(|(&byte, i)| byte == i));
            let next = alloc.frame_box([4u64; 2]);
            assert_eq!((*before, *next), ([3; 8], [4; 2]));
            drop((before, boxed, next));
            alloc.begin_frame();
            alloc.end_frame();
            assert_eq!(alloc.stats().parked_bytes, 0);
            assert_eq!(alloc.stats().frames, 2);
        },
    );
}

/// Fails instead of looping for ever.
fn limited(calls: &AtomicUsize) {
    assert!(calls.fetch_add(1, Ordering::Relaxed) < 50, "called without end");
}

#[test]
fn a_warning_callback_that_ends_frames_and_begins_them_does_not_loop() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    with_acting_callback(
        BudgetPolicy::Warn,
        move |alloc, _| {
            limited(&counted);
            alloc.end_frame();
            alloc.begin_frame();
        },
        |alloc| {
            alloc.set_thread_frame_budget(100);
            alloc.set_thread_pool_budget(100);
            alloc.set_thread_heap_budget(100);
            alloc.set_tag_budget("t", 50);
            alloc.begin_frame();
            drop(alloc.frame_slice::<u8>(200));
            drop(alloc.pool_box([0u8; 200]));
            drop(alloc.heap_slice::<u8>(200));
            drop(alloc.with_tag("t", |a| a.frame_slice::<u8>(200)));
            alloc.end_frame();
            assert!(calls.load(Ordering::Relaxed) <= 8, "{}", calls.load(Ordering::Relaxed));
        },
    );
}

#[test]
fn a_refusing_callback_may_end_the_frame_and_open_scopes() {
    with_acting_callback(
        BudgetPolicy::Fail,
        |alloc, _| {
            alloc.end_frame();
            alloc.begin_frame();
            let scope = alloc.scope();
            scope.alloc(1u8);
            std::mem::forget(scope);
        },
        |alloc| {
            alloc.set_thread_frame_budget(200);
            alloc.begin_frame();
            let kept = alloc.frame_box([7u64; 10]);
            for _ in 0..5 {
                assert!(alloc.try_frame_slice::<u8>(500).is_err());
                let boxed = alloc.frame_box([8u64; 2]);
                assert_eq!((*kept, *boxed), ([7; 10], [8; 2]));
            }
            alloc.end_frame();
        },
    );
}

#[test]
fn a_callback_may_drop_handles_and_so_make_room() {
    thread_local! {
        static HELD: RefCell<Vec<framealloc::PoolBox<[u64; 8]>>> = const { RefCell::new(Vec::new()) };
    }
    with_acting_callback(
        BudgetPolicy::Warn,
        |_, _| HELD.with(|held| held.borrow_mut().clear()),
        |alloc| {
            alloc.set_thread_pool_budget(640);
            alloc.begin_frame();
            HELD.with(|held| held.borrow_mut().extend((0..10).map(|n| alloc.pool_box([n; 8]))));
            let boxed = alloc.pool_box([11u64; 8]);
            assert_eq!(*boxed, [11; 8]);
            assert_eq!(alloc.thread_stats().pool_bytes, 64);
            drop(boxed);
            alloc.end_frame();
        },
    );
}

#[test]
fn a_callback_may_panic() {
    for policy in [BudgetPolicy::Fail, BudgetPolicy::Warn] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let act = move |_: &SmartAlloc, _: &BudgetEvent| {
            counted.fetch_add(1, Ordering::Relaxed);
            panic!("the callback's own");
        };
        with_acting_callback(policy, act, |alloc| {
            alloc.set_thread_frame_budget(100);
            alloc.set_thread_pool_budget(100);
            alloc.set_thread_heap_budget(100);
            alloc.set_tag_budget("t", 50);
            for frame in 1..=3 {
                alloc.begin_frame();
                let kept = alloc.frame_box([frame; 4]);
                let mut vec = alloc.frame_vec::<u8>();
                vec.push(1);
                let works: [&mut dyn FnMut(); 5] = [
                    &mut || drop(alloc.with_tag("t", |a| a.frame_slice::<u8>(80))),
                    &mut || drop(alloc.frame_slice::<u8>(200)),
                    &mut || drop(alloc.pool_box([0u8; 200])),
                    &mut || drop(alloc.heap_slice::<u8>(200)),
                    &mut || vec.reserve(300),
                ];
                let expected = if policy == BudgetPolicy::Fail { 5 } else { 4 };
                let mut panicked = 0;
                for work in works {
                    panicked += u64::from(catch_unwind(AssertUnwindSafe(work)).is_err());
                }
                // Under a warning, the frame's budget is lifted by the time the vector grows.
                assert_eq!(panicked, expected, "{policy:?}");
                assert_eq!(calls.load(Ordering::Relaxed) as u64, expected * frame);
                assert_eq!(*kept, [frame; 4]);
                assert_eq!(vec.as_slice(), [1]);
                drop((kept, vec));
                alloc.end_frame();
            }
            let stats = alloc.stats();
            assert_eq!((stats.parked_bytes, stats.pool_bytes, stats.heap_bytes), (0, 0, 0));
            assert_eq!(alloc.tag_stats("t").map(|tag| tag.budget_exceeded), Some(3));
        });
    }
}

#[test]
fn a_callback_may_open_and_close_tags_and_change_budgets() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    with_acting_callback(
        BudgetPolicy::Fail,
        move |alloc, event| {
            limited(&counted);
            let _within = alloc.tag("callback");
            alloc.set_thread_frame_budget(event.budget + event.requested);
            alloc.set_tag_budget("new", 8);
        },
        |alloc| {
            alloc.set_thread_frame_budget(100);
            let outer = alloc.tag("outer");
            // This one is refused; the next finds the budget raised.
            let error = alloc.try_frame_slice::<u8>(200).expect_err("refused");
            assert_eq!(error.tag(), Some("outer"));
            drop(alloc.frame_slice::<u8>(200));
            assert_eq!(alloc.with_tag("new", |a| a.try_frame_slice::<u8>(16)).map(drop), Ok(()), "outer/new");
            drop(outer);
            assert!(alloc.with_tag("new", |a| a.try_frame_slice::<u8>(16)).is_err());
        },
    );
}

#[test]
fn a_callback_runs_on_the_thread_that_exceeds() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&seen);
    let alloc = SmartAlloc::new(
        AllocConfig::default()
            .with_budget_callback(move |_| list.lock().expect("sound").push(thread::current().id())),
    );
    let expected = thread::scope(|s| {
        let worker = s.spawn(|| {
            alloc.set_thread_pool_budget(0);
            assert!(alloc.try_pool_box(1).is_err());
            thread::current().id()
        });
        worker.join().expect("works")
    });
    assert_eq!(*seen.lock().expect("sound"), [expected]);
}

#[test]
fn a_refused_growth_leaves_the_collection_as_it_was() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec::<u64>();
    let mut map = alloc.frame_map::<u64, u64>();
    vec.extend(0..10);
    map.extend((0..10).map(|n| (n, n * n)));
    alloc.set_thread_frame_budget(0);
    let pushed = Cell::new(0);
    assert!(
        catch_unwind(AssertUnwindSafe(|| {
            loop {
                vec.push(10 + pushed.get());
                pushed.set(pushed.get() + 1);
            }
        }))
        .is_err()
    );
    assert!(vec.iter().copied().eq(0..10 + pushed.get()));
    assert!(catch_unwind(AssertUnwindSafe(|| map.extend((10..1000).map(|n| (n, n * n))))).is_err());
    assert!(map.iter().all(|(&key, &value)| value == key * key) && map.len() >= 10);
    alloc.set_thread_frame_budget(usize::MAX);
    vec.extend(10 + pushed.get()..1000);
    assert!(vec.iter().copied().eq(0..1000));
    map.extend((0..1000).map(|n| (n, n * n)));
    assert_eq!(map.len(), 1000);
    drop((vec, map));
    alloc.end_frame();
}
