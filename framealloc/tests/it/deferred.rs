//! Pool blocks dropped on other threads than their own: bounds, policies, when they come back, and numbers.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use framealloc::{
    AllocConfig, AllocErrorKind, DeferredConfig, DeferredProcessing, DeferredStats, PoolBox, QueueFullPolicy,
    SmartAlloc, kilobytes,
};

fn bounded(policy: QueueFullPolicy, depth: usize) -> SmartAlloc {
    let alloc = SmartAlloc::with_defaults();
    alloc.configure_deferred(DeferredConfig::default().with_policy(policy).with_max_queue_depth(depth));
    alloc
}

fn boxes(alloc: &SmartAlloc, count: usize) -> Vec<PoolBox<usize>> {
    (0..count).map(|n| alloc.pool_box(n)).collect()
}

/// Drops `values` on a thread of its own, which has ended then.
fn drop_elsewhere<T: Send>(values: T) {
    thread::scope(|scope| {
        scope.spawn(move || drop(values));
    });
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let alloc = bounded(QueueFullPolicy::Fail, 3);
    let refused = |config: DeferredConfig| alloc.try_configure_deferred(config).expect_err("out of range");
    for depth in [0, 65_535, usize::MAX - 1] {
        let error = refused(DeferredConfig::default().with_max_queue_depth(depth));
        assert_eq!(error.field(), "max_queue_depth");
        assert!(error.to_string().contains(&depth.to_string()), "{error}");
    }
    let error = refused(DeferredConfig::default().with_max_wait(Duration::from_secs(2)));
    assert_eq!(error.field(), "max_wait");
    let panic = catch_unwind(AssertUnwindSafe(|| {
        alloc.configure_deferred(DeferredConfig::default().with_max_queue_depth(0));
    }));
    let message = *panic.expect_err("out of range").downcast::<String>().expect("a text");
    assert!(message.contains("`max_queue_depth`"), "{message}");
    // What was set before still holds.
    drop_elsewhere(boxes(&alloc, 5));
    assert_eq!(alloc.deferred_stats().past_bound, 2);
}

#[test]
fn growing_counts_what_goes_past_the_bound() {
    let alloc = bounded(QueueFullPolicy::Grow, 10);
    drop_elsewhere(boxes(&alloc, 25));
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waiting, stats.processed, stats.past_bound, stats.waits), (25, 0, 15, 0));
    assert_eq!(alloc.process_deferred(), 25);
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waiting, stats.processed, stats.deepest), (0, 25, 25));
    assert_eq!((alloc.process_deferred(), alloc.stats().pool_bytes), (0, 0));
}

#[test]
fn without_settings_there_is_no_bound() {
    let alloc = SmartAlloc::with_defaults();
    drop_elsewhere(boxes(&alloc, 70_000));
    assert_eq!(alloc.deferred_stats().past_bound, 0);
    assert_eq!(alloc.process_deferred(), 70_000);
}

#[test]
fn fail_gives_the_box_back_whole() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    struct Counted(u64);
    impl Drop for Counted {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let alloc = bounded(QueueFullPolicy::Fail, 2);
    let values: Vec<_> = (0..4).map(|n| alloc.pool_box(Counted(n))).collect();
    let kept: Vec<_> = thread::scope(|scope| {
        let free = || values.into_iter().filter_map(|boxed| alloc.try_pool_free(boxed).err()).collect();
        scope.spawn(free).join().expect("no panic")
    });
    assert_eq!(kept.iter().map(|boxed| boxed.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((DROPPED.load(Ordering::Relaxed), alloc.deferred_stats().refused), (2, 2));
    // On its own thread a box is always taken, and a plain drop always goes.
    let mut kept = kept.into_iter();
    assert!(alloc.try_pool_free(kept.next().expect("two")).is_ok());
    drop_elsewhere(kept);
    let stats = alloc.deferred_stats();
    assert_eq!((DROPPED.load(Ordering::Relaxed), stats.waiting, stats.past_bound), (4, 3, 1));
    alloc.process_deferred();
    let late = alloc.pool_box(Counted(9));
    thread::scope(|scope| {
        scope.spawn(|| assert!(alloc.try_pool_free(late).is_ok(), "there is room again"));
    });
    // Neither a type without a size nor one too large for a page waits for anyone.
    drop_elsewhere(boxes(&alloc, 2));
    let (nothing, huge) = (alloc.pool_box(()), alloc.pool_box([0u8; 100_000]));
    thread::scope(|scope| {
        scope.spawn(|| assert!(alloc.try_pool_free(nothing).is_ok() && alloc.try_pool_free(huge).is_ok()));
    });
}

#[test]
fn block_waits_for_an_owner_that_takes_blocks_back() {
    let alloc = SmartAlloc::with_defaults();
    let config = DeferredConfig::default().with_policy(QueueFullPolicy::Block).with_max_queue_depth(8);
    alloc.configure_deferred(config.with_max_wait(Duration::from_secs(1)));
    let values = boxes(&alloc, 5000);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            drop(values);
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            assert!(alloc.process_deferred() <= 8, "the bound is kept");
            thread::yield_now();
        }
    });
    alloc.process_deferred();
    let stats = alloc.deferred_stats();
    assert_eq!((stats.processed, stats.past_bound, stats.waits_in_vain), (5000, 0, 0));
    assert!(stats.deepest <= 8);
}

#[test]
fn block_lets_a_thread_that_joins_the_dropper_go_on() {
    let alloc = bounded(QueueFullPolicy::Block, 8);
    // The owner joins the dropper and takes nothing meanwhile: one wait in vain, and no more.
    drop_elsewhere(boxes(&alloc, 500));
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waits, stats.waits_in_vain, stats.past_bound, stats.waiting), (1, 1, 492, 500));
    // Once it has taken them, others wait for it again.
    alloc.process_deferred();
    drop_elsewhere(boxes(&alloc, 10));
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waits, stats.waits_in_vain, stats.past_bound), (2, 2, 494));
}

#[test]
fn two_threads_that_fill_each_others_queues_both_go_on() {
    let alloc = SmartAlloc::with_defaults();
    let config = DeferredConfig::default().with_policy(QueueFullPolicy::Block).with_max_queue_depth(1);
    alloc.configure_deferred(config.with_max_wait(Duration::from_secs(1)));
    let (to_left, from_right) = std::sync::mpsc::channel();
    let (to_right, from_left) = std::sync::mpsc::channel();
    let start = Barrier::new(2);
    // Neither looks at its own queue while it drops, but where it has to wait.
    let work = |send: std::sync::mpsc::Sender<Vec<PoolBox<usize>>>,
                receive: std::sync::mpsc::Receiver<Vec<PoolBox<usize>>>| {
        send.send(boxes(&alloc, 2000)).expect("the other receives");
        let others = receive.recv().expect("the other sends");
        start.wait();
        drop(others);
        // Serves the other until it is done.
        for _ in 0..2 {
            start.wait();
        }
        alloc.process_deferred();
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            let (send, receive) = (to_left, from_left);
            work(send, receive);
        });
        scope.spawn(|| {
            let (send, receive) = (to_right, from_right);
            work(send, receive);
        });
    });
    assert_eq!((alloc.deferred_stats().waiting, alloc.stats().pool_bytes), (0, 0));
}

#[test]
fn nobody_waits_while_unwinding_for_itself_or_for_an_owner_that_has_ended() {
    let alloc = bounded(QueueFullPolicy::Block, 1);
    let values = boxes(&alloc, 20);
    let panicked = thread::scope(|scope| {
        let unwind = || {
            let _held = values;
            std::panic::resume_unwind(Box::new(1));
        };
        scope.spawn(unwind).join().is_err()
    });
    let stats = alloc.deferred_stats();
    assert!(panicked);
    assert_eq!((stats.waits, stats.past_bound, stats.waiting), (0, 19, 20));
    alloc.process_deferred();

    // fa: allow(FA302) -- a thread without a budget is tried beside one that has it
    let orphans = thread::scope(|scope| scope.spawn(|| boxes(&alloc, 20)).join().expect("no panic"));
    drop(orphans);
    assert_eq!(alloc.deferred_stats().waits, 0);

    // Over its budget a thread gives back in the slow way too.
    let alloc = bounded(QueueFullPolicy::Block, 1);
    let held = boxes(&alloc, 20);
    alloc.set_thread_pool_budget(64);
    drop(held);
    assert_eq!((alloc.deferred_stats().waits, alloc.stats().pool_bytes), (0, 0));
}

#[test]
fn nobody_waits_in_a_late_destructor() {
    thread_local! {
        static EARLY: RefCell<Option<(PoolBox<usize>, PoolBox<usize>)>> = const { RefCell::new(None) };
    }
    let alloc = bounded(QueueFullPolicy::Block, 1);
    let mut values = boxes(&alloc, 2).into_iter();
    let pair = (values.next().expect("two"), values.next().expect("two"));
    thread::scope(|scope| {
        let late = scope.spawn(|| {
            // Made before the thread's own part of the allocator, so it goes after it.
            EARLY.with(|early| *early.borrow_mut() = Some(pair));
            drop(alloc.pool_box(1usize));
        });
        // The scope's end does not wait for destructors, this does.
        late.join().expect("no panic");
    });
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waits, stats.waiting), (0, 2));
}

/// How many blocks wait before a frame begins, in it and after it, when some were dropped before.
fn waiting_around_a_frame(processing: DeferredProcessing) -> [u64; 3] {
    let alloc = SmartAlloc::with_defaults();
    alloc.configure_deferred(DeferredConfig::default().with_processing(processing));
    let waiting = || alloc.deferred_stats().waiting;
    let result = Cell::new([0; 3]);
    // In the second round nothing is new to the thread.
    for _ in 0..2 {
        alloc.begin_frame();
        let (before, within) = (boxes(&alloc, 5), boxes(&alloc, 3));
        alloc.end_frame();
        drop_elsewhere(before);
        let first = waiting();
        alloc.begin_frame();
        let second = waiting();
        drop_elsewhere(within);
        alloc.end_frame();
        result.set([first, second, waiting()]);
        alloc.process_deferred();
    }
    assert_eq!(alloc.stats().pool_bytes, 0);
    result.get()
}

#[test]
fn blocks_come_back_when_the_settings_say_so() {
    assert_eq!(waiting_around_a_frame(DeferredProcessing::AtFrameBegin), [5, 0, 3]);
    assert_eq!(waiting_around_a_frame(DeferredProcessing::AtFrameEnd), [5, 5, 0]);
    assert_eq!(waiting_around_a_frame(DeferredProcessing::Explicit), [5, 5, 8]);
    let [first, ..] = waiting_around_a_frame(DeferredProcessing::WhenNeeded);
    assert_eq!(first, 5);
}

#[test]
fn settings_reach_other_threads_at_their_next_frame() {
    let alloc = SmartAlloc::with_defaults();
    let (ready, configured) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            alloc.begin_frame();
            alloc.end_frame();
            let values = boxes(&alloc, 4);
            drop_elsewhere(values);
            ready.wait();
            configured.wait();
            alloc.begin_frame();
            assert_eq!(alloc.deferred_stats().waiting, 0);
            alloc.end_frame();
        });
        ready.wait();
        assert_eq!(alloc.deferred_stats().waiting, 4);
        alloc.configure_deferred(DeferredConfig::default().with_processing(DeferredProcessing::AtFrameBegin));
        configured.wait();
    });
}

#[test]
fn explicit_takes_back_only_what_is_asked_for_or_in_need() {
    let explicit = || DeferredConfig::default().with_processing(DeferredProcessing::Explicit);
    let alloc = SmartAlloc::with_defaults();
    alloc.configure_deferred(explicit());
    for _ in 0..50 {
        drop_elsewhere(boxes(&alloc, 100));
    }
    let stats = alloc.deferred_stats();
    assert_eq!((stats.waiting, stats.processed), (5000, 0));
    let _ = (alloc.stats(), alloc.thread_stats());
    assert_eq!(alloc.deferred_stats().waiting, 5000, "looking takes nothing back");
    assert_eq!(alloc.process_deferred(), 5000);

    // A budget bounds what is held; what others have given back is not.
    alloc.set_thread_pool_budget(160);
    for _ in 0..5 {
        let held = boxes(&alloc, 10);
        assert_eq!(alloc.try_pool_box(1usize).expect_err("no room").kind(), AllocErrorKind::ThreadPoolBudget);
        drop_elsewhere(held);
    }
    // Nor does a ceiling.
    let config = AllocConfig::default().with_pool_size(kilobytes(64)).with_pool_limit(kilobytes(64));
    let alloc = SmartAlloc::new(config);
    alloc.configure_deferred(explicit());
    for _ in 0..5 {
        let mut held = Vec::new();
        while let Ok(boxed) = alloc.try_pool_box([1u8; 1000]) {
            held.push(boxed);
        }
        assert!(held.len() >= 30, "{}", held.len());
        drop_elsewhere(held);
    }
}

#[test]
fn numbers_outlive_threads_and_default_to_zero() {
    let alloc = SmartAlloc::with_defaults();
    assert_eq!(alloc.deferred_stats(), DeferredStats::default());
    let values = thread::scope(|scope| {
        let owner = scope.spawn(|| {
            let values = boxes(&alloc, 7);
            drop_elsewhere(values);
            assert_eq!(alloc.process_deferred(), 7);
            boxes(&alloc, 3)
        });
        owner.join().expect("no panic")
    });
    assert_eq!(alloc.deferred_stats().processed, 7);
    // Its owner has ended: nothing waits.
    drop(values);
    assert_eq!((alloc.deferred_stats().waiting, alloc.stats().pool_bytes), (0, 0));
}

#[test]
fn a_thread_over_its_budget_never_gets_its_own_boxes_back() {
    let alloc = bounded(QueueFullPolicy::Fail, 2);
    let own = boxes(&alloc, 10);
    // From now on what is freed waits, so that it is not had again without asking.
    alloc.set_thread_pool_budget(16);
    for boxed in own {
        assert!(alloc.try_pool_free(boxed).is_ok());
    }
    assert_eq!(alloc.deferred_stats().refused, 0);
}
