//! Frames: what their end gives back, what outlives them, what is counted, and calls in unusual order.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA602) -- what is counted is the allocations themselves
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::mem::forget;

use framealloc::{AllocErrorKind, Zeroable};

use crate::support::{Counted, Drops, Random, SMALL, Spans, address, check, fill, rounds, small};

#[test]
fn next_frame_starts_at_the_same_address() {
    let alloc = small();
    let mut first = None;
    for _ in 0..10 {
        alloc.begin_frame();
        let value = alloc.frame_box(7u64);
        let at = address(&*value);
        assert_eq!(*first.get_or_insert(at), at);
        drop(alloc.frame_box([0u8; 1000]));
        drop(value);
        alloc.end_frame();
    }
}

#[test]
fn drop_order_within_a_frame_does_not_matter_for_the_next() {
    let alloc = small();
    let mut random = Random::new(1);
    let mut first = None;
    for _ in 0..20 {
        alloc.begin_frame();
        let mut boxes: Vec<_> = (0..50u64).map(|n| alloc.frame_box([n; 4])).collect();
        let at = address(&*boxes[0]);
        assert_eq!(*first.get_or_insert(at), at);
        while !boxes.is_empty() {
            boxes.swap_remove(random.below(boxes.len()));
        }
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn bytes_and_allocations_are_cumulative_within_a_frame() {
    let alloc = small();
    alloc.begin_frame();
    for _ in 0..100 {
        drop(alloc.frame_box([0u8; 32]));
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.bytes_allocated, stats.allocations), (3200, 100));
    assert_eq!(stats.high_water_bytes, 32.min(stats.high_water_bytes), "one block at a time");
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.last_frame_bytes, stats.last_frame_allocations), (3200, 100));
    assert_eq!((stats.bytes_allocated, stats.allocations), (0, 0));
    assert_eq!((stats.total_bytes, stats.total_allocations, stats.frames), (3200, 100, 1));
}

#[test]
fn bytes_stay_cumulative_across_chunks_large_blocks_and_scopes() {
    let alloc = small();
    alloc.begin_frame();
    let mut expected = 0;
    let mut kept = Vec::new();
    for round in 0..200usize {
        let size = 8 * (1 + round * 37 % 500);
        expected += size as u64;
        let bytes = alloc.frame_slice::<u8>(size);
        if round % 3 == 0 {
            kept.push(bytes);
        }
        if round % 10 == 0 {
            let scope = alloc.scope();
            scope.alloc_slice_copy(&[1u8; 64]);
            drop(scope.boxed([2u8; 128]));
            expected += 192;
        }
        if round % 50 == 0 {
            drop(alloc.frame_slice::<u8>(100_000));
            expected += 100_000;
        }
    }
    let stats = alloc.thread_stats();
    // 200 slices, 20 scopes with a box each, 4 large slices; values of a scope are not counted one by one.
    assert_eq!(stats.allocations, 244);
    assert_eq!(stats.bytes_allocated, expected);
    drop(kept);
    assert_eq!(alloc.thread_stats().bytes_allocated, expected, "drops take nothing back");
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().last_frame_bytes, expected);
}

#[test]
fn bytes_include_padding_and_growth_in_place() {
    let alloc = small();
    alloc.begin_frame();
    let byte = alloc.frame_box(1u8);
    assert_eq!(alloc.thread_stats().bytes_allocated, 8, "rounded up to the unit");
    drop(byte);
    let mut vec = alloc.frame_vec_with_capacity::<u64>(4);
    vec.extend([1, 2, 3, 4]);
    vec.reserve_exact(4);
    assert_eq!(alloc.thread_stats().bytes_allocated, 8 + 64, "grown at the tip");
    assert_eq!(alloc.thread_stats().allocations, 2);
    vec.shrink_to_fit();
    vec.reserve_exact(4);
    assert_eq!(
        alloc.thread_stats().bytes_allocated,
        8 + 96,
        "what came back counts again when it is taken again"
    );
    drop(vec);
    alloc.end_frame();
}

#[test]
fn high_water_is_the_most_held_at_once() {
    let alloc = small();
    alloc.begin_frame();
    for _ in 0..10 {
        let a = alloc.frame_slice::<u8>(2048);
        let b = alloc.frame_slice::<u8>(4096);
        drop(b);
        drop(a);
    }
    alloc.end_frame();
    let high = alloc.thread_stats().high_water_bytes;
    assert!((6144..6144 + 128).contains(&high), "{high}");
    alloc.begin_frame();
    drop(alloc.frame_slice::<u8>(1000));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().high_water_bytes, high, "a smaller frame does not lower it");
    alloc.begin_frame();
    let _a = alloc.frame_slice::<u8>(200_000);
    let _b = alloc.frame_slice::<u8>(8000);
    assert!(alloc.thread_stats().high_water_bytes >= 208_000);
}

#[test]
fn stranded_bytes_are_those_given_back_off_the_tip() {
    let alloc = small();
    alloc.begin_frame();
    let first = alloc.frame_box([1u8; 400]);
    let second = alloc.frame_box([2u8; 100]);
    assert_eq!(alloc.thread_stats().stranded_bytes, 0);
    drop(first);
    assert_eq!(alloc.thread_stats().stranded_bytes, 400);
    assert_eq!(*second, [2; 100]);
    drop(second);
    assert_eq!(alloc.thread_stats().stranded_bytes, 400, "the tip's own block does not strand");
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().stranded_bytes, 0);
}

#[test]
fn large_block_given_back_strands_nothing() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(1u64);
    for _ in 0..10 {
        drop(alloc.frame_slice::<u8>(100_000));
    }
    let stats = alloc.thread_stats();
    assert_eq!(stats.stranded_bytes, 0);
    assert!(stats.reserved_bytes < 250_000, "ten times the same block: {}", stats.reserved_bytes);
    drop(kept);
    alloc.end_frame();
}

#[test]
fn parked_bytes_come_back_to_zero_exactly() {
    let alloc = small();
    let mut random = Random::new(5);
    let mut kept = Vec::new();
    for frame in 0..rounds(300, 30) as u64 {
        alloc.begin_frame();
        for n in 0..random.below(20) as u64 {
            let size = 1 + random.below(3000);
            let mut bytes = alloc.frame_slice::<u8>(size);
            fill(&mut bytes, frame * 100 + n);
            if random.one_in(4) {
                kept.push((bytes, frame * 100 + n));
            }
        }
        alloc.end_frame();
        while kept.len() > 40 {
            let (bytes, seed) = kept.swap_remove(random.below(kept.len()));
            check(&bytes, seed);
        }
    }
    let stats = alloc.thread_stats();
    let alive: usize = kept.iter().map(|(bytes, _)| bytes.len()).sum();
    assert!(stats.parked_bytes as usize >= alive && stats.parked_frames as usize <= kept.len());
    for (bytes, seed) in kept.drain(..) {
        check(&bytes, seed);
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0));
}

#[test]
fn frame_that_outlived_is_untouched_by_those_that_follow() {
    let alloc = small();
    alloc.begin_frame();
    let mut kept = alloc.frame_slice::<u8>(5000);
    fill(&mut kept, 42);
    let mut vec = alloc.frame_vec::<u64>();
    vec.extend(0..300);
    alloc.end_frame();
    for seed in 0..50 {
        alloc.begin_frame();
        let mut other = alloc.frame_slice::<u8>(4000);
        fill(&mut other, seed);
        let mut more = alloc.frame_slice::<u8>(20_000);
        fill(&mut more, seed + 1000);
        check(&kept, 42);
        check(&other, seed);
        check(&more, seed + 1000);
        assert!(vec.iter().copied().eq(0..300 + seed));
        vec.push(300 + seed);
        drop((other, more));
        alloc.end_frame();
    }
    drop((kept, vec));
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn vector_kept_for_many_frames_grows_in_the_frame_that_is_current() {
    let alloc = small();
    let mut vec = alloc.frame_vec::<u32>();
    for n in 0..rounds(5000, 200) as u32 {
        alloc.begin_frame();
        vec.push(n);
        drop(alloc.frame_box([n; 10]));
        alloc.end_frame();
    }
    assert!(vec.iter().copied().eq(0..vec.len() as u32));
    assert_eq!(alloc.thread_stats().parked_frames, 1, "the buffers it left are not kept");
    drop(vec);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn one_forgotten_handle_a_frame_costs_no_chunk_a_frame() {
    let alloc = small();
    for n in 0..100u64 {
        alloc.begin_frame();
        forget(alloc.frame_box(n));
        alloc.end_frame();
    }
    let stats = alloc.thread_stats();
    assert_eq!(stats.parked_frames, 100);
    // A hundred forgotten boxes take a hundred lines, which is half of one chunk; a chunk each would be 1.6 MB.
    assert!(stats.reserved_bytes <= 3 * SMALL as u64, "{}", stats.reserved_bytes);
}

#[test]
fn thousands_of_parked_frames_released_in_random_order() {
    let alloc = small();
    let mut random = Random::new(99);
    let spans = Spans::default();
    let count = rounds(3000, 60);
    let mut kept = Vec::new();
    for seed in 0..count as u64 {
        alloc.begin_frame();
        let passing = alloc.frame_slice::<u8>(random.below(200));
        let mut bytes = alloc.frame_slice::<u8>(1 + random.below(100));
        fill(&mut bytes, seed);
        spans.add_value(&*bytes);
        kept.push((bytes, seed));
        drop(passing);
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_frames, count as u64);
    while !kept.is_empty() {
        let (bytes, seed) = kept.swap_remove(random.below(kept.len()));
        check(&bytes, seed);
        spans.remove_value(&*bytes);
        drop(bytes);
        assert_eq!(alloc.thread_stats().parked_frames, kept.len() as u64);
        if random.one_in(3) {
            alloc.begin_frame();
            let bytes = alloc.frame_slice::<u8>(1 + random.below(1000));
            spans.add_value(&*bytes);
            spans.remove_value(&*bytes);
            drop(bytes);
            alloc.end_frame();
        }
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn handles_dropped_in_a_later_frame_leave_its_counts_alone() {
    let alloc = small();
    alloc.begin_frame();
    let old: Vec<_> = (0..20u64).map(|n| alloc.frame_box(n)).collect();
    alloc.end_frame();
    alloc.begin_frame();
    let new = alloc.frame_box(5u64);
    let before = alloc.thread_stats();
    drop(old);
    let after = alloc.thread_stats();
    assert_eq!(before.bytes_allocated, after.bytes_allocated);
    assert_eq!(before.allocations, after.allocations);
    assert_eq!(after.stranded_bytes, 0, "nothing of this frame was given back");
    assert_eq!(after.parked_bytes, 0);
    drop(new);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_frames, 0, "the frame was seen to be empty");
}

#[test]
fn end_without_begin_does_nothing_but_count() {
    let alloc = small();
    alloc.end_frame();
    let kept = alloc.frame_box([3u8; 64]);
    alloc.end_frame();
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.misuse.ended_without_begin, stats.frames, stats.parked_frames), (3, 0, 0));
    assert_eq!(*kept, [3; 64]);
}

#[test]
fn begin_twice_ends_the_first() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box([9u8; 100]);
    alloc.begin_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.misuse.begun_twice, stats.frames), (1, 1));
    assert!(stats.parked_bytes >= 100, "the first frame's value is safe");
    let other = alloc.frame_box([8u8; 100]);
    assert_eq!((kept[99], other[99]), (9, 8));
    drop((kept, other));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().frames, 2);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn allocation_outside_any_frame_lives_and_is_counted() {
    let alloc = small();
    let outside = alloc.frame_box([1u8; 64]);
    assert_eq!(alloc.thread_stats().misuse.outside_frames, 1);
    alloc.begin_frame();
    let inside = alloc.frame_box([2u8; 64]);
    assert_eq!((outside[63], inside[63]), (1, 2));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().misuse.outside_frames, 1);
    let again = alloc.frame_box([3u8; 64]);
    assert_eq!((outside[0], inside[0], again[0]), (1, 2, 3));
    assert_eq!(alloc.thread_stats().misuse.outside_frames, 2);
    drop((outside, inside, again));
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
    assert_eq!(alloc.thread_stats().total_allocations, 3);
}

#[test]
fn nested_frame_guard_acts_as_a_scope() {
    let alloc = small();
    {
        let outer = alloc.frame();
        let value = outer.alloc([1u8; 32]);
        let boxed = alloc.frame_box(5u32);
        {
            let inner = alloc.frame();
            let other = inner.alloc([2u8; 32]);
            assert_eq!((value[0], other[0]), (1, 2));
        }
        assert_eq!(alloc.thread_stats().frames, 0, "the frame goes on");
        value[5] = 9;
        assert_eq!((value[5], *boxed), (9, 5));
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.misuse.begun_twice, stats.misuse.ended_without_begin), (1, 0, 0));
    assert_eq!((stats.parked_bytes, stats.misuse.ended_under_scope), (0, 0));
}

#[test]
fn frame_guard_within_begin_frame_does_not_end_it() {
    let alloc = small();
    alloc.begin_frame();
    drop(alloc.frame());
    assert_eq!(alloc.thread_stats().frames, 0);
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.misuse.ended_without_begin), (1, 0));
}

#[test]
fn frame_guard_whose_frame_was_ended_ends_no_other() {
    let alloc = small();
    let guard = alloc.frame();
    let value = guard.alloc([4u8; 100]);
    alloc.end_frame();
    alloc.begin_frame();
    let other = alloc.frame_box([5u8; 100]);
    assert_eq!((value[99], other[99]), (4, 5));
    let late = guard.alloc([6u8; 100]);
    assert_eq!((value[99], other[99], late[99]), (4, 5, 6));
    drop(guard);
    assert_eq!(alloc.thread_stats().frames, 1, "the second frame is still open");
    assert_eq!(*other, [5; 100]);
    drop(other);
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.misuse.ended_without_begin, stats.parked_bytes), (2, 0, 0));
    assert_eq!(stats.misuse.ended_under_scope, 1);
}

#[test]
fn frame_guards_dropped_out_of_order() {
    let alloc = small();
    let outer = alloc.frame();
    let inner = alloc.frame();
    let value = inner.alloc([7u8; 200]);
    drop(outer);
    // The outer guard has ended the frame under the inner one's scope.
    let other = alloc.frame_box([1u8; 200]);
    assert_eq!((value[199], other[199]), (7, 1));
    let more = inner.alloc([8u8; 200]);
    assert_eq!((value[0], other[0], more[0]), (7, 1, 8));
    drop(inner);
    drop(other);
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.misuse.ended_under_scope, stats.parked_bytes), (1, 1, 0));
}

#[test]
fn forgotten_frame_guard_is_ended_by_the_next() {
    let alloc = small();
    let mut kept = Vec::new();
    for n in 0..50u64 {
        let frame = alloc.frame();
        frame.alloc([n; 8]);
        kept.push((alloc.frame_box([n; 4]), n));
        forget(frame);
        alloc.end_frame();
    }
    assert!(kept.iter().all(|(value, n)| **value == [*n; 4]));
    drop(kept);
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.parked_frames), (50, 50), "a forgotten scope keeps its frame");
}

#[test]
fn frame_continues_in_other_chunks_and_every_block_is_its_own() {
    let alloc = small();
    let spans = Spans::default();
    for frame in 0..4 {
        alloc.begin_frame();
        let mut kept = Vec::new();
        for seed in 0..rounds(400, 40) as u64 {
            let size = 1 + (seed as usize * 131 + frame) % 2000;
            let mut bytes = alloc.frame_slice::<u8>(size);
            spans.add_value(&*bytes);
            fill(&mut bytes, seed);
            kept.push(bytes);
        }
        for (seed, bytes) in kept.into_iter().enumerate() {
            check(&bytes, seed as u64);
            spans.remove_value(&*bytes);
        }
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn destructors_run_with_their_handles_and_only_once() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let boxed = alloc.frame_box(drops.value(1));
    let slice = alloc.frame_slice_from_fn(10, |i| drops.value(i as u64));
    let mut vec = alloc.frame_vec();
    vec.extend((0..10).map(|i| drops.value(i)));
    alloc.end_frame();
    assert_eq!(drops.dropped(), 0, "the end of a frame drops no value of a handle");
    boxed.check(1);
    slice.iter().zip(0..).for_each(|(value, id)| value.check(id));
    vec.iter().zip(0..).for_each(|(value, id)| value.check(id));
    drop(boxed);
    assert_eq!(drops.dropped(), 1);
    vec.truncate(5);
    assert_eq!(drops.dropped(), 6);
    drop((slice, vec));
    assert_eq!(drops.alive(), 0);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn zeroed_values_are_zero_in_memory_that_was_used_before() {
    let alloc = small();
    for _ in 0..5 {
        alloc.begin_frame();
        let mut bytes = alloc.frame_slice::<u8>(3000);
        assert!(bytes.iter().all(|&byte| byte == 0));
        bytes.fill(0xFF);
        drop(bytes);
        let mut array = alloc.frame_alloc::<[u64; 300]>();
        assert!(array.iter().all(|&word| word == 0));
        array.fill(u64::MAX);
        drop(array);
        alloc.end_frame();
    }
}

#[test]
fn two_allocators_on_one_thread_share_nothing() {
    let (one, two) = (small(), small());
    let spans = Spans::default();
    one.begin_frame();
    two.begin_frame();
    let mut kept = Vec::new();
    for n in 0..100u64 {
        let a = one.frame_box([n; 3]);
        let b = two.frame_box([n + 1000; 3]);
        spans.add_value(&*a);
        spans.add_value(&*b);
        kept.push((a, b));
    }
    one.end_frame();
    assert_eq!(two.thread_stats().frames, 0);
    assert_eq!(two.thread_stats().parked_bytes, 0);
    assert!(kept.iter().zip(0..).all(|((a, b), n)| a[2] == n && b[2] == n + 1000));
    drop(kept);
    assert_eq!(one.thread_stats().parked_bytes, 0);
    two.end_frame();
    assert_eq!(two.thread_stats().last_frame_allocations, 100);
}

#[test]
fn allocators_come_and_go_on_one_thread() {
    for round in 0..rounds(200, 10) as u64 {
        let alloc = small();
        let inner = small();
        alloc.begin_frame();
        inner.begin_frame();
        let a = alloc.frame_box([round; 10]);
        let b = inner.frame_box([round + 1; 10]);
        assert_eq!((a[9], b[9]), (round, round + 1));
        if round % 3 == 0 {
            forget(a);
        } else {
            drop(a);
        }
        if round % 2 == 0 {
            drop(alloc);
        }
        assert_eq!(b[0], round + 1);
    }
}

#[test]
fn clones_of_an_allocator_share_the_frame() {
    let alloc = small();
    let clone = alloc.clone();
    alloc.begin_frame();
    let value = clone.frame_box(1u64);
    clone.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.parked_frames, stats.misuse.ended_without_begin), (1, 1, 0));
    drop(value);
    assert_eq!(alloc.thread_stats().parked_frames, 0);
}

#[test]
fn impossible_sizes_are_errors_and_leave_all_as_it_was() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(7u64);
    let most = isize::MAX as usize;
    for len in [usize::MAX, usize::MAX / 8 + 1, most / 8 + 1, most + 1, most, most - 7, most - 64, 1 << 60] {
        let error = alloc.try_frame_slice::<u64>(len).unwrap_err();
        assert!(
            matches!(
                error.kind(),
                AllocErrorKind::SizeOverflow | AllocErrorKind::FrameLimit | AllocErrorKind::OutOfMemory
            ),
            "{len}: {error}"
        );
        assert!(alloc.try_frame_slice::<u8>(most - len % 100).is_err());
        assert!(alloc.try_frame_vec_with_capacity::<u64>(len).is_err());
        assert!(alloc.scope().try_alloc_slice_from_fn::<u64>(len, |_| unreachable!()).is_err());
        assert!(alloc.try_frame_slice_from_fn::<Counted>(len, |_| unreachable!()).is_err());
    }
    let stats = alloc.thread_stats();
    assert_eq!(stats.bytes_allocated, 8);
    assert_eq!(*kept, 7);
    drop(kept);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn values_without_size_take_no_memory_and_still_run_destructors() {
    struct Empty;
    thread_local!(static DROPPED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
    impl Drop for Empty {
        fn drop(&mut self) {
            DROPPED.set(DROPPED.get() + 1);
        }
    }
    #[derive(Clone, Copy)]
    #[repr(align(4096))]
    struct Aligned;
    let alloc = small();
    alloc.begin_frame();
    let one = alloc.frame_box(Empty);
    let many = alloc.frame_slice_from_fn(1000, |_| Empty);
    let mut vec = alloc.frame_vec::<Empty>();
    vec.extend((0..100).map(|_| Empty));
    assert_eq!(alloc.thread_stats().bytes_allocated, 0);
    assert_eq!(alloc.thread_stats().allocations, 0);
    assert_eq!(address(&*alloc.frame_box(Aligned)) % 4096, 0);
    let scope = alloc.scope();
    assert_eq!(address(scope.alloc(Aligned)) % 4096, 0);
    assert_eq!(address(scope.alloc_slice_copy(&[Aligned; 3])) % 4096, 0);
    assert_eq!(scope.alloc_slice_from_fn(10, |_| Aligned).len(), 10);
    drop(scope);
    drop((one, many));
    assert_eq!(DROPPED.get(), 1001);
    drop(vec.split_off(50));
    assert_eq!(DROPPED.get(), 1051);
    alloc.end_frame();
    drop(vec);
    assert_eq!(DROPPED.get(), 1101);
    assert_eq!(alloc.frame_slice::<()>(usize::MAX).len(), usize::MAX);
}

#[test]
fn empty_slices_and_texts_take_no_memory() {
    let alloc = small();
    alloc.begin_frame();
    let slice = alloc.frame_slice::<u64>(0);
    let copy = alloc.frame_slice_copy::<u32>(&[]);
    let text = alloc.frame_str("");
    let made = alloc.frame_slice_from_fn(0, |_| -> u8 { unreachable!() });
    assert!(slice.is_empty() && copy.is_empty() && text.is_empty() && made.is_empty());
    assert_eq!(address(&*slice) % 8, 0);
    assert_eq!(alloc.thread_stats().allocations, 0);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_frames, 0);
    drop((slice, copy, text, made));
}

#[test]
fn value_of_many_megabytes_never_touches_the_stack() {
    let alloc = small();
    alloc.begin_frame();
    let megabytes = if cfg!(miri) { 1 } else { 32 };
    let big = alloc.frame_uninit::<[u8; 32 << 20]>();
    assert_eq!(size_of_val(&*big), 32 << 20);
    drop(big);
    if !cfg!(miri) {
        let zeroes = alloc.frame_alloc::<[u64; 4 << 20]>();
        assert!(zeroes.iter().step_by(megabytes * 16).all(|&word| word == 0));
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[derive(Zeroable)]
#[repr(C)]
struct Particle {
    position: [f32; 3],
    alive: u8,
}

#[test]
fn derived_zeroable_serves_frame_alloc() {
    let alloc = small();
    let particles = alloc.frame_slice::<Particle>(100);
    assert!(particles.iter().all(|particle| particle.position == [0.0; 3] && particle.alive == 0));
}
