//! Pool and heap blocks: what they hold stays intact, wherever and in whatever order they are given back.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;

use framealloc::{AllocConfig, AllocErrorKind, HeapBox, PoolBox, SmartAlloc, kilobytes, megabytes};

/// The byte at `index` of a block with this seed.
fn pattern(seed: u64, index: usize) -> u8 {
    (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).wrapping_add(index as u64 * 31) as u8
}

/// A block whose contents can be checked.
trait Held: Send {
    fn verify(&self);
    fn span(&self) -> Range<usize>;
}

struct Filled<B> {
    block: B,
    seed: u64,
}

impl<B: AsRef<[u8]>> Filled<B> {
    fn bytes(&self) -> &[u8] {
        self.block.as_ref()
    }
}

struct PoolBytes<const N: usize>(PoolBox<[u8; N]>);

impl<const N: usize> AsRef<[u8]> for PoolBytes<N> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl<B: AsRef<[u8]> + Send> Held for Filled<B> {
    fn verify(&self) {
        for (index, &byte) in self.bytes().iter().enumerate() {
            assert_eq!(
                byte,
                pattern(self.seed, index),
                "byte {index} of {} (seed {})",
                self.bytes().len(),
                self.seed
            );
        }
    }

    fn span(&self) -> Range<usize> {
        let start = self.bytes().as_ptr().addr();
        start..start + self.bytes().len()
    }
}

fn pool_bytes<const N: usize>(alloc: &SmartAlloc, seed: u64) -> Box<dyn Held> {
    let mut block = alloc.pool_box([0u8; N]);
    for (index, byte) in block.iter_mut().enumerate() {
        *byte = pattern(seed, index);
    }
    Box::new(Filled { block: PoolBytes(block), seed })
}

fn heap_bytes(alloc: &SmartAlloc, len: usize, seed: u64) -> Box<dyn Held> {
    let mut block: HeapBox<[u8]> = alloc.heap_slice(len);
    for (index, byte) in block.iter_mut().enumerate() {
        assert_eq!(*byte, 0, "heap slices begin as zeroes");
        *byte = pattern(seed, index);
    }
    Box::new(Filled { block, seed })
}

type Make = fn(&SmartAlloc, u64) -> Box<dyn Held>;

macro_rules! makers {
    ($($size:literal)*) => { [$(pool_bytes::<$size> as Make),*] };
}

/// Below, at and above each size class, and beyond the largest.
const MAKERS: [Make; 76] = makers!(
    1 2 3 7 8 9 15 16 17 31 32 33 47 48 49 63 64 65 79 80 81 96 97 112 113 127 128 129 160 161 192 193 224 225 255
    256 257 320 321 384 385 448 449 511 512 513 640 641 768 769 896 897 1023 1024 1025 1280 1281 1536 1792 2047
    2048 2049 2561 3073 3585 4095 4096 4097 5121 6145 7169 8191 8192 8193 12000 20000
);

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

fn assert_disjoint(held: &[Box<dyn Held>]) {
    let mut spans: Vec<_> = held.iter().map(|block| block.span()).collect();
    spans.sort_unstable_by_key(|span| span.start);
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{:?} overlaps {:?}", pair[0], pair[1]);
    }
}

#[derive(Clone, Copy)]
enum Order {
    LastFirst,
    FirstFirst,
    Random,
}

fn check_drop_order(order: Order) {
    let alloc = SmartAlloc::with_defaults();
    let mut random = Random(42);
    for round in 0..3 {
        let mut held: VecDeque<Box<dyn Held>> = VecDeque::new();
        for repeat in 0..4u64 {
            for (index, make) in MAKERS.iter().enumerate() {
                held.push_back(make(&alloc, round * 1000 + repeat * 100 + index as u64));
            }
        }
        assert_disjoint(held.make_contiguous());
        while !held.is_empty() {
            let gone = match order {
                Order::LastFirst => held.pop_back(),
                Order::FirstFirst => held.pop_front(),
                Order::Random => {
                    let index = random.below(held.len());
                    held.swap_remove_back(index)
                }
            };
            if let Some(block) = gone {
                block.verify();
            }
            if held.len().is_multiple_of(50) {
                held.iter().for_each(|block| block.verify());
            }
        }
        assert_eq!(alloc.stats().pool_bytes, 0);
        assert_eq!(alloc.stats().heap_bytes, 0);
    }
}

#[test]
fn blocks_of_every_class_keep_their_contents_when_the_last_goes_first() {
    check_drop_order(Order::LastFirst);
}

#[test]
fn blocks_of_every_class_keep_their_contents_when_the_first_goes_first() {
    check_drop_order(Order::FirstFirst);
}

#[test]
fn blocks_of_every_class_keep_their_contents_when_any_goes_next() {
    check_drop_order(Order::Random);
}

#[test]
fn heap_slices_of_all_sizes_keep_their_contents_in_any_order() {
    let alloc = SmartAlloc::with_defaults();
    let mut random = Random(7);
    let mut held: Vec<Box<dyn Held>> = Vec::new();
    let mut seed = 0;
    for len in (0..20_000).step_by(37) {
        seed += 1;
        held.push(heap_bytes(&alloc, len, seed));
        if held.len() > 60 {
            let index = random.below(held.len());
            held.swap_remove(index).verify();
        }
    }
    assert_disjoint(&held);
    held.iter().for_each(|block| block.verify());
    drop(held);
    assert_eq!(alloc.stats().heap_bytes, 0);
}

#[test]
fn a_pool_page_is_used_to_its_last_block_and_no_further() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(0));
    // More than one page of each of these classes.
    let mut held: Vec<Box<dyn Held>> = Vec::new();
    for seed in 0..700 {
        held.push(pool_bytes::<112>(&alloc, seed));
        held.push(pool_bytes::<8192>(&alloc, seed));
    }
    assert_disjoint(&held);
    held.iter().for_each(|block| block.verify());
    assert!(alloc.stats().pool_reserved_bytes >= 700 * (112 + 8192));
}

macro_rules! aligned {
    ($($name:ident $align:literal)*) => {
        $(
            #[repr(align($align))]
            #[derive(Clone, Copy)]
            struct $name {
                first: u64,
                last: u64,
            }
        )*

        #[test]
        fn every_alignment_up_to_64_kib_is_kept() {
            let alloc = SmartAlloc::with_defaults();
            $({
                let mut pool = Vec::new();
                let mut heap = Vec::new();
                for seed in 0..5u64 {
                    pool.push(alloc.pool_box($name { first: seed, last: !seed }));
                    heap.push(alloc.heap_box($name { first: seed, last: !seed }));
                }
                for seed in 0..5u64 {
                    let (pooled, heaped) = (&pool[seed as usize], &heap[seed as usize]);
                    for value in [&**pooled, &**heaped] {
                        assert_eq!(std::ptr::from_ref(value).addr() % $align, 0, "{}", $align);
                        assert_eq!((value.first, value.last), (seed, !seed));
                    }
                }
            })*
            assert_eq!(alloc.stats().pool_bytes, 0);
            assert_eq!(alloc.stats().heap_bytes, 0);
        }
    };
}

aligned!(
    A8 8 A16 16 A32 32 A64 64 A128 128 A256 256 A512 512 A1024 1024 A2048 2048 A4096 4096 A8192 8192
    A16384 16384 A32768 32768 A65536 65536
);

#[test]
fn values_without_size_take_no_memory_and_are_dropped_once() {
    #[repr(align(4096))]
    struct Nothing;
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    impl Drop for Nothing {
        fn drop(&mut self) {
            assert_eq!(std::ptr::from_ref(self).addr() % 4096, 0);
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let alloc = SmartAlloc::with_defaults();
    let pool: Vec<_> = (0..10).map(|_| alloc.pool_box(Nothing)).collect();
    let heap: Vec<_> = (0..10).map(|_| alloc.heap_box(Nothing)).collect();
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes, stats.pool_allocations), (0, 0, 0));
    drop(pool);
    thread::spawn(move || drop(heap)).join().expect("drops");
    assert_eq!(DROPPED.load(Ordering::Relaxed), 20);
    std::mem::forget(alloc.pool_box(Nothing).into_inner());
    assert_eq!(DROPPED.load(Ordering::Relaxed), 20);
    assert_eq!(alloc.heap_slice::<()>(usize::MAX).len(), usize::MAX);
    assert_eq!(alloc.heap_slice::<u64>(0).len(), 0);
}

#[test]
fn pool_alloc_is_zero_also_in_a_block_that_was_used_before() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..50 {
        let mut used = alloc.pool_alloc::<[u64; 30]>();
        assert_eq!(*used, [0; 30]);
        used.fill(u64::MAX);
        let mut big = alloc.pool_alloc::<[u64; 3000]>();
        assert!(big.iter().all(|&word| word == 0));
        big.fill(u64::MAX);
        let mut heap = alloc.heap_alloc::<[u64; 300]>();
        assert_eq!(*heap, [0; 300]);
        heap.fill(u64::MAX);
    }
}

#[test]
fn huge_values_never_touch_the_stack() {
    // 64 MiB on a stack of 256 KiB.
    let work = || {
        let alloc = SmartAlloc::with_defaults();
        let mut heap = alloc.heap_alloc::<[u8; 64 << 20]>();
        let mut pool = alloc.pool_alloc::<[u8; 64 << 20]>();
        heap[(64 << 20) - 1] = 1;
        pool[(64 << 20) - 1] = 2;
        assert_eq!((heap[0], pool[0]), (0, 0));
        assert!(alloc.stats().heap_bytes >= 128 << 20);
    };
    thread::Builder::new().stack_size(256 << 10).spawn(work).expect("a thread").join().expect("no overflow");
}

#[test]
fn a_slice_whose_size_overflows_is_a_clear_error() {
    let alloc = SmartAlloc::with_defaults();
    for len in [usize::MAX, isize::MAX as usize, isize::MAX as usize / 8 + 1] {
        let error = alloc.try_heap_slice::<u64>(len).expect_err("too large");
        assert_eq!(error.kind(), AllocErrorKind::SizeOverflow);
        assert!(error.to_string().contains("overflows"), "{error}");
    }
    assert_eq!(alloc.stats().heap_bytes, 0);
}

#[test]
#[cfg_attr(asan, ignore = "the sanitizer ends the process where the system would refuse")]
fn a_size_that_the_system_does_not_have_is_an_error_and_leaves_the_counts() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(isize::MAX as usize));
    let error = alloc.try_heap_slice::<u8>(isize::MAX as usize - 64).expect_err("more than there is");
    assert_eq!(error.kind(), AllocErrorKind::OutOfMemory);
    assert_eq!(
        error.to_string(),
        format!("the system is out of memory: {} bytes asked for", error.requested())
    );
    assert_eq!((alloc.stats().heap_bytes, alloc.stats().heap_allocations), (0, 0));
    // Nor is it booked against the limit.
    drop(alloc.heap_slice::<u8>(1000));
}

#[test]
fn pool_free_and_heap_free_drop_their_values_once() {
    struct Counted<'a>(&'a Cell<u32>);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let dropped = Cell::new(0);
    let alloc = SmartAlloc::with_defaults();
    alloc.pool_free(alloc.pool_box(Counted(&dropped)));
    alloc.heap_free(alloc.heap_box(Counted(&dropped)));
    assert_eq!(dropped.get(), 2);
    assert!(alloc.try_pool_free(alloc.pool_box(Counted(&dropped))).is_ok());
    assert_eq!(dropped.get(), 3);
    drop(alloc.pool_box(Counted(&dropped)));
    drop(alloc.heap_box(Counted(&dropped)));
    assert_eq!(dropped.get(), 5);
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
}

#[test]
fn freed_blocks_are_used_again() {
    let alloc = SmartAlloc::with_defaults();
    drop(alloc.pool_box([1u64; 8]));
    let reserved = alloc.stats().pool_reserved_bytes;
    for round in 0..200_000u64 {
        let one = alloc.pool_box([round; 8]);
        let other = alloc.pool_box([!round; 8]);
        assert_eq!((one[7], other[0]), (round, !round));
    }
    assert_eq!(alloc.stats().pool_reserved_bytes, reserved);
}

#[test]
fn blocks_freed_by_another_thread_are_used_again() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(kilobytes(64)));
    let (send, receive) = mpsc::sync_channel::<PoolBox<[u64; 16]>>(64);
    thread::scope(|s| {
        s.spawn(move || {
            for (index, boxed) in receive.into_iter().enumerate() {
                assert_eq!(*boxed, [index as u64; 16]);
            }
        });
        for index in 0..50_000u64 {
            send.send(alloc.pool_box([index; 16])).expect("it receives");
        }
        drop(send);
    });
    let stats = alloc.stats();
    assert!(stats.pool_reserved_bytes <= megabytes(2) as u64, "{} bytes of pages", stats.pool_reserved_bytes);
    assert!(stats.pool_remote_frees > 0);
}

#[test]
fn boxes_may_be_dropped_after_their_thread_has_ended() {
    let alloc = SmartAlloc::with_defaults();
    let mut held = Vec::new();
    for round in 0..8u64 {
        let made = thread::scope(|s| {
            s.spawn(|| {
                let mut made: Vec<_> = MAKERS
                    .iter()
                    .enumerate()
                    .map(|(index, make)| make(&alloc, round * 100 + index as u64))
                    .collect();
                made.push(heap_bytes(&alloc, 1000, round));
                made
            })
            .join()
            .expect("makes them")
        });
        held.extend(made);
    }
    assert_disjoint(&held);
    for block in held {
        block.verify();
        drop(block);
        // The freed block may be handed out at once; the others must not mind.
        drop(pool_bytes::<64>(&alloc, 5));
    }
}

#[test]
fn boxes_may_outlive_the_allocator_and_be_dropped_anywhere() {
    for dropper in 0..4 {
        let alloc = SmartAlloc::with_defaults();
        let own: Vec<_> = MAKERS.iter().map(|make| make(&alloc, 1)).collect();
        let heap: Vec<_> = (1..20).map(|len| heap_bytes(&alloc, len * 100, 2)).collect();
        let other = thread::scope(|s| {
            let spawned = s.spawn(|| MAKERS.iter().map(|make| make(&alloc, 3)).collect::<Vec<_>>());
            spawned.join().expect("makes them")
        });
        drop(alloc);
        let all: Vec<_> = own.into_iter().chain(heap).chain(other).collect();
        assert_disjoint(&all);
        let check = move || {
            for block in all {
                block.verify();
            }
        };
        match dropper {
            0 => check(),
            1 => thread::spawn(check).join().expect("intact"),
            2 => {
                // Another allocator takes the place of the first in this thread's table.
                let next = SmartAlloc::with_defaults();
                drop(next.pool_box(1));
                check();
                drop(next.pool_box(2));
            }
            _ => {
                let next = SmartAlloc::with_defaults();
                thread::spawn(move || {
                    let _other = next.pool_box(1);
                    check();
                    drop(next);
                })
                .join()
                .expect("intact");
            }
        }
    }
}

#[test]
fn a_box_may_hold_the_last_clone_of_its_allocator() {
    struct Holds(#[expect(dead_code, reason = "held for its destructor")] SmartAlloc, [u64; 10]);
    struct HoldsMuch(#[expect(dead_code, reason = "held for its destructor")] SmartAlloc, [u64; 10_000]);
    for _ in 0..20 {
        let alloc = SmartAlloc::with_defaults();
        let neighbour = alloc.pool_box([1u64; 12]);
        let boxed = alloc.pool_box(Holds(alloc.clone(), [7; 10]));
        drop(alloc);
        assert_eq!(boxed.1, [7; 10]);
        drop(boxed);
        assert_eq!(*neighbour, [1; 12]);

        let alloc = SmartAlloc::with_defaults();
        let boxed = alloc.heap_box(Holds(alloc.clone(), [8; 10]));
        drop(alloc);
        assert_eq!(boxed.1, [8; 10]);
        drop(boxed);

        let alloc = SmartAlloc::with_defaults();
        let boxed = alloc.pool_box(HoldsMuch(alloc.clone(), [9; 10_000]));
        drop(alloc);
        assert_eq!(boxed.1[9999], 9);
        thread::spawn(move || drop(boxed)).join().expect("drops");

        let alloc = SmartAlloc::with_defaults();
        let boxed = alloc.pool_box(Holds(alloc.clone(), [6; 10]));
        let back = boxed.into_inner();
        drop(alloc);
        assert_eq!(back.1, [6; 10]);
        drop(back);
    }
}

#[test]
fn a_chain_of_boxes_that_hold_each_other_and_the_allocator_comes_down() {
    struct Link {
        next: Option<PoolBox<Link>>,
        depth: usize,
        _alloc: SmartAlloc,
    }
    let alloc = SmartAlloc::with_defaults();
    let mut head: Option<PoolBox<Link>> = None;
    for depth in 0..500 {
        head = Some(alloc.pool_box(Link { next: head, depth, _alloc: alloc.clone() }));
    }
    drop(alloc);
    let mut walk = head.as_ref();
    let mut expected = 500;
    while let Some(link) = walk {
        expected -= 1;
        assert_eq!(link.depth, expected);
        walk = link.next.as_ref();
    }
    assert_eq!(expected, 0);
    thread::spawn(move || drop(head)).join().expect("drops");
}

#[test]
fn destructors_that_use_the_pool_while_a_block_is_given_back() {
    struct Busy(SmartAlloc, u32);
    impl Drop for Busy {
        fn drop(&mut self) {
            if self.1 > 0 {
                // Of the same class as the value that is being dropped.
                let next = self.0.pool_box(Busy(self.0.clone(), self.1 - 1));
                let mut many: Vec<_> = (0..20).map(|n| self.0.pool_box([n; 4])).collect();
                drop(next);
                assert!(many.drain(..).enumerate().all(|(n, boxed)| *boxed == [n; 4]));
            }
        }
    }
    let alloc = SmartAlloc::with_defaults();
    drop(alloc.pool_box(Busy(alloc.clone(), 30)));
    drop(alloc.heap_box(Busy(alloc.clone(), 30)));
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
    let last = alloc.pool_box(Busy(alloc.clone(), 5));
    drop(alloc);
    drop(last);
}

#[test]
fn a_panicking_destructor_gives_its_block_back_all_the_same() {
    struct Bomb(#[expect(dead_code, reason = "something to lie in the block")] [u64; 6]);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("from a destructor");
        }
    }
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..10 {
        let bombs: [Box<dyn FnOnce()>; 3] = {
            let (pool, big, heap) = (
                alloc.pool_box(Bomb([1; 6])),
                alloc.pool_box((Bomb([2; 6]), [0u8; 20_000])),
                alloc.heap_box(Bomb([3; 6])),
            );
            [Box::new(move || drop(pool)), Box::new(move || drop(big)), Box::new(move || drop(heap))]
        };
        for bomb in bombs {
            assert!(catch_unwind(AssertUnwindSafe(bomb)).is_err());
        }
        let stats = alloc.stats();
        assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
    }
    // On another thread, and there by unwinding.
    let boxed = alloc.pool_box(Bomb([4; 6]));
    assert!(thread::spawn(move || drop(boxed)).join().is_err());
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(alloc.stats().pool_bytes, 0);
}

#[test]
fn a_panic_on_the_way_into_a_box_leaves_no_block_behind() {
    let alloc = SmartAlloc::with_defaults();
    let made = catch_unwind(AssertUnwindSafe(|| {
        alloc.pool_box::<u64>(if alloc.stats().frames == 0 { panic!("no value") } else { 1 })
    }));
    assert!(made.is_err());
    assert_eq!(alloc.stats().pool_bytes, 0);
}

#[test]
fn a_refused_value_is_dropped() {
    struct Counted<'a>(&'a Cell<u32>, #[expect(dead_code, reason = "for the size")] [u8; 100]);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let dropped = Cell::new(0);
    let alloc = SmartAlloc::with_defaults();
    alloc.set_thread_pool_budget(0);
    alloc.set_thread_heap_budget(0);
    assert!(alloc.try_pool_box(Counted(&dropped, [0; 100])).is_err());
    assert_eq!(dropped.get(), 1);
    assert!(alloc.try_heap_box(Counted(&dropped, [0; 100])).is_err());
    assert_eq!(dropped.get(), 2);
    assert!(catch_unwind(AssertUnwindSafe(|| alloc.pool_box(Counted(&dropped, [0; 100])))).is_err());
    assert_eq!(dropped.get(), 3);
    let stats = alloc.stats();
    assert_eq!((stats.pool_allocations, stats.heap_allocations), (0, 0));
}

#[test]
fn leaked_and_forgotten_boxes_keep_their_memory() {
    let alloc = SmartAlloc::with_defaults();
    // Held by these for as long as the test runs, so that leak detectors see them.
    let leaked = alloc.pool_box([5u64; 4]).leak();
    let heaped = alloc.heap_box([6u64; 4]).leak();
    let others: Vec<_> = (0..1000).map(|n| alloc.pool_box([n; 4])).collect();
    drop(alloc);
    leaked[0] += 1;
    heaped[0] += 1;
    assert_eq!((leaked[0], leaked[3], heaped[0], heaped[3]), (6, 5, 7, 6));
    assert!(others.iter().enumerate().all(|(n, boxed)| **boxed == [n; 4]));
    // What a leak keeps is kept for ever: let the detectors find it from here.
    LEAKED.lock().expect("sound").push((leaked, heaped));
}

type Leaked = (&'static mut [u64; 4], &'static mut [u64; 4]);

static LEAKED: Mutex<Vec<Leaked>> = Mutex::new(Vec::new());

#[test]
fn producers_and_consumers_agree_on_every_byte() {
    const THREADS: u64 = 4;
    const EACH: u64 = 3_000;
    let alloc = SmartAlloc::with_defaults();
    let (sends, receives): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| mpsc::channel::<Box<dyn Held>>()).unzip();
    let checked = AtomicUsize::new(0);
    thread::scope(|s| {
        for (number, receive) in (0..THREADS).zip(receives) {
            let (alloc, checked, sends) = (&alloc, &checked, sends.clone());
            s.spawn(move || {
                let mut random = Random(number + 1);
                let mut kept: Vec<Box<dyn Held>> = Vec::new();
                for step in 0..EACH {
                    if step % 64 == 0 {
                        alloc.begin_frame();
                    }
                    let seed = number * EACH + step;
                    let block = if step % 16 == 0 {
                        heap_bytes(alloc, random.below(5000), seed)
                    } else {
                        MAKERS[random.below(60)](alloc, seed)
                    };
                    let to = random.below(sends.len() + 1);
                    match sends.get(to) {
                        Some(send) => send.send(block).expect("it receives"),
                        None => kept.push(block),
                    }
                    for block in receive.try_iter().take(3) {
                        block.verify();
                        checked.fetch_add(1, Ordering::Relaxed);
                        if random.below(8) == 0 {
                            kept.push(block);
                        }
                    }
                    if kept.len() > 100 {
                        let index = random.below(kept.len());
                        kept.swap_remove(index).verify();
                    }
                    if step % 64 == 63 {
                        alloc.end_frame();
                    }
                }
                kept.iter().for_each(|block| block.verify());
                drop((sends, kept));
                for block in receive {
                    block.verify();
                    checked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        drop(sends);
    });
    assert!(checked.load(Ordering::Relaxed) > (THREADS * EACH / 2) as usize);
}

#[test]
fn boxes_freed_while_their_owner_ends_and_its_heir_begins() {
    // The freer meets the owner, the closed entrance, the orphan and the heir, as it happens.
    let alloc = SmartAlloc::with_defaults();
    for round in 0..60u64 {
        let (send, receive) = mpsc::channel::<PoolBox<[u64; 8]>>();
        thread::scope(|s| {
            for owner in 0..2 {
                let (alloc, send) = (&alloc, send.clone());
                s.spawn(move || {
                    for n in 0..200 {
                        send.send(alloc.pool_box([round * 1000 + owner * 500 + n; 8])).expect("it receives");
                    }
                });
            }
            drop(send);
            s.spawn(move || {
                for boxed in receive {
                    assert!(boxed.iter().all(|&word| word == boxed[0]));
                }
            });
        });
    }
    assert!(alloc.stats().pool_reserved_bytes <= megabytes(2) as u64);
}

#[test]
fn the_allocator_goes_while_other_threads_free_the_last_blocks() {
    for round in 0..100u64 {
        let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(0).with_frame_size(kilobytes(4)));
        let start = Arc::new(Barrier::new(3));
        let workers: Vec<_> = (0..2)
            .map(|worker| {
                let boxes: Vec<_> = (0..20).map(|n| alloc.pool_box(round + worker + n)).collect();
                let heaps: Vec<_> = (0..5).map(|n| alloc.heap_box(round + n)).collect();
                let start = Arc::clone(&start);
                thread::spawn(move || {
                    start.wait();
                    let sum: u64 = boxes.iter().map(|boxed| **boxed).sum();
                    drop(boxes);
                    assert_eq!(sum, 20 * (round + worker) + 190);
                    drop(heaps);
                })
            })
            .collect();
        let maker = thread::spawn({
            let start = Arc::clone(&start);
            move || {
                let _own = alloc.pool_box(1);
                start.wait();
                drop(alloc);
            }
        });
        maker.join().expect("ends");
        workers.into_iter().for_each(|worker| worker.join().expect("ends"));
    }
}

#[test]
fn the_pool_limit_is_exact_in_pages() {
    let alloc = SmartAlloc::new(
        AllocConfig::default().with_pool_size(kilobytes(64)).with_pool_limit(kilobytes(192) + 100),
    );
    let mut held = Vec::new();
    let error = loop {
        match alloc.try_pool_box([held.len(); 1024]) {
            Ok(boxed) => held.push(boxed),
            Err(error) => break error,
        }
    };
    // Three pages with seven blocks of 8 KiB each.
    assert_eq!(held.len(), 21);
    assert_eq!(error.kind(), AllocErrorKind::PoolLimit);
    assert_eq!((error.requested(), error.left(), error.tag()), (8192, 100, None));
    assert_eq!(
        error.to_string(),
        "the allocator's pool limit is reached: 8192 bytes asked for, 100 bytes left"
    );
    assert_eq!(alloc.stats().pool_reserved_bytes, kilobytes(192) as u64);
    // A block of another class needs a page of its own.
    assert_eq!(alloc.try_pool_box(1u8).map_err(|error| error.kind()).err(), Some(AllocErrorKind::PoolLimit));
    // One that was given back is not beyond the limit.
    assert_eq!(held.pop().map(|boxed| boxed[0]), Some(20));
    held.push(alloc.pool_box([20; 1024]));
    // Blocks too large for a page do not count against it.
    drop(alloc.pool_box([0u8; 10_000]));
    for (index, boxed) in held.iter().enumerate() {
        assert_eq!(**boxed, [index; 1024]);
    }
    let said = catch_unwind(AssertUnwindSafe(|| alloc.pool_box([0usize; 1024]))).expect_err("no room");
    assert_eq!(
        said.downcast_ref::<String>().map(String::as_str),
        Some("the allocator's pool limit is reached: 8192 bytes asked for, 100 bytes left")
    );
}

#[test]
fn empty_pages_of_one_class_serve_another_at_the_limit() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(0).with_pool_limit(kilobytes(128)));
    for round in 0..5u64 {
        let large: Vec<_> = (0..14).map(|n| alloc.pool_box([round + n; 1024])).collect();
        assert!(alloc.try_pool_box(1u8).is_err());
        assert!(large.iter().zip(0..).all(|(boxed, n)| boxed[1023] == round + n));
        drop(large);
        let small: Vec<_> = (0..8000).map(|n| alloc.pool_box([round, n])).collect();
        let (kept, dropped): (Vec<_>, Vec<_>) = small.into_iter().partition(|boxed| boxed[1] % 5000 == 1);
        drop(dropped);
        // One block in each page keeps it.
        assert!(alloc.try_pool_box([0u64; 1024]).is_err());
        assert!(kept.iter().all(|boxed| boxed[0] == round));
    }
    assert_eq!(alloc.stats().pool_reserved_bytes, kilobytes(128) as u64);
}

#[test]
fn pages_of_a_thread_that_ended_serve_others_at_the_limit() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(0).with_pool_limit(kilobytes(64)));
    thread::scope(|s| {
        s.spawn(|| drop(alloc.pool_box([1u64; 512]))).join().expect("takes the page");
    });
    drop(alloc.pool_box(7u8));
}

#[test]
fn the_heap_limit_is_exact_to_the_byte_and_shared_by_all_threads() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(10_000));
    let half = alloc.heap_slice::<u8>(5_000);
    let other = thread::scope(|s| {
        let made = s.spawn(|| {
            let error = alloc.try_heap_slice::<u8>(5_001).expect_err("one byte too many");
            assert_eq!(error.kind(), AllocErrorKind::HeapLimit);
            assert_eq!((error.requested(), error.left(), error.tag()), (5_001, 5_000, None));
            alloc.heap_slice::<u8>(5_000)
        });
        made.join().expect("exact")
    });
    let error = alloc.with_tag("sound", |a| a.try_heap_box(1u8)).expect_err("full");
    assert_eq!((error.requested(), error.left(), error.tag()), (1, 0, Some("sound")));
    assert_eq!(
        error.to_string(),
        "the allocator's heap limit is reached: 1 bytes asked for under tag `sound`, 0 bytes left"
    );
    // Freed on this thread, made on another.
    drop(other);
    drop(alloc.heap_slice::<u8>(5_000));
    drop(half);
    drop(alloc.heap_slice::<u8>(10_000));
    // A pool box too large for a page counts with what lies before its value.
    assert!(alloc.try_pool_box([0u8; 10_000]).is_err());
    drop(alloc.pool_box([0u8; 9_984]));
    assert!(alloc.try_pool_box([0u8; 9_985]).is_err());
}

#[test]
fn the_heap_limit_holds_while_many_threads_race_for_it() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(100 * 64));
    let alive = AtomicUsize::new(0);
    thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| {
                let mut held = Vec::new();
                for round in 0..3000 {
                    if let Ok(boxed) = alloc.try_heap_box([1u8; 64]) {
                        assert!(
                            alive.fetch_add(1, Ordering::SeqCst) < 100,
                            "more alive than the limit allows"
                        );
                        held.push(boxed);
                    }
                    if round % 3 == 2 && !held.is_empty() {
                        // Counted down first: the other way round another thread may be faster.
                        alive.fetch_sub(1, Ordering::SeqCst);
                        held.pop();
                    }
                }
                alive.fetch_sub(held.len(), Ordering::SeqCst);
            });
        }
    });
    // All was given back to the last byte.
    drop(alloc.heap_slice::<u8>(6400));
    assert!(alloc.try_heap_slice::<u8>(6401).is_err());
}
