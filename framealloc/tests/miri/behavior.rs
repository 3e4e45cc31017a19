//! The behaviour filter, switched at any time.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA606) -- blocks are taken and given back to see them counted

use std::cell::Cell;
use std::thread;

use framealloc::{BehaviorConfig, FrameBox, RetentionPolicy, SmartAlloc};

use crate::common::{Counted, parked, small};

fn watch(alloc: &SmartAlloc) {
    alloc.enable_behavior_filter_with(
        BehaviorConfig::default().with_frame_age(1).with_recurring_frames(2).with_recurring_percent(1),
    );
}

#[test]
fn switched_within_frames_and_scopes() {
    let alloc = small();
    let ends = Cell::new(0);
    for round in 0..6 {
        alloc.begin_frame();
        let before = alloc.frame_box(Counted(&ends, [7; 4]));
        let mut vec = alloc.frame_vec::<u32>();
        vec.extend(0..6);
        let outer = alloc.scope();
        let value = outer.alloc(1u64);
        watch(&alloc);
        let second = alloc.frame_box(Counted(&ends, [7; 4]));
        let inner = alloc.scope();
        let nested = alloc.scope();
        drop(nested);
        *value += *outer.alloc(2u64);
        let deep = inner.boxed([3u16; 5]);
        vec.extend(6..40);
        if round % 2 == 0 {
            alloc.disable_behavior_filter();
        }
        let third = inner.boxed(Counted(&ends, [7; 4]));
        vec.shrink_to_fit();
        drop(before);
        *value += u64::from(deep[4]);
        drop((deep, third));
        drop(inner);
        drop(second);
        assert_eq!(*value, 6);
        drop(outer);
        assert!(vec.iter().copied().eq(0..40));
        drop(vec);
        alloc.end_frame();
        alloc.disable_behavior_filter();
    }
    assert_eq!((ends.get(), parked(&alloc)), (18, 0));
}

#[test]
fn frames_that_are_parked_and_chunks_that_are_full() {
    let alloc = small();
    watch(&alloc);
    let mut kept: Vec<FrameBox<'_, [u64; 8]>> = Vec::new();
    for n in 0..6 {
        alloc.begin_frame();
        let fill: Vec<_> = (0..5).map(|n| alloc.frame_box([n; 500])).collect();
        kept.push(alloc.frame_box([n; 8]));
        let scope = alloc.scope();
        if n == 3 {
            alloc.end_frame();
            alloc.begin_frame();
        }
        let late = scope.alloc(n);
        drop(fill);
        assert_eq!(*late, n);
        drop(scope);
        alloc.end_frame();
    }
    let report = alloc.behavior_report();
    assert!(report.issues.iter().any(|issue| issue.code == "BF001"), "{report}");
    for (n, boxed) in kept.iter().enumerate() {
        assert_eq!(**boxed, [n as u64; 8]);
    }
    drop(kept);
    assert_eq!(parked(&alloc), 0);
}

#[test]
fn pools_whose_blocks_are_all_seen() {
    let alloc = small();
    let early = alloc.pool_box(String::from("early"));
    watch(&alloc);
    let sent = thread::scope(|threads| {
        for n in 0..4 {
            alloc.begin_frame();
            let boxed = alloc.pool_box(String::from("boxed"));
            let large = alloc.pool_box([n; 70_000]);
            let heap = alloc.heap_box(String::from("heap"));
            let other = alloc.pool_box(String::from("other"));
            threads.spawn(move || drop(other));
            drop(alloc.frame_retained_value(String::from("kept"), RetentionPolicy::PromoteToPool));
            assert_eq!((boxed.as_str(), large[69_999], heap.as_str()), ("boxed", n, "heap"));
            drop((boxed, large, heap));
            alloc.end_frame();
        }
        threads.spawn(|| alloc.pool_box(5u64)).join().expect("no panic")
    });
    let report = alloc.behavior_report();
    assert!(report.issues.iter().any(|issue| issue.code == "BF002"), "{report}");
    let left = alloc.pool_box(String::from("left"));
    drop(alloc);
    assert_eq!((early.as_str(), left.as_str(), *sent), ("early", "left", 5));
}

#[test]
fn threads_that_are_watched_while_another_reports() {
    let alloc = small();
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                for n in 0..4u64 {
                    alloc.begin_frame();
                    let boxed = alloc.with_tag("work", |a| a.frame_box(n));
                    drop(alloc.pool_box(*boxed));
                    drop(boxed);
                    alloc.end_frame();
                }
            });
        }
        for _ in 0..3 {
            watch(&alloc);
            drop(alloc.behavior_report().to_string());
            alloc.disable_behavior_filter();
        }
    });
}
