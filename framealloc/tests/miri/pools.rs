//! Blocks of the pool and the heap, also freed elsewhere and late.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried

use std::thread;

use framealloc::{HeapBox, PoolBox, SmartAlloc, kilobytes};

use crate::common::{config, small};

#[test]
fn pool_blocks_come_and_go() {
    let alloc = small();
    let mut boxes: Vec<_> = (0..50u64).map(|number| alloc.pool_box([number; 3])).collect();
    boxes.swap(3, 40);
    boxes.truncate(20);
    boxes.extend((50..70).map(|number| alloc.pool_box([number; 3])));
    assert_eq!((boxes[3][0], boxes[39][2]), (40, 69));
    let large = alloc.pool_box([1u64; 2000]);
    let zeroed = alloc.pool_alloc::<[u64; 100]>();
    assert_eq!((large[1999], zeroed[99]), (1, 0));
    drop(boxes);
    assert_eq!(large.into_inner()[0], 1);
}

#[test]
fn pool_budget_hides_and_shows_blocks() {
    let alloc = small();
    let boxes: Vec<_> = (0..20u64).map(|number| alloc.pool_box([number; 8])).collect();
    alloc.set_thread_pool_budget(22 * 64);
    let more: Vec<_> = (0..5u64).map(|number| alloc.try_pool_box([number; 8])).collect();
    assert_eq!(more.iter().filter(|made| made.is_ok()).count(), 2);
    drop(boxes);
    assert!((0..10u64).all(|number| alloc.try_pool_box([number; 8]).is_ok()));
    alloc.set_thread_pool_budget(usize::MAX);
    drop(more);
    assert_eq!(*alloc.pool_box(1u64), 1);
}

#[test]
fn pages_go_back_and_serve_another_class() {
    let alloc = SmartAlloc::new(config().with_pool_limit(kilobytes(64)));
    let boxes: Vec<_> = (0..10u64).map(|number| alloc.pool_box([number; 500])).collect();
    assert!(alloc.try_pool_box(1u8).is_err(), "the only page is another class's");
    drop(boxes);
    assert_eq!(*alloc.pool_box(1u8), 1);
    assert_eq!(alloc.pool_box([2u64; 500])[499], 2);
}

#[test]
fn pool_blocks_are_freed_by_another_thread() {
    let alloc = small();
    let boxes: Vec<_> = (0..12u64).map(|number| alloc.pool_box(number)).collect();
    let other = thread::spawn(move || {
        assert_eq!(boxes.iter().map(|boxed| **boxed).sum::<u64>(), 66);
        drop(boxes);
    });
    // Meanwhile the owner goes on, and takes in what has come back.
    for number in 0..6u64 {
        alloc.begin_frame();
        let kept: Vec<_> = (0..4).map(|more| alloc.pool_box(number + more)).collect();
        assert_eq!(*kept[3], number + 3);
        alloc.end_frame();
    }
    other.join().expect("no panic");
    drop(alloc.pool_box(1u64));
}

#[test]
fn pool_blocks_outlive_their_thread_and_its_heir() {
    let alloc = small();
    let make = |seed: u64| {
        let alloc = alloc.clone();
        thread::spawn(move || (0..5).map(|number| alloc.pool_box(seed + number)).collect::<Vec<_>>())
    };
    let first = make(10).join().expect("no panic");
    // Drops blocks of an orphan while another thread adopts it.
    let second = make(20);
    drop(first);
    let second = second.join().expect("no panic");
    assert_eq!(**second.last().expect("five"), 24);
    let third = make(30).join().expect("no panic");
    drop(second);
    drop(third);
}

#[test]
fn pool_and_heap_blocks_outlive_their_allocator() {
    let alloc = small();
    let here: (PoolBox<u64>, HeapBox<[u64; 30]>) = (alloc.pool_box(1), alloc.heap_box([2; 30]));
    let there = {
        let alloc = alloc.clone();
        thread::spawn(move || (alloc.pool_box(3u64), alloc.heap_slice::<u64>(30))).join().expect("no panic")
    };
    drop(alloc);
    let other = thread::spawn(move || assert_eq!((*here.0, here.1[29]), (1, 2)));
    assert_eq!((*there.0, there.1[29]), (3, 0));
    drop(there);
    other.join().expect("no panic");
    // Another allocator: this thread gives up what it had of the first.
    drop(small().pool_box(1u8));
}

#[test]
fn allocator_goes_while_threads_free_and_end() {
    let alloc = small();
    let boxes: Vec<_> =
        (0..3u64).map(|number| (alloc.pool_box(number), alloc.heap_box([number; 5]))).collect();
    let user = {
        let alloc = alloc.clone();
        thread::spawn(move || drop((alloc.frame_box(1u8), alloc.pool_box(2u8))))
    };
    let freers: Vec<_> = boxes.into_iter().map(|boxes| thread::spawn(move || drop(boxes))).collect();
    drop(alloc);
    user.join().expect("no panic");
    freers.into_iter().for_each(|freer| freer.join().expect("no panic"));
}

#[test]
fn heap_blocks_are_freed_by_another_thread() {
    let alloc = SmartAlloc::new(config().with_heap_limit(kilobytes(4)));
    let one = alloc.heap_box([1u64; 100]);
    let two = alloc.heap_slice::<u64>(100);
    assert!(alloc.try_heap_slice::<u8>(4000).is_err());
    let other = thread::spawn(move || assert_eq!((one[99], two[99]), (1, 0)));
    alloc.begin_frame();
    alloc.end_frame();
    other.join().expect("no panic");
    assert_eq!(alloc.stats().heap_bytes, 0);
    assert!(alloc.try_heap_slice::<u8>(4000).is_ok());
}
