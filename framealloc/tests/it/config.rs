//! Each setting is honoured, and each that cannot be is refused by a message that names it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use framealloc::{
    AllocConfig, AllocErrorKind, BudgetPolicy, ConfigError, SmartAlloc, gigabytes, kilobytes, megabytes,
};

const _: () = assert!(kilobytes(3) == 3 << 10 && megabytes(3) == 3 << 20 && gigabytes(3) == 3 << 30);

#[test]
fn frame_size_is_what_a_thread_reserves_first() {
    for size in [kilobytes(4), kilobytes(64), megabytes(2)] {
        let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(size));
        alloc.begin_frame();
        drop(alloc.frame_box(1));
        assert_eq!(alloc.stats().reserved_bytes, size as u64);
        // All but the bookkeeping is for use, without another chunk.
        let scope = alloc.scope();
        scope.alloc_slice_from_fn(size - 512, |_| 0u8);
        assert_eq!(alloc.stats().chunk_refills, 0);
        assert_eq!(alloc.stats().reserved_bytes, size as u64);
        drop(scope);
        alloc.end_frame();
    }
}

#[test]
fn pool_size_is_reserved_at_once_and_used_before_more_is_asked_for() {
    for (size, pages) in [(0, 0), (1, 1), (kilobytes(64), 1), (kilobytes(64) + 1, 2), (megabytes(1), 16)] {
        let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(size));
        let reserved = pages * kilobytes(64) as u64;
        assert_eq!(alloc.stats().pool_reserved_bytes, reserved, "{size}");
        let boxes: Vec<_> = (0..7 * pages).map(|n| alloc.pool_box([n; 1024])).collect();
        assert_eq!(alloc.stats().pool_reserved_bytes, reserved, "{size}");
        drop(alloc.pool_box([0u64; 1024]));
        let one_more = alloc.pool_box([1u64; 1024]);
        assert!(alloc.stats().pool_reserved_bytes > reserved, "{size}");
        assert!(boxes.iter().zip(0..).all(|(boxed, n)| boxed[1023] == n) && one_more[0] == 1);
    }
}

#[test]
fn frame_limit_bounds_frame_memory() {
    let config = AllocConfig::default().with_frame_size(kilobytes(64));
    let alloc = SmartAlloc::new(config.clone().with_frame_limit(kilobytes(64)));
    alloc.begin_frame();
    let held = alloc.frame_slice::<u8>(kilobytes(60));
    let error = alloc.try_frame_slice::<u8>(kilobytes(8)).expect_err("beyond the ceiling");
    assert_eq!((error.kind(), error.left()), (AllocErrorKind::FrameLimit, 0));
    assert_eq!(alloc.stats().reserved_bytes, kilobytes(64) as u64);
    drop(held);
    alloc.end_frame();
    let alloc = SmartAlloc::new(config);
    drop((alloc.frame_slice::<u8>(kilobytes(60)), alloc.frame_slice::<u8>(kilobytes(8))));
}

#[test]
fn pool_limit_bounds_pool_memory() {
    let config = AllocConfig::default().with_pool_size(kilobytes(64));
    let make = |config| {
        let alloc = SmartAlloc::new(config);
        (0..8).map(|n: u64| alloc.try_pool_box([n; 1024]).map(drop)).find_map(Result::err);
        let boxes: Vec<_> = (0..8).map(|n: u64| alloc.try_pool_box([n; 1024])).collect();
        boxes.into_iter().find_map(Result::err).map(|error| error.kind())
    };
    assert_eq!(make(config.clone()), None);
    assert_eq!(make(config.with_pool_limit(kilobytes(64))), Some(AllocErrorKind::PoolLimit));
}

#[test]
fn heap_limit_bounds_heap_memory() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(0));
    assert_eq!(alloc.try_heap_box(1u8).expect_err("none is allowed").kind(), AllocErrorKind::HeapLimit);
    drop((alloc.heap_box(()), alloc.pool_box(1), alloc.frame_box(1)));
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(1));
    drop(alloc.heap_box(1u8));
    drop(SmartAlloc::with_defaults().heap_slice::<u8>(megabytes(1)));
}

/// Minor page faults of the calling thread.
#[cfg(all(target_os = "linux", not(asan), not(miri)))]
fn faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux has it");
    // After the name, which may hold spaces: state, ppid, pgrp, session, tty, tpgid, flags, minflt.
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    fields.split_whitespace().nth(7).and_then(|field| field.parse().ok()).expect("a number")
}

/// Faults while the first frame and the first pool pages are used, on this thread and on another.
#[cfg(all(target_os = "linux", not(asan), not(miri)))]
fn faults_of_first_use(prefault: bool) -> [u64; 3] {
    const SIZE: usize = megabytes(8);
    let config = AllocConfig::default().with_frame_size(SIZE).with_pool_size(SIZE).with_prefault(prefault);
    let alloc = SmartAlloc::new(config);
    let touch_frame = || {
        let before = faults();
        alloc.begin_frame();
        let scope = alloc.scope();
        for _ in 0..SIZE / 4096 - 2 {
            // fa: allow(FA602) -- what is counted is the allocations themselves
            scope.alloc([1u8; 4096]);
        }
        drop(scope);
        alloc.end_frame();
        faults() - before
    };
    let own = touch_frame();
    let before = faults();
    let boxes: Vec<_> = (0..700).map(|_| alloc.pool_alloc::<[u8; 8192]>()).collect();
    let pool = faults() - before;
    drop(boxes);
    let other = std::thread::scope(|s| {
        s.spawn(|| {
            // The arena is made, and its chunk touched, at the first use.
            alloc.begin_frame();
            alloc.end_frame();
            touch_frame()
        })
        .join()
        .expect("works")
    });
    [own, pool, other]
}

#[cfg(all(target_os = "linux", not(asan), not(miri)))]
#[test]
fn prefault_touches_memory_before_the_first_frame() {
    let [own, pool, other] = faults_of_first_use(true);
    // A few for code, stack and the test's own vectors.
    assert!(own < 50 && pool < 100 && other < 50, "{own} {pool} {other} faults");
}

#[cfg(all(target_os = "linux", not(asan), not(miri)))]
#[test]
fn without_prefault_memory_costs_nothing_until_it_is_used() {
    let [own, pool, other] = faults_of_first_use(false);
    // Some systems serve huge pages, which are fewer; but never none.
    assert!(own + pool + other > 12, "{own} {pool} {other} faults");
}

#[test]
fn budget_policy_decides_whether_an_excess_is_refused() {
    let attempt = |config: AllocConfig| {
        let alloc = SmartAlloc::new(config);
        alloc.set_thread_frame_budget(100);
        alloc.set_thread_pool_budget(0);
        alloc.set_thread_heap_budget(0);
        let frame = alloc.try_frame_slice::<u8>(200).is_ok();
        [frame, alloc.try_pool_box(1).is_ok(), alloc.try_heap_box(1).is_ok()]
    };
    assert_eq!(attempt(AllocConfig::default()), [false; 3]);
    assert_eq!(attempt(AllocConfig::default().with_budget_policy(BudgetPolicy::Fail)), [false; 3]);
    assert_eq!(attempt(AllocConfig::default().with_budget_policy(BudgetPolicy::Warn)), [true; 3]);
    assert_eq!(BudgetPolicy::default(), BudgetPolicy::Fail);
}

#[test]
fn budget_callback_is_called() {
    for policy in [BudgetPolicy::Fail, BudgetPolicy::Warn] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let config = AllocConfig::default().with_budget_policy(policy).with_budget_callback(move |event| {
            assert_eq!((event.budget, event.requested), (100, 200));
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let alloc = SmartAlloc::new(config);
        alloc.set_thread_frame_budget(100);
        assert_eq!(alloc.try_frame_slice::<u8>(200).is_ok(), policy == BudgetPolicy::Warn);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }
}

/// The frame, counted from a large one, after which memory has been given back.
fn shrinks_after(frames: u64) -> u64 {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)).with_shrink_after(frames));
    let frame = |bytes: usize| {
        alloc.begin_frame();
        drop(alloc.frame_slice::<u8>(bytes));
        alloc.end_frame();
        alloc.stats().reserved_bytes
    };
    frame(100);
    assert!(frame(megabytes(3)) >= megabytes(3) as u64);
    for number in 1.. {
        if frame(100) == kilobytes(64) as u64 {
            return number;
        }
        assert!(number <= 2 * frames + 2, "never given back");
    }
    0
}

#[test]
fn shrink_after_is_how_long_unneeded_memory_is_kept() {
    for frames in [1, 2, 10, 50, 120] {
        assert_eq!(shrinks_after(frames), frames, "{frames}");
    }
    assert_eq!(shrinks_after(120), {
        let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
        let frame = |bytes: usize| {
            alloc.begin_frame();
            drop(alloc.frame_slice::<u8>(bytes));
            alloc.end_frame();
        };
        frame(megabytes(3));
        let mut number = 0;
        while alloc.stats().reserved_bytes > kilobytes(64) as u64 {
            frame(100);
            number += 1;
        }
        number
    });
}

#[test]
fn what_recurs_within_shrink_after_frames_is_kept() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)).with_shrink_after(10));
    let mut steady = None;
    for number in 0..100 {
        alloc.begin_frame();
        drop(alloc.frame_slice::<u8>(if number % 9 == 0 { megabytes(1) } else { 100 }));
        alloc.end_frame();
        if number >= 9 {
            let reserved = alloc.stats().reserved_bytes;
            assert_eq!(*steady.get_or_insert(reserved), reserved, "frame {number}");
        }
    }
}

fn refused(config: AllocConfig, field: &str, says: &str) {
    let error: ConfigError = SmartAlloc::try_new(config.clone()).expect_err(field);
    assert_eq!(error.field(), field);
    let message = error.to_string();
    assert_eq!(message, format!("invalid allocator setting `{field}`: {says}"));
    let said = catch_unwind(AssertUnwindSafe(|| SmartAlloc::new(config))).expect_err("it panics");
    assert_eq!(said.downcast_ref::<String>(), Some(&message));
    assert!(std::error::Error::source(&error).is_none());
}

#[test]
fn a_frame_size_too_small_or_too_large_is_refused() {
    let most = (1usize << 38) / 2;
    for size in [0, 1, 4095, most + 1, usize::MAX] {
        let says = format!("{size} bytes is not between 4096 and {most}");
        refused(AllocConfig::default().with_frame_size(size), "frame_size", &says);
    }
}

#[test]
fn a_frame_limit_below_the_frame_size_is_refused() {
    let config = AllocConfig::default().with_frame_size(8192);
    refused(
        config.clone().with_frame_limit(8191),
        "frame_limit",
        "8191 bytes is less than frame_size, which is 8192",
    );
    assert!(SmartAlloc::try_new(config.with_frame_limit(8192)).is_ok());
}

#[test]
fn a_pool_size_too_large_is_refused() {
    let most = (1usize << 38) / 2;
    for size in [most + 1, usize::MAX] {
        refused(
            AllocConfig::default().with_pool_size(size),
            "pool_size",
            &format!("{size} bytes is more than {most}"),
        );
    }
}

#[test]
fn a_pool_limit_below_a_page_or_the_pool_size_is_refused() {
    let config = AllocConfig::default().with_pool_size(0);
    refused(config.clone().with_pool_limit(0), "pool_limit", "0 bytes is less than one page, which is 65536");
    refused(
        config.clone().with_pool_limit(65_535),
        "pool_limit",
        "65535 bytes is less than one page, which is 65536",
    );
    assert!(SmartAlloc::try_new(config.with_pool_limit(65_536)).is_ok());
    let config = AllocConfig::default().with_pool_size(65_537);
    refused(
        config.clone().with_pool_limit(131_071),
        "pool_limit",
        "131071 bytes is less than pool_size, which takes 131072",
    );
    assert!(SmartAlloc::try_new(config.with_pool_limit(131_072)).is_ok());
}

#[test]
fn shrink_after_out_of_range_is_refused() {
    for frames in [0, 1_000_001, u64::MAX] {
        let says = format!("{frames} frames is not between 1 and 1000000");
        refused(AllocConfig::default().with_shrink_after(frames), "shrink_after", &says);
    }
    assert!(SmartAlloc::try_new(AllocConfig::default().with_shrink_after(1_000_000)).is_ok());
}

#[test]
fn the_last_setting_of_a_field_counts_and_settings_can_be_printed() {
    let config = AllocConfig::default()
        .with_frame_size(0)
        .with_frame_size(kilobytes(4))
        .with_pool_size(0)
        .with_frame_limit(megabytes(1))
        .with_pool_limit(megabytes(2))
        .with_heap_limit(megabytes(3))
        .with_prefault(true)
        .with_budget_policy(BudgetPolicy::Warn)
        .with_shrink_after(7)
        .with_budget_callback(|_| ());
    let printed = format!("{config:?}");
    for expected in [
        "frame_size: 4096",
        "pool_size: 0",
        "frame_limit: Some(1048576)",
        "pool_limit: Some(2097152)",
        "heap_limit: Some(3145728)",
        "prefault: true",
        "budget_policy: Warn",
        "shrink_after: 7",
        "budget_callback: true",
    ] {
        assert!(printed.contains(expected), "{expected} in {printed}");
    }
    drop(SmartAlloc::new(config));
}

#[test]
fn the_defaults_are_what_the_documentation_says() {
    let printed = format!("{:?}", AllocConfig::default());
    let said = "AllocConfig { frame_size: 4194304, pool_size: 1048576, frame_limit: None, pool_limit: None, \
                heap_limit: None, prefault: false, budget_policy: Fail, shrink_after: 120, budget_callback: false }";
    assert_eq!(printed, said);
    let alloc = SmartAlloc::default();
    drop(alloc.frame_box(1));
    assert_eq!((alloc.stats().reserved_bytes, alloc.stats().pool_reserved_bytes), (4 << 20, 1 << 20));
}
