//! Scopes: what they give back, in which order they may go, and what lives through their end.
//!
//! fa: allow(FA602) -- what is counted is the allocations themselves

use std::mem::forget;

use framealloc::{FrameBox, Scope, SmartAlloc};

use crate::support::{Drops, SMALL, Spans, address, check, fill, rounds, small};

#[test]
fn scope_gives_its_memory_back_when_dropped() {
    let alloc = small();
    alloc.begin_frame();
    // The first of all scopes begins where the chunk does, the others a line behind what precedes them.
    drop(alloc.frame_box(1u8));
    let mut first = None;
    for round in 0..100u64 {
        let scope = alloc.scope();
        let value = scope.alloc([round; 50]);
        assert_eq!(*value, [round; 50]);
        let at = address(value);
        assert_eq!(*first.get_or_insert(at), at);
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().chunk_refills, 0);
}

#[test]
fn twenty_thousand_scopes_in_one_frame_take_constant_space() {
    let alloc = small();
    alloc.begin_frame();
    let reserved = {
        drop(alloc.frame_box(1u8));
        alloc.thread_stats().reserved_bytes
    };
    for round in 0..rounds(20_000, 300) as u64 {
        let scope = alloc.scope();
        scope.alloc([round; 16]);
        drop(scope.boxed([round; 16]));
        let mut vec = scope.vec();
        vec.extend(0..20u64);
        let kept = scope.boxed(round);
        let other = alloc.frame_box(round);
        drop(vec);
        drop((kept, other));
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.reserved_bytes, stats.chunk_refills), (reserved, 0));
    assert_eq!(stats.stranded_bytes, 0, "what died inside went with its scope");
    assert!(stats.high_water_bytes < 2000, "{}", stats.high_water_bytes);
    alloc.end_frame();
}

#[test]
fn scopes_that_outgrow_the_chunk_take_constant_space_too() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(11u64);
    let mut reserved = None;
    for round in 0..rounds(500, 20) as u64 {
        let scope = alloc.scope();
        for _ in 0..10 {
            let bytes = scope.alloc_slice_from_fn(3000, |i| i as u8);
            assert_eq!(bytes[2999], 2999u32 as u8);
        }
        drop(scope.boxed([round; 100]));
        drop(scope);
        if round > 2 {
            let now = alloc.thread_stats().reserved_bytes;
            assert_eq!(*reserved.get_or_insert(now), now);
        }
    }
    assert_eq!(*kept, 11);
    drop(kept);
    alloc.end_frame();
}

#[test]
fn scopes_nest_deeply_and_every_value_is_its_own() {
    fn descend(alloc: &SmartAlloc, spans: &Spans, depth: u64, depths: u64) {
        let scope = alloc.scope();
        let mut above = scope.alloc_slice_copy(&[0u8; 40]);
        spans.add_value(above);
        fill(above, depth);
        let boxed = scope.boxed([depth; 5]);
        spans.add_value(&*boxed);
        if depth < depths {
            descend(alloc, spans, depth + 1, depths);
        }
        let after = scope.alloc_slice_copy(&[1u8; 300]);
        spans.add_value(after);
        fill(after, depth + 1);
        check(above, depth);
        check(after, depth + 1);
        assert_eq!(*boxed, [depth; 5]);
        spans.remove_value(after);
        spans.remove_value(above);
        spans.remove_value(&*boxed);
        above = after;
        check(above, depth + 1);
    }
    let alloc = small();
    for _ in 0..3 {
        alloc.begin_frame();
        descend(&alloc, &Spans::default(), 0, rounds(300, 20) as u64);
        alloc.end_frame();
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.misuse.ended_under_scope), (0, 0));
}

#[test]
fn scope_outside_any_frame_works_as_inside() {
    let alloc = small();
    drop(alloc.frame_box(1u8));
    let mut first = None;
    for round in 0..rounds(5000, 100) as u64 {
        let scope = alloc.scope();
        let value = scope.alloc([round; 100]);
        let at = address(value);
        assert_eq!(*first.get_or_insert(at), at);
        assert_eq!(value[99], round);
    }
    assert!(alloc.thread_stats().reserved_bytes <= SMALL as u64);
}

#[test]
fn scope_opened_before_the_first_chunk_exists() {
    let alloc = small();
    let outer = alloc.scope();
    let inner = alloc.scope();
    let value = inner.alloc(5u64);
    let other = outer.alloc(6u64);
    let boxed = alloc.frame_box(7u64);
    assert_eq!((*value, *other, *boxed), (5, 6, 7));
    drop(inner);
    let more = outer.alloc(8u64);
    assert_eq!((*other, *boxed, *more), (6, 7, 8));
    drop(boxed);
    drop(outer);
    assert_eq!(alloc.thread_stats().reserved_bytes % 64, 0);
    alloc.begin_frame();
    drop(alloc.frame_box(1u64));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn outer_scope_may_have_a_thousand_values_while_an_inner_one_is_open() {
    let alloc = small();
    alloc.begin_frame();
    let spans = Spans::default();
    let outer = alloc.scope();
    let mut values: Vec<&mut [u8]> = Vec::new();
    for round in 0..rounds(1000, 60) {
        let inner = alloc.scope();
        let passing = inner.alloc_slice_copy(&[0xAAu8; 100]);
        let value = outer.alloc_slice_copy(&vec![0u8; 1 + round % 150]);
        fill(value, round as u64);
        spans.add_value(value);
        passing.fill(0x55);
        values.push(value);
    }
    for (seed, value) in values.iter().enumerate() {
        check(value, seed as u64);
    }
    drop(outer);
    let drops = Drops::default();
    drop(alloc.frame_box(drops.value(0)));
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn side_values_of_the_outer_scope_are_given_back_with_it() {
    let alloc = small();
    alloc.begin_frame();
    let mut reserved = None;
    for round in 0..100 {
        let outer = alloc.scope();
        let inner = alloc.scope();
        for _ in 0..50 {
            outer.alloc([round; 100]);
            inner.alloc([round; 10]);
        }
        drop(inner);
        drop(outer);
        if round > 1 {
            let now = alloc.thread_stats().reserved_bytes;
            assert_eq!(*reserved.get_or_insert(now), now);
        }
    }
    alloc.end_frame();
}

#[test]
fn outer_scope_takes_large_and_over_aligned_values_while_an_inner_one_is_open() {
    #[derive(Clone, Copy)]
    #[repr(align(4096))]
    struct Page([u8; 4096]);
    let alloc = small();
    alloc.begin_frame();
    let outer = alloc.scope();
    let inner = alloc.scope();
    let small_one = outer.alloc(1u8);
    let page = outer.alloc(Page([7; 4096]));
    let large = outer.alloc_slice_from_fn(100_000, |i| i as u8);
    let again = outer.alloc(2u8);
    assert_eq!(address(page) % 4096, 0);
    drop(inner);
    let top = outer.alloc(Page([8; 4096]));
    assert_eq!(address(top) % 4096, 0);
    assert_eq!((*small_one, page.0[4095], large[99_999], *again, top.0[0]), (1, 7, 99_999u32 as u8, 2, 8));
    drop(outer);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn middle_one_of_three_scopes_allocates_and_goes_first() {
    let alloc = small();
    alloc.begin_frame();
    let a = alloc.scope();
    let b = alloc.scope();
    let c = alloc.scope();
    let of_a = a.alloc([1u8; 100]);
    let of_b = b.alloc([2u8; 100]);
    let of_c = c.alloc([3u8; 100]);
    assert_eq!((of_a[0], of_b[0], of_c[0]), (1, 2, 3));
    drop(b);
    let more_of_a = a.alloc([4u8; 100]);
    let more_of_c = c.alloc([5u8; 100]);
    assert_eq!((of_a[99], of_c[99], more_of_a[99], more_of_c[99]), (1, 3, 4, 5));
    drop(c);
    let last_of_a = a.alloc([6u8; 100]);
    assert_eq!((of_a[99], more_of_a[99], last_of_a[99]), (1, 4, 6));
    drop(a);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn every_order_of_dropping_four_scopes() {
    fn orders(left: &mut Vec<usize>, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if left.is_empty() {
            all.push(order.clone());
        }
        for index in 0..left.len() {
            let which = left.remove(index);
            order.push(which);
            orders(left, order, all);
            order.pop();
            left.insert(index, which);
        }
    }
    let mut all = Vec::new();
    orders(&mut vec![0, 1, 2, 3], &mut Vec::new(), &mut all);
    let alloc = small();
    let mut start = None;
    for order in &all {
        alloc.begin_frame();
        let base = alloc.frame_box(77u64);
        assert_eq!(*start.get_or_insert(address(&*base)), address(&*base), "{order:?}");
        let mut scopes: Vec<Option<Scope<'_>>> = (0..4).map(|_| Some(alloc.scope())).collect();
        let mut boxes: Vec<FrameBox<'_, [u8]>> = Vec::new();
        for (step, &which) in order.iter().enumerate() {
            for (level, scope) in scopes.iter().enumerate() {
                if let Some(scope) = scope {
                    let bytes = scope.alloc_slice_copy(&[level as u8; 60]);
                    assert_eq!(bytes, [level as u8; 60]);
                }
            }
            let mut bytes = alloc.frame_slice(100);
            fill(&mut bytes, step as u64);
            boxes.push(bytes);
            scopes[which] = None;
            boxes.iter().zip(0..).for_each(|(bytes, seed)| check(bytes, seed));
        }
        boxes.iter().zip(0..).for_each(|(bytes, seed)| check(bytes, seed));
        assert_eq!(*base, 77);
        drop((boxes, base));
        alloc.end_frame();
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.misuse.ended_under_scope), (0, 0));
}

#[test]
fn scope_opened_after_a_lower_one_went_shares_nothing_with_it() {
    let alloc = small();
    alloc.begin_frame();
    let a = alloc.scope();
    let b = alloc.scope();
    let of_b = b.alloc([2u8; 64]);
    drop(a);
    let c = alloc.scope();
    let of_c = c.alloc([3u8; 64]);
    let more_of_b = b.alloc([4u8; 64]);
    let more_of_c = c.alloc([5u8; 64]);
    assert_eq!((of_b[0], of_c[0], more_of_b[0], more_of_c[0]), (2, 3, 4, 5));
    drop(c);
    let d = alloc.scope();
    let of_d = d.alloc([6u8; 64]);
    assert_eq!((of_b[63], more_of_b[63], of_d[63]), (2, 4, 6));
    drop(b);
    let last = d.alloc([7u8; 64]);
    assert_eq!((of_d[63], last[63]), (6, 7));
    drop(d);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn scopes_forgotten_by_the_thousand_keep_their_memory_and_harm_nobody() {
    let alloc = small();
    for frame in 0..3u64 {
        alloc.begin_frame();
        let outer = alloc.scope();
        let value = outer.alloc([frame; 8]);
        for n in 0..rounds(1000, 50) as u64 {
            let scope = alloc.scope();
            scope.alloc(n);
            // fa: allow(FA607) -- values and guards that are forgotten are tried
            forget(scope);
        }
        let after = alloc.frame_box([frame + 1; 8]);
        let more = outer.alloc([frame + 2; 8]);
        assert_eq!((value[7], after[7], more[7]), (frame, frame + 1, frame + 2));
        drop(outer);
        assert_eq!(after[0], frame + 1);
        drop(after);
        alloc.end_frame();
        assert_eq!(alloc.thread_stats().parked_frames, frame + 1);
    }
}

#[test]
fn forgotten_scope_below_open_ones_of_every_frame() {
    let alloc = small();
    for n in 0..rounds(500, 30) as u64 {
        alloc.begin_frame();
        let a = alloc.scope();
        // fa: allow(FA607) -- values and guards that are forgotten are tried
        forget(alloc.scope());
        let b = alloc.scope();
        let (x, y) = (a.alloc(n), b.alloc(n + 1));
        assert_eq!((*x, *y), (n, n + 1));
        drop(a);
        drop(b);
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_frames, rounds(500, 30) as u64);
}

#[test]
fn vector_from_before_the_scope_and_grown_inside_survives_its_end() {
    let alloc = small();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec::<u64>();
    vec.extend(0..10);
    {
        let scope = alloc.scope();
        scope.alloc([0xFFu8; 100]);
        vec.extend(10..100);
        scope.alloc([0xEEu8; 100]);
    }
    {
        let scope = alloc.scope();
        scope.alloc([0xDDu8; 5000]);
        vec.extend(100..150);
    }
    let other = alloc.frame_box([0u64; 100]);
    assert!(vec.iter().copied().eq(0..150));
    vec.extend(150..1000);
    assert!(vec.iter().copied().eq(0..1000));
    assert_eq!(*other, [0; 100]);
    drop((vec, other));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn vector_grown_and_shrunk_in_turn_inside_and_outside() {
    let alloc = small();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec::<u32>();
    for round in 0..rounds(200, 20) as u32 {
        vec.extend(0..round % 17);
        let scope = alloc.scope();
        scope.alloc_slice_copy(&[round; 50]);
        vec.extend(0..round % 13);
        vec.shrink_to_fit();
        let inner = alloc.scope();
        vec.push(round);
        inner.alloc_slice_copy(&[!round; 50]);
        drop(scope);
        vec.push(round);
        drop(inner);
        vec.truncate(vec.len() / 2 + 1);
        vec.shrink_to_fit();
        vec.push(round);
        assert_eq!(vec.last(), Some(&round));
    }
    drop(vec);
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.misuse.ended_under_scope), (0, 0));
}

#[test]
fn one_handle_made_inside_and_one_from_outside_dropped_inside() {
    let alloc = small();
    alloc.begin_frame();
    let outside = alloc.frame_box([1u8; 64]);
    let other = alloc.frame_box([2u8; 64]);
    let kept = {
        let scope = alloc.scope();
        scope.alloc([3u8; 64]);
        let kept = alloc.frame_box([4u8; 64]);
        drop(outside);
        kept
    };
    let after = alloc.frame_box([5u8; 64]);
    assert_eq!((other[63], kept[63], after[63]), (2, 4, 5));
    drop((other, after));
    alloc.end_frame();
    // fa: allow(FA601) -- handles outlive their frame, to see it parked
    assert_eq!(*kept, [4; 64]);
    assert!(alloc.thread_stats().parked_bytes > 0);
    drop(kept);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn same_size_handles_swapped_across_the_end_of_a_scope() {
    let alloc = small();
    alloc.begin_frame();
    let mut held: Vec<(FrameBox<'_, [u8]>, u64)> = Vec::new();
    for seed in 0..rounds(2000, 100) as u64 {
        let scope = alloc.scope();
        scope.alloc([0u8; 32]);
        let mut bytes = alloc.frame_slice(64);
        fill(&mut bytes, seed);
        held.push((bytes, seed));
        if held.len() > 10 {
            // As many bytes and handles die inside as were made inside, but not the same ones.
            let (bytes, seed) = held.remove(seed as usize % 10);
            check(&bytes, seed);
        }
    }
    held.iter().for_each(|(bytes, seed)| check(bytes, *seed));
    drop(held);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn handle_of_the_outer_level_in_another_chunk_is_freed_inside() {
    let alloc = small();
    alloc.begin_frame();
    let mut outside: Vec<_> = (0..60u64).map(|n| (alloc.frame_box([n; 64]), n)).collect();
    assert!(alloc.thread_stats().chunk_refills > 0);
    let large = alloc.frame_slice::<u8>(60_000);
    let scope = alloc.scope();
    let inside: Vec<_> = (0..60u64).map(|n| (alloc.frame_box([n; 64]), n)).collect();
    drop(large);
    for _ in 0..30 {
        outside.swap_remove(7);
    }
    drop(scope);
    assert!(outside.iter().chain(&inside).all(|(value, n)| **value == [*n; 64]));
    let later = alloc.frame_box([1u64; 64]);
    assert!(outside.iter().chain(&inside).all(|(value, n)| **value == [*n; 64]));
    drop((outside, inside, later));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn boxed_values_of_a_scope_run_their_destructors() {
    let alloc = small();
    let drops = Drops::default();
    {
        let scope = alloc.scope();
        let boxed = scope.boxed(drops.value(3));
        let mut vec = scope.vec();
        vec.extend((0..5).map(|n| drops.value(n)));
        let mut text = scope.string();
        text.push_str("text");
        boxed.check(3);
        assert_eq!((text.as_str(), drops.alive()), ("text", 6));
    }
    assert_eq!(drops.alive(), 0);
}

#[test]
fn end_frame_under_an_open_scope_parks_what_the_scope_has() {
    let alloc = small();
    alloc.begin_frame();
    let scope = alloc.scope();
    let value = scope.alloc([1u8; 500]);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().misuse.ended_under_scope, 1);
    assert!(alloc.thread_stats().parked_bytes >= 500);
    alloc.begin_frame();
    let new_scope = alloc.scope();
    let new = new_scope.alloc([2u8; 500]);
    // The old scope's later values belong to the old frame.
    let late = scope.alloc([3u8; 500]);
    let boxed = scope.boxed([4u8; 500]);
    assert_eq!((value[499], new[499], late[499], boxed[499]), (1, 2, 3, 4));
    drop(new_scope);
    let more = scope.alloc([5u8; 500]);
    let fresh = alloc.frame_box([6u8; 500]);
    assert_eq!((value[0], late[0], boxed[0], more[0], fresh[0]), (1, 3, 4, 5, 6));
    drop(boxed);
    drop(scope);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
    assert_eq!(*fresh, [6; 500]);
    drop(fresh);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_frames, 0);
}

#[test]
fn scopes_of_several_frames_go_in_any_order() {
    let alloc = small();
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    let mut boxes = Vec::new();
    for frame in 0..rounds(60, 15) {
        alloc.begin_frame();
        for _ in 0..=frame % 4 {
            scopes.push(alloc.scope());
        }
        let mut bytes = alloc.frame_slice::<u8>(200);
        fill(&mut bytes, frame as u64);
        // fa: allow(FA601) -- handles outlive their frame, to see it parked
        boxes.push((bytes, frame as u64));
        for (n, scope) in scopes.iter().enumerate() {
            assert_eq!(scope.alloc_slice_from_fn(20, |i| i + n)[19], 19 + n);
        }
        alloc.end_frame();
        boxes.iter().for_each(|(bytes, seed)| check(bytes, *seed));
        if frame % 3 == 2 {
            scopes.swap_remove(scopes.len() / 2);
            scopes.swap_remove(0);
        }
        if frame % 4 == 1 {
            boxes.swap_remove(boxes.len() / 2);
        }
    }
    while let Some(scope) = scopes.pop() {
        scope.alloc([1u8; 100]);
        drop(scope);
        boxes.iter().for_each(|(bytes, seed)| check(bytes, *seed));
    }
    drop(boxes);
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0));
}

#[test]
fn from_fn_that_opens_scopes_and_asks_its_own_scope() {
    let alloc = small();
    alloc.begin_frame();
    let scope = alloc.scope();
    let slice = scope.alloc_slice_from_fn(20, |i| {
        let inner = alloc.scope();
        let a = inner.alloc([i; 30]);
        let b = scope.alloc([i + 1; 3]);
        let c = alloc.frame_box(i + 2);
        a[0] + b[0] + *c
    });
    assert!(slice.iter().zip(0..).all(|(&sum, i)| sum == 3 * i + 3));
    drop(scope);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn scope_that_fills_its_chunk_to_the_last_byte() {
    // The seal of the next scope then lies in the chunk's tail.
    let alloc = small();
    alloc.begin_frame();
    let first = alloc.frame_box(1u64);
    let capacity = (8..SMALL / 8).rev().find(|&words| {
        let scope = alloc.scope();
        let refills = alloc.thread_stats().chunk_refills;
        scope.alloc_slice_from_fn(words, |i| i as u64);
        alloc.thread_stats().chunk_refills == refills
    });
    let capacity = capacity.expect("some size fits");
    for short in 0..10 {
        let outer = alloc.scope();
        let full = outer.alloc_slice_from_fn(capacity - short, |i| i as u64);
        let inner = alloc.scope();
        let innermost = alloc.scope();
        let a = innermost.alloc(1u64);
        let b = alloc.frame_box(2u64);
        let c = inner.alloc(3u64);
        drop(b);
        let d = alloc.frame_box(4u64);
        assert_eq!((*a, *c, *d), (1, 3, 4));
        drop(inner);
        drop(innermost);
        assert_eq!((full[0], full[full.len() - 1], *d), (0, full.len() as u64 - 1, 4));
        drop(d);
        drop(outer);
    }
    assert_eq!(*first, 1);
    drop(first);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn bytes_are_exact_through_scopes_that_die_in_any_order() {
    let alloc = small();
    alloc.begin_frame();
    let mut expected = 0;
    for round in 0..50usize {
        let outer = alloc.scope();
        let inner = alloc.scope();
        outer.alloc([0u64; 4]);
        inner.alloc([0u64; 5]);
        drop(outer);
        inner.alloc([0u64; 6]);
        let boxed = alloc.frame_box([0u64; 7]);
        drop(inner);
        drop(alloc.frame_box([0u64; 8]));
        drop(boxed);
        let scope = alloc.scope();
        for _ in 0..round {
            scope.alloc_slice_copy(&[0u64; 100]);
        }
        expected += 8 * (4 + 5 + 6 + 7 + 8 + 100 * round as u64);
        drop(scope);
        assert_eq!(alloc.thread_stats().bytes_allocated, expected, "round {round}");
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().last_frame_bytes, expected);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn large_values_of_a_scope_are_given_back_with_it() {
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(3u64);
    let mut reserved = None;
    for round in 0..rounds(100, 10) {
        let scope = alloc.scope();
        let large = scope.alloc_slice_copy(&[round as u8; 50_000]);
        let inner = alloc.scope();
        let other = inner.alloc_slice_copy(&[!(round as u8); 30_000]);
        assert_eq!((large[49_999], other[29_999]), (round as u8, !(round as u8)));
        drop(inner);
        drop(scope);
        let now = alloc.thread_stats().reserved_bytes;
        assert_eq!(*reserved.get_or_insert(now), now, "round {round}");
    }
    assert_eq!(*kept, 3);
    drop(kept);
    alloc.end_frame();
}
