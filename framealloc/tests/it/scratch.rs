//! Scratch allocators: scopes that nest and interleave, panics, growth, fixed capacity, threads, numbers.

use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use framealloc::allocator_api2::alloc::{Allocator, Layout};
use framealloc::{
    AllocErrorKind, ScratchAllocator, ScratchBox, ScratchConfig, ScratchScope, ScratchVec, SmartAlloc,
    Zeroable, kilobytes, megabytes,
};

use crate::support::{Drops, Random, Spans, address, check, fill, panics, rounds};

fn scratch(bytes: usize) -> ScratchAllocator {
    SmartAlloc::with_defaults().create_scratch_allocator(bytes)
}

fn fixed(bytes: usize) -> ScratchAllocator {
    SmartAlloc::with_defaults()
        .create_scratch_allocator_with(ScratchConfig::new(bytes).with_name("small one").fixed())
}

#[derive(Clone, Copy, Debug, Zeroable)]
struct TempData {
    values: [u32; 64],
}

// --- Values ------------------------------------------------------------------------------------------------------

#[test]
fn the_guides_snippet() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(megabytes(2));

    scratch.with_scope(|s| {
        let temp = s.alloc::<TempData>();
        assert_eq!(temp.values, [0; 64]);
        temp.values[63] = 1;
        assert_eq!(scratch.stats().used_bytes, 256);
    });

    let stats = scratch.stats();
    assert_eq!((stats.used_bytes, stats.peak_bytes, stats.growths), (0, 256, 0));
}

#[test]
fn every_kind_of_value() {
    let scratch = scratch(kilobytes(16));
    for round in 0..3u32 {
        let sum = scratch.with_scope(|s| {
            let zeroed = s.alloc::<[u64; 4]>();
            assert_eq!(*zeroed, [0; 4], "zeroed although the memory was used before");
            *zeroed = [u64::MAX; 4];
            let value = s.alloc_value((round, 2u8));
            let place = s.alloc_uninit::<[u8; 100]>();
            let written = place.write([7; 100]);
            let zeroes = s.alloc_slice::<u16>(50);
            assert!(zeroes.iter().all(|&value| value == 0));
            zeroes.fill(u16::MAX);
            let copy = s.alloc_slice_copy(&[1u8, 2, 3]);
            let made = s.alloc_slice_from_fn(10, |index| index as u32);
            let text = s.alloc_str("text");
            text.make_ascii_uppercase();
            let mut vec = s.vec();
            vec.extend(0..100u32);
            vec.retain(|value| value % 2 == 0);
            let mut string = s.string();
            string.push_str(text);
            string.push('!');
            let boxed = s.boxed(vec![round; 10]);
            assert_eq!((*value, written[99], copy.len()), ((round, 2), 7, 3));
            assert_eq!((string.as_str(), boxed[9]), ("TEXT!", round));
            made.iter().sum::<u32>() + vec.iter().sum::<u32>()
        });
        assert_eq!(sum, 45 + 2450);
    }
    assert_eq!(scratch.stats().growths, 0);
}

#[test]
fn every_call_has_a_twin_that_returns_an_error() {
    let scratch = fixed(64);
    scratch.with_scope(|s| {
        let refused = |result: Result<(), framealloc::AllocError>| {
            let error = result.unwrap_err();
            assert_eq!(
                (error.kind(), error.left(), error.tag()),
                (AllocErrorKind::ScratchCapacity, 64, None)
            );
            assert!(!error.kind().is_budget());
        };
        refused(s.try_alloc::<[u64; 9]>().map(drop));
        refused(s.try_alloc_value([0u64; 9]).map(drop));
        refused(s.try_alloc_uninit::<[u64; 9]>().map(drop));
        refused(s.try_alloc_slice::<u8>(65).map(drop));
        refused(s.try_alloc_slice_copy(&[0u8; 65]).map(drop));
        refused(s.try_alloc_slice_from_fn(65, |_| -> u8 { panic!("not called") }).map(drop));
        refused(s.try_alloc_str(&"x".repeat(65)).map(drop));
        refused(s.try_boxed([0u64; 9]).map(drop));
        refused(s.try_vec_with_capacity::<u8>(65).map(drop));
        assert!(ScratchVec::<u8>::new_in(s.allocator_fallible()).try_reserve(65).is_err());
        assert_eq!(
            s.try_alloc_slice::<u64>(usize::MAX / 4).unwrap_err().kind(),
            AllocErrorKind::SizeOverflow
        );
        let message = panics(|| s.alloc_value([0u64; 9]));
        assert_eq!(
            message,
            "the scratch allocator is full: 72 bytes asked for of `small one`, 64 bytes left"
        );
        let message = panics(|| s.vec::<u8>().reserve(65));
        assert!(message.starts_with("the scratch allocator is full"), "{message}");
        // Nothing was taken by any of it.
        assert_eq!(*s.alloc_value([1u64; 8]), [1; 8]);
    });
}

#[test]
fn types_without_size_and_wide_alignments() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(align(4096))]
    struct Page(u8);
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(align(64))]
    struct Empty;
    for scratch in [scratch(kilobytes(1)), fixed(kilobytes(64))] {
        scratch.with_scope(|s| {
            let before = scratch.stats().used_bytes;
            assert_eq!(address(s.alloc_value(Empty)) % 64, 0);
            assert_eq!(s.alloc_slice_from_fn(1000, |_| ()).len(), 1000);
            assert_eq!(*s.boxed(Empty), Empty);
            let mut units = s.vec();
            units.extend([(); 100]);
            assert_eq!(units.len(), 100);
            assert_eq!(scratch.stats().used_bytes, before);
            for number in 0..3 {
                let page = s.alloc_value(Page(number));
                assert_eq!((address(page) % 4096, page.0), (0, number));
                s.alloc_value(number);
            }
            let mut pages = s.vec();
            pages.push(Page(1));
            pages.push(Page(2));
            assert_eq!(address(&pages[0]) % 4096, 0);
            assert_eq!(pages[1], Page(2));
        });
        assert_eq!(scratch.stats().used_bytes, 0);
    }
}

#[test]
fn destructors_run_with_the_handles() {
    let drops = Drops::default();
    let scratch = scratch(kilobytes(4));
    scratch.with_scope(|s| {
        let boxed = s.boxed(drops.value(1));
        boxed.check(1);
        let mut vec: ScratchVec<'_, _> = s.vec();
        vec.extend((0..20).map(|id| drops.value(id)));
        vec.swap_remove(3);
        assert_eq!(drops.alive(), 20);
        let out: ScratchBox<'_, _> = s.boxed(drops.value(5));
        ScratchBox::into_inner(out).check(5);
    });
    assert_eq!((drops.made(), drops.alive()), (22, 0));
}

#[test]
fn forgotten_handles_do_not_keep_memory() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let scratch = scratch(kilobytes(4));
    for id in 0..1000 {
        scratch.with_scope(|s| {
            std::mem::forget(s.boxed((Counted, id)));
            let mut vec = s.vec();
            vec.push([id; 10]);
            std::mem::forget(vec);
            *ScratchBox::leak(s.boxed(1)) += 1;
        });
    }
    let stats = scratch.stats();
    assert_eq!((stats.used_bytes, stats.growths, DROPPED.load(Ordering::Relaxed)), (0, 0, 0));
}

#[test]
fn tip_is_given_back_and_grown_in_place() {
    let scratch = scratch(kilobytes(64));
    scratch.with_scope(|s| {
        let first = address(&*s.boxed([1u64; 10]));
        assert_eq!(address(&*s.boxed([2u64; 10])), first, "the first one's place serves again");
        let mut vec = s.vec_with_capacity::<u64>(1);
        vec.push(0);
        let at = address(&vec[0]);
        vec.extend(1..1000);
        assert_eq!(address(&vec[0]), at, "grown in place");
        vec.truncate(10);
        vec.shrink_to_fit();
        assert_eq!(address(s.alloc_value(1u64)), at + 80, "the end was given back");
        // Not at the tip any more.
        vec.extend(0..100);
        assert_ne!(address(&vec[0]), at);
        assert_eq!(vec[9], 9);
    });
}

#[test]
fn allocator_keeps_its_contract_for_odd_layouts() {
    let scratch = scratch(kilobytes(64));
    scratch.with_scope(|s| {
        let memory = s.allocator();
        for (size, align) in [(1usize, 1usize), (7, 2), (24, 8), (100, 64), (5000, 4096), (0, 32)] {
            let layout = Layout::from_size_align(size, align).unwrap();
            let wider = Layout::from_size_align(size + 100, align * 2).unwrap();
            let less = Layout::from_size_align(size / 2, align).unwrap();
            // SAFETY: each block is used within its size and given back with its layout.
            unsafe {
                let block = memory.allocate(layout).unwrap();
                assert_eq!((block.len(), block.cast::<u8>().addr().get() % align), (size, 0));
                block.cast::<u8>().write_bytes(5, size);
                let block = memory.grow(block.cast(), layout, wider).unwrap();
                assert_eq!((block.len(), block.cast::<u8>().addr().get() % (align * 2)), (size + 100, 0));
                assert!((0..size).all(|at| block.cast::<u8>().add(at).read() == 5));
                let block = memory.shrink(block.cast(), wider, less).unwrap();
                assert_eq!(block.len(), size / 2);
                assert!((0..size / 2).all(|at| block.cast::<u8>().add(at).read() == 5));
                memory.deallocate(block.cast(), less);
            }
        }
    });
}

// --- Scopes ------------------------------------------------------------------------------------------------------

#[test]
fn scopes_nest_and_start_where_the_last_one_did() {
    let scratch = scratch(kilobytes(16));
    scratch.with_scope(|outer| {
        let kept = outer.alloc_slice_from_fn(10, |index| index);
        let mut first = None;
        for round in 0..100 {
            let at = outer.with_scope(|inner| {
                let value = inner.alloc_value([round; 20]);
                assert_eq!(value[19], round);
                inner.with_scope(|innermost| innermost.alloc_value([0u8; 1000]).fill(1));
                address(value)
            });
            assert_eq!(*first.get_or_insert(at), at);
        }
        assert_eq!(kept[9], 9);
    });
    assert_eq!(scratch.stats().used_bytes, 0);
}

/// What one scope has, checked against patterns.
struct Held<'s> {
    scope: &'s ScratchScope<'s>,
    spans: &'s Spans,
    seed: Cell<u64>,
    slices: RefCell<Vec<(&'s mut [u8], u64)>>,
    vec: RefCell<ScratchVec<'s, u64>>,
}

/// What scopes further in do with it; without its lifetime, which could not be that of two scopes.
trait Outer {
    fn add(&self, size: usize);
    fn check(&self);
}

impl<'s> Held<'s> {
    fn new(scope: &'s ScratchScope<'s>, spans: &'s Spans, seed: u64) -> Self {
        let vec = RefCell::new(scope.vec());
        Self { scope, spans, seed: Cell::new(seed), slices: RefCell::default(), vec }
    }

    fn gone(&self) {
        self.check();
        for (slice, _) in &*self.slices.borrow() {
            self.spans.remove_value::<[u8]>(slice);
        }
    }
}

impl<'s> Outer for Held<'s> {
    fn add(&self, size: usize) {
        let seed = self.seed.replace(self.seed.get() + 1);
        let slice: &'s mut [u8] = self.scope.alloc_slice_from_fn(size, |_| 0);
        self.spans.add_value(slice);
        fill(slice, seed);
        self.slices.borrow_mut().push((slice, seed));
        let mut vec = self.vec.borrow_mut();
        let next = vec.len() as u64;
        vec.extend(next..next + 5);
    }

    fn check(&self) {
        for (slice, seed) in &*self.slices.borrow() {
            check(slice, *seed);
        }
        assert!(self.vec.borrow().iter().enumerate().all(|(index, &value)| index as u64 == value));
    }
}

#[test]
fn outer_scopes_may_be_used_while_inner_ones_are_open() {
    for scratch in [scratch(kilobytes(4)), scratch(64), fixed(kilobytes(256))] {
        let spans = Spans::default();
        for round in 0..3 {
            scratch.with_scope(|a| {
                let a = Held::new(a, &spans, 1000 * round);
                a.add(100);
                scratch.with_scope(|b| {
                    let b = Held::new(b, &spans, 2000);
                    b.add(200);
                    a.add(300);
                    b.scope.with_scope(|c| {
                        let c = Held::new(c, &spans, 3000);
                        for size in [10, 500, 3000] {
                            a.add(size);
                            c.add(size);
                            b.add(size);
                        }
                        [&a as &dyn Outer, &b, &c].iter().for_each(|held| held.check());
                        c.gone();
                    });
                    a.check();
                    b.add(50);
                    a.add(60);
                    b.gone();
                });
                a.add(70);
                a.gone();
            });
            assert_eq!(scratch.stats().used_bytes, 0);
        }
    }
}

#[test]
fn a_vector_made_outside_grows_inside() {
    for scratch in [scratch(kilobytes(1)), fixed(kilobytes(512))] {
        scratch.with_scope(|outer| {
            let mut vec = outer.vec();
            vec.push(0u64);
            for step in 1..200u64 {
                scratch.with_scope(|inner| {
                    let other = inner.alloc_slice_from_fn(20, |_| u64::MAX);
                    vec.push(step);
                    assert!(other.iter().all(|&value| value == u64::MAX));
                });
                vec.push(step);
            }
            assert_eq!(vec.iter().sum::<u64>(), 2 * (199 * 200) / 2);
            let boxed = outer.boxed([1u8; 100]);
            // Dropped where it is not the innermost scope's.
            scratch.with_scope(|_| drop(boxed));
        });
        assert_eq!(scratch.stats().used_bytes, 0);
    }
}

fn random_scopes(random: &mut Random, scratch: &ScratchAllocator, open: &[&dyn Outer], spans: &Spans) {
    scratch.with_scope(|scope| {
        let held = Held::new(scope, spans, random.next());
        let mut all: Vec<&dyn Outer> = open.to_vec();
        all.push(&held);
        for _ in 0..random.below(8) {
            match random.below(4) {
                0 if all.len() < 7 => random_scopes(random, scratch, &all, spans),
                1 => all[random.below(all.len())].add(random.below(2000)),
                2 => all[random.below(all.len())].check(),
                _ => held.add(random.below(100)),
            }
        }
        held.gone();
    });
    if let Some(outer) = open.last() {
        outer.check();
    }
}

#[test]
fn random_programs() {
    for seed in 0..rounds(300, 3) as u64 {
        let mut random = Random::new(seed);
        let bytes = 1 << (6 + random.below(10));
        let scratch = if seed % 3 == 0 { fixed(megabytes(2)) } else { scratch(bytes) };
        for _ in 0..3 {
            random_scopes(&mut random, &scratch, &[], &Spans::default());
            assert_eq!(scratch.stats().used_bytes, 0);
        }
    }
}

#[test]
fn scopes_are_reset_when_their_closures_panic() {
    let scratch = scratch(kilobytes(4));
    let drops = Drops::default();
    scratch.with_scope(|outer| {
        let kept = outer.alloc_value([5u64; 10]);
        let used = scratch.stats().used_bytes;
        for depth in 1..5 {
            fn nest(scratch: &ScratchAllocator, depth: u32, drops: &Drops) {
                scratch.with_scope(|s| {
                    let _boxed = s.boxed(drops.value(1));
                    s.alloc_value([0u8; 3000]);
                    if depth == 0 {
                        panic!("on purpose");
                    }
                    nest(scratch, depth - 1, drops);
                });
            }
            assert_eq!(panics(|| nest(&scratch, depth, &drops)), "on purpose");
            assert_eq!((scratch.stats().used_bytes, drops.alive()), (used, 0));
        }
        let message = panics(|| {
            outer.alloc_slice_from_fn(10, |index| if index == 5 { panic!("halfway") } else { index })
        });
        assert_eq!((message.as_str(), kept[9]), ("halfway", 5));
    });
    assert_eq!(scratch.stats().used_bytes, 0);
    scratch.with_scope(|s| assert_eq!(*s.alloc_value(1), 1));
}

#[test]
fn a_destructor_that_panics_or_opens_scopes_is_harmless() {
    struct Opens<'a>(&'a ScratchAllocator, bool);
    impl Drop for Opens<'_> {
        fn drop(&mut self) {
            self.0.with_scope(|s| assert_eq!(*s.alloc_value([3u64; 20]), [3; 20]));
            if self.1 {
                panic!("in the destructor");
            }
        }
    }
    let scratch = scratch(256);
    scratch.with_scope(|s| {
        let kept = s.alloc_value([1u64; 4]);
        drop(s.boxed(Opens(&scratch, false)));
        let boxed = s.boxed(Opens(&scratch, true));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(boxed))).is_err());
        let mut vec = s.vec();
        vec.extend((0..3).map(|_| Opens(&scratch, false)));
        s.with_scope(|_| vec.clear());
        assert_eq!(*kept, [1; 4]);
    });
    assert_eq!(scratch.stats().used_bytes, 0);
}

#[test]
fn a_scope_within_a_frame_knows_nothing_of_it() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(kilobytes(1));
    alloc.begin_frame();
    scratch.with_scope(|s| {
        let mut vec = s.vec();
        alloc.end_frame();
        alloc.begin_frame();
        vec.extend(0..500);
        let boxed = alloc.frame_box(1);
        alloc.end_frame();
        // fa: allow(FA601) -- handles outlive their frame, to see it parked
        assert_eq!((vec.len(), *boxed), (500, 1));
    });
    assert_eq!(alloc.stats().parked_bytes, 0);
}

// --- Growth ------------------------------------------------------------------------------------------------------

#[test]
fn grows_in_chunks_and_goes_on_with_one() {
    let mut scratch = scratch(kilobytes(1));
    let job = |scratch: &ScratchAllocator| {
        scratch.with_scope(|s| {
            let slices: Vec<_> = (0..100u64).map(|seed| (s.alloc_slice::<u8>(1000), seed)).collect();
            for (slice, seed) in slices {
                fill(slice, seed);
                check(slice, seed);
            }
        });
    };
    assert_eq!(scratch.stats().reserved_bytes, 1024 + 128);
    job(&scratch);
    let grown = scratch.stats();
    assert!(grown.growths > 1 && grown.peak_bytes >= 100_000 && grown.used_bytes == 0, "{grown:?}");
    assert!(grown.reserved_bytes < 130_000, "{grown:?}");
    for _ in 0..10 {
        job(&scratch);
    }
    assert_eq!(scratch.stats(), grown, "it does not grow again");
    scratch.shrink();
    let shrunk = scratch.stats();
    assert_eq!((shrunk.reserved_bytes, shrunk.peak_bytes), (1024 + 128, grown.peak_bytes));
    scratch.with_scope(|s| s.alloc_value([0u8; 1024]).fill(1));
    assert_eq!(scratch.stats().growths, grown.growths);
    job(&scratch);
    assert!(scratch.stats().growths > grown.growths);
}

#[test]
fn large_values_and_side_chunks_settle_too() {
    let scratch = scratch(kilobytes(8));
    let job = || {
        scratch.with_scope(|outer| {
            let large = outer.alloc_slice::<u8>(megabytes(1));
            outer.with_scope(|_| outer.alloc_slice::<u8>(kilobytes(40)).fill(1));
            large.fill(2);
        });
    };
    job();
    job();
    let settled = scratch.stats();
    for _ in 0..20 {
        job();
    }
    let now = scratch.stats();
    assert_eq!((now.reserved_bytes, now.peak_bytes), (settled.reserved_bytes, settled.peak_bytes));
    assert!(now.reserved_bytes < megabytes(1) * 5 / 4, "{now:?}");
}

#[test]
fn growth_inside_an_inner_scope_is_given_back_with_it() {
    let scratch = scratch(kilobytes(1));
    scratch.with_scope(|outer| {
        let kept = outer.alloc_value([1u64; 20]);
        for _ in 0..50 {
            outer.with_scope(|inner| inner.alloc_slice::<u8>(700).fill(9));
            outer.with_scope(|inner| (0..20).for_each(|_| inner.alloc_slice::<u8>(700).fill(9)));
        }
        assert_eq!((scratch.stats().used_bytes, *kept), (160, [1; 20]));
        assert!(scratch.stats().reserved_bytes < kilobytes(64));
    });
}

#[test]
fn fixed_is_exact_and_never_asks_for_more() {
    let scratch = fixed(kilobytes(4));
    let reserved = scratch.stats().reserved_bytes;
    for _ in 0..3 {
        scratch.with_scope(|outer| {
            outer.alloc_slice::<u8>(1000).fill(1);
            outer.with_scope(|inner| {
                inner.alloc_slice::<u8>(2000).fill(2);
                // From the end, and alive beyond the inner scope.
                outer.alloc_slice::<u8>(800).fill(3);
                assert_eq!(scratch.stats().used_bytes, 3800);
                assert_eq!(inner.try_alloc_slice::<u8>(300).unwrap_err().left(), 296);
                assert_eq!(outer.try_alloc_slice::<u8>(300).unwrap_err().left(), 296);
                outer.alloc_slice::<u8>(296).fill(4);
                assert!(inner.try_alloc_value(1u8).is_err());
            });
            assert_eq!(scratch.stats().used_bytes, 1000 + 800 + 296);
            assert!(outer.try_alloc_slice::<u8>(2001).is_err());
            outer.alloc_slice::<u8>(2000).fill(5);
        });
        scratch.with_scope(|s| s.alloc_slice::<u8>(4096).fill(6));
    }
    let stats = scratch.stats();
    assert_eq!((stats.reserved_bytes, stats.peak_bytes, stats.growths), (reserved, 4096, 0));
    assert!(stats.fixed);
}

#[test]
fn ends_of_fixed_chunks_come_back_whichever_scope_took_last() {
    let scratch = fixed(kilobytes(4));
    scratch.with_scope(|a| {
        a.with_scope(|b| {
            b.with_scope(|_| {
                b.alloc_slice::<u8>(512).fill(1);
                a.alloc_slice::<u8>(512).fill(2);
                b.alloc_slice::<u8>(512).fill(3);
            });
            assert_eq!(scratch.stats().used_bytes, 1536);
        });
        // What b had below a's has come back, what it had above has not.
        assert_eq!(scratch.stats().used_bytes, 1024);
        a.with_scope(|b| b.alloc_slice::<u8>(3072).fill(4));
    });
    scratch.with_scope(|s| s.alloc_slice::<u8>(4096).fill(5));
}

#[test]
fn absurd_capacities() {
    let alloc = SmartAlloc::with_defaults();
    let error = alloc.try_create_scratch_allocator(usize::MAX).unwrap_err();
    assert_eq!(error.kind(), AllocErrorKind::SizeOverflow);
    assert!(alloc.scratch_stats().is_empty());
    let none = alloc.create_scratch_allocator(0);
    none.with_scope(|s| assert_eq!(s.alloc_slice_from_fn(1000, |index| index)[999], 999));
    let none = fixed(0);
    assert_eq!(none.stats().capacity, 64);
}

// --- Threads and lives -------------------------------------------------------------------------------------------

#[test]
fn goes_from_thread_to_thread() {
    let alloc = SmartAlloc::with_defaults();
    let mut scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(512).with_name("wanderer"));
    for round in 0..4u64 {
        scratch = thread::spawn(move || {
            scratch.with_scope(|s| {
                let mut vec = s.vec();
                vec.extend(0..200 * round);
                assert_eq!(vec.len() as u64, 200 * round);
            });
            scratch
        })
        .join()
        .unwrap();
        let stats = alloc.scratch_stats();
        assert_eq!((stats.len(), stats[0].name.as_str(), stats[0].used_bytes), (1, "wanderer", 0));
        assert!(stats[0].peak_bytes >= 1600 * round);
    }
}

#[test]
fn values_are_read_by_scoped_threads() {
    scratch(kilobytes(4)).with_scope(|s| {
        let numbers = s.alloc_slice_from_fn(100, |index| index);
        let mut vec = s.vec();
        vec.extend_from_slice(numbers);
        let (numbers, copied) = (&*numbers, vec.as_slice());
        thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| assert_eq!(numbers, copied));
            }
        });
    });
}

#[test]
fn outlives_the_allocator_that_made_it() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(64);
    scratch.with_scope(|s| {
        let mut vec = s.vec();
        vec.push(1);
        drop(alloc);
        vec.extend(0..1000);
        assert_eq!(vec[1000], 999);
    });
    thread::spawn(move || drop(scratch)).join().unwrap();
}

#[test]
fn is_used_and_dropped_in_a_thread_local_destructor() {
    struct AtExit(RefCell<Option<ScratchAllocator>>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            if let Some(scratch) = self.0.take() {
                scratch.with_scope(|s| assert_eq!(s.alloc_slice_from_fn(5000, |index| index)[4999], 4999));
            }
        }
    }
    thread_local! {
        static KEPT: AtExit = const { AtExit(RefCell::new(None)) };
    }
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(1024);
    thread::spawn(move || KEPT.with(|kept| *kept.0.borrow_mut() = Some(scratch))).join().unwrap();
    assert!(alloc.scratch_stats().is_empty());
}

// --- Numbers -----------------------------------------------------------------------------------------------------

#[test]
fn tools_see_those_that_are_there() {
    let alloc = SmartAlloc::with_defaults();
    let other = SmartAlloc::with_defaults();
    let one = alloc.create_scratch_allocator_with(ScratchConfig::new(1000).with_name("one"));
    let two = alloc.clone().create_scratch_allocator_with(ScratchConfig::new(2000).with_name("two").fixed());
    let elsewhere = other.create_scratch_allocator(3000);
    assert_eq!((one.name(), two.name(), elsewhere.name()), ("one", "two", ""));
    let seen = |of: &SmartAlloc| -> Vec<_> {
        of.scratch_stats().into_iter().map(|each| (each.name, each.capacity, each.fixed)).collect()
    };
    assert_eq!(seen(&alloc), [("one".to_owned(), 1024, false), ("two".to_owned(), 2048, true)]);
    assert_eq!(seen(&other), [(String::new(), 3008, false)]);
    drop(one);
    assert_eq!(seen(&alloc), [("two".to_owned(), 2048, true)]);
    // Forgotten, it would still be there; leak detectors find it from here.
    static KEPT: Mutex<Vec<ScratchAllocator>> = Mutex::new(Vec::new());
    KEPT.lock().unwrap().push(two);
    assert_eq!(seen(&alloc).len(), 1);
}

#[test]
fn numbers_are_read_from_other_threads() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(kilobytes(4));
    scratch.with_scope(|s| {
        s.alloc_value([0u8; 800]);
        scratch.with_scope(|_| {
            let seen = thread::scope(|threads| threads.spawn(|| alloc.scratch_stats()).join().unwrap());
            assert_eq!(seen[0].used_bytes, 800, "as of the scope that was opened last");
        });
    });
    assert_eq!(alloc.scratch_stats()[0].peak_bytes, 800);
    // While it is used.
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        let reader = threads.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let seen = &alloc.scratch_stats()[0];
                assert!(seen.used_bytes < 100_000 && seen.peak_bytes >= 800, "{seen:?}");
            }
        });
        for size in 0..rounds(20_000, 20) {
            scratch.with_scope(|s| s.alloc_slice::<u8>(size).fill(1));
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
}

#[test]
fn uninitialised_places_may_stay_so() {
    scratch(64).with_scope(|s| {
        let places = s.alloc_slice_from_fn(10, |_| MaybeUninit::<u64>::uninit());
        places[3].write(3);
        // SAFETY: just written.
        assert_eq!(unsafe { places[3].assume_init() }, 3);
    });
}
