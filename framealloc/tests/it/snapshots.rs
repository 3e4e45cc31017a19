//! `alloc.snapshot()`: every thread's numbers, as of its last frame boundary.
//!
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use framealloc::{BehaviorConfig, ScratchConfig, SmartAlloc, kilobytes};

use crate::support::small;

/// A frame of the calling thread that allocates so many bytes.
fn frame(alloc: &SmartAlloc, bytes: usize) {
    alloc.begin_frame();
    drop(alloc.frame_slice::<u8>(bytes));
    alloc.end_frame();
}

#[test]
fn a_snapshot_is_of_the_last_finished_frame() {
    let alloc = small();
    alloc.begin_frame();
    alloc.with_tag("a", |alloc| {
        drop(alloc.frame_slice::<u8>(64));
        alloc.with_tag("b", |alloc| drop(alloc.frame_slice::<u8>(32)));
    });
    alloc.end_frame();
    let between = alloc.snapshot();
    alloc.begin_frame();
    alloc.with_tag("a", |alloc| drop(alloc.frame_slice::<u8>(1024)));
    let within = alloc.snapshot();
    for snapshot in [&between, &within] {
        assert_eq!(snapshot.frame, 1);
        assert_eq!(snapshot.summary.frame_bytes, 96);
        assert_eq!(snapshot.summary.frame_allocations, 2);
        let (a, b) = (snapshot.tag("a").unwrap(), snapshot.tag("a/b").unwrap());
        assert_eq!((a.bytes, a.own_bytes, a.allocations), (96, 64, 2));
        assert_eq!((b.bytes, b.own_bytes, b.allocations), (32, 32, 1));
    }
    alloc.end_frame();
    let after = alloc.snapshot();
    assert_eq!((after.frame, after.summary.frame_bytes), (2, 1024));
    let (a, b) = (after.tag("a").unwrap(), after.tag("a/b").unwrap());
    assert_eq!((a.bytes, a.peak_bytes, b.bytes, b.peak_bytes), (1024, 1024, 0, 32));
}

#[test]
fn before_the_first_frame_there_is_nothing() {
    let snapshot = SmartAlloc::with_defaults().snapshot();
    assert_eq!((snapshot.frame, snapshot.summary.frame_bytes), (0, 0));
    assert!(snapshot.tags.is_empty() && snapshot.phases.is_empty() && snapshot.window.is_none());
    assert!(snapshot.diagnostics.is_empty() && snapshot.call_sites.is_none());
    assert_eq!(snapshot.threads.len(), 1);
    assert!(snapshot.overhead.bookkeeping_bytes > 0);
}

#[test]
fn all_threads_are_there_by_name_and_those_that_ended_are_not() {
    let alloc = &small();
    frame(alloc, 8);
    let _ = alloc.snapshot();
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let (end, ends) = mpsc::channel::<()>();
        let worker = thread::Builder::new().name("worker".to_owned());
        let handle = worker
            .spawn_scoped(scope, move || {
                alloc.set_thread_frame_budget(kilobytes(8));
                let kept = alloc.pool_box([0_u8; 100]);
                alloc.begin_frame();
                alloc.with_tag("ai", |alloc| drop(alloc.frame_slice::<u8>(256)));
                alloc.end_frame();
                tell.send(()).unwrap();
                let _ = ends.recv();
                drop(kept);
            })
            .unwrap();
        told.recv().unwrap();
        let snapshot = alloc.snapshot();
        let worker = snapshot.threads.iter().find(|thread| thread.name == "worker").expect("it is alive");
        assert_eq!((worker.frames, worker.frame_bytes, worker.frame_budget), (1, 256, Some(8192)));
        assert!(worker.pool_bytes >= 100 && worker.pool_budget.is_none());
        assert_eq!(snapshot.summary.frame_bytes, 264);
        assert_eq!(snapshot.tag("ai").unwrap().bytes, 256);
        drop(end);
        handle.join().unwrap();
    });
    let _ = alloc.snapshot();
    let snapshot = alloc.snapshot();
    assert!(snapshot.threads.iter().all(|thread| thread.name != "worker"), "{:?}", snapshot.threads);
    assert_eq!(snapshot.summary.frame_bytes, 8);
    let ai = snapshot.tag("ai").unwrap();
    assert_eq!((ai.bytes, ai.peak_bytes), (0, 256), "the peak is of the session");
}

#[test]
fn a_thread_that_inherits_a_state_has_its_own_name() {
    let alloc = &small();
    let _ = alloc.snapshot();
    thread::scope(|scope| {
        for name in ["first", "second"] {
            let snapshot = thread::Builder::new()
                .name(name.to_owned())
                .spawn_scoped(scope, || {
                    frame(alloc, 8);
                    alloc.snapshot()
                })
                .unwrap()
                .join()
                .unwrap();
            let names: Vec<&str> = snapshot.threads.iter().map(|thread| thread.name.as_str()).collect();
            assert!(names.contains(&name) && snapshot.threads.len() == 2, "{names:?}");
        }
        // A nameless one does not keep its forerunner's.
        let snapshot = scope
            .spawn(|| {
                frame(alloc, 8);
                alloc.snapshot()
            })
            .join()
            .unwrap();
        assert!(snapshot.threads.iter().any(|thread| thread.name.is_empty()), "{:?}", snapshot.threads);
    });
}

#[test]
fn a_window_covers_the_frames_since_the_last_snapshot() {
    let alloc = small();
    frame(&alloc, 8);
    assert_eq!(alloc.snapshot().window, None, "nobody has looked before");
    for size in 1..=100 {
        frame(&alloc, size * 8);
    }
    let snapshot = alloc.snapshot();
    let window = snapshot.window.clone().unwrap();
    assert_eq!((window.frames, window.worst_bytes, window.worst_frame), (100, 800, 101));
    assert_eq!(window.worst_thread, Some(snapshot.threads[0].id));
    for (found, exact) in [(window.p50_bytes, 400), (window.p90_bytes, 720), (window.p99_bytes, 792)] {
        assert!(found >= exact && found <= exact + exact / 8, "{exact}: {found}");
    }
    assert_eq!(alloc.snapshot().window, None, "there was no frame since");
    frame(&alloc, 16);
    let window = alloc.snapshot().window.unwrap();
    assert_eq!((window.frames, window.worst_bytes, window.worst_frame), (1, 16, 102));
}

#[test]
fn a_window_covers_all_threads() {
    let alloc = &small();
    let _ = alloc.snapshot();
    thread::scope(|scope| {
        for (name, bytes) in [("small", 64), ("large", 512)] {
            let thread = thread::Builder::new().name(name.to_owned());
            let run = move || (0..50).for_each(|_| frame(alloc, bytes));
            thread.spawn_scoped(scope, run).unwrap().join().unwrap();
        }
    });
    let window = alloc.snapshot().window.unwrap();
    assert_eq!((window.frames, window.worst_bytes), (100, 512), "also of threads that have ended");
}

#[test]
fn two_who_look_share_the_windows_and_lose_none() {
    let alloc = &small();
    let _ = alloc.snapshot();
    let frames = if cfg!(miri) { 30 } else { 3000 };
    let mut seen: u64 = thread::scope(|scope| {
        let looking: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || {
                    let look = |_| {
                        let window = alloc.snapshot().window;
                        window.map_or(0, |window| window.frames)
                    };
                    (0..frames / 10).map(look).sum::<u64>()
                })
            })
            .collect();
        (0..frames).for_each(|_| frame(alloc, 64));
        looking.into_iter().map(|handle| handle.join().unwrap()).sum()
    });
    seen += alloc.snapshot().window.map_or(0, |window| window.frames);
    assert!(seen <= frames, "{seen} of {frames}");
    // A frame that ends in the very moment in which its window closes may be missed, and no other.
    assert!(seen * 100 >= frames * 95, "{seen} of {frames}");
}

#[test]
fn phases_have_times_once_somebody_looks() {
    let alloc = small();
    let run = || {
        alloc.begin_frame();
        {
            let _render = alloc.phase("render");
            alloc.begin_phase("shadows");
            drop(alloc.frame_slice::<u8>(64));
            thread::sleep(Duration::from_millis(2));
            alloc.end_phase();
        }
        alloc.begin_phase("late");
        thread::sleep(Duration::from_millis(1));
        alloc.end_frame();
    };
    run();
    let first = alloc.snapshot();
    assert_eq!(first.phases.len(), 3);
    assert!(first.phases.iter().all(|phase| phase.nanoseconds.is_none()));
    assert!(first.threads[0].frame_nanoseconds.is_none());
    run();
    let second = alloc.snapshot();
    let phase = |path: &str| second.phases.iter().find(|phase| phase.path == path).unwrap().clone();
    let time = |path: &str| phase(path).nanoseconds.unwrap();
    assert!(time("render/shadows") >= 2_000_000 && time("late") >= 1_000_000);
    assert!(time("render") >= time("render/shadows"));
    assert!(second.threads[0].frame_nanoseconds.unwrap() >= time("render") + time("late"));
    assert_eq!((phase("render").bytes, phase("render").own_bytes), (64, 0));
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 2);
    // Each frame has its own.
    alloc.begin_frame();
    alloc.with_tag("x", |alloc| drop(alloc.phase("render")));
    alloc.end_frame();
    let third = alloc.snapshot();
    assert!(third.phases[0].nanoseconds.unwrap() < 1_000_000, "{:?}", third.phases);
}

#[test]
fn timed_phases_close_as_others_do() {
    let alloc = small();
    let _ = alloc.snapshot();
    let run = |alloc: &SmartAlloc| {
        alloc.begin_frame();
        let outer = alloc.phase("outer");
        alloc.begin_phase("begun");
        let inner = alloc.phase("inner");
        alloc.begin_phase("begun");
        drop(outer); // closes all four
        alloc.begin_phase("again");
        drop(inner); // knows
        alloc.end_phase();
        alloc.end_phase(); // one too many
        let kept = alloc.phase("kept");
        alloc.begin_phase("left open");
        alloc.end_frame();
        drop(kept);
    };
    for _ in 0..3 {
        run(&alloc);
    }
    let plain = small();
    for _ in 0..3 {
        run(&plain);
    }
    assert_eq!(alloc.stats().misuse, plain.stats().misuse);
    let paths =
        |alloc: &SmartAlloc| alloc.phase_stats().into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(paths(&alloc), paths(&plain));
    // Nothing refers to the thread's state any more: another thread inherits it.
    let alloc = &alloc;
    thread::scope(|scope| {
        for _ in 0..3 {
            scope
                .spawn(|| {
                    alloc.begin_frame();
                    alloc.begin_phase("begun");
                    let _phase = alloc.phase("guarded");
                    alloc.begin_phase("begun");
                })
                .join()
                .unwrap();
        }
    });
    assert_eq!(alloc.stats().threads, 2);
}

#[test]
fn tags_with_budgets_and_misuse_are_remarked() {
    let alloc = small();
    alloc.set_tag_budget("audio", 100);
    alloc.begin_frame();
    assert!(alloc.with_tag("audio", |alloc| alloc.try_frame_slice::<u8>(200)).is_err());
    alloc.end_frame();
    alloc.end_frame();
    let snapshot = alloc.snapshot();
    let audio = snapshot.tag("audio").unwrap();
    assert_eq!((audio.budget, audio.budget_exceeded), (Some(100), 1));
    let codes: Vec<_> = snapshot.diagnostics.iter().map(|found| (found.code.as_str(), found.count)).collect();
    assert_eq!(codes, [("budget-exceeded", 1), ("frame-ended-without-begin", 1)]);
    assert_eq!(snapshot.diagnostics[0].tag.as_deref(), Some("audio"));
}

#[test]
fn what_crosses_frames_and_threads_is_there() {
    let alloc = &small();
    alloc.begin_frame();
    let parked = alloc.frame_box([0_u8; 64]);
    let retained = alloc.frame_retained_value(1_u64, framealloc::RetentionPolicy::PromoteToPool);
    alloc.end_frame();
    let handle = alloc.frame_box_for_transfer(1_u64);
    let scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(1024).with_name("paths"));
    let remote = alloc.pool_box([0_u64; 4]);
    thread::scope(|scope| scope.spawn(move || drop(remote)).join().unwrap());
    let heap = alloc.heap_box([0_u8; 4000]);
    let snapshot = alloc.snapshot();
    assert!(snapshot.summary.parked_bytes >= 64 && snapshot.summary.parked_frames == 1);
    assert_eq!(snapshot.promotions.to_pool, 1);
    assert_eq!((snapshot.transfers.made, snapshot.transfers.in_flight), (1, 1));
    assert_eq!(snapshot.deferred.processed + snapshot.deferred.waiting, 1);
    assert_eq!((snapshot.scratch[0].name.as_str(), snapshot.scratch[0].capacity_bytes), ("paths", 1024));
    assert!(snapshot.summary.heap_bytes >= 4000 && snapshot.summary.pool_bytes > 0);
    assert!(snapshot.summary.pool_capacity_bytes >= snapshot.summary.pool_bytes);
    drop((parked, retained, handle, scratch, heap));
}

#[test]
fn a_snapshot_counts_what_the_statistics_count() {
    let alloc = small();
    for _ in 0..10 {
        frame(&alloc, 100);
    }
    let (snapshot, stats) = (alloc.snapshot(), alloc.stats());
    assert_eq!(snapshot.summary.frame_bytes, stats.last_frame_bytes);
    assert_eq!(snapshot.summary.frame_allocations, stats.last_frame_allocations);
    assert_eq!(snapshot.summary.peak_frame_bytes, stats.high_water_bytes);
    assert_eq!(snapshot.summary.frame_capacity_bytes, stats.reserved_bytes);
    assert_eq!(snapshot.threads[0].frames, stats.frames);
}

#[test]
fn tags_keep_their_numbers_while_phases_are_timed() {
    let run = |alloc: &SmartAlloc| {
        for round in 0..20 {
            alloc.begin_frame();
            alloc.with_tag("a", |alloc| {
                let _phase = alloc.phase("p");
                drop(alloc.frame_slice::<u8>(8 * (round + 1)));
                // fa: allow(FA606) -- blocks are taken and given back to see them counted
                alloc.with_tag("b", |alloc| drop(alloc.pool_box(round)));
            });
            if round == 10 {
                alloc.set_tag_budget("a", 10_000);
            }
            alloc.end_frame();
        }
        (alloc.all_tag_stats(), alloc.phase_stats())
    };
    let (observed, plain) = (small(), small());
    let _ = observed.snapshot();
    assert_eq!(run(&observed), run(&plain));
}

#[test]
fn while_the_filter_is_on_it_has_call_sites() {
    let alloc = small();
    frame(&alloc, 8);
    assert!(alloc.snapshot().call_sites.is_none());
    alloc.enable_behavior_filter();
    assert_eq!(alloc.snapshot().call_sites, Some(Vec::new()));
    let mut line = 0;
    let mut kept = Vec::new();
    for number in 0..6 {
        alloc.begin_frame();
        let _phase = alloc.phase("update");
        if number % 2 == 1 {
            alloc.with_tag("ai", |alloc| kept.push((alloc.pool_box([number; 8]), alloc.heap_box(1_u8))));
            line = line!() - 1;
        }
        let mut growing = alloc.frame_vec::<u64>();
        growing.extend(0..100);
        alloc.end_frame();
    }
    let sites = alloc.snapshot().call_sites.expect("the filter is on");
    assert!(sites.is_sorted_by(|one, other| one.bytes >= other.bytes), "{sites:?}");
    let kinds: Vec<&str> = sites.iter().map(|site| site.kind.as_str()).collect();
    assert_eq!(kinds, ["frame", "pool", "heap"]);
    let [growth, pool, heap] = &sites[..] else { panic!("{sites:?}") };
    assert_eq!((growth.location.line, growth.count, growth.frames), (0, 6, 6));
    for site in [pool, heap] {
        assert!(site.location.file.ends_with("snapshots.rs") && site.location.line == line, "{site:?}");
        assert!(site.location.column > 1 && !site.sampled);
        assert_eq!((site.tag.as_deref(), site.phase.as_deref()), (Some("ai"), Some("update")));
        assert_eq!((site.count, site.frames), (3, 3));
        // Frames are counted from the thread's first.
        assert_eq!((site.first_frame, site.last_frame), (2, 6));
    }
    assert_eq!((pool.bytes, pool.type_name.as_deref()), (3 * 32, Some("[i32; 8]")));
    alloc.disable_behavior_filter();
    assert!(alloc.snapshot().call_sites.is_none());
}

#[test]
fn call_sites_are_those_with_the_most_bytes_of_all_threads() {
    let alloc = &small();
    alloc.enable_behavior_filter_with(BehaviorConfig::default().with_snapshot_sites(2));
    let work = |size: usize| {
        frame(alloc, size);
        drop(alloc.heap_slice::<u8>(1));
        drop(alloc.pool_box(1_u64));
    };
    thread::scope(|scope| {
        for size in [100, 200, 300] {
            let worker = scope.spawn(move || work(size));
            worker.join().expect("no panic");
        }
    });
    work(400);
    let sites = alloc.snapshot().call_sites.expect("the filter is on");
    assert_eq!(sites.len(), 2, "{sites:?}");
    assert_eq!((sites[0].kind.as_str(), sites[0].count), ("frame", 4));
    assert!(sites[0].bytes >= 1000 && sites[1].kind == "pool" && sites[1].count == 4, "{sites:?}");
}
