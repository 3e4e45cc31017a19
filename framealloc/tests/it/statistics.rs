//! Every number of the statistics is moved by something, and by the right amount.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA602) -- what is counted is the allocations themselves
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::sync::mpsc;
use std::sync::{Barrier, OnceLock};
use std::thread;

use framealloc::{AllocConfig, AllocStats, FrameBox, Misuse, PoolBox, SmartAlloc, ThreadStats, kilobytes};

fn small() -> SmartAlloc {
    SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(4)).with_pool_size(kilobytes(64)))
}

#[test]
fn a_fresh_allocator_has_counted_nothing() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(kilobytes(100)));
    let stats = alloc.stats();
    let mut expected = AllocStats::default();
    expected.threads = 1;
    expected.pool_reserved_bytes = kilobytes(128) as u64;
    assert_eq!(stats, expected);
    assert_eq!(alloc.thread_stats(), ThreadStats::default());
    assert_eq!(stats.misuse, Misuse::default());
}

#[test]
fn threads_counts_those_that_have_used_the_allocator() {
    let alloc = SmartAlloc::with_defaults();
    assert_eq!(alloc.stats().threads, 1);
    let barrier = Barrier::new(4);
    thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| {
                drop(alloc.frame_box(1));
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        let stats = alloc.stats();
        barrier.wait();
        assert_eq!(stats.threads, 4);
    });
}

#[test]
fn frames_counts_those_that_have_ended() {
    let alloc = SmartAlloc::with_defaults();
    for ended in 0..5 {
        alloc.begin_frame();
        assert_eq!((alloc.stats().frames, alloc.thread_stats().frames), (ended, ended));
        alloc.end_frame();
    }
    drop(alloc.frame());
    assert_eq!((alloc.stats().frames, alloc.thread_stats().frames), (6, 6));
    thread::scope(|s| {
        s.spawn(|| drop(alloc.frame())).join().expect("works");
    });
    assert_eq!((alloc.stats().frames, alloc.thread_stats().frames), (7, 6));
}

#[test]
fn bytes_and_allocations_of_the_frame_the_last_frame_and_the_session() {
    let alloc = SmartAlloc::with_defaults();
    let numbers = || {
        let stats = alloc.thread_stats();
        let all = alloc.stats();
        assert_eq!(all.last_frame_bytes, stats.last_frame_bytes);
        assert_eq!(all.last_frame_allocations, stats.last_frame_allocations);
        [
            (stats.bytes_allocated, stats.allocations),
            (stats.last_frame_bytes, stats.last_frame_allocations),
            (stats.total_bytes, stats.total_allocations),
        ]
    };
    drop(alloc.frame_box([0u8; 20]));
    assert_eq!(numbers(), [(24, 1), (0, 0), (24, 1)], "outside of frames");
    alloc.begin_frame();
    assert_eq!(numbers(), [(0, 0), (0, 0), (24, 1)]);
    drop((alloc.frame_box([0u8; 100]), alloc.frame_slice::<u8>(1), alloc.frame_box(())));
    assert_eq!(numbers(), [(112, 2), (0, 0), (136, 3)]);
    drop(alloc.scope());
    let [(_, count), ..] = numbers();
    assert_eq!(count, 3, "a scope counts as one");
    alloc.end_frame();
    assert_eq!(numbers(), [(0, 0), (112, 3), (136, 4)]);
    drop(alloc.frame_box(1u64));
    assert_eq!(numbers(), [(8, 1), (112, 3), (144, 5)]);
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(numbers(), [(0, 0), (0, 0), (144, 5)]);
    assert_eq!((alloc.stats().total_bytes, alloc.stats().total_allocations), (144, 5));
}

#[test]
fn reserved_bytes_are_those_of_the_chunks() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    assert_eq!(alloc.thread_stats().reserved_bytes, 0);
    alloc.begin_frame();
    drop(alloc.frame_box(1));
    assert_eq!(alloc.thread_stats().reserved_bytes, kilobytes(64) as u64);
    let large = alloc.frame_slice::<u8>(kilobytes(200));
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!((kilobytes(264)..kilobytes(400)).contains(&(reserved as usize)), "{reserved}");
    assert_eq!(alloc.stats().reserved_bytes, reserved);
    drop(large);
    alloc.end_frame();
}

#[test]
fn parked_bytes_and_frames_are_those_of_frames_with_something_alive() {
    let alloc = SmartAlloc::with_defaults();
    let mut kept = Vec::new();
    for frame in 1..=4u64 {
        alloc.begin_frame();
        kept.push(alloc.frame_box([frame; 32]));
        alloc.end_frame();
        let stats = alloc.thread_stats();
        assert!(
            stats.parked_bytes >= 256 * frame && stats.parked_bytes < 512 * frame,
            "{}",
            stats.parked_bytes
        );
        assert_eq!(stats.parked_frames, frame);
        assert_eq!((alloc.stats().parked_bytes, alloc.stats().parked_frames), (stats.parked_bytes, frame));
    }
    while let Some(boxed) = kept.pop() {
        drop(boxed);
        assert_eq!(alloc.thread_stats().parked_frames, kept.len() as u64);
    }
    assert_eq!((alloc.stats().parked_bytes, alloc.stats().parked_frames), (0, 0));
}

#[test]
fn stranded_bytes_are_those_given_back_below_the_tip() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let first = alloc.frame_box([0u8; 96]);
    let second = alloc.frame_box([0u8; 32]);
    let third = alloc.frame_box(1u64);
    drop(first);
    assert_eq!((alloc.thread_stats().stranded_bytes, alloc.stats().stranded_bytes), (96, 96));
    drop(second);
    assert_eq!(alloc.thread_stats().stranded_bytes, 128);
    drop(third);
    alloc.end_frame();
    assert_eq!((alloc.thread_stats().stranded_bytes, alloc.stats().stranded_bytes), (0, 0));
}

#[test]
fn stranded_bytes_seen_from_another_thread_end_with_the_frame() {
    let alloc = SmartAlloc::with_defaults();
    let barrier = Barrier::new(2);
    thread::scope(|s| {
        s.spawn(|| {
            alloc.begin_frame();
            let (first, second, third) =
                (alloc.frame_box(1u64), alloc.frame_box(2u64), alloc.frame_box(3u64));
            drop(first);
            let scope = alloc.scope();
            // Below the scope's mark: the cold path, which publishes.
            drop(second);
            drop(scope);
            drop(third);
            alloc.end_frame();
            barrier.wait();
            barrier.wait();
        });
        barrier.wait();
        let stats = alloc.stats();
        barrier.wait();
        assert_eq!(stats.stranded_bytes, 0);
    });
}

#[test]
fn high_water_bytes_is_the_most_held_at_once() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    for _ in 0..100 {
        drop(alloc.frame_box([0u8; 2000]));
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().high_water_bytes, 2000);
    alloc.begin_frame();
    let held = (alloc.frame_box([0u8; 2000]), alloc.frame_box([0u8; 3000]));
    drop(held);
    alloc.end_frame();
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!((alloc.thread_stats().high_water_bytes, alloc.stats().high_water_bytes), (5000, 5000));
}

#[test]
fn chunk_refills_counts_how_often_a_frame_went_on_elsewhere() {
    let alloc = small();
    alloc.begin_frame();
    drop(alloc.frame_box([0u8; 1000]));
    assert_eq!(alloc.thread_stats().chunk_refills, 0, "the first chunk is not another");
    let boxes: Vec<_> = (0..6).map(|_| alloc.frame_box([0u8; 1000])).collect();
    assert_eq!(alloc.thread_stats().chunk_refills, 1);
    drop(boxes);
    let own = alloc.frame_slice::<u8>(kilobytes(100));
    assert_eq!((alloc.thread_stats().chunk_refills, alloc.stats().chunk_refills), (2, 2));
    drop(own);
    let outer = alloc.scope();
    let inner = alloc.scope();
    outer.alloc(1u64);
    assert_eq!(alloc.stats().chunk_refills, 3, "beside the innermost scope");
    drop((inner, outer));
    alloc.end_frame();
}

#[test]
fn pool_numbers_are_of_blocks_alive_made_and_pages() {
    let alloc = small();
    let one = alloc.pool_box([1u8; 100]);
    let two = alloc.pool_box([2u8; 16]);
    let stats = alloc.thread_stats();
    // Rounded up to their classes; a page for each class.
    assert_eq!((stats.pool_bytes, stats.pool_allocations), (128, 2));
    assert_eq!(stats.pool_reserved_bytes, 2 * kilobytes(64) as u64);
    let all = alloc.stats();
    assert_eq!((all.pool_bytes, all.pool_allocations), (128, 2));
    // The second page came with others.
    assert_eq!(all.pool_reserved_bytes, 17 * kilobytes(64) as u64);
    drop(one);
    assert_eq!((alloc.stats().pool_bytes, alloc.thread_stats().pool_bytes), (16, 16));
    drop(two);
    for _ in 0..10 {
        drop(alloc.pool_box(1u8));
    }
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().pool_allocations), (0, 12));
}

#[test]
fn pool_remote_frees_counts_blocks_that_came_back_from_other_threads() {
    let alloc = small();
    for round in 1..=3 {
        let boxes: Vec<_> = (0..10u64).map(|n| alloc.pool_box(n)).collect();
        thread::scope(|s| {
            s.spawn(|| {
                // Its own pool, whose blocks do not count.
                drop(alloc.pool_box(1));
                drop(boxes);
            });
        });
        let stats = alloc.thread_stats();
        assert_eq!((stats.pool_remote_frees, stats.pool_bytes), (10 * round, 0));
        assert_eq!((alloc.stats().pool_remote_frees, alloc.stats().pool_waiting), (10 * round, 0));
    }
}

#[test]
fn pool_waiting_of_another_thread_is_seen() {
    let alloc = small();
    let (send, receive) = mpsc::channel::<Vec<PoolBox<u64>>>();
    let barrier = Barrier::new(2);
    thread::scope(|s| {
        s.spawn(|| {
            send.send((0..5).map(|n| alloc.pool_box(n)).collect()).expect("it receives");
            barrier.wait();
        });
        drop(receive.recv().expect("it sends"));
        let stats = alloc.stats();
        barrier.wait();
        assert_eq!((stats.pool_waiting, stats.pool_remote_frees), (5, 0));
    });
}

#[test]
fn heap_numbers_are_of_blocks_alive_and_made() {
    let alloc = small();
    let one = alloc.heap_box([1u8; 1001]);
    let two = alloc.heap_slice::<u64>(3);
    let big = alloc.pool_box([0u8; 20_000]);
    let expected = 1008 + 24 + 20_000 + 16;
    assert_eq!((alloc.stats().heap_bytes, alloc.thread_stats().heap_bytes), (expected, expected));
    assert_eq!((alloc.stats().heap_allocations, alloc.thread_stats().heap_allocations), (3, 3));
    drop(one);
    thread::scope(|s| {
        s.spawn(move || drop((two, big)));
    });
    assert_eq!((alloc.stats().heap_bytes, alloc.thread_stats().heap_bytes), (0, 0));
    assert_eq!(alloc.stats().heap_allocations, 3);
}

#[test]
fn each_misuse_has_its_own_count() {
    let alloc = SmartAlloc::with_defaults();
    let mut expected = Misuse::default();
    let check = |expected: Misuse| {
        assert_eq!(alloc.stats().misuse, expected);
        assert_eq!(alloc.thread_stats().misuse, expected);
    };
    alloc.end_frame();
    expected.ended_without_begin += 1;
    check(expected);
    drop(alloc.frame_box(1));
    expected.outside_frames += 1;
    assert_eq!(alloc.thread_stats().misuse, expected);
    alloc.begin_frame();
    check(expected);
    alloc.begin_frame();
    expected.begun_twice += 1;
    check(expected);
    let scope = alloc.scope();
    alloc.end_frame();
    expected.ended_under_scope += 1;
    check(expected);
    drop(scope);
    alloc.end_phase();
    expected.unbalanced_phases += 1;
    check(expected);
    alloc.begin_frame();
    alloc.begin_phase("open");
    alloc.end_frame();
    expected.unbalanced_phases += 1;
    check(expected);
}

#[test]
fn well_behaved_frames_are_no_misuse() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..3 {
        let frame = alloc.frame();
        frame.alloc(1);
        let _tag = alloc.tag("tag");
        let _phase = alloc.phase("phase");
        drop(alloc.frame());
        drop((alloc.frame_box(1), alloc.scope(), alloc.pool_box(1)));
    }
    drop((alloc.pool_box(1), alloc.heap_box(1)));
    assert_eq!(alloc.stats().misuse, Misuse::default());
}

#[test]
fn budgets_exceeded_counts_each_kind() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_frame_budget(8);
    alloc.set_thread_pool_budget(8);
    alloc.set_thread_heap_budget(8);
    alloc.set_tag_budget("tag", 0);
    let mut expected = 0;
    let attempts: [&dyn Fn() -> bool; 5] = [
        &|| alloc.try_frame_box([0u8; 16]).is_err(),
        &|| alloc.try_pool_box([0u8; 16]).is_err(),
        &|| alloc.try_heap_box([0u8; 16]).is_err(),
        &|| alloc.with_tag("tag", |a| a.try_frame_box(1).is_err()),
        &|| alloc.scope().try_alloc([0u8; 16]).is_err(),
    ];
    for attempt in attempts {
        assert!(attempt());
        expected += 1;
        assert_eq!(alloc.stats().budgets_exceeded, expected);
        assert_eq!(alloc.thread_stats().budgets_exceeded, expected);
    }
}

#[test]
fn sums_are_over_all_threads() {
    let alloc = small();
    let barrier = Barrier::new(4);
    thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| {
                alloc.begin_frame();
                let first = alloc.frame_box([0u8; 16]);
                let kept = alloc.frame_box([0u8; 32]);
                let (pool, heap) = (alloc.pool_box([0u8; 64]), alloc.heap_box([0u8; 128]));
                drop(first);
                let own = alloc.frame_slice::<u8>(kilobytes(8));
                drop(own);
                alloc.set_thread_frame_budget(0);
                assert!(alloc.try_frame_box(1).is_err());
                alloc.set_thread_frame_budget(usize::MAX);
                alloc.end_frame();
                alloc.end_frame();
                barrier.wait();
                barrier.wait();
                drop((kept, pool, heap));
            });
        }
        barrier.wait();
        let stats = alloc.stats();
        barrier.wait();
        assert_eq!((stats.threads, stats.frames), (4, 3));
        assert_eq!((stats.last_frame_bytes, stats.last_frame_allocations), (3 * (48 + 8192), 9));
        assert_eq!((stats.total_bytes, stats.total_allocations), (3 * (48 + 8192), 9));
        assert!(stats.parked_bytes >= 3 * 48);
        assert_eq!((stats.parked_frames, stats.chunk_refills), (3, 3));
        assert_eq!(stats.high_water_bytes, 3 * (48 + 8192));
        assert!(stats.reserved_bytes >= 3 * kilobytes(4) as u64);
        assert_eq!((stats.pool_bytes, stats.pool_allocations), (192, 3));
        assert_eq!((stats.heap_bytes, stats.heap_allocations), (384, 3));
        assert_eq!((stats.budgets_exceeded, stats.misuse.ended_without_begin), (3, 3));
    });
}

#[test]
fn numbers_of_a_thread_that_has_ended_stay_in_the_sums() {
    let alloc = SmartAlloc::with_defaults();
    let _ = alloc.stats();
    for round in 1..=10 {
        thread::scope(|s| {
            s.spawn(|| {
                alloc.begin_frame();
                drop((alloc.frame_box([0u8; 40]), alloc.pool_box(1), alloc.heap_box([0u8; 8])));
                alloc.end_frame();
                drop(alloc.frame_box([0u8; 8]));
            })
            .join()
            .expect("works");
        });
        let stats = alloc.stats();
        assert_eq!(
            (stats.frames, stats.total_bytes, stats.total_allocations),
            (round, 48 * round, 2 * round)
        );
        assert_eq!((stats.pool_allocations, stats.heap_allocations), (round, round));
        assert_eq!(stats.misuse.outside_frames, round);
        assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
    }
}

#[test]
fn pool_bytes_of_ended_threads_end_with_their_blocks() {
    let alloc = SmartAlloc::with_defaults();
    let kept = thread::scope(|s| {
        s.spawn(|| (alloc.pool_box([1u64; 16]), alloc.heap_box([2u64; 16]), alloc.pool_box([3u64; 4000])))
            .join()
            .expect("makes them")
    });
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (128, 128 + 32_016));
    drop(kept);
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

#[test]
fn pool_bytes_of_ended_threads_are_counted_once_when_others_go_on_with_their_pools() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    let _ = alloc.stats();
    let boxes = thread::spawn(|| {
        alloc.begin_frame();
        // Keeps the thread's frame state from the next thread, but not its pool.
        let kept: FrameBox<'static, u64> = alloc.frame_box(1);
        std::mem::forget(kept);
        alloc.end_frame();
        (alloc.pool_box([1u64; 16]), alloc.heap_box([2u64; 16]))
    })
    .join()
    .expect("makes them");
    for _ in 0..3 {
        thread::spawn(|| {
            alloc.begin_frame();
            drop((alloc.pool_box([1u64; 16]), alloc.heap_box([2u64; 16])));
            alloc.end_frame();
        })
        .join()
        .expect("works");
    }
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (128, 128));
    assert_eq!((stats.pool_allocations, stats.heap_allocations), (4, 4));
    drop(boxes);
}

#[test]
fn a_look_at_the_statistics_changes_none() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let _tag = alloc.tag("tag");
    let kept = (alloc.frame_box(1), alloc.pool_box(2), alloc.heap_box(3));
    let before = (alloc.stats(), alloc.thread_stats(), alloc.tag_stats("tag"), alloc.phase_stats());
    for _ in 0..100 {
        let now = (alloc.stats(), alloc.thread_stats(), alloc.tag_stats("tag"), alloc.phase_stats());
        assert_eq!(now, before);
    }
    drop(kept);
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse, Misuse::default());
}

#[test]
fn numbers_stay_exact_over_many_frames_and_looks() {
    let alloc = SmartAlloc::with_defaults();
    let (mut bytes, mut count) = (0, 0);
    for frame in 0..3000u64 {
        alloc.begin_frame();
        for _ in 0..frame % 7 {
            drop(alloc.frame_box([0u8; 24]));
            bytes += 24;
            count += 1;
        }
        drop(alloc.pool_box(frame));
        alloc.end_frame();
        if frame % 500 == 0 {
            let stats = alloc.stats();
            assert_eq!((stats.frames, stats.pool_allocations), (frame + 1, frame + 1));
        }
    }
    let stats = alloc.stats();
    assert_eq!((stats.total_bytes, stats.total_allocations), (bytes, count));
    assert_eq!((stats.pool_allocations, stats.pool_bytes), (3000, 0));
}
