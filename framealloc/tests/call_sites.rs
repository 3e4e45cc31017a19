//! Plain `Vec`s, `Box`es and `String`s in hot paths: a program of its own, since a program has one global allocator.

use std::collections::HashMap;
use std::hint::black_box;
use std::thread;

use framealloc::{BehaviorConfig, BehaviorIssue, BehaviorReport, SmartAlloc, TrackingAllocator};

#[global_allocator]
static GLOBAL: TrackingAllocator = TrackingAllocator::system();

fn watched() -> SmartAlloc {
    let alloc = SmartAlloc::with_defaults();
    alloc.enable_behavior_filter();
    alloc
}

/// Runs frames in which `work` is done.
fn frames(alloc: &SmartAlloc, count: u64, mut work: impl FnMut(u64)) {
    for number in 0..count {
        alloc.begin_frame();
        work(number);
        alloc.end_frame();
    }
}

fn lines(report: &BehaviorReport) -> Vec<u32> {
    let mut lines: Vec<u32> = report.issues.iter().map(|issue| issue.location.line).collect();
    lines.sort_unstable();
    lines
}

#[track_caller]
fn at(report: &BehaviorReport, line: u32) -> &BehaviorIssue {
    let mut found = report.issues.iter().filter(|issue| issue.location.line == line);
    let issue = found.next().unwrap_or_else(|| panic!("nothing at line {line}: {report}"));
    assert!(found.next().is_none(), "{report}");
    assert!(issue.location.file.ends_with("tests/call_sites.rs"), "{issue}");
    issue
}

#[test]
fn each_planted_fault_is_found_at_its_line_and_none_is_invented() {
    let alloc = watched();
    let mut loaded = vec![vec![0_u8; 100]; 20];
    let mut planted = [0; 6];
    let mut kept: Vec<u64> = Vec::with_capacity(1000);
    frames(&alloc, 60, |n| {
        let _phase = alloc.phase("update");
        alloc.with_tag("ai", |_| {
            let path: Vec<u64> = (0..10).map(|step| step * n).collect();
            planted[0] = line!() - 1;
            black_box(&path);
            black_box(Box::new([n; 4]));
            planted[1] = line!() - 1;
        });
        let label = format!("{} units of {n}", loaded.len());
        planted[2] = line!() - 1;
        let copy = label.clone();
        planted[3] = line!() - 1;
        let names: HashMap<u64, &str> = HashMap::from([(n, copy.as_str())]);
        planted[4] = line!() - 1;
        black_box(&names);
        let mut growing = Vec::new();
        (0..4_u64).for_each(|step| {
            growing.reserve_exact(1);
            planted[5] = line!() - 1;
            growing.push(black_box(step));
        });
        // Nothing is the matter with what was there before, with frame memory, or with what is rare.
        kept.push(n);
        let mut scratch = alloc.frame_vec::<u64>();
        scratch.extend(0..n);
        if n % 20 == 7 {
            loaded.push(vec![n as u8; 1000]);
        }
        // fa: allow(FA606) -- nothing of this is a fault to the filter
        drop(alloc.pool_box(n));
        // fa: allow(FA606) -- nothing of this is a fault to the filter
        drop(alloc.heap_box([n; 2]));
    });
    // Without frames nothing is noted.
    (0..100).for_each(|n| loaded.push(vec![n; 10]));
    let report = alloc.behavior_report();
    let text = report.to_string();
    let plain: Vec<_> = report.issues.iter().filter(|issue| issue.type_name.is_none()).collect();
    let mut found: Vec<u32> = plain.iter().map(|issue| issue.location.line).collect();
    found.sort_unstable();
    assert_eq!(found, planted, "{text}");
    assert_eq!(report.issues.len(), 8, "with those of the library's own boxes: {text}");
    assert!(plain.iter().all(|issue| issue.code == "BF004"), "{text}");

    let [vec, boxed, label, copy, names, growing] = planted.map(|line| at(&report, line));
    assert_eq!((vec.count, vec.bytes, vec.first_frame, vec.last_frame), (60, 60 * 80, 0, 59));
    assert_eq!((boxed.count, boxed.bytes), (60, 60 * 32));
    assert_eq!((vec.tag.as_deref(), vec.phase.as_deref()), (Some("ai"), Some("update")));
    assert_eq!((label.tag.as_deref(), label.phase.as_deref()), (None, Some("update")));
    assert_eq!(growing.count, 4 * 60);
    assert_eq!(growing.bytes, 60 * 4 * 8);
    for (issue, call) in
        [(vec, "`frame_vec`"), (boxed, "`frame_box`"), (label, "`frame_format!`"), (copy, "`frame_string`")]
    {
        assert!(issue.suggestion.contains(call), "{issue}");
    }
    assert!(names.suggestion.contains("`frame_map`"), "{names}");
    assert_eq!(report.missed, 0, "{text}");
}

#[test]
fn a_clean_program_is_silent() {
    let alloc = watched();
    let mut loaded = Vec::new();
    let mut text = String::with_capacity(100);
    frames(&alloc, 300, |n| {
        let mut names = alloc.frame_vec::<u64>();
        names.extend(0..n);
        text.clear();
        text.push_str("reused");
        // A level is loaded now and then, with many allocations.
        if n % 50 == 3 {
            loaded.extend((0..200).map(|part| vec![part; 16]));
        }
    });
    let report = alloc.behavior_report();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.frames, 300);
}

/// Makes so many boxes at a line of its own.
#[inline(never)]
fn crowd(count: u64) -> u32 {
    for n in 0..count {
        black_box(Box::new(n));
    }
    line!() - 2
}

#[test]
fn where_there_are_many_calls_some_stand_for_all() {
    let alloc = SmartAlloc::with_defaults();
    alloc.enable_behavior_filter_with(BehaviorConfig::default().with_samples_per_frame(32));
    let (mut often, mut seldom, mut once) = (0, 0, 0);
    let mut burst = Vec::new();
    frames(&alloc, 400, |n| {
        often = crowd(500);
        for _ in 0..20 {
            black_box(vec![n; 3]);
            seldom = line!() - 1;
        }
        if n % 20 == 0 {
            // As many in the end as those of every frame.
            burst.clear();
            burst.extend((0..400).map(|part| Box::new([part; 2])));
            once = line!() - 1;
        }
    });
    let report = alloc.behavior_report();
    assert_eq!(
        lines(&report),
        {
            let mut lines = [often, seldom];
            lines.sort_unstable();
            lines
        },
        "{report} {once}"
    );
    let near = |issue: &BehaviorIssue, count: u64, size: u64| {
        let (low, high) = (count * 8 / 10, count * 12 / 10);
        assert!((low..high).contains(&issue.count) && issue.bytes == size * issue.count, "{issue}");
        assert!(issue.message.contains("about "), "{issue}");
    };
    near(at(&report, often), 400 * 500, 8);
    near(at(&report, seldom), 400 * 20, 24);
}

#[test]
fn threads_are_sampled_each_for_itself() {
    let alloc = watched();
    let work = || {
        frames(&alloc, 30, |n| drop(black_box(vec![n; 2])));
        line!() - 1
    };
    let line = thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).last()
    });
    let report = alloc.behavior_report();
    let issue = at(&report, line.expect("three threads"));
    assert_eq!((issue.count, issue.bytes), (90, 90 * 16));
}

#[test]
fn two_allocators_hear_the_same_call() {
    let (one, other, none) = (watched(), watched(), SmartAlloc::with_defaults());
    let mut line = 0;
    frames(&none, 20, |n| {
        one.begin_frame();
        let _tag = one.tag("one");
        other.begin_frame();
        black_box(Box::new(n));
        line = line!() - 1;
        one.end_frame();
        black_box(Box::new([n; 3]));
        other.end_frame();
        black_box(Box::new([n; 5]));
    });
    let (one, other) = (one.behavior_report(), other.behavior_report());
    assert_eq!((lines(&one), lines(&other)), (vec![line], vec![line, line + 3]));
    assert_eq!((at(&one, line).tag.as_deref(), at(&other, line).tag.as_deref()), (Some("one"), None));
    assert!(none.behavior_report().is_clean());
}

#[test]
fn an_allocator_may_go_in_the_middle_of_a_frame() {
    for round in 0..20 {
        let alloc = watched();
        frames(&alloc, 3, |n| drop(black_box(Box::new(n))));
        let clone = alloc.clone();
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ends) = std::sync::mpsc::channel();
        let worker = thread::spawn(move || {
            clone.begin_frame();
            black_box(Box::new(1));
            if round % 2 == 0 {
                drop(clone);
            } else {
                std::mem::forget(clone);
            }
            tell.send(()).expect("main waits");
            // The states go on another thread while this one allocates.
            let mut count = 0_u64;
            while ends.try_recv().is_err() {
                black_box(Box::new(count));
                count += 1;
            }
        });
        alloc.begin_frame();
        told.recv().expect("the worker runs");
        black_box(vec![round]);
        drop(alloc);
        black_box(vec![round]);
        end.send(()).expect("the worker runs");
        worker.join().expect("no panic");
    }
}

#[test]
fn it_may_be_switched_within_a_frame() {
    let alloc = SmartAlloc::with_defaults();
    let mut line = 0;
    frames(&alloc, 40, |n| {
        black_box(Box::new(n));
        alloc.enable_behavior_filter();
        if n >= 20 {
            black_box(Box::new([n; 2]));
            line = line!() - 1;
        }
        if n == 19 {
            alloc.disable_behavior_filter();
        }
    });
    let report = alloc.behavior_report();
    // From frame 21 on, the one before is seen too.
    assert_eq!(lines(&report), [line - 3, line], "{report}");
    assert_eq!((at(&report, line - 3).count, at(&report, line).count), (19, 20));
}

#[test]
fn with_no_samples_there_is_nothing() {
    let alloc = SmartAlloc::with_defaults();
    alloc.enable_behavior_filter_with(BehaviorConfig::default().with_samples_per_frame(0));
    frames(&alloc, 40, |n| drop(black_box(Box::new(n))));
    let report = alloc.behavior_report();
    assert_eq!((report.issues.len(), report.sites, report.missed), (0, 0, 0));
}

#[test]
fn snapshots_have_them_too() {
    let alloc = watched();
    frames(&alloc, 5, |n| drop(black_box(alloc.with_tag("ai", |_| vec![n; 100]))));
    let line = line!() - 1;
    let snapshot = alloc.snapshot();
    let sites = snapshot.call_sites.as_deref().expect("the filter is on");
    let [site] = sites else { panic!("{sites:?}") };
    assert!(site.location.file.ends_with("call_sites.rs") && site.location.line == line, "{site:?}");
    assert_eq!((site.kind.as_str(), site.tag.as_deref()), ("global", Some("ai")));
    assert_eq!((site.count, site.bytes, site.sampled), (5, 4000, false));
    assert_eq!((site.frames, site.first_frame, site.last_frame), (5, 0, 4));
    #[cfg(feature = "serde")]
    assert!(framealloc::snapshot::heap_profile(&snapshot).contains(&format!("\"lineNumber\":{},", line - 1)));
}
