//! Memory kept and given back: how many chunks a thread has, when they come and when they go.

use std::mem::forget;

use framealloc::{SmartAlloc, kilobytes, megabytes};

use crate::support::{Random, SMALL, check, config, fill, rounds, small};

/// One frame that holds about `bytes` at its peak, in blocks of `size`.
fn frame_of(alloc: &SmartAlloc, bytes: usize, size: usize) {
    alloc.begin_frame();
    let kept: Vec<_> = (0..bytes / size).map(|_| alloc.frame_uninit_slice(size)).collect();
    drop(kept);
    alloc.end_frame();
}

/// A slice that costs nothing to make in a debug build.
trait Uninit {
    fn frame_uninit_slice(&self, size: usize) -> framealloc::FrameVec<'_, u8>;
}

impl Uninit for SmartAlloc {
    fn frame_uninit_slice(&self, size: usize) -> framealloc::FrameVec<'_, u8> {
        self.frame_vec_with_capacity(size)
    }
}

#[track_caller]
fn steady(alloc: &SmartAlloc, frames: usize, mut frame: impl FnMut(usize)) {
    let before = alloc.thread_stats();
    for number in 0..frames {
        frame(number);
        let now = alloc.thread_stats();
        assert_eq!(
            (now.chunk_refills, now.reserved_bytes),
            (before.chunk_refills, before.reserved_bytes),
            "frame {number} is not steady"
        );
    }
}

#[test]
fn frame_that_outgrew_its_chunk_settles_on_one() {
    let alloc = small();
    frame_of(&alloc, 200_000, 1000);
    let grown = alloc.thread_stats();
    assert!(grown.chunk_refills > 0, "the first frame had to go on in other chunks");
    steady(&alloc, 50, |_| frame_of(&alloc, 200_000, 1000));
    let reserved = alloc.thread_stats().reserved_bytes;
    let mark = alloc.thread_stats().high_water_bytes;
    assert!(reserved >= 200_000 && reserved <= 2 * mark, "{reserved} for {mark}");
}

#[test]
fn settling_takes_one_frame_whatever_the_blocks() {
    for size in [8, 100, 1000, 5000, 20_000, 150_000] {
        let alloc = small();
        frame_of(&alloc, 300_000, size);
        frame_of(&alloc, 300_000, size);
        steady(&alloc, 5, |_| frame_of(&alloc, 300_000, size));
    }
}

#[test]
fn spike_is_given_back_within_shrink_after_frames() {
    for shrink_after in [1usize, 2, 10, 120] {
        let alloc = SmartAlloc::new(config().with_shrink_after(shrink_after as u64));
        for _ in 0..3 {
            frame_of(&alloc, 5000, 500);
        }
        frame_of(&alloc, megabytes(1), 10_000);
        assert!(alloc.thread_stats().reserved_bytes >= megabytes(1) as u64 / 2);
        for _ in 0..=shrink_after {
            frame_of(&alloc, 5000, 500);
        }
        let reserved = alloc.thread_stats().reserved_bytes;
        assert!(reserved <= SMALL as u64, "shrink after {shrink_after}: {reserved} bytes kept");
    }
}

#[test]
fn spike_is_kept_while_it_recurs_within_shrink_after_frames() {
    let alloc = SmartAlloc::new(config().with_shrink_after(20));
    let frame = |number: usize| {
        if number.is_multiple_of(15) { frame_of(&alloc, 500_000, 3000) } else { frame_of(&alloc, 3000, 100) }
    };
    (0..31).for_each(frame);
    steady(&alloc, 90, |number| frame(number + 1));
}

#[test]
fn shrinks_to_twice_the_mark_that_is_left() {
    let alloc = SmartAlloc::new(config().with_shrink_after(10));
    frame_of(&alloc, megabytes(2), 10_000);
    for _ in 0..11 {
        frame_of(&alloc, 100_000, 1000);
    }
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!((100_000..=200_000 + 1000).contains(&reserved), "{reserved}");
    steady(&alloc, 20, |_| frame_of(&alloc, 100_000, 1000));
}

#[test]
fn shrinking_happens_too_when_no_frame_uses_anything() {
    let alloc = SmartAlloc::new(config().with_shrink_after(5));
    frame_of(&alloc, megabytes(1), 10_000);
    for _ in 0..7 {
        alloc.begin_frame();
        alloc.end_frame();
    }
    assert!(alloc.thread_stats().reserved_bytes <= SMALL as u64);
}

#[test]
fn never_more_than_the_larger_of_frame_size_and_twice_the_mark_after_any_frame() {
    for seed in 0..rounds(20, 2) as u64 {
        let mut random = Random::new(seed);
        let span = 1 + random.below(8);
        let alloc = SmartAlloc::new(config().with_shrink_after(span as u64));
        let mut needs = Vec::new();
        for frame in 0..60 {
            let size = [24, 200, 3000, 30_000][random.below(4)];
            let most = if random.one_in(6) { 60 } else { 10 };
            let count = random.below(most);
            let need = size * count;
            frame_of(&alloc, need, size);
            needs.push(need);
            let mark = needs.iter().rev().take(span).max().copied().unwrap_or(0);
            // A line for each of the blocks that got a chunk of their own, and the headers.
            let allowed = SMALL.max(2 * (mark + 200 * count + 4096));
            let reserved = alloc.thread_stats().reserved_bytes as usize;
            assert!(reserved <= allowed, "seed {seed}, frame {frame}: {reserved} of {allowed}, need {need}");
        }
    }
}

#[test]
fn nothing_is_mapped_in_steady_state_whatever_a_frame_does() {
    let alloc = small();
    let frame = |number: usize| {
        alloc.begin_frame();
        let mut random = Random::new((number % 7) as u64);
        let mut kept = Vec::new();
        let outer = alloc.scope();
        for _ in 0..50 {
            kept.push(alloc.frame_uninit_slice(1 + random.below(3000)));
            let inner = alloc.scope();
            inner.alloc_slice_copy(&[0u8; 500]);
            outer.alloc([0u64; 20]);
            if random.one_in(3) {
                kept.swap_remove(random.below(kept.len()));
            }
            drop(alloc.frame_uninit_slice(random.below(30_000)));
        }
        drop(kept);
        drop(outer);
        alloc.end_frame();
    };
    (0..30).for_each(frame);
    let before = alloc.thread_stats().reserved_bytes;
    for number in 0..rounds(200, 20) {
        frame(number);
        assert_eq!(alloc.thread_stats().reserved_bytes, before, "frame {number}");
    }
}

#[test]
fn steady_with_handles_that_live_for_three_frames() {
    let alloc = small();
    let mut kept = std::collections::VecDeque::new();
    let mut frame = |number: usize| {
        alloc.begin_frame();
        let mut bytes = alloc.frame_slice::<u8>(2000);
        fill(&mut bytes, number as u64);
        kept.push_back((bytes, number as u64));
        drop(alloc.frame_uninit_slice(5000));
        if kept.len() > 3 {
            let (bytes, seed) = kept.pop_front().expect("more than three");
            check(&bytes, seed);
        }
        alloc.end_frame();
    };
    // Longer than the window, so that what was needed in the beginning is out of it.
    (0..200).for_each(&mut frame);
    let before = alloc.thread_stats().reserved_bytes;
    for number in 0..rounds(300, 30) {
        frame(number);
        let now = alloc.thread_stats().reserved_bytes;
        assert_eq!(now, before, "frame {number} mapped or gave back");
    }
    assert!(before <= 8 * SMALL as u64, "{before} for 3 x 2000 bytes that are kept");
}

#[test]
fn large_values_that_live_for_three_frames() {
    // As in the report that AddressSanitizer once gave.
    let alloc = small();
    let mut kept = std::collections::VecDeque::new();
    let mut most = 0;
    for number in 0..rounds(300, 20) as u64 {
        alloc.begin_frame();
        let mut bytes = alloc.frame_slice::<u8>(100_000);
        fill(&mut bytes[..100], number);
        // fa: allow(FA601) -- handles outlive their frame, to see it parked
        kept.push_back((alloc.frame_box(number), bytes));
        if kept.len() > 3 {
            let (boxed, bytes) = kept.pop_front().expect("more than three");
            assert_eq!(*boxed, number - 3);
            check(&bytes[..100], number - 3);
        }
        alloc.end_frame();
        most = most.max(alloc.thread_stats().reserved_bytes);
    }
    assert!(most <= 1_200_000, "{most} for four times 100,000 bytes");
    drop(kept);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
    for _ in 0..130 {
        alloc.begin_frame();
        alloc.end_frame();
    }
    assert!(alloc.thread_stats().reserved_bytes <= SMALL as u64);
}

#[test]
fn large_request_gets_its_own_chunk_and_leaves_growth_as_it_was() {
    let alloc = small();
    alloc.begin_frame();
    let first = alloc.frame_box(1u64);
    let before = alloc.thread_stats().reserved_bytes;
    let large = alloc.frame_uninit_slice(megabytes(1));
    let with_large = alloc.thread_stats().reserved_bytes;
    assert!(with_large - before < megabytes(1) as u64 + 4096, "just what was asked");
    // The current chunk still serves small blocks, and the next one is as large as without the large block.
    let mut blocks = vec![alloc.frame_uninit_slice(1000)];
    assert_eq!(alloc.thread_stats().reserved_bytes, with_large);
    let refills = alloc.thread_stats().chunk_refills;
    while alloc.thread_stats().chunk_refills == refills {
        blocks.push(alloc.frame_uninit_slice(1000));
    }
    let grown = alloc.thread_stats().reserved_bytes - with_large;
    assert!(grown <= 2 * SMALL as u64, "growth went by {grown}");
    drop((first, large, blocks));
    alloc.end_frame();
}

#[test]
fn large_block_as_the_first_of_a_thread() {
    let alloc = small();
    alloc.begin_frame();
    let large = alloc.frame_uninit_slice(100_000);
    let small_one = alloc.frame_box(5u64);
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!(reserved <= 100_000 + 2 * SMALL as u64, "{reserved}");
    drop((large, small_one));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn large_blocks_made_and_dropped_in_turn_use_one_chunk() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(1u64);
    let mut reserved = None;
    for _ in 0..100 {
        drop(alloc.frame_uninit_slice(50_000));
        let now = alloc.thread_stats().reserved_bytes;
        assert_eq!(*reserved.get_or_insert(now), now);
    }
    assert_eq!(*kept, 1);
}

#[test]
fn full_chunk_of_a_thread_that_never_begins_a_frame_is_used_again() {
    let alloc = small();
    for round in 0..rounds(20_000, 300) as u64 {
        // Not in the order of a stack, so that the pointer only goes up.
        let first = alloc.frame_box([round; 10]);
        let second = alloc.frame_box([round; 10]);
        drop(first);
        assert_eq!(*second, [round; 10]);
    }
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!(reserved <= 4 * SMALL as u64, "{reserved} bytes for 160 that live at once");
}

#[test]
fn thread_without_frames_that_spiked_uses_its_chunks_again() {
    let alloc = small();
    for _ in 0..20 {
        let kept: Vec<_> = (0..100).map(|_| alloc.frame_uninit_slice(1000)).collect();
        drop(kept);
    }
    let stats = alloc.thread_stats();
    assert!(stats.reserved_bytes <= 400_000, "{}", stats.reserved_bytes);
}

#[test]
fn one_value_alive_outside_frames_does_not_make_scopes_cost_memory() {
    let alloc = small();
    let kept = alloc.frame_box(7u64);
    for round in 0..rounds(5000, 100) {
        let scope = alloc.scope();
        scope.alloc_slice_copy(&[round; 100]);
        drop(alloc.frame_box(round));
    }
    assert_eq!(*kept, 7);
    assert_eq!(alloc.thread_stats().reserved_bytes, SMALL as u64);
}

#[test]
fn alternating_between_two_sizes_of_frame_maps_nothing() {
    let alloc = small();
    let frame = |number: usize| frame_of(&alloc, if number.is_multiple_of(2) { 150_000 } else { 1000 }, 500);
    (0..10).for_each(frame);
    steady(&alloc, 50, frame);
}

#[test]
fn growing_a_little_every_frame_does_not_map_every_frame() {
    let alloc = small();
    let mut changes = 0;
    let mut before = 0;
    for number in 0..200usize {
        frame_of(&alloc, 20_000 + number * 500, 250);
        let now = alloc.thread_stats().reserved_bytes;
        changes += usize::from(now != before);
        before = now;
    }
    // From 20 kB to 120 kB, by at least an eighth each time: 15 steps, each of them up to two changes.
    assert!(changes <= 40, "{changes} changes in 200 frames");
}

#[test]
fn parked_memory_comes_back_and_is_given_back() {
    let alloc = SmartAlloc::new(config().with_shrink_after(10));
    let mut kept = Vec::new();
    for number in 0..100u64 {
        alloc.begin_frame();
        let mut bytes = alloc.frame_slice::<u8>(10_000);
        fill(&mut bytes[..50], number);
        // fa: allow(FA601) -- handles outlive their frame, to see it parked
        kept.push(bytes);
        alloc.end_frame();
    }
    assert!(alloc.thread_stats().reserved_bytes >= 1_000_000);
    kept.iter().zip(0..).for_each(|(bytes, seed)| check(&bytes[..50], seed));
    drop(kept);
    for _ in 0..12 {
        frame_of(&alloc, 1000, 100);
    }
    let stats = alloc.thread_stats();
    assert_eq!(stats.parked_bytes, 0);
    assert!(stats.reserved_bytes <= SMALL as u64, "{}", stats.reserved_bytes);
    steady(&alloc, 10, |_| frame_of(&alloc, 1000, 100));
}

#[test]
fn one_forgotten_handle_does_not_keep_every_later_frame_from_settling() {
    let alloc = small();
    alloc.begin_frame();
    // fa: allow(FA607) -- values and guards that are forgotten are tried
    forget(alloc.frame_box(1u64));
    alloc.end_frame();
    for _ in 0..130 {
        frame_of(&alloc, 100_000, 1000);
    }
    steady(&alloc, 30, |_| frame_of(&alloc, 100_000, 1000));
    assert!(alloc.thread_stats().reserved_bytes <= 250_000 + SMALL as u64);
}

#[test]
fn side_chunks_of_outer_scopes_are_kept_while_they_recur() {
    let alloc = small();
    let frame = |_| {
        alloc.begin_frame();
        let outer = alloc.scope();
        let inner = alloc.scope();
        for _ in 0..100 {
            // fa: allow(FA602) -- what is counted is the allocations themselves
            outer.alloc_slice_copy(&[0u8; 500]);
            // fa: allow(FA602) -- what is counted is the allocations themselves
            inner.alloc_slice_copy(&[0u8; 50]);
        }
        drop(inner);
        drop(outer);
        alloc.end_frame();
    };
    (0..5).for_each(frame);
    let before = alloc.thread_stats().reserved_bytes;
    for number in 0..150 {
        frame(number);
        assert_eq!(alloc.thread_stats().reserved_bytes, before, "frame {number}");
    }
    for _ in 0..125 {
        alloc.begin_frame();
        alloc.end_frame();
    }
    assert!(alloc.thread_stats().reserved_bytes <= SMALL as u64);
}

#[test]
fn frame_limit_bounds_what_all_threads_hold() {
    let alloc = SmartAlloc::new(config().with_frame_limit(kilobytes(64)));
    alloc.begin_frame();
    let mut kept = Vec::new();
    let error = loop {
        match alloc.try_frame_slice::<u8>(1000) {
            Ok(bytes) => kept.push(bytes),
            Err(error) => break error,
        }
        assert!(alloc.stats().reserved_bytes <= kilobytes(64) as u64);
    };
    assert_eq!(error.kind(), framealloc::AllocErrorKind::FrameLimit);
    assert!(kept.len() >= 40, "most of it could be used: {}", kept.len());
    drop(kept);
    alloc.end_frame();
    frame_of(&alloc, 30_000, 1000);
    assert!(alloc.stats().reserved_bytes <= kilobytes(64) as u64);
}

#[test]
fn thread_that_ends_gives_back_more_than_a_first_chunk() {
    let alloc = small();
    std::thread::scope(|s| {
        s.spawn(|| frame_of(&alloc, megabytes(1), 10_000)).join().expect("no panic");
    });
    // The thread's own destructors may still be running when `join` of a scoped thread returns.
    let mut reserved = u64::MAX;
    for _ in 0..1000 {
        reserved = alloc.stats().reserved_bytes;
        if reserved <= 2 * SMALL as u64 {
            break;
        }
        std::thread::yield_now();
    }
    assert!(reserved <= 2 * SMALL as u64, "{reserved}");
}
