//! Collections in frame memory: vectors, strings, maps, sets, and others that take an `Allocator`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use framealloc::allocator_api2::boxed::Box as AllocBox;
use framealloc::hashbrown::HashTable;
use framealloc::{FrameAllocator, FrameBox, FrameString, FrameVec, frame_format};

use crate::support::{Drops, Random, address, check, fill, rounds, small};

#[test]
fn vector_follows_the_standard_one_through_random_operations() {
    let alloc = small();
    for seed in 0..rounds(60, 3) as u64 {
        let mut random = Random::new(seed);
        alloc.begin_frame();
        let mut ours = alloc.frame_vec::<u64>();
        let mut model: Vec<u64> = Vec::new();
        for step in 0..rounds(300, 60) as u64 {
            match random.below(16) {
                0..=3 => {
                    ours.push(step);
                    model.push(step);
                }
                4 => assert_eq!(ours.pop(), model.pop()),
                5 => {
                    let at = random.below(model.len() + 1);
                    ours.insert(at, step);
                    model.insert(at, step);
                }
                6 if !model.is_empty() => {
                    let at = random.below(model.len());
                    assert_eq!(ours.remove(at), model.remove(at));
                }
                7 if !model.is_empty() => {
                    let at = random.below(model.len());
                    assert_eq!(ours.swap_remove(at), model.swap_remove(at));
                }
                8 => {
                    ours.shrink_to_fit();
                    assert_eq!(ours.capacity(), ours.len());
                }
                9 => ours.reserve(random.below(200)),
                10 => {
                    let at = random.below(model.len() + 1);
                    let (mut tail, model_tail) = (ours.split_off(at), model.split_off(at));
                    ours.append(&mut tail);
                    model.extend(model_tail);
                }
                11 => {
                    ours.dedup();
                    model.dedup();
                }
                12 => {
                    let end = random.below(model.len() + 1);
                    assert!(ours.drain(..end / 2).eq(model.drain(..end / 2)));
                }
                13 => {
                    let more: Vec<u64> = (0..random.below(70) as u64).collect();
                    ours.extend_from_slice(&more);
                    model.extend_from_slice(&more);
                }
                14 => ours = ours.clone(),
                _ => drop(alloc.frame_box(step)),
            }
            assert_eq!(ours.as_slice(), model.as_slice(), "seed {seed}, step {step}");
            assert!(ours.capacity() >= ours.len());
        }
        drop(ours);
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn vector_at_the_tip_grows_in_place() {
    let alloc = small();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec::<u32>();
    vec.push(0);
    let start = address(vec.as_slice());
    for n in 1..1000 {
        vec.push(n);
    }
    assert_eq!(address(vec.as_slice()), start, "nothing stood in the way");
    assert_eq!(alloc.thread_stats().stranded_bytes, 0);
    vec.truncate(10);
    vec.shrink_to_fit();
    let next = alloc.frame_box(1u64);
    assert_eq!(address(&*next), start + 40, "the end was given back");
    vec.push(10);
    assert_ne!(address(vec.as_slice()), start, "now something stands behind it");
    assert!(vec.iter().copied().eq(0..11));
}

#[test]
fn vector_off_the_tip_moves_and_leaves_its_old_block() {
    let alloc = small();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec_with_capacity::<u64>(8);
    vec.extend(0..8);
    let guard = alloc.frame_box(u64::MAX);
    vec.push(8);
    assert!(vec.iter().copied().eq(0..9));
    assert_eq!((*guard, alloc.thread_stats().stranded_bytes), (u64::MAX, 64));
}

#[test]
fn two_vectors_that_grow_in_turn() {
    let alloc = small();
    for _ in 0..3 {
        alloc.begin_frame();
        let (mut a, mut b) = (alloc.frame_vec(), alloc.frame_vec());
        for n in 0..rounds(3000, 100) as u64 {
            a.push(n);
            b.push(!n);
        }
        assert!(a.iter().zip(&b).all(|(a, b)| *a == !*b));
        drop((a, b));
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn vector_of_vectors_and_boxes_of_boxes() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let mut outer: FrameVec<'_, FrameVec<'_, FrameBox<'_, _>>> = alloc.frame_vec();
    for n in 0..20u64 {
        let mut inner = alloc.frame_vec();
        inner.extend((0..n).map(|m| alloc.frame_box(drops.value(m))));
        outer.push(inner);
        if n % 3 == 0 {
            outer.swap(0, n as usize);
        }
    }
    outer.iter().for_each(|inner| inner.iter().zip(0..).for_each(|(value, id)| value.check(id)));
    let boxed = alloc.frame_box(alloc.frame_box(alloc.frame_box(drops.value(1))));
    boxed.check(1);
    let inner = boxed.into_inner().into_inner().into_inner();
    inner.check(1);
    drop((outer, inner));
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn slice_boxes_and_vectors_turn_into_each_other() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let slice = alloc.frame_slice_from_fn(5, |i| drops.value(i as u64));
    let mut vec = slice.into_vec();
    assert_eq!((vec.len(), vec.capacity()), (5, 5));
    vec.push(drops.value(5));
    let array: Result<FrameBox<'_, [u32; 3]>, _> = alloc.frame_slice_copy(&[1, 2, 3]).try_into();
    let array = array.expect("three");
    assert_eq!(*array, [1, 2, 3]);
    let slice: FrameBox<'_, [u32]> = array.into();
    let refused: Result<FrameBox<'_, [u32; 4]>, _> = slice.try_into();
    let slice = refused.expect_err("not four");
    assert_eq!(*slice, [1, 2, 3]);
    let sum: u32 = slice.into_iter().sum();
    assert_eq!(sum, 6);
    let text = alloc.frame_str("Grüße").into_bytes().into_vec();
    assert_eq!(FrameString::from_utf8(text).expect("text"), "Grüße");
    drop(vec);
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn vector_with_capacity_for_values_without_size() {
    let alloc = small();
    let mut vec = alloc.frame_vec_with_capacity::<()>(usize::MAX);
    vec.push(());
    assert_eq!((vec.len(), vec.capacity()), (1, usize::MAX));
    let slice = alloc.frame_slice::<()>(1_000_000);
    assert_eq!(slice.into_vec().len(), 1_000_000);
    assert_eq!(alloc.thread_stats().allocations, 0);
}

#[test]
fn impossible_capacities_panic_or_are_errors_for_fallible_ones() {
    let alloc = small();
    let mut fallible = FrameVec::<u64>::new_in(alloc.frame_allocator_fallible());
    fallible.extend([1, 2, 3]);
    for additional in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8, 1 << 58] {
        assert!(fallible.try_reserve(additional).is_err());
        assert!(fallible.try_reserve_exact(additional).is_err());
        assert!(
            alloc.frame_vec::<u64>().try_reserve(additional & (1 << 62)).is_ok_and(|()| true)
                || additional > 1 << 60
        );
    }
    let mut text = FrameString::new_in(alloc.frame_allocator_fallible());
    assert!(text.try_reserve(usize::MAX).is_err());
    assert!(text.try_reserve(100).is_ok() && text.capacity() >= 100);
    assert_eq!(fallible.as_slice(), [1, 2, 3]);
    fallible.push(4);
    assert_eq!(fallible.as_slice(), [1, 2, 3, 4]);
}

#[test]
fn string_follows_the_standard_one_through_random_operations() {
    let alloc = small();
    const CHARS: [char; 6] = ['a', 'ß', '€', '𝄞', '\0', 'z'];
    for seed in 0..rounds(40, 2) as u64 {
        let mut random = Random::new(seed);
        let mut ours = alloc.frame_string();
        let mut model = String::new();
        for step in 0..rounds(300, 60) {
            let boundaries: Vec<usize> = (0..=model.len()).filter(|&at| model.is_char_boundary(at)).collect();
            let at = boundaries[random.below(boundaries.len())];
            let character = CHARS[random.below(6)];
            match random.below(11) {
                0..=2 => {
                    ours.push(character);
                    model.push(character);
                }
                3 => {
                    ours.insert(at, character);
                    model.insert(at, character);
                }
                4 => {
                    ours.insert_str(at, "ö1ö");
                    model.insert_str(at, "ö1ö");
                }
                5 if at < model.len() => assert_eq!(ours.remove(at), model.remove(at)),
                6 => assert_eq!(ours.pop(), model.pop()),
                7 if random.one_in(4) => {
                    ours.truncate(at);
                    model.truncate(at);
                }
                8 => {
                    write!(ours, "{step}-{character}").expect("it never fails");
                    write!(model, "{step}-{character}").expect("it never fails");
                }
                9 => {
                    ours.extend(["x", "yy"]);
                    ours.extend([character; 2]);
                    model.extend(["x", "yy"]);
                    model.extend([character; 2]);
                }
                _ => ours.shrink_to_fit(),
            }
            assert_eq!(ours, model, "seed {seed}");
        }
        let copy = ours.clone();
        let boxed = ours.into_boxed_str();
        assert_eq!((&*boxed, copy.as_str()), (model.as_str(), model.as_str()));
        assert_eq!(size_of_val(&*boxed), model.len());
    }
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn string_refuses_places_between_characters() {
    let alloc = small();
    let mut text = frame_format!(alloc, "aß€");
    for at in [2, 4, 5, 7, 100] {
        crate::support::panics(|| text.insert(at, 'x'));
        crate::support::panics(|| text.insert_str(at, "x"));
        crate::support::panics(|| text.remove(at));
        assert_eq!(text, "aß€");
    }
    crate::support::panics(|| text.truncate(2));
    text.truncate(100);
    crate::support::panics(|| text.remove(6));
    assert_eq!(text, "aß€");
    assert_eq!(text.as_mut_str().to_uppercase(), "ASS€");
    text.clear();
    assert_eq!((text.pop(), text.len()), (None, 0));
    let bytes = alloc.frame_slice_copy(&[0xFFu8, 0xFE]).into_vec();
    assert_eq!(FrameString::from_utf8(bytes).expect_err("no text").as_slice(), [0xFF, 0xFE]);
}

#[test]
fn frame_format_writes_what_format_does() {
    let alloc = small();
    alloc.begin_frame();
    for n in 0..100u32 {
        let (float, text) = (f64::from(n) / 7.0, "x".repeat(n as usize));
        let ours = frame_format!(alloc, "{n:>5}|{float:.3}|{text:?}|{:#x}|{}", n * n, alloc.frame_box(n));
        assert_eq!(ours, format!("{n:>5}|{float:.3}|{text:?}|{:#x}|{n}", n * n));
    }
    let nested = frame_format!(alloc, "{}-{}", frame_format!(alloc, "a"), frame_format!(alloc, "b"));
    assert_eq!(nested, "a-b");
    drop(nested);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn map_follows_a_model_through_random_operations() {
    let alloc = small();
    for seed in 0..rounds(30, 2) as u64 {
        let mut random = Random::new(seed);
        alloc.begin_frame();
        let mut ours = alloc.frame_map::<u64, FrameBox<'_, [u8]>>();
        let mut model: BTreeMap<u64, (usize, u64)> = BTreeMap::new();
        for step in 0..rounds(500, 60) as u64 {
            let key = random.below(80) as u64;
            match random.below(10) {
                0..=5 => {
                    let size = random.below(60);
                    let mut bytes = alloc.frame_slice(size);
                    fill(&mut bytes, step);
                    assert_eq!(ours.insert(key, bytes).is_some(), model.insert(key, (size, step)).is_some());
                }
                6..=7 => match (ours.remove(&key), model.remove(&key)) {
                    (Some(bytes), Some((size, step))) => {
                        assert_eq!(bytes.len(), size);
                        check(&bytes, step);
                    }
                    (None, None) => {}
                    _ => panic!("one has what the other has not"),
                },
                8 => ours.shrink_to_fit(),
                _ => {
                    ours.retain(|key, _| key % 5 != 0);
                    model.retain(|key, _| key % 5 != 0);
                }
            }
            assert_eq!(ours.len(), model.len());
        }
        for (key, bytes) in &ours {
            check(bytes, model[key].1);
        }
        drop(ours);
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn map_iterates_in_the_same_order_in_every_frame_and_allocator() {
    let order = |alloc: &framealloc::SmartAlloc| -> Vec<u64> {
        let mut map = alloc.frame_map::<u64, ()>();
        map.extend((0..200).map(|n| (n * 7919, ())));
        map.keys().copied().collect()
    };
    let (one, two) = (small(), small());
    let first = order(&one);
    one.begin_frame();
    assert_eq!(order(&one), first);
    one.end_frame();
    assert_eq!(order(&two), first);
    let text = |alloc: &framealloc::SmartAlloc| -> Vec<String> {
        let mut set = alloc.frame_set::<String>();
        set.extend((0..100).map(|n| format!("key {n}")));
        set.iter().cloned().collect()
    };
    assert_eq!(text(&one), text(&two));
}

#[test]
fn set_operations_between_sets_of_the_frame() {
    let alloc = small();
    alloc.begin_frame();
    let (mut a, mut b) = (alloc.frame_set::<u32>(), alloc.frame_set::<u32>());
    a.extend(0..100);
    b.extend(50..150);
    let mut both: Vec<u32> = a.intersection(&b).copied().collect();
    both.sort_unstable();
    assert!(both.iter().copied().eq(50..100));
    assert_eq!(a.difference(&b).count() + b.difference(&a).count(), 100);
    drop((a, b));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn collections_outlive_many_frames_and_go_on_growing() {
    let alloc = small();
    let mut vec = alloc.frame_vec::<u64>();
    let mut map = alloc.frame_map::<u64, u64>();
    let mut text = alloc.frame_string();
    let mut model = String::new();
    for n in 0..rounds(400, 40) as u64 {
        let _frame = alloc.frame();
        vec.push(n);
        map.insert(n, n * n);
        write!(text, "{n},").expect("it never fails");
        write!(model, "{n},").expect("it never fails");
        drop(alloc.frame_slice::<u64>(n as usize));
    }
    assert!(vec.iter().copied().eq(0..vec.len() as u64));
    assert!(map.iter().all(|(key, value)| key * key == *value) && map.len() == vec.len());
    assert_eq!(text, model);
    drop((vec, map, text));
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn empty_collections_hold_no_memory_and_park_no_frame() {
    let alloc = small();
    alloc.begin_frame();
    let vec = alloc.frame_vec::<u64>();
    let map = alloc.frame_map::<u64, u64>();
    let text = alloc.frame_string();
    let allocator = alloc.frame_allocator();
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_frames, stats.last_frame_allocations), (0, 0));
    drop((vec, map, text, allocator));
}

#[test]
fn boxes_of_allocator_api2_and_raw_tables_take_the_allocator() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let boxed: AllocBox<_, FrameAllocator<'_>> = AllocBox::new_in(drops.value(7), alloc.frame_allocator());
    boxed.check(7);
    let array = AllocBox::new_in([1u8; 3000], alloc.frame_allocator());
    assert_eq!(array[2999], 1);
    let mut table: HashTable<u64, FrameAllocator<'_>> = HashTable::new_in(alloc.frame_allocator());
    for n in 0..500u64 {
        table.insert_unique(n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n, |n| {
            n.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
    }
    assert_eq!(table.iter().sum::<u64>(), 499 * 250);
    let model: HashMap<u64, u64> = table.iter().map(|&n| (n, n)).collect();
    assert_eq!(model.len(), 500);
    drop((boxed, array, table));
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn vector_moved_between_scopes_keeps_its_contents() {
    let alloc = small();
    alloc.begin_frame();
    let outer = alloc.scope();
    let mut held = outer.vec::<u64>();
    for round in 0..rounds(200, 20) as u64 {
        let inner = alloc.scope();
        let mut local = inner.vec();
        local.extend(held.iter().copied());
        local.push(round);
        held.clear();
        held.extend(local);
        inner.alloc_slice_copy(&[u64::MAX; 30]);
    }
    assert!(held.iter().copied().eq(0..held.len() as u64));
    drop(held);
    drop(outer);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}
