//! What happens when the system has no memory: every request that a section makes fails in turn, alone and with all
//! that come after it.
//!
//! Whatever fails, calls with `try_` return errors and never abort, what is alive stays as it was, the allocator
//! goes on working once there is memory again, and at the end nothing is leaked or dropped twice.
//!
//! A program of its own: the allocator under it is the program's. It runs its sections one after the other, so that
//! the bytes alive before and after a section can be compared; hence no test harness, which allocates in between.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA606) -- blocks are taken and given back to see them counted

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use framealloc::{
    AllocConfig, AllocError, AllocErrorKind, BudgetPolicy, FrameBox, FrameMap, FrameString, FrameVec,
    HeapBox, PoolBox, RetentionPolicy, ScratchAllocator, ScratchConfig, ScratchVec, SmartAlloc, frame_format,
    kilobytes,
};

// --- An allocator that fails -------------------------------------------------------------------------------------

/// Which requests fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// None.
    Never,
    /// The one with this number, from 0.
    Once(u64),
    /// That one and all after it.
    From(u64),
    /// Those of so many bytes and more.
    Larger(usize),
}

/// What a thread has of its plan. Without destructors, so that it can be reached at any time in a thread's life.
struct Switch {
    plan: Cell<Plan>,
    armed: Cell<bool>,
    requests: Cell<u64>,
}

thread_local! {
    static SWITCH: Switch = const {
        Switch {
            plan: Cell::new(Plan::Never),
            armed: Cell::new(false),
            requests: Cell::new(0),
        }
    };
}

/// Whether a request failed in this attempt.
static FAILED: AtomicBool = AtomicBool::new(false);
static BLOCKS_ALIVE: AtomicI64 = AtomicI64::new(0);
static BYTES_ALIVE: AtomicI64 = AtomicI64::new(0);

struct Failing;

#[global_allocator]
static FAILING: Failing = Failing;

/// Whether the request that is being made fails.
fn fails(size: usize) -> bool {
    SWITCH.with(|switch| {
        if !switch.armed.get() {
            return false;
        }
        let number = switch.requests.get();
        switch.requests.set(number + 1);
        let fails = match switch.plan.get() {
            Plan::Never => false,
            Plan::Once(failing) => number == failing,
            Plan::From(failing) => number >= failing,
            Plan::Larger(least) => size >= least,
        };
        FAILED.fetch_or(fails, Ordering::Relaxed);
        fails
    })
}

/// What fresh and freed memory is filled with, so that whoever reads either sees it.
const FRESH: u8 = 0xA5;
const FREED: u8 = 0x5A;

// SAFETY: passes everything on to the system's allocator or fails.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise; the block is as large as asked for.
        unsafe {
            let block = System.alloc(layout);
            if !block.is_null() {
                block.write_bytes(FRESH, layout.size());
                BLOCKS_ALIVE.fetch_add(1, Ordering::Relaxed);
                BYTES_ALIVE.fetch_add(layout.size() as i64, Ordering::Relaxed);
            }
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BLOCKS_ALIVE.fetch_sub(1, Ordering::Relaxed);
        BYTES_ALIVE.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe {
            block.write_bytes(FREED, layout.size());
            System.dealloc(block, layout);
        }
    }
}

/// Runs `work` while requests fail as the plan has it.
fn armed<R>(work: impl FnOnce() -> R) -> R {
    SWITCH.with(|switch| switch.armed.set(true));
    let result = work();
    disarm();
    result
}

fn disarm() {
    SWITCH.with(|switch| switch.armed.set(false));
}

fn alive() -> (i64, i64) {
    (BLOCKS_ALIVE.load(Ordering::Relaxed), BYTES_ALIVE.load(Ordering::Relaxed))
}

// --- Running a section -------------------------------------------------------------------------------------------

/// Runs `section` on a fresh thread; whether a request failed, and how many calls were refused.
fn attempt(plan: Plan, section: fn() -> usize) -> (bool, usize) {
    let before = alive();
    let values = VALUES.load(Ordering::Relaxed);
    FAILED.store(false, Ordering::Relaxed);
    let refused = std::thread::spawn(move || {
        SWITCH.with(|switch| switch.plan.set(plan));
        section()
    })
    .join();
    let refused = match refused {
        Ok(refused) => refused,
        Err(panic) => {
            complain(plan);
            std::panic::resume_unwind(panic)
        }
    };
    assert_eq!(VALUES.load(Ordering::Relaxed), values, "values alive, or dropped twice");
    assert_eq!(alive(), before, "blocks and bytes of the system's memory alive");
    (FAILED.load(Ordering::Relaxed), refused)
}

#[expect(clippy::print_stderr, reason = "a test program reports")]
fn complain(plan: Plan) {
    eprintln!("with the plan {plan:?}");
}

/// Runs `section` with each request failing in turn.
fn every_request_fails(section: fn() -> usize) -> u64 {
    // What the standard library makes once and keeps.
    attempt(Plan::Never, section);
    let (failed, refused) = attempt(Plan::Never, section);
    assert!(!failed && refused == 0, "refused though there is memory");
    let mut number = 0;
    loop {
        let (failed_once, refused) = attempt(Plan::Once(number), section);
        assert!(failed_once || refused == 0, "refused though there is memory");
        let (failed, _) = attempt(Plan::From(number), section);
        assert_eq!(failed, failed_once);
        if !failed {
            return number;
        }
        number += 1;
    }
}

/// Values of [`Value`] alive.
static VALUES: AtomicI64 = AtomicI64::new(0);

/// A value that is counted and knows what it holds.
#[derive(Debug)]
struct Value<const WORDS: usize> {
    words: [u64; WORDS],
}

impl<const WORDS: usize> Value<WORDS> {
    fn new(seed: u64) -> Self {
        VALUES.fetch_add(1, Ordering::Relaxed);
        Self { words: std::array::from_fn(|index| seed.wrapping_mul(31).wrapping_add(index as u64)) }
    }

    fn check(&self, seed: u64) {
        for (index, &word) in self.words.iter().enumerate() {
            assert_eq!(word, seed.wrapping_mul(31).wrapping_add(index as u64), "contents");
        }
    }
}

impl<const WORDS: usize> Drop for Value<WORDS> {
    fn drop(&mut self) {
        let first = self.words[0];
        assert!(
            self.words.iter().zip(first..).all(|(&word, expected)| word == expected),
            "contents at the end"
        );
        VALUES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Keeps what was made and counts what was refused.
struct Kept<T> {
    made: Vec<(u64, T)>,
    refused: usize,
}

impl<T> Kept<T> {
    /// With room for all there will be, so that keeping asks for no memory.
    fn new() -> Self {
        Self { made: Vec::with_capacity(2000), refused: 0 }
    }

    fn keep(&mut self, seed: u64, outcome: Result<T, AllocError>) {
        match outcome {
            Ok(value) => self.made.push((seed, value)),
            Err(error) => {
                assert_eq!(error.kind(), AllocErrorKind::OutOfMemory);
                assert!(error.requested() > 0 || error.left() == 0);
                self.refused += 1;
            }
        }
    }

    /// Drops every other one first, then the rest from the last to the first.
    fn drop_mixed(&mut self) {
        let mut index = 0;
        while index < self.made.len() {
            self.made.swap_remove(index);
            index += 1;
        }
        while self.made.pop().is_some() {}
    }
}

fn small() -> SmartAlloc {
    SmartAlloc::new(
        AllocConfig::default().with_frame_size(kilobytes(4)).with_pool_size(0).with_shrink_after(3),
    )
}

/// An allocator that this thread has used.
fn warm() -> SmartAlloc {
    let alloc = small();
    alloc.begin_frame();
    drop(alloc.frame_box(0u64));
    alloc.end_frame();
    alloc
}

/// The allocator does all it should.
fn still_works(alloc: &SmartAlloc) {
    for round in 0..3 {
        alloc.begin_frame();
        let boxes: Vec<_> = (0..40).map(|seed| alloc.frame_box(Value::<40>::new(seed))).collect();
        let large = alloc.frame_slice::<u8>(20_000);
        let scope = alloc.scope();
        assert_eq!(scope.alloc_slice_copy(&[round; 100]), [round; 100]);
        drop(scope);
        let mut vec = alloc.frame_vec();
        vec.extend(0..1000u32);
        let pool = alloc.pool_box(Value::<4>::new(1));
        let heap = alloc.heap_box(Value::<9>::new(2));
        alloc.with_tag("still works", |alloc| drop(alloc.frame_box(1u8)));
        for (boxed, seed) in boxes.iter().zip(0..) {
            boxed.check(seed);
        }
        pool.check(1);
        heap.check(2);
        assert!(large.iter().all(|&byte| byte == 0) && vec.iter().sum::<u32>() == 499_500);
        drop((boxes, large, vec, pool, heap));
        alloc.end_frame();
    }
    let stats = alloc.stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0));
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

// --- Sections ----------------------------------------------------------------------------------------------------

fn first_use_by_a_frame_box() -> usize {
    let alloc = small();
    let mut kept = Kept::new();
    armed(|| kept.keep(3, alloc.try_frame_box(Value::<4>::new(3))));
    armed(|| kept.keep(4, alloc.try_frame_box(Value::<4>::new(4))));
    kept.drop_mixed();
    still_works(&alloc);
    kept.refused
}

fn first_use_by_a_pool_box() -> usize {
    let alloc = small();
    let mut kept = Kept::new();
    armed(|| kept.keep(3, alloc.try_pool_box(Value::<4>::new(3))));
    armed(|| kept.keep(4, alloc.try_pool_box(Value::<4>::new(4))));
    kept.drop_mixed();
    still_works(&alloc);
    kept.refused
}

fn first_use_by_a_heap_box() -> usize {
    let alloc = small();
    let mut kept = Kept::new();
    armed(|| kept.keep(3, alloc.try_heap_box(Value::<4>::new(3))));
    armed(|| kept.keep(4, alloc.try_heap_box(Value::<4>::new(4))));
    kept.drop_mixed();
    still_works(&alloc);
    kept.refused
}

fn retained_values() -> usize {
    let alloc = small();
    let mut kept = Kept::new();
    let mut promotions = Vec::with_capacity(10);
    for seed in 0..100 {
        let policy =
            if seed % 2 == 0 { RetentionPolicy::PromoteToPool } else { RetentionPolicy::PromoteToHeap };
        let _level = alloc.tag("level");
        armed(|| kept.keep(seed, alloc.try_frame_retained_value(Value::<4>::new(seed), policy)));
        if seed % 20 == 19 {
            promotions.push(armed(|| alloc.end_frame_with_promotions()));
        }
    }
    for (seed, retained) in &kept.made {
        retained.check(*seed);
    }
    kept.drop_mixed();
    drop(promotions);
    still_works(&alloc);
    kept.refused
}

fn first_use_by_a_scope() -> usize {
    let alloc = small();
    let mut kept = Kept::new();
    armed(|| kept.keep(0, alloc.try_scope()));
    if let Some((_, scope)) = kept.made.first() {
        assert!(armed(|| scope.try_alloc(5u64)).map_or(true, |value| *value == 5));
    }
    kept.drop_mixed();
    still_works(&alloc);
    kept.refused
}

fn many_frame_boxes_in_growing_chunks() -> usize {
    let alloc = warm();
    let mut kept = Kept::<FrameBox<'_, Value<40>>>::new();
    for _ in 0..2 {
        alloc.begin_frame();
        armed(|| {
            for seed in 0..60 {
                kept.keep(seed, alloc.try_frame_box(Value::new(seed)));
            }
        });
        for (seed, value) in &kept.made {
            value.check(*seed);
        }
        kept.drop_mixed();
        armed(|| alloc.end_frame());
    }
    still_works(&alloc);
    kept.refused
}

fn large_frame_blocks() -> usize {
    let alloc = warm();
    let mut kept = Kept::<FrameBox<'_, [u64]>>::new();
    let mut values = Kept::<FrameBox<'_, [Value<2>]>>::new();
    alloc.begin_frame();
    armed(|| {
        for seed in 0..6 {
            kept.keep(seed, alloc.try_frame_slice_from_fn(1000, |_| seed));
            values.keep(seed, alloc.try_frame_slice_from_fn(300, |_| Value::new(seed)));
        }
        // The first two are given back and their chunks used again.
        kept.made.truncate(4);
        for seed in 10..13 {
            kept.keep(seed, alloc.try_frame_slice_from_fn(900, |_| seed));
        }
    });
    for (seed, value) in &kept.made {
        assert!(value.iter().all(|word| word == seed));
    }
    values.made.iter().for_each(|(seed, slice)| slice.iter().for_each(|value| value.check(*seed)));
    kept.drop_mixed();
    values.drop_mixed();
    armed(|| alloc.end_frame());
    still_works(&alloc);
    kept.refused + values.refused
}

fn collections_that_report_refusals() -> usize {
    let alloc = warm();
    let mut refused = 0;
    alloc.begin_frame();
    {
        let mut vec = FrameVec::<u64>::new_in(alloc.frame_allocator_fallible());
        let mut text = FrameString::new_in(alloc.frame_allocator_fallible());
        let mut map =
            FrameMap::<u64, u64>::with_hasher_in(Default::default(), alloc.frame_allocator_fallible());
        armed(|| {
            for number in 0..900u64 {
                match vec.try_reserve(1) {
                    Ok(()) => vec.push(number),
                    Err(_) => refused += 1,
                }
                match text.try_reserve(1) {
                    Ok(()) => text.push('x'),
                    Err(_) => refused += 1,
                }
                match map.try_reserve(1) {
                    Ok(()) => assert!(map.insert(number, !number).is_none()),
                    Err(_) => refused += 1,
                }
            }
            vec.shrink_to_fit();
        });
        assert!(vec.is_sorted() && text.bytes().all(|byte| byte == b'x'));
        assert!(map.iter().all(|(key, value)| *value == !key));
        assert!(refused != 0 || (vec.len(), text.len(), map.len()) == (900, 900, 900));
        match armed(|| alloc.try_frame_vec_with_capacity::<u64>(5000)) {
            Ok(vec) => assert_eq!(vec.capacity(), 5000),
            Err(_) => refused += 1,
        }
    }
    armed(|| alloc.end_frame());
    still_works(&alloc);
    refused
}

fn parking() -> usize {
    let alloc = warm();
    let mut kept = Kept::<FrameBox<'_, Value<20>>>::new();
    for frame in 0..8u64 {
        alloc.begin_frame();
        for seed in frame * 10..frame * 10 + 10 {
            kept.keep(seed, alloc.try_frame_box(Value::new(seed)));
        }
        let large = alloc.frame_slice::<u64>(if frame % 3 == 0 { 2000 } else { 1 });
        // One of each frame stays, and now and then one more dies before the frame's end.
        kept.made.truncate(kept.made.len() - 8 - usize::from(frame % 2 == 0));
        armed(|| alloc.end_frame());
        for (seed, value) in &kept.made {
            value.check(*seed);
        }
        assert!(large.iter().all(|&word| word == 0));
        armed(|| drop(large));
    }
    // Those of the third frame first, then the others.
    kept.made.swap(0, 4);
    armed(|| kept.drop_mixed());
    still_works(&alloc);
    kept.refused
}

fn parking_under_scopes() -> usize {
    let alloc = warm();
    let mut boxes = Kept::<FrameBox<'_, Value<3>>>::new();
    let mut refused = 0;
    for frame in 0..4u64 {
        alloc.begin_frame();
        let outer = alloc.scope();
        let kept_by_scope = outer.alloc_slice_copy(&[frame; 50]);
        boxes.keep(frame, alloc.try_frame_box(Value::new(frame)));
        let inner = alloc.scope();
        let deeper = inner.alloc([frame; 20]);
        armed(|| alloc.end_frame());
        assert_eq!((*kept_by_scope).first(), Some(&frame));
        assert_eq!(*deeper, [frame; 20]);
        // A scope whose frame has ended still serves.
        match armed(|| outer.try_alloc([frame; 30])) {
            Ok(value) => assert_eq!(*value, [frame; 30]),
            Err(_) => refused += 1,
        }
        if frame % 2 == 0 {
            drop(outer);
            drop(inner);
        } else {
            drop(inner);
            drop(outer);
        }
        boxes.made.iter().for_each(|(seed, value)| value.check(*seed));
    }
    boxes.drop_mixed();
    still_works(&alloc);
    refused
}

fn scopes_by_the_hundred() -> usize {
    let alloc = warm();
    let mut scopes = Kept::new();
    let mut refused = 0;
    alloc.begin_frame();
    armed(|| {
        for number in 0..100u64 {
            scopes.keep(number, alloc.try_scope());
            let Some((_, scope)) = scopes.made.last() else { continue };
            match scope.try_alloc_slice_from_fn(10, |index| number + index as u64) {
                Ok(values) => assert_eq!(values[9], number + 9),
                Err(_) => refused += 1,
            }
            // The outer scopes are used while the inner ones are open.
            let (_, outer) = &scopes.made[scopes.made.len() / 2];
            match outer.try_alloc_str("beside") {
                Ok(text) => assert_eq!(text, "beside"),
                Err(_) => refused += 1,
            }
        }
        // In no order at all.
        scopes.drop_mixed();
        alloc.end_frame();
    });
    still_works(&alloc);
    refused + scopes.refused
}

fn shared_frames() -> usize {
    let alloc = small();
    let mut refused = 0;
    armed(|| {
        for round in 0..3u64 {
            let (first, second) = (alloc.try_shared_frame(), alloc.try_shared_frame());
            disarm();
            let mut kept = Vec::with_capacity(60);
            SWITCH.with(|switch| switch.armed.set(true));
            for shared in [&first, &second] {
                let Ok(shared) = shared else {
                    refused += 1;
                    continue;
                };
                let local = shared.try_local();
                refused += usize::from(local.is_err());
                for number in 0..30u64 {
                    let made = match &local {
                        Ok(local) if number % 2 == 0 => local.try_alloc([round + number; 40]),
                        _ => shared.try_alloc([round + number; 40]),
                    };
                    match made {
                        Ok(value) => kept.push((round + number, value)),
                        Err(_) => refused += 1,
                    }
                }
                match shared.try_alloc_slice_copy(&[7u8; 9_000]) {
                    Ok(large) => assert_eq!(large[8_999], 7),
                    Err(_) => refused += 1,
                }
            }
            for (number, value) in kept {
                assert_eq!(*value, [number; 40]);
            }
            if round == 1 {
                drop(first);
                drop(second);
            }
        }
    });
    let shared = alloc.shared_frame();
    assert_eq!(shared.alloc([5u64; 300])[299], 5);
    drop(shared);
    still_works(&alloc);
    refused
}

fn tags_and_phases_never_used_before() -> usize {
    const NAMES: [&str; 4] = ["physics", "contacts", "a name that is somewhat longer than the others", "x"];
    let alloc = warm();
    alloc.begin_frame();
    let mut kept = Kept::new();
    armed(|| {
        for outer in NAMES {
            let _outer = alloc.tag(outer);
            let _phase = alloc.phase(outer);
            for inner in NAMES {
                let _inner = alloc.tag(inner);
                alloc.begin_phase(inner);
                kept.keep(1, alloc.try_frame_box(Value::<2>::new(1)));
                alloc.end_phase();
            }
        }
    });
    kept.drop_mixed();
    armed(|| alloc.end_frame());
    assert!(alloc.all_tag_stats().len() <= 20);
    still_works(&alloc);
    kept.refused
}

fn pool_boxes_and_new_pages() -> usize {
    let alloc = warm();
    let mut tiny = Kept::<PoolBox<Value<1>>>::new();
    let mut middle = Kept::<PoolBox<Value<100>>>::new();
    let mut big = Kept::<PoolBox<Value<2000>>>::new();
    armed(|| {
        for seed in 0..150 {
            tiny.keep(seed, alloc.try_pool_box(Value::new(seed)));
            middle.keep(seed, alloc.try_pool_box(Value::new(seed)));
            if seed % 30 == 0 {
                big.keep(seed, alloc.try_pool_box(Value::new(seed)));
            }
        }
    });
    tiny.made.iter().for_each(|(seed, value)| value.check(*seed));
    middle.made.iter().for_each(|(seed, value)| value.check(*seed));
    big.made.iter().for_each(|(seed, value)| value.check(*seed));
    // Some are given back by another thread, and taken in while there is no memory.
    let away = middle.made.split_off(middle.made.len() / 2);
    std::thread::spawn(move || drop(away)).join().expect("no panic");
    armed(|| {
        tiny.drop_mixed();
        for seed in 200..300 {
            middle.keep(seed, alloc.try_pool_box(Value::new(seed)));
        }
    });
    let refused = tiny.refused + middle.refused + big.refused;
    drop((tiny, middle, big));
    still_works(&alloc);
    refused
}

fn pool_boxes_under_a_limit() -> usize {
    let alloc = SmartAlloc::new(
        AllocConfig::default()
            .with_frame_size(kilobytes(4))
            .with_pool_size(0)
            .with_pool_limit(kilobytes(128)),
    );
    let mut refused = 0;
    let mut kept = Vec::with_capacity(100);
    for seed in 0..3u64 {
        // Each fills the limit with another class, so that pages go back and change their class.
        armed(|| match seed {
            0 => refused += fill(&alloc, &mut kept, 0u64),
            1 => refused += fill(&alloc, &mut kept, [1u64; 300]),
            _ => refused += fill(&alloc, &mut kept, [2u64; 1000]),
        });
        kept.clear();
    }
    still_works(&alloc);
    refused
}

/// Makes pool boxes up to the limit; what the system, not the limit, refused.
fn fill<T: std::any::Any + Copy>(
    alloc: &SmartAlloc,
    kept: &mut Vec<PoolBox<[u64; 1000]>>,
    value: T,
) -> usize {
    let mut refused = 0;
    let mut head: Option<PoolBox<Linked<T>>> = None;
    for _ in 0..10_000 {
        match alloc.try_pool_box(Linked { _value: value, next: None }) {
            Ok(mut boxed) => {
                boxed.next = head.take();
                head = Some(boxed);
            }
            Err(error) if error.kind() == AllocErrorKind::PoolLimit => break,
            Err(_) => {
                refused += 1;
                break;
            }
        }
    }
    if let Ok(boxed) = alloc.try_pool_box([0; 1000])
        && kept.len() < kept.capacity()
    {
        kept.push(boxed);
    }
    // One at a time, or the chain's destructor would run out of stack.
    while let Some(mut boxed) = head {
        head = boxed.next.take();
    }
    refused
}

struct Linked<T> {
    _value: T,
    next: Option<PoolBox<Linked<T>>>,
}

fn heap_boxes() -> usize {
    let alloc = warm();
    let mut kept = Kept::<HeapBox<Value<200>>>::new();
    let mut slices = Kept::<HeapBox<[u64]>>::new();
    armed(|| {
        for seed in 0..5 {
            kept.keep(seed, alloc.try_heap_box(Value::new(seed)));
            slices.keep(seed, alloc.try_heap_slice::<u64>(500));
        }
    });
    kept.made.iter().for_each(|(seed, value)| value.check(*seed));
    assert!(slices.made.iter().all(|(_, slice)| slice.iter().all(|&word| word == 0)));
    let away = std::mem::take(&mut kept.made);
    std::thread::spawn(move || drop(away)).join().expect("no panic");
    slices.drop_mixed();
    assert_eq!(alloc.stats().heap_bytes, 0);
    still_works(&alloc);
    kept.refused + slices.refused
}

/// What could not be had from the system is not booked against the ceilings.
fn ceilings_after_refusals() -> usize {
    let alloc = SmartAlloc::new(
        AllocConfig::default()
            .with_frame_size(kilobytes(4))
            .with_frame_limit(kilobytes(32))
            .with_pool_size(0)
            .with_pool_limit(kilobytes(64))
            .with_heap_limit(kilobytes(16)),
    );
    alloc.begin_frame();
    let mut frame = Kept::<FrameBox<'_, [u8]>>::new();
    let mut heap = Kept::<HeapBox<[u8]>>::new();
    let mut pool = Kept::<PoolBox<u64>>::new();
    for seed in 0..3 {
        armed(|| {
            frame.keep(seed, alloc.try_frame_slice(24_000));
            heap.keep(seed, alloc.try_heap_slice(16_000));
            pool.keep(seed, alloc.try_pool_box(seed));
        });
        frame.drop_mixed();
        heap.drop_mixed();
        pool.drop_mixed();
    }
    // All of it can be had, and no more.
    drop(alloc.frame_slice::<u8>(24_000));
    drop((alloc.heap_slice::<u8>(16_384), alloc.pool_box(1u64)));
    assert!(alloc.try_frame_slice::<u8>(33_000).is_err() && alloc.try_heap_slice::<u8>(16_385).is_err());
    alloc.end_frame();
    frame.refused + heap.refused + pool.refused
}

fn settling_and_shrinking() -> usize {
    let alloc = warm();
    let mut kept = Kept::<FrameBox<'_, Value<40>>>::new();
    for frame in 0..14 {
        alloc.begin_frame();
        let count = if frame % 7 == 0 { 100 } else { 3 };
        for seed in 0..count {
            kept.keep(seed, alloc.try_frame_box(Value::new(seed)));
        }
        kept.drop_mixed();
        armed(|| alloc.end_frame());
    }
    assert!(alloc.stats().reserved_bytes < 200_000);
    still_works(&alloc);
    kept.refused
}

fn refusals_under_a_tag_with_a_budget() -> usize {
    let alloc = SmartAlloc::new(
        AllocConfig::default()
            .with_frame_size(kilobytes(4))
            .with_pool_size(0)
            .with_budget_policy(BudgetPolicy::Fail),
    );
    alloc.set_tag_budget("budgeted", 1000);
    alloc.set_thread_pool_budget(5000);
    let mut refused = 0;
    alloc.begin_frame();
    armed(|| {
        let tag = alloc.tag("budgeted");
        match alloc.try_frame_slice::<u64>(1000) {
            // There was no memory to note the tag, so its budget does not bind.
            Ok(slice) => assert!(slice.iter().all(|&word| word == 0)),
            Err(error) if error.kind() == AllocErrorKind::TagBudget => {}
            Err(_) => refused += 1,
        }
        match alloc.try_pool_box([0u64; 1000]) {
            Ok(_) => panic!("beyond the budget"),
            Err(error) => refused += usize::from(error.kind() == AllocErrorKind::OutOfMemory),
        }
        drop(tag);
    });
    alloc.end_frame();
    alloc.set_thread_pool_budget(usize::MAX);
    still_works(&alloc);
    refused
}

thread_local! {
    /// What a thread still holds when its destructors run; first used before the library's own table, so dropped
    /// after it.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

struct Held {
    boxes: Vec<FrameBox<'static, Value<20>>>,
    pool: Option<PoolBox<Value<3>>>,
    alloc: &'static SmartAlloc,
}

impl Drop for Held {
    fn drop(&mut self) {
        for (boxed, seed) in self.boxes.iter().zip(0..) {
            boxed.check(seed);
        }
        let late = self.alloc.try_frame_box(Value::<5>::new(9));
        if let Ok(late) = &late {
            late.check(9);
        }
        self.boxes.clear();
        self.pool = None;
        drop(self.alloc.try_pool_box(1u64));
        drop(self.alloc.try_heap_box(1u64));
    }
}

fn scratch_allocators() -> usize {
    let alloc = small();
    let config = ScratchConfig::new(1000).with_name("scratch");
    let mut refused = 0;
    match armed(|| alloc.try_create_scratch_allocator_with(config)) {
        Err(error) => {
            assert_eq!(error.kind(), AllocErrorKind::OutOfMemory);
            refused += 1;
        }
        Ok(mut scratch) => {
            for _ in 0..3 {
                refused += armed(|| scratch_scopes(&scratch));
                assert_eq!(scratch.stats().used_bytes, 0);
            }
            armed(|| scratch.shrink());
            assert_eq!(scratch_scopes(&scratch), 0);
        }
    }
    assert!(alloc.scratch_stats().is_empty());
    still_works(&alloc);
    refused
}

/// How many calls of scopes that grow in each way were refused.
fn scratch_scopes(scratch: &ScratchAllocator) -> usize {
    let refused = Cell::new(0);
    let note = |failed: bool| refused.set(refused.get() + usize::from(failed));
    let outer = scratch.try_with_scope(|a| {
        let first = a.try_alloc_value([1u8; 500]);
        note(first.is_err());
        for size in [700, 3000, 50_000] {
            note(a.try_alloc_slice::<u8>(size).map(|slice| slice.fill(2)).is_err());
        }
        let inner = a.try_with_scope(|b| {
            let within = b.try_alloc_value([3u8; 2000]);
            let aside = [100, 40_000].map(|size| a.try_alloc_slice::<u8>(size));
            note(within.is_err());
            for slice in aside {
                note(slice.map(|slice| slice.fill(4)).is_err());
            }
            assert!(within.is_err() || within.is_ok_and(|bytes| bytes.iter().all(|byte| *byte == 3)));
        });
        note(inner.is_err());
        let mut vec = ScratchVec::new_in(a.allocator_fallible());
        note(vec.try_reserve(5000).is_err());
        if vec.capacity() > 0 {
            vec.extend(0..5000u32);
        }
        assert!(first.is_err() || first.is_ok_and(|bytes| bytes.iter().all(|byte| *byte == 1)));
    });
    note(outer.is_err());
    refused.get()
}

fn thread_that_ends_while_handles_are_alive() -> usize {
    let alloc = std::sync::Arc::new(small());
    let plan = SWITCH.with(|switch| switch.plan.get());
    let ends = {
        // SAFETY: all that borrows it goes with the thread, which is joined before the allocator goes.
        let alloc: &'static SmartAlloc = unsafe { &*std::sync::Arc::as_ptr(&alloc) };
        // fa: allow(FA302) -- a thread without a budget is tried beside one that has it
        std::thread::spawn(move || {
            HELD.with(|held| held.borrow_mut().take());
            alloc.begin_frame();
            let boxes = (0..4).map(|seed| alloc.frame_box(Value::new(seed))).collect();
            let pool = Some(alloc.pool_box(Value::new(1)));
            HELD.with(|held| *held.borrow_mut() = Some(Held { boxes, pool, alloc }));
            SWITCH.with(|switch| switch.plan.set(plan));
            // For the rest of the thread's life.
            SWITCH.with(|switch| switch.armed.set(true));
        })
    };
    ends.join().expect("no panic");
    still_works(&alloc);
    0
}

/// Reserved memory that the system does not have is an error that names the setting.
fn allocators_that_cannot_be_made() {
    SWITCH.with(|switch| switch.plan.set(Plan::Larger(kilobytes(64))));
    let config = AllocConfig::default().with_pool_size(kilobytes(256));
    let error = armed(|| SmartAlloc::try_new(config.clone())).expect_err("no memory");
    assert_eq!(error.field(), "pool_size");
    let config = AllocConfig::default().with_pool_size(0).with_frame_size(kilobytes(64)).with_prefault(true);
    // A thread's first chunk is asked for again when the first frame needs it.
    let alloc = armed(|| SmartAlloc::try_new(config)).expect("an allocator without a chunk");
    assert!(armed(|| alloc.try_frame_box(1u64)).is_ok(), "a smaller chunk will do");
    still_works(&alloc);
}

/// The message of a panic in `work` while every large request fails.
fn panic_message(work: impl FnOnce()) -> String {
    // Small requests are the panic's own.
    SWITCH.with(|switch| switch.plan.set(Plan::Larger(2000)));
    let panic = armed(|| catch_unwind(AssertUnwindSafe(work)));
    disarm();
    let panic = panic.expect_err("a panic");
    panic.downcast_ref::<String>().expect("a message").clone()
}

/// Calls without `try_` panic with the same message, and do not abort; so does the growth of a collection.
fn panicking_forms_say_what_is_missing() {
    let missing = "the system is out of memory: ";
    let expect = |work: &dyn Fn(&SmartAlloc)| {
        let alloc = &warm();
        let message = panic_message(|| work(alloc));
        assert!(message.starts_with(missing), "{message}");
        still_works(alloc);
    };
    expect(&|alloc| drop(alloc.frame_box(Value::<3000>::new(1))));
    expect(&|alloc| drop(alloc.frame_alloc::<[u64; 3000]>()));
    expect(&|alloc| drop(alloc.frame_uninit::<[u64; 3000]>()));
    expect(&|alloc| drop(alloc.frame_slice::<u8>(9000)));
    expect(&|alloc| drop(alloc.frame_slice_from_fn(3000, |_| Value::<1>::new(1))));
    expect(&|alloc| drop(alloc.frame_vec_with_capacity::<u64>(3000)));
    expect(&|alloc| {
        let mut values = alloc.frame_vec();
        (0..u32::MAX.into()).for_each(|seed| values.push(Value::<2>::new(seed)));
    });
    expect(&|alloc| {
        let mut map = alloc.frame_map();
        (0..u32::MAX.into()).for_each(|seed| drop(map.insert(seed, Value::<2>::new(seed))));
    });
    expect(&|alloc| drop(frame_format!(alloc, "{:9000}", 1)));
    expect(&|alloc| {
        let scope = alloc.scope();
        (0..u64::MAX).for_each(|number| {
            scope.alloc([number; 10]);
        });
    });
    expect(&|alloc| {
        let mut boxes = Vec::with_capacity(20);
        (0..u32::MAX.into()).for_each(|seed| boxes.push(alloc.pool_box(Value::<1000>::new(seed))));
    });
    expect(&|alloc| drop(alloc.heap_box(Value::<500>::new(1))));
    expect(&|alloc| drop(alloc.heap_slice::<u64>(500)));
    let alloc = warm();
    assert_eq!(
        panic_message(|| drop(alloc.heap_slice::<u8>(5000))),
        "the system is out of memory: 5000 bytes asked for"
    );
}

// --- The program -------------------------------------------------------------------------------------------------

// --- The behaviour filter ----------------------------------------------------------------------------------------

/// Without memory for its records the filter notes less, and refuses nothing.
fn frames_that_are_watched() -> usize {
    let alloc = warm();
    let mut boxes = Kept::<FrameBox<'_, Value<2>>>::new();
    let mut pool = Kept::<PoolBox<Value<5>>>::new();
    armed(|| {
        alloc.enable_behavior_filter();
        for seed in 0..3 {
            alloc.begin_frame();
            let _tag = alloc.tag("watched");
            for _ in 0..20 {
                boxes.keep(seed, alloc.try_frame_box(Value::new(seed)));
                drop(alloc.try_frame_box(Value::<3>::new(seed)));
                pool.keep(seed, alloc.try_pool_box(Value::new(seed)));
                // fa: allow(FA602) -- what is counted is the allocations themselves
                drop(alloc.try_pool_box(Value::<7>::new(seed)));
            }
            alloc.end_frame();
        }
    });
    let report = alloc.behavior_report();
    assert!(report.sites <= 8, "{report:?}");
    boxes.drop_mixed();
    pool.drop_mixed();
    armed(|| alloc.disable_behavior_filter());
    still_works(&alloc);
    boxes.refused + pool.refused
}

/// A name, and what runs with every request failing once; how many requests it made.
type Section = (&'static str, fn() -> usize);

const SECTIONS: [Section; 22] = [
    ("first_use_by_a_frame_box", first_use_by_a_frame_box),
    ("first_use_by_a_pool_box", first_use_by_a_pool_box),
    ("first_use_by_a_heap_box", first_use_by_a_heap_box),
    ("first_use_by_a_scope", first_use_by_a_scope),
    ("many_frame_boxes_in_growing_chunks", many_frame_boxes_in_growing_chunks),
    ("large_frame_blocks", large_frame_blocks),
    ("collections_that_report_refusals", collections_that_report_refusals),
    ("parking", parking),
    ("parking_under_scopes", parking_under_scopes),
    ("scopes_by_the_hundred", scopes_by_the_hundred),
    ("shared_frames", shared_frames),
    ("tags_and_phases_never_used_before", tags_and_phases_never_used_before),
    ("retained_values", retained_values),
    ("pool_boxes_and_new_pages", pool_boxes_and_new_pages),
    ("pool_boxes_under_a_limit", pool_boxes_under_a_limit),
    ("heap_boxes", heap_boxes),
    ("ceilings_after_refusals", ceilings_after_refusals),
    ("settling_and_shrinking", settling_and_shrinking),
    ("refusals_under_a_tag_with_a_budget", refusals_under_a_tag_with_a_budget),
    ("scratch_allocators", scratch_allocators),
    ("thread_that_ends_while_handles_are_alive", thread_that_ends_while_handles_are_alive),
    ("frames_that_are_watched", frames_that_are_watched),
];

const WITHOUT_NUMBERS: [(&str, fn()); 2] = [
    ("allocators_that_cannot_be_made", allocators_that_cannot_be_made),
    ("panicking_forms_say_what_is_missing", panicking_forms_say_what_is_missing),
];

#[expect(clippy::print_stdout, reason = "a test program reports")]
fn main() {
    // As the usual harness: the first argument that is no option chooses by name.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Panics that a test asks for say nothing.
        if !SWITCH.with(|switch| switch.armed.get()) {
            loud(panic);
        }
    }));
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for (name, section) in SECTIONS {
        if name.contains(&filter) {
            println!("test {name} ...");
            let requests = every_request_fails(section);
            assert!(requests > 0, "nothing was asked for");
            println!("test {name} ... ok ({requests} requests)");
        }
    }
    for (name, test) in WITHOUT_NUMBERS {
        if name.contains(&filter) {
            if let Err(panic) = std::thread::spawn(test).join() {
                std::panic::resume_unwind(panic);
            }
            println!("test {name} ... ok");
        }
    }
}
