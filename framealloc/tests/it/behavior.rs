//! The behaviour filter: what it finds, at which line, and what it leaves alone.
//!
//! fa: allow(FA606) -- blocks are taken and given back to see them counted

use std::sync::mpsc::channel;
use std::thread;

use framealloc::{
    BehaviorConfig, BehaviorIssue, BehaviorReport, DeferredConfig, FrameBox, PoolBox, QueueFullPolicy,
    RetentionPolicy, SmartAlloc,
};

use super::support::{Drops, panics, rounds, small};

/// Runs frames in which `work` is done.
fn frames(alloc: &SmartAlloc, count: u64, mut work: impl FnMut(u64)) {
    for number in 0..count {
        alloc.begin_frame();
        work(number);
        alloc.end_frame();
    }
}

fn watched() -> SmartAlloc {
    let alloc = small();
    alloc.enable_behavior_filter();
    alloc
}

fn codes(report: &BehaviorReport) -> Vec<&'static str> {
    report.issues.iter().map(|issue| issue.code).collect()
}

#[track_caller]
fn only(alloc: &SmartAlloc, code: &str) -> BehaviorIssue {
    let report = alloc.behavior_report();
    assert_eq!(codes(&report), [code], "{report}");
    report.issues[0].clone()
}

#[track_caller]
fn at(issue: &BehaviorIssue, line: u32) {
    assert!(issue.location.file.ends_with("behavior.rs"), "{issue}");
    assert_eq!(issue.location.line, line, "{issue}");
}

#[test]
fn frame_memory_that_outlives_ten_frames_is_found_at_its_line() {
    let alloc = watched();
    alloc.begin_frame();
    let others: Vec<_> = (0..20).map(|n| alloc.frame_box([n; 3])).collect();
    let kept = alloc.with_tag("ai", |a| a.frame_box([1u64; 4]));
    let line = line!() - 1;
    drop(others);
    alloc.end_frame();
    frames(&alloc, 9, |n| drop(alloc.frame_box(n)));
    assert!(alloc.behavior_report().is_clean(), "nine frames are none too many");
    frames(&alloc, 5, |n| drop(alloc.frame_box(n)));
    let issue = only(&alloc, "BF001");
    at(&issue, line);
    assert_eq!((issue.count, issue.bytes, issue.first_frame, issue.last_frame), (1, 32, 0, 0));
    assert_eq!(issue.type_name, Some("[u64; 4]"));
    assert_eq!(issue.tag.as_deref(), Some("ai"));
    drop(kept);
    assert_eq!(only(&alloc, "BF001").count, 1, "what has gone meanwhile is still known");
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn pool_memory_that_dies_in_its_frame_is_found() {
    let alloc = watched();
    let mut line = 0;
    let mut kept = Vec::new();
    frames(&alloc, 20, |n| {
        let _phase = alloc.phase("update");
        drop(alloc.try_pool_box([n; 8]).expect("memory"));
        line = line!() - 1;
        kept.push(alloc.pool_box(n));
    });
    let issue = only(&alloc, "BF002");
    at(&issue, line);
    assert_eq!((issue.count, issue.bytes, issue.first_frame, issue.last_frame), (20, 20 * 64, 0, 19));
    assert_eq!(issue.phase.as_deref(), Some("update"));
    assert_eq!(alloc.stats().pool_allocations, 40);
    for (n, value) in kept.iter().enumerate() {
        assert_eq!(**value, n as u64);
    }
}

#[test]
fn large_pool_values_are_seen_too() {
    let alloc = watched();
    frames(&alloc, 20, |_| drop(alloc.pool_alloc::<[u8; 200_000]>()));
    let issue = only(&alloc, "BF002");
    assert_eq!(issue.count, 20);
    assert_eq!(alloc.stats().heap_bytes, 0);
}

#[test]
fn promotions_are_found_where_they_are_many() {
    let alloc = watched();
    let mut line = 0;
    frames(&alloc, 20, |n| {
        let _handles: Vec<_> = (0..10).map(|n| alloc.frame_box(n)).collect();
        drop(alloc.frame_retained_value(n, RetentionPolicy::PromoteToPool));
        line = line!() - 1;
        drop(alloc.frame_retained::<[u64; 9]>(RetentionPolicy::PromoteToHeap));
    });
    let report = alloc.behavior_report();
    assert_eq!(codes(&report), ["BF003", "BF003"], "{report}");
    at(&report.issues[0], line + 2);
    at(&report.issues[1], line);
    assert_eq!(report.issues[0].bytes, 20 * 72);
    assert!(report.issues[0].message.contains("16 %"), "{report}");
}

#[test]
fn few_promotions_are_none_of_its_business() {
    let alloc = watched();
    frames(&alloc, 20, |n| {
        let scope = alloc.scope();
        (0..50).for_each(|n| *scope.alloc(n) += 1);
        drop(alloc.frame_retained_value(n, RetentionPolicy::PromoteToPool));
    });
    let report = alloc.behavior_report();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn heap_memory_in_most_frames_is_found() {
    let alloc = watched();
    let mut lines = [0; 3];
    frames(&alloc, 40, |n| {
        drop(alloc.heap_box([n; 2]));
        drop(alloc.heap_slice::<u32>(100));
        drop(alloc.heap_alloc::<[u8; 3000]>());
        lines = [line!() - 1, line!() - 2, line!() - 3];
        if n % 8 == 0 {
            drop(alloc.heap_box(n));
        }
    });
    let report = alloc.behavior_report();
    assert_eq!(codes(&report), ["BF004"; 3], "{report}");
    for (issue, line) in report.issues.iter().zip(lines) {
        at(issue, line);
        assert_eq!(issue.count, 40);
    }
    assert_eq!(report.issues[1].type_name, Some("[u32]"));
    assert_eq!(alloc.stats().heap_bytes, 0);
}

#[test]
fn what_happens_now_and_then_is_not_reported() {
    let alloc = watched();
    let loaded: Vec<_> = (0..100).map(|n| alloc.heap_box(n)).collect();
    frames(&alloc, 1000, |n| {
        if n % 20 == 0 {
            drop(alloc.heap_box(n));
            drop(alloc.pool_box(n));
        }
        if n == 500 {
            (0..10).for_each(|n| drop(alloc.frame_retained_value(n, RetentionPolicy::PromoteToPool)));
        }
        let _work = alloc.frame_slice_copy(&[n; 10]);
    });
    let report = alloc.behavior_report();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.frames, report.missed, report.threads), (1000, 0, 1));
    assert_eq!(loaded.len(), 100);
}

/// A frame as it should be: collections, scopes, tags, handles in any order, and a pool that lasts.
fn clean_frame(alloc: &SmartAlloc, entities: &mut Vec<PoolBox<u64>>, n: u64) {
    alloc.with_tag("physics", |a| {
        let mut contacts = a.frame_vec::<(u64, u64)>();
        let first = a.frame_box(n);
        contacts.extend((0..200).map(|i| (i, n)));
        let scope = a.scope();
        let sum = scope.alloc(0);
        for pair in &contacts {
            let inner = a.scope();
            let local = inner.alloc_slice_from_fn(4, |i| pair.0 + i as u64);
            *sum += local[3];
            let boxed = scope.boxed(local[0]);
            *sum += *boxed;
        }
        drop(first);
        assert_eq!(*sum, (0..200).map(|i| i + 3 + i).sum::<u64>());
    });
    let mut map = alloc.frame_map::<u64, FrameBox<'_, u64>>();
    for key in 0..30 {
        map.insert(key, alloc.frame_box(key * n));
    }
    assert_eq!(**map.get(&29).expect("put there"), 29 * n);
    entities.push(alloc.pool_box(n));
    if entities.len() > 20 {
        assert_eq!(*entities.remove(0), n - 20);
    }
    let kept = alloc.frame_box(n);
    let moved = kept.map(|n| n + 1);
    assert_eq!(*moved, n + 1);
}

#[test]
fn clean_program_is_silent_and_its_numbers_are_the_same() {
    let (watched, plain) = (watched(), small());
    let (mut one, mut other) = (Vec::new(), Vec::new());
    frames(&watched, 100, |n| clean_frame(&watched, &mut one, n));
    frames(&plain, 100, |n| clean_frame(&plain, &mut other, n));
    let report = watched.behavior_report();
    assert!(report.is_clean(), "{report}");
    assert!(report.sites >= 8 && report.missed == 0, "{report:?}");
    let (watched, plain) = (watched.stats(), plain.stats());
    assert_eq!(watched.last_frame_bytes, plain.last_frame_bytes);
    assert_eq!(watched.total_bytes, plain.total_bytes);
    assert_eq!(watched.total_allocations, plain.total_allocations);
    // Seen at more moments.
    assert!(watched.high_water_bytes >= plain.high_water_bytes);
    assert_eq!(watched.pool_bytes, plain.pool_bytes);
    assert_eq!(watched.pool_allocations, plain.pool_allocations);
    assert_eq!(watched.parked_bytes, 0);
}

#[test]
fn planted_faults_are_all_found_and_none_is_invented() {
    let alloc = watched();
    let mut entities = Vec::new();
    let mut held = Vec::new();
    let mut lines = [0; 4];
    frames(&alloc, 60, |n| {
        clean_frame(&alloc, &mut entities, n);
        if n % 10 == 0 {
            held.push(alloc.with_tag("ui", |a| a.frame_slice_copy(&[n; 50])));
            lines[0] = line!() - 1;
        }
        let path = alloc.pool_box([n; 20]);
        lines[1] = line!() - 1;
        for _ in 0..60 {
            drop(alloc.frame_retained_value([n; 2], RetentionPolicy::PromoteToPool));
            lines[2] = line!() - 1;
        }
        let bytes = alloc.try_heap_slice::<u8>(256).expect("memory");
        lines[3] = line!() - 1;
        assert_eq!((path[3], bytes[9]), (n, 0));
    });
    let report = alloc.behavior_report();
    let mut found: Vec<_> = report.issues.iter().map(|issue| (issue.code, issue.location.line)).collect();
    found.sort_unstable();
    let [old, young, promoted, hot] = lines;
    assert_eq!(found, [("BF001", old), ("BF002", young), ("BF003", promoted), ("BF004", hot)], "{report}");
    let bytes: Vec<_> = report.issues.iter().map(|issue| issue.bytes).collect();
    assert!(bytes.is_sorted_by(|one, other| one >= other), "{report}");
    assert_eq!(report.issues.iter().find(|issue| issue.code == "BF001").expect("found").count, 5);
    let text = report.to_string();
    assert!(
        text.contains("warning[BF002]: ") && text.contains("  --> ") && text.contains("= help: "),
        "{text}"
    );
    assert!(text.ends_with("behaviour filter: 4 warnings in 60 frames"), "{text}");
}

#[test]
fn switching_within_frames_and_scopes_leaves_all_in_place() {
    let alloc = small();
    let drops = Drops::default();
    for round in 0..rounds(200, 12) {
        alloc.begin_frame();
        let before = alloc.frame_box(drops.value(1));
        let mut vec = alloc.frame_vec::<u64>();
        vec.extend(0..10);
        let outer = alloc.scope();
        let value = outer.alloc(7u64);
        if round % 2 == 0 {
            alloc.enable_behavior_filter();
        }
        let inner = alloc.scope();
        let second = inner.boxed(drops.value(2));
        let aside = outer.alloc(8u64);
        vec.extend(10..100);
        if round % 3 == 0 {
            alloc.disable_behavior_filter();
        }
        let third = inner.boxed(drops.value(3));
        vec.extend(100..200);
        let deeper = alloc.scope();
        let fourth = deeper.boxed(drops.value(4));
        if round % 5 == 0 {
            alloc.enable_behavior_filter();
        }
        drop(inner_order(round, second, third));
        fourth.check(4);
        if round % 7 == 0 {
            alloc.disable_behavior_filter();
        }
        drop(fourth);
        drop(deeper);
        drop(inner);
        assert_eq!((*value, *aside), (7, 8));
        before.check(1);
        drop(outer);
        assert!(vec.iter().copied().eq(0..200));
        drop(vec);
        drop(before);
        alloc.end_frame();
        assert_eq!(alloc.stats().parked_bytes, 0, "round {round}");
    }
    assert_eq!(drops.alive(), 0);
    assert!(alloc.behavior_report().is_clean());
}

fn inner_order<T>(round: usize, one: T, other: T) -> (T, T) {
    if round.is_multiple_of(2) { (one, other) } else { (other, one) }
}

#[test]
fn frame_that_ends_under_scopes_while_it_is_watched_keeps_them() {
    let alloc = small();
    for _ in 0..5 {
        alloc.enable_behavior_filter();
        alloc.begin_frame();
        let outer = alloc.scope();
        let first = outer.alloc(1u64);
        let inner = alloc.scope();
        let second = inner.boxed(2u64);
        alloc.end_frame();
        alloc.begin_frame();
        let third = alloc.scope();
        let fourth = third.alloc(4u64);
        let late = inner.alloc(5u64);
        drop(alloc.scope());
        assert_eq!((*first, *second, *fourth, *late), (1, 2, 4, 5));
        drop(second);
        drop(inner);
        drop(third);
        drop(outer);
        alloc.end_frame();
        assert_eq!(alloc.stats().parked_bytes, 0);
        alloc.disable_behavior_filter();
    }
}

#[test]
fn watching_begins_anew_when_it_is_enabled_again() {
    let alloc = watched();
    frames(&alloc, 20, |n| drop(alloc.pool_box(n)));
    alloc.disable_behavior_filter();
    assert_eq!(only(&alloc, "BF002").count, 20, "what was found stays");
    frames(&alloc, 20, |n| drop(alloc.pool_box(n)));
    assert_eq!(only(&alloc, "BF002").count, 20, "nothing is noted while it is off");
    alloc.enable_behavior_filter();
    alloc.enable_behavior_filter();
    assert_eq!(alloc.behavior_report().frames, 0);
    frames(&alloc, 15, |n| drop(alloc.pool_box(n)));
    assert_eq!(only(&alloc, "BF002").count, 15);
}

#[test]
fn nothing_is_known_before_it_is_enabled() {
    let alloc = small();
    frames(&alloc, 20, |n| drop(alloc.pool_box(n)));
    let report = alloc.behavior_report();
    assert_eq!(report, BehaviorReport::default());
    alloc.disable_behavior_filter();
    assert_eq!(report.to_string(), "behaviour filter: nothing is the matter in 0 frames");
}

#[test]
fn two_allocators_are_watched_apart() {
    let (one, other) = (watched(), small());
    frames(&one, 20, |n| {
        other.begin_frame();
        drop(one.pool_box(n));
        drop(other.pool_box(n));
        let kept = other.frame_box(n);
        drop(one.heap_box(n));
        other.end_frame();
        drop(kept);
    });
    assert_eq!(codes(&one.behavior_report()), ["BF002", "BF004"]);
    assert_eq!(other.behavior_report(), BehaviorReport::default());
}

#[test]
fn other_threads_are_watched_from_their_next_frame() {
    let alloc = small();
    let (to_worker, tasks) = channel::<u64>();
    let (to_main, done) = channel();
    thread::scope(|threads| {
        threads.spawn(|| {
            for task in tasks {
                frames(&alloc, task, |n| drop(alloc.pool_box(n)));
                to_main.send(()).expect("main waits");
            }
        });
        let run = |count| {
            to_worker.send(count).expect("the worker runs");
            done.recv().expect("the worker runs");
        };
        run(50);
        alloc.enable_behavior_filter();
        run(30);
        assert_eq!(only(&alloc, "BF002").count, 30);
        alloc.disable_behavior_filter();
        run(30);
        assert_eq!(only(&alloc, "BF002").count, 30);
        drop(to_worker);
    });
}

#[test]
fn what_a_thread_has_noted_outlives_it() {
    let alloc = watched();
    let mut line = 0;
    for _ in 0..3 {
        let ended = thread::scope(|threads| {
            let work = || {
                frames(&alloc, 20, |n| drop(alloc.heap_box(n)));
                line!() - 1
            };
            threads.spawn(work).join()
        });
        line = ended.expect("no panic");
    }
    let issue = only(&alloc, "BF004");
    at(&issue, line);
    assert_eq!(issue.count, 60);
}

#[test]
fn threads_report_together_and_while_others_work() {
    let alloc = watched();
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                frames(&alloc, rounds(200, 15) as u64, |n| {
                    let handles: Vec<_> = (0..5).map(|n| alloc.frame_box(n)).collect();
                    drop(alloc.pool_box(n));
                    drop(handles);
                });
            });
        }
        for _ in 0..rounds(50, 3) {
            drop(alloc.behavior_report());
            alloc.disable_behavior_filter();
            alloc.enable_behavior_filter();
        }
    });
    assert!(codes(&alloc.behavior_report()).iter().all(|&code| code == "BF002"));
}

#[test]
fn values_that_go_to_another_thread_need_the_pool() {
    let alloc = watched();
    let (send, receive) = channel::<PoolBox<u64>>();
    let (back, done) = channel();
    thread::scope(|threads| {
        threads.spawn(move || {
            for value in receive {
                drop(value);
                back.send(()).expect("main waits");
            }
        });
        frames(&alloc, 30, |n| {
            send.send(alloc.pool_box(n)).expect("the worker runs");
            done.recv().expect("the worker runs");
            drop(alloc.frame_box_for_transfer(n).receive());
        });
        drop(send);
    });
    let report = alloc.behavior_report();
    assert!(report.is_clean(), "{report}");
}

#[test]
fn own_frees_are_never_refused_while_watched() {
    let alloc = watched();
    alloc.configure_deferred(
        DeferredConfig::default().with_max_queue_depth(1).with_policy(QueueFullPolicy::Fail),
    );
    let boxes: Vec<_> = (0..10u64).map(|n| alloc.pool_box(n)).collect();
    for boxed in boxes {
        assert!(alloc.try_pool_free(boxed).is_ok());
    }
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().pool_waiting), (0, 0));
}

#[test]
fn memory_is_bounded_by_the_call_sites() {
    let alloc = small();
    alloc.enable_behavior_filter_with(BehaviorConfig::default().with_most_sites(2).with_most_blocks(10));
    frames(&alloc, 20, |n| {
        let handles: Vec<_> = (0..15).map(|n| alloc.frame_box(n)).collect();
        drop(alloc.pool_box(n));
        drop(alloc.heap_box(n));
        drop(handles);
    });
    let report = alloc.behavior_report();
    assert_eq!(codes(&report), ["BF002"]);
    assert_eq!((report.sites, report.missed), (2, 20 * (5 + 1)));
    assert!(report.to_string().ends_with("; 120 allocations could not be noted"), "{report}");
}

#[test]
fn budgets_hold_while_it_is_on() {
    let alloc = watched();
    alloc.set_thread_frame_budget(1000);
    alloc.set_thread_pool_budget(64);
    alloc.set_thread_heap_budget(100);
    frames(&alloc, 3, |_| {
        let held = alloc.frame_box([0u8; 600]);
        assert!(alloc.try_frame_box([0u8; 600]).is_err());
        drop(held);
        assert!(alloc.try_frame_box([0u8; 900]).is_ok());
        let pool = alloc.pool_box([0u64; 8]);
        assert!(alloc.try_pool_box(1u64).is_err());
        drop(pool);
        let pool = alloc.pool_box([0u64; 8]);
        let heap = alloc.heap_box([0u8; 96]);
        assert!(alloc.try_heap_box([0u8; 96]).is_err());
        drop((pool, heap));
    });
    alloc.disable_behavior_filter();
    assert!(alloc.try_frame_box([0u8; 1100]).is_err());
    let pool = alloc.pool_box([0u64; 8]);
    assert!(alloc.try_pool_box(1u64).is_err());
    drop(pool);
}

/// A value whose destructor allocates.
struct Busy<'a>(&'a SmartAlloc, u32);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        if self.1 > 0 {
            drop(self.0.frame_box(Busy(self.0, self.1 - 1)));
            drop(self.0.pool_box([1u8; 24]));
            assert!(self.0.behavior_report().issues.len() < 10);
        }
    }
}

#[test]
fn destructors_may_allocate_report_and_panic() {
    let alloc = watched();
    frames(&alloc, 20, |_| drop(alloc.frame_box(Busy(&alloc, 3))));
    assert_eq!(codes(&alloc.behavior_report()), ["BF002"]);
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a destructor's own");
        }
    }
    alloc.begin_frame();
    let before = alloc.frame_box(5u64);
    for _ in 0..3 {
        assert_eq!(panics(|| drop(alloc.frame_box(Bomb))), "a destructor's own");
        assert_eq!(panics(|| drop(alloc.pool_box((Bomb, 1u64)))), "a destructor's own");
        assert_eq!(panics(|| alloc.frame_slice_from_fn::<u8>(9, |_| panic!("made none"))), "made none");
    }
    assert_eq!(*before, 5);
    drop(before);
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn boxes_that_outlive_the_allocator_are_dropped_as_ever() {
    let alloc = watched();
    alloc.begin_frame();
    let boxed = alloc.pool_box(String::from("pool"));
    let large = alloc.pool_box([1u8; 100_000]);
    let heap = alloc.heap_box(String::from("heap"));
    let sent = alloc.pool_box(String::from("sent"));
    drop(alloc);
    drop(boxed);
    thread::spawn(move || drop(sent)).join().expect("no panic");
    assert_eq!((large[5], heap.as_str()), (1, "heap"));
}

#[test]
fn collections_are_reported_by_tag() {
    let alloc = watched();
    alloc.begin_frame();
    let _ui = alloc.tag("ui");
    let mut kept = alloc.frame_vec::<u64>();
    kept.extend(0..10);
    alloc.end_frame();
    frames(&alloc, 12, |_| ());
    let issue = only(&alloc, "BF001");
    assert!(!issue.location.is_known());
    assert_eq!((issue.type_name, issue.tag.as_deref(), issue.count), (None, Some("ui"), 1));
    assert!(issue.bytes >= 80, "{issue}");
    drop(kept);
}

#[test]
fn assertions_name_the_call_sites() {
    use framealloc::testing::{assert_frame_bytes_at_most, assert_no_heap};
    let alloc = small();
    let inside = || {
        let scope = alloc.scope();
        *scope.alloc(5) + *alloc.frame_box(6) + *alloc.pool_box(7)
    };
    assert_eq!(assert_no_heap(&alloc, inside), 18);
    assert_eq!(assert_frame_bytes_at_most(&alloc, 16, inside), 18);
    let text = panics(|| assert_frame_bytes_at_most(&alloc, 15, inside));
    assert!(text.starts_with("frame memory: at most 15 bytes expected, 16 found\n"), "{text}");
    assert_eq!(text.matches("behavior.rs:").count(), 2, "{text}");

    let _before = alloc.heap_box(1);
    let outside = || {
        drop(alloc.with_tag("io", |a| (a.heap_box([1u16; 4]), a.heap_box(2u32))));
        drop(alloc.pool_alloc::<[u8; 100_000]>());
    };
    let text = panics(|| assert_no_heap(&alloc, outside));
    assert!(text.starts_with("heap allocations: none expected, 3 found\n"), "{text}");
    assert_eq!(text.matches("behavior.rs:").count(), 3, "{text}");
    assert!(text.contains("`[u16; 4]`, tag `io`"), "{text}");
    assert!(!alloc.is_behavior_filter_on());

    alloc.enable_behavior_filter();
    drop(alloc.heap_box(1));
    assert_no_heap(&alloc, inside);
    let text = panics(|| assert_no_heap(&alloc, outside));
    assert_eq!(text.matches("behavior.rs:").count(), 3, "{text}");
    assert_eq!(panics(|| assert_no_heap(&alloc, || -> () { panic!("its own") })), "its own");
    assert!(alloc.is_behavior_filter_on());
}
