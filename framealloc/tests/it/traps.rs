//! One test for each trap: those that DESIGN names under "The traps found so far", in its order, then the classes of
//! soundness bugs that other arenas had. `random` runs random programs against a model.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA602) -- what is counted is the allocations themselves
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

mod random;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::forget;
use std::sync::Barrier;
use std::sync::mpsc::channel;

use framealloc::{
    FrameBox, FrameVec, HeapBox, PhaseGuard, PoolBox, Scope, SmartAlloc, TagGuard, frame_format,
};

use crate::support::{
    Counted, Drops, Random, SMALL, Spans, address, check, config, fill, leaked, panics, rounds, small,
};

// --- Scopes --------------------------------------------------------------------------------------------------------

/// Trap: scopes may be dropped out of order, forgotten, leaked by the thousand: a scope is itself counted.
#[test]
fn scopes_dropped_out_of_order_forgotten_and_leaked() {
    let alloc = small();
    for frame in 0..rounds(20, 4) as u64 {
        alloc.begin_frame();
        let mut open: Vec<Scope<'_>> = Vec::new();
        for n in 0..200usize {
            let scope = alloc.scope();
            assert_eq!(*scope.alloc([frame; 3]), [frame; 3]);
            match n % 5 {
                0 => forget(scope),
                1 if n > 10 => drop((open.swap_remove(n % open.len()), scope)),
                _ => open.push(scope),
            }
        }
        let kept = alloc.frame_box([frame; 10]);
        open.drain(..).for_each(drop);
        let after = alloc.frame_box([frame + 1; 10]);
        assert_eq!((kept[9], after[9]), (frame, frame + 1));
        drop((kept, after));
        alloc.end_frame();
        assert_eq!(alloc.thread_stats().parked_frames, frame + 1, "forgotten scopes keep their frame");
    }
}

/// Trap: an outer scope may allocate while an inner one is open; the inner's rewind must not free that.
#[test]
fn outer_scope_allocating_under_an_inner_one_keeps_its_value() {
    let alloc = small();
    alloc.begin_frame();
    let outer = alloc.scope();
    let before = outer.alloc([1u64; 8]);
    let inner = alloc.scope();
    inner.alloc([2u64; 8]);
    let during = outer.alloc([3u64; 8]);
    drop(inner);
    let overwriting = alloc.frame_box([4u64; 100]);
    let after = outer.alloc([5u64; 8]);
    assert_eq!((before[7], during[7], after[7], overwriting[7]), (1, 3, 5, 4));
}

/// Trap: the outer limit is zero while an inner scope is open and must come back after it, whichever goes first.
#[test]
fn outer_scope_bumps_again_after_the_inner_one_went() {
    let alloc = small();
    let outer = alloc.scope();
    outer.alloc(0u64);
    for _ in 0..100 {
        let inner = alloc.scope();
        inner.alloc([0u8; 100]);
        drop(inner);
        outer.alloc(1u64);
    }
    assert_eq!(alloc.thread_stats().chunk_refills, 0, "no value of the outer scope went aside");
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!(reserved <= SMALL as u64, "{reserved}");
}

/// Trap: a vec made before a scope and grown in place inside it must survive the scope's rewind.
#[test]
fn vector_made_before_a_scope_and_grown_inside() {
    for inside in [1usize, 3, 4, 5, 60, 5000] {
        let alloc = small();
        alloc.begin_frame();
        let mut vec = alloc.frame_vec_with_capacity::<u64>(4);
        vec.extend([1, 2, 3, 4]);
        let scope = alloc.scope();
        vec.extend((0..inside as u64).map(|n| n + 5));
        drop(scope);
        let other = alloc.frame_box([u64::MAX; 64]);
        assert!(vec.iter().copied().eq(1..5 + inside as u64), "{inside}");
        assert_eq!(*other, [u64::MAX; 64]);
    }
}

/// Trap: one handle made inside and another, from outside, dropped there leave the difference of the counters
/// unchanged; the size is the same, the bytes too.
#[test]
fn handle_made_inside_and_another_from_outside_dropped_inside() {
    for tip in [false, true] {
        let alloc = small();
        alloc.begin_frame();
        let first = alloc.frame_box([1u64; 4]);
        let second = alloc.frame_box([2u64; 4]);
        let (doomed, other) = if tip { (second, first) } else { (first, second) };
        let expected = other[0];
        let scope = alloc.scope();
        let inside = alloc.frame_box([3u64; 4]);
        drop(doomed);
        drop(scope);
        let mut more = Vec::new();
        more.extend((10..20u64).map(|n| alloc.frame_box([n; 4])));
        assert_eq!((*other, *inside), ([expected; 4], [3; 4]), "tip: {tip}");
        assert!(more.iter().zip(10..).all(|(value, n)| **value == [n; 4]));
        drop((other, inside, more));
        alloc.end_frame();
        assert_eq!(alloc.thread_stats().parked_bytes, 0);
    }
}

/// Trap: handles both made and dropped inside a scope must not keep its memory.
#[test]
fn twenty_thousand_scopes_in_one_frame_in_constant_space() {
    let alloc = small();
    alloc.begin_frame();
    let outer_box = alloc.frame_box(1u64);
    for n in 0..rounds(20_000, 200) as u64 {
        let scope = alloc.scope();
        let a = scope.boxed([n; 10]);
        let b = alloc.frame_box([n; 10]);
        drop(a);
        assert_eq!(*b, [n; 10]);
    }
    let stats = alloc.thread_stats();
    assert_eq!(stats.chunk_refills, 0);
    assert!(stats.high_water_bytes < 1000, "{}", stats.high_water_bytes);
    drop(outer_box);
}

/// Trap: giving back at the tip compares an address with the bump pointer; two chunks may be neighbours in memory.
#[test]
fn blocks_at_chunk_ends_given_back_while_another_chunk_is_bumped() {
    let alloc = small();
    let spans = Spans::default();
    for frame in 0..3 {
        alloc.begin_frame();
        // Sizes that fill chunks to the last byte, many chunks of like size: some are neighbours.
        let mut kept = Vec::new();
        for seed in 0..rounds(300, 40) as u64 {
            let mut bytes = alloc.frame_slice::<u8>(if seed % 2 == 0 { 1024 } else { 1016 });
            fill(&mut bytes, seed);
            spans.add_value(&*bytes);
            kept.push((bytes, seed));
        }
        // Each drop is followed by a block that would take the place wrongly given back.
        for step in 0..kept.len() {
            let (bytes, seed) = kept.swap_remove((step * 7 + frame) % kept.len());
            check(&bytes, seed);
            spans.remove_value(&*bytes);
            drop(bytes);
            let mut bytes = alloc.frame_slice::<u8>(512);
            fill(&mut bytes, seed + 7);
            spans.add_value(&*bytes);
            kept.push((bytes, seed + 7));
        }
        kept.iter().for_each(|(bytes, seed)| check(bytes, *seed));
        kept.iter().for_each(|(bytes, _)| spans.remove_value(&**bytes));
        drop(kept);
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: zero-size blocks dangle, perhaps at a chunk's end or the tip.
#[test]
fn dropping_zero_size_handles_moves_no_pointer() {
    #[repr(align(64))]
    struct Nothing;
    let alloc = small();
    alloc.begin_frame();
    let kept = alloc.frame_box(1u64);
    for _ in 0..100 {
        drop(alloc.frame_box(()));
        drop(alloc.frame_box(Nothing));
        drop(alloc.frame_slice::<u64>(0));
        drop(alloc.frame_vec::<u64>());
        let mut vec = alloc.frame_vec_with_capacity::<()>(10);
        vec.extend([(); 5]);
        drop(vec);
        alloc.frame_slice_from_fn(3, |_| Nothing).into_vec().push(Nothing);
    }
    let next = alloc.frame_box(2u64);
    assert_eq!(address(&*next), address(&*kept) + 8, "nothing lies between");
    assert_eq!(alloc.thread_stats().allocations, 2);
}

/// A type of some alignment that carries one byte.
trait Aligned: Copy + PartialEq + std::fmt::Debug {
    fn new(byte: u8) -> Self;
    fn byte(&self) -> u8;
}

macro_rules! aligned {
    ($($name:ident $align:literal)*) => {
        $(
            #[derive(Clone, Copy, PartialEq, Debug)]
            #[repr(align($align))]
            struct $name(u8);

            impl Aligned for $name {
                fn new(byte: u8) -> Self {
                    Self(byte)
                }

                fn byte(&self) -> u8 {
                    self.0
                }
            }
        )*

        /// Trap: alignments of any size, also in scopes, aside, and in collections that grow.
        #[test]
        fn over_aligned_values_up_to_64_kib() {
            $(over_aligned::<$name>();)*
        }
    };
}

aligned! {
    Align1 1 Align2 2 Align4 4 Align8 8 Align16 16 Align32 32 Align64 64 Align128 128 Align256 256 Align512 512
    Align1K 1024 Align2K 2048 Align4K 4096 Align8K 8192 Align16K 16384 Align32K 32768 Align64K 65536
}

fn over_aligned<T: Aligned>() {
    let align = align_of::<T>();
    let alloc = small();
    let spans = Spans::default();
    alloc.begin_frame();
    let mut vec = alloc.frame_vec::<T>();
    let mut kept = Vec::new();
    let outer = alloc.scope();
    let inner = alloc.scope();
    for n in 0..6u8 {
        drop(alloc.frame_box(n));
        let boxed = alloc.frame_slice_from_fn(1, |_| T::new(n));
        assert_eq!(address(&*boxed) % align, 0);
        spans.add_value(&*boxed);
        kept.push(boxed);
        for value in
            [outer.alloc_slice_from_fn(1, |_| T::new(n)), inner.alloc_slice_from_fn(1, |_| T::new(n))]
        {
            assert_eq!(address(value) % align, 0);
            spans.add_value(value);
        }
        vec.push(T::new(n));
        assert_eq!(address(vec.as_slice()) % align, 0);
        vec.shrink_to_fit();
    }
    assert!(kept.iter().zip(0..).all(|(value, n)| value[0].byte() == n));
    assert!(vec.iter().zip(0..).all(|(value, n)| value.byte() == n));
    drop((inner, outer));
    assert!(kept.iter().zip(0..).all(|(value, n)| value[0].byte() == n));
    drop((kept, vec));
    one_value::<T>(&alloc);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// The calls whose layout is known when they are compiled.
#[inline(never)]
fn one_value<T: Aligned>(alloc: &SmartAlloc) {
    let boxed = alloc.frame_box(T::new(7));
    let scope = alloc.scope();
    let value = scope.alloc(T::new(8));
    let place = alloc.frame_uninit::<T>();
    assert_eq!((address(&*boxed) | address(value) | address(&*place)) % align_of::<T>(), 0);
    assert_eq!((boxed.byte(), value.byte()), (7, 8));
}

/// Trap: `grow` may raise the alignment. A vector's memory is reused for elements of a stricter alignment.
#[test]
fn blocks_that_grow_under_stricter_alignment_than_their_address_has() {
    let alloc = small();
    alloc.begin_frame();
    for shift in 0..40u64 {
        // The tip is anywhere within a page when the aligned vector begins and grows.
        let _offset = alloc.frame_slice::<u64>(shift as usize + 1);
        let mut vec = alloc.frame_vec::<Align256>();
        for n in 0..20u8 {
            vec.push(Align256(n));
            assert_eq!(address(vec.as_slice()) % 256, 0);
            if n % 4 == 0 {
                drop(alloc.frame_box(shift));
                forget(alloc.frame_box(()));
            }
        }
        vec.truncate(3);
        vec.shrink_to_fit();
        assert_eq!((address(vec.as_slice()) % 256, vec[2].0), (0, 2));
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: `allocate` returns exactly the size asked, or a vector would have more capacity than it gives back.
#[test]
fn capacity_is_exactly_what_was_asked() {
    let alloc = small();
    for capacity in 1..100 {
        let mut vec = alloc.frame_vec::<u8>();
        vec.reserve_exact(capacity);
        assert_eq!(vec.capacity(), capacity);
        vec.extend((0..capacity).map(|n| n as u8));
        vec.reserve_exact(capacity);
        assert_eq!(vec.capacity(), 2 * capacity);
        vec.shrink_to(capacity + 1);
        assert_eq!(vec.capacity(), capacity + 1);
        vec.shrink_to_fit();
        assert_eq!(vec.capacity(), capacity);
        let boxed = vec.into_boxed_slice();
        assert!(boxed.iter().zip(0..).all(|(&byte, n)| byte == n));
    }
    assert_eq!(alloc.thread_stats().stranded_bytes, 0);
}

/// Trap: opening a scope seals the tip, else a drop from below is booked as inside.
#[test]
fn handle_at_the_tip_dropped_right_after_a_scope_opened() {
    let alloc = small();
    alloc.begin_frame();
    let first = alloc.frame_box([1u8; 64]);
    let tip = alloc.frame_box([2u8; 64]);
    let scope = alloc.scope();
    drop(tip);
    let value = scope.alloc([3u8; 64]);
    let inside = alloc.frame_box([4u8; 64]);
    drop(first);
    assert_eq!((value[63], inside[63]), (3, 4));
    drop(scope);
    let after = alloc.frame_box([5u8; 256]);
    assert_eq!((inside[63], after[255]), (4, 5));
    drop((inside, after));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: chunks and parked regions begin with a gap: a block that ends where the next region begins is not its tip.
#[test]
fn last_block_of_a_parked_region_dropped_at_the_start_of_the_next_frame() {
    let alloc = small();
    for size in [8usize, 56, 64, 72, 120, 128] {
        alloc.begin_frame();
        let lower = alloc.frame_slice::<u8>(size);
        let upper = alloc.frame_slice::<u8>(size);
        alloc.end_frame();
        alloc.begin_frame();
        drop(upper);
        let mut fresh = alloc.frame_slice::<u8>(size);
        fill(&mut fresh, 3);
        assert!(lower.iter().all(|&byte| byte == 0));
        assert!(alloc.thread_stats().parked_bytes >= size as u64, "the lower one is still alive");
        drop(lower);
        assert_eq!(alloc.thread_stats().parked_bytes, 0);
        check(&fresh, 3);
        drop(fresh);
        alloc.end_frame();
    }
}

/// Trap: limit cells are not shared across frames: the old ones live with the parked region, and an old scope's later
/// values belong there.
#[test]
fn scope_of_an_ended_frame_allocates_in_its_own_region() {
    let alloc = small();
    alloc.begin_frame();
    let old = alloc.scope();
    let a = old.alloc([1u8; 40]);
    alloc.end_frame();
    alloc.begin_frame();
    let new = alloc.scope();
    let b = new.alloc([2u8; 40]);
    let c = old.alloc([3u8; 40]);
    let d = new.alloc([4u8; 40]);
    alloc.end_frame();
    alloc.begin_frame();
    let e = old.alloc_slice_copy(&[5u8; 4000]);
    let f = new.alloc_slice_copy(&[6u8; 4000]);
    let g = alloc.frame_slice_copy(&[7u8; 4000]);
    assert_eq!([a[0], b[0], c[0], d[0], e[0], f[0], g[0]], [1, 2, 3, 4, 5, 6, 7]);
    drop(old);
    let h = new.alloc_slice_copy(&[8u8; 4000]);
    assert_eq!([b[39], d[39], f[3999], g[3999], h[3999]], [2, 4, 6, 7, 8]);
    drop(new);
    assert_eq!(g[3999], 7);
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: a mark carries its chunk's number: the scope began in an earlier chunk than the one that is bumped.
#[test]
fn scope_that_began_in_an_earlier_chunk() {
    let alloc = small();
    alloc.begin_frame();
    let base = alloc.frame_box([1u8; 100]);
    for keep in [false, true] {
        let scope = alloc.scope();
        let at_mark = scope.alloc([2u8; 100]);
        let mut inside = Vec::new();
        for seed in 0..60u64 {
            let mut bytes = alloc.frame_slice::<u8>(1000);
            fill(&mut bytes, seed);
            inside.push(bytes);
        }
        assert!(alloc.thread_stats().chunk_refills > 0);
        assert_eq!(at_mark[99], 2);
        if !keep {
            inside.clear();
        }
        drop(scope);
        let after = alloc.frame_box([3u8; 500]);
        inside.iter().zip(0..).for_each(|(bytes, seed)| check(bytes, seed));
        assert_eq!((base[99], after[499]), (1, 3));
    }
    drop(base);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

// --- Ends of frames ------------------------------------------------------------------------------------------------

/// Trap: `end_frame` under an open scope, and under several, with the next frame's scopes open beside them.
#[test]
fn end_frame_under_open_scopes() {
    let alloc = small();
    alloc.begin_frame();
    let a = alloc.scope();
    let b = alloc.scope();
    let (x, y) = (a.alloc([1u64; 20]), b.alloc([2u64; 20]));
    alloc.end_frame();
    assert_eq!((x[19], y[19]), (1, 2));
    alloc.begin_frame();
    let c = alloc.scope();
    let z = c.alloc([3u64; 20]);
    drop(a);
    let d = alloc.scope();
    let w = d.alloc([4u64; 20]);
    assert_eq!((y[19], z[19], w[19]), (2, 3, 4));
    drop(b);
    let v = c.alloc([5u64; 20]);
    assert_eq!((z[19], w[19], v[19]), (3, 4, 5));
    drop(c);
    let u = d.alloc([6u64; 20]);
    assert_eq!((w[19], u[19]), (4, 6));
    drop(d);
    alloc.end_frame();
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames, stats.misuse.ended_under_scope), (0, 0, 1));
}

/// A destructor that does something with the allocator.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Trap: destructors that allocate: the block being dropped may not be handed out before the destructor is done.
#[test]
fn destructors_that_allocate() {
    let alloc = small();
    let spans = Spans::default();
    alloc.begin_frame();
    let mut seen = Vec::new();
    let kept = RefCell::new(Vec::new());
    for round in 0..20u64 {
        let boxed = alloc.frame_box((
            OnDrop(|| {
                let mut bytes = alloc.frame_slice::<u8>(16);
                spans.add_value(&*bytes);
                fill(&mut bytes, round);
                kept.borrow_mut().push((bytes, round));
            }),
            [round; 4],
        ));
        seen.push(address(&*boxed));
        spans.add_value(&*boxed);
        let (start, size) = (address(&*boxed), size_of_val(&*boxed));
        drop(boxed);
        spans.remove(start, size);
    }
    kept.borrow().iter().for_each(|(bytes, seed)| check(bytes, *seed));
    drop(kept);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: destructors that end the frame, begin another, open scopes, or do all of it.
#[test]
fn destructors_that_end_and_begin_frames() {
    let alloc = small();
    for round in 0..20u64 {
        alloc.begin_frame();
        let first = alloc.frame_box(round);
        let boxed = alloc.frame_box((OnDrop(|| alloc.end_frame()), [round; 10]));
        let scope = alloc.scope();
        let value = scope.alloc(round);
        drop(boxed);
        alloc.begin_frame();
        let fresh = alloc.frame_box([!round; 10]);
        assert_eq!((*first, *value, fresh[9]), (round, round, !round));
        let again = alloc.frame_box(OnDrop(|| {
            alloc.begin_frame();
            alloc.end_frame();
            alloc.begin_frame();
            drop(alloc.frame_slice::<u8>(30_000));
            drop(alloc.scope());
        }));
        drop(scope);
        drop(again);
        assert_eq!((*first, fresh[9]), (round, !round));
        drop((first, fresh));
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: the elements of a vector end frames while the vector is being dropped.
#[test]
fn elements_that_end_frames_while_their_vector_drops() {
    let alloc = small();
    let mut vec = alloc.frame_vec();
    let drops = Drops::default();
    for n in 0..50u64 {
        vec.push((
            OnDrop(|| {
                alloc.end_frame();
                alloc.begin_frame();
                forget(alloc.frame_box(()));
                let scope = alloc.scope();
                scope.alloc([0u8; 100]);
            }),
            drops.value(n),
        ));
    }
    vec.truncate(25);
    assert_eq!(drops.alive(), 25);
    vec.iter().zip(0..).for_each(|((_, value), n)| value.check(n));
    drop(vec);
    assert_eq!(drops.alive(), 0);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: a destructor that panics: the block is given back all the same.
#[test]
fn destructors_that_panic_give_their_block_back() {
    let alloc = small();
    alloc.begin_frame();
    for _ in 0..20 {
        let boxed = alloc.frame_box((OnDrop(|| panic!("in drop")), [0u8; 100]));
        assert_eq!(panics(|| drop(boxed)), "in drop");
        let slice = alloc.frame_slice_from_fn(5, |i| {
            OnDrop(move || {
                assert_ne!(i, 2, "in drop");
            })
        });
        panics(|| drop(slice));
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: a value may own the last clone of the (other) allocator that this thread used last; its state goes while
/// the block around it is dropped.
#[test]
fn value_that_owns_the_last_clone_of_an_allocator() {
    let alloc = small();
    for round in 0..rounds(20, 3) as u64 {
        alloc.begin_frame();
        let other = small();
        let inner: PoolBox<[u64; 4]> = other.pool_box([round; 4]);
        let boxed = alloc.frame_box((OnDrop(|| drop(alloc.frame_box(1u8))), other.clone(), [round; 20]));
        drop(other.frame_box(round));
        drop(other);
        assert_eq!(*boxed.1.frame_box(round), round, "the thread used the other one last");
        drop(boxed);
        assert_eq!(*inner, [round; 4]);
        drop(alloc.frame_box(round));
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: the same with boxes that borrow nothing: a pool box that holds the last clone of its own allocator.
#[test]
fn pool_and_heap_boxes_that_own_the_last_clone_of_their_allocator() {
    for round in 0..20u64 {
        let alloc = small();
        alloc.begin_frame();
        drop(alloc.frame_box(round));
        let pool: PoolBox<(SmartAlloc, u64)> = alloc.pool_box((alloc.clone(), round));
        let heap: HeapBox<(SmartAlloc, PoolBox<(SmartAlloc, u64)>)> = alloc.heap_box((alloc.clone(), pool));
        drop(alloc);
        assert_eq!(heap.1.1, round);
        heap.0.end_frame();
        drop(heap);
    }
}

// --- Threads that end ----------------------------------------------------------------------------------------------

/// A place for anything in a thread-local variable, whose destructor runs `OnDrop`s in their order.
type Late = RefCell<Vec<Box<dyn std::any::Any>>>;

thread_local! {
    /// Registered by its first use: before the library's own table, so destroyed after it (last in, first out on
    /// this platform; the other order is as good a test).
    static LATE: Late = const { RefCell::new(Vec::new()) };
    static LATER: Late = const { RefCell::new(Vec::new()) };
}

/// Runs `work` on a thread that drops what `work` returns after the library's thread-local state has gone.
fn outlive_state(work: impl FnOnce() -> Box<dyn std::any::Any> + Send) {
    std::thread::scope(|s| {
        let thread = s.spawn(|| {
            LATE.with_borrow_mut(Vec::len_touch);
            let late = work();
            LATE.with_borrow_mut(|list| list.push(late));
        });
        thread.join().expect("the thread does not panic");
    });
}

/// Makes sure that a thread-local variable is registered.
trait Touch {
    fn len_touch(&mut self);
}

impl<T> Touch for Vec<T> {
    fn len_touch(&mut self) {
        assert!(self.is_empty());
    }
}

/// Trap: a handle kept in a thread-local past the thread's own state; that state is not inherited until it is gone.
#[test]
fn handles_kept_past_their_threads_state() {
    let alloc = leaked();
    for round in 0..rounds(20, 3) as u64 {
        let drops = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = drops.clone();
        outlive_state(move || {
            alloc.begin_frame();
            let boxed = alloc.frame_box([round; 50]);
            let mut vec = alloc.frame_vec::<u64>();
            vec.extend(0..200);
            let mut map = alloc.frame_map::<u64, String>();
            map.extend((0..50).map(|n| (n, format!("{n}"))));
            let text = frame_format!(alloc, "round {round}");
            let scope = alloc.scope();
            assert_eq!(*scope.alloc(round), round);
            Box::new(OnDrop(move || {
                // The thread's table is gone; others may have come.
                assert_eq!(*boxed, [round; 50]);
                vec.push(200);
                vec.reserve(1000);
                assert!(vec.iter().copied().eq(0..201 + (vec.len() as u64 - 201)));
                assert_eq!(map[&49], "49");
                map.extend((50..500).map(|n| (n, String::new())));
                assert!(text.ends_with(&format!("{round}")));
                assert_eq!(*scope.alloc([round; 30]), [round; 30]);
                counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }))
        });
        assert_eq!(drops.load(std::sync::atomic::Ordering::Relaxed), 1);
        let stats = alloc.stats();
        assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0), "round {round}");
        assert!(stats.threads <= 3, "states are inherited: {}", stats.threads);
    }
}

/// Trap: thread-locals whose destructors use the allocator after ours ran: a state that is never cached.
#[test]
fn thread_local_destructors_that_use_the_allocator_after_ours() {
    let alloc = leaked();
    for round in 0..rounds(30, 4) as u64 {
        outlive_state(move || {
            drop(alloc.frame_box(round));
            Box::new(OnDrop(move || {
                let spans = Spans::default();
                let mut kept = Vec::new();
                for seed in 0..20 {
                    let mut bytes = alloc.frame_slice::<u8>(100 * seed as usize + 1);
                    fill(&mut bytes, seed);
                    spans.add_value(&*bytes);
                    kept.push(bytes);
                }
                let scope = alloc.scope();
                scope.alloc([round; 10]);
                let frame = alloc.frame();
                let value = frame.alloc(round);
                alloc.with_tag("late", |a| drop(a.frame_box(1)));
                alloc.begin_frame();
                let pool = alloc.pool_box(round);
                assert_eq!((*value, *pool), (round, round));
                kept.iter().zip(0..).for_each(|(bytes, seed)| check(bytes, seed));
                alloc.end_frame();
            }))
        });
    }
    let stats = alloc.stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0));
    assert!(stats.threads <= 4, "{}", stats.threads);
}

/// Trap: a late thread-local destructor that only looks must not leave a state behind for every thread that ends.
#[test]
fn late_destructors_that_hold_nothing_leave_no_state_behind() {
    let alloc = leaked();
    for round in 0..rounds(50, 12) {
        outlive_state(move || {
            drop(alloc.frame_box(round));
            Box::new(OnDrop(move || {
                if round % 2 == 0 {
                    alloc.end_frame();
                } else {
                    assert_eq!(alloc.thread_stats().parked_bytes, 0);
                }
            }))
        });
    }
    let threads = alloc.stats().threads;
    assert!(threads <= 5, "{threads} states for threads that came one after the other");
}

/// Trap: what a late destructor leaves open (a frame, a phase) is not inherited by the thread that gets the state.
#[test]
fn frame_begun_in_a_late_destructor_is_not_inherited() {
    let alloc = leaked();
    for round in 0..4 {
        outlive_state(move || {
            drop(alloc.frame_box(1));
            Box::new(OnDrop(move || {
                alloc.begin_frame();
                alloc.begin_phase("late");
                drop(alloc.frame_box(round));
            }))
        });
    }
    // As many threads at once as there are states.
    let count = alloc.stats().threads as usize + 1;
    let barrier = Barrier::new(count);
    std::thread::scope(|s| {
        for _ in 0..count {
            s.spawn(|| {
                drop(alloc.frame_box(1));
                barrier.wait();
                let before = alloc.thread_stats();
                let frame = alloc.frame();
                frame.alloc(1);
                drop(frame);
                let after = alloc.thread_stats();
                assert_eq!(after.frames, before.frames + 1, "the guard began a frame and ended it");
                alloc.begin_frame();
                alloc.end_frame();
                let misuse = alloc.thread_stats().misuse;
                assert_eq!(misuse.begun_twice, before.misuse.begun_twice);
                assert_eq!(misuse.unbalanced_phases, before.misuse.unbalanced_phases);
                barrier.wait();
            });
        }
    });
}

/// Trap: a handle without memory (an empty slice, a value without size) kept past its thread's state, and then made
/// into something that allocates, while another thread has inherited the state.
#[test]
fn empty_handles_kept_past_their_threads_state_do_not_reach_the_heir() {
    #[derive(Clone, Copy, Debug)]
    enum Way {
        SliceIntoVec,
        UnitMap,
        TextIntoBytes,
        VecIntoBoxedSlice,
    }
    for way in [Way::SliceIntoVec, Way::UnitMap, Way::TextIntoBytes, Way::VecIntoBoxedSlice] {
        let alloc = leaked();
        let (gone, is_gone) = channel();
        let (taken, is_taken) = channel::<()>();
        std::thread::scope(|s| {
            s.spawn(move || {
                LATE.with_borrow_mut(Vec::len_touch);
                drop(alloc.frame_box(1));
                let slice = alloc.frame_slice::<u64>(0);
                let unit = alloc.frame_box(());
                let text = alloc.frame_string().into_boxed_str();
                let vec = alloc.frame_vec::<u64>();
                let mut held = Some((slice, unit, text, vec));
                let late = OnDrop(move || {
                    let (slice, unit, text, vec) = held.take().expect("once");
                    // Of four handles only one is kept, so that none of the others pins the state for it.
                    let act: Box<dyn FnOnce() -> Box<dyn std::any::Any>> = match way {
                        Way::SliceIntoVec => {
                            drop((unit, text, vec));
                            Box::new(move || {
                                let mut vec = slice.into_vec();
                                vec.extend(0..100);
                                Box::new(vec)
                            })
                        }
                        Way::UnitMap => {
                            drop((slice, text, vec));
                            Box::new(move || Box::new(unit.map(|()| [0u64; 100])))
                        }
                        Way::TextIntoBytes => {
                            drop((slice, unit, vec));
                            Box::new(move || {
                                let mut vec = text.into_bytes().into_vec();
                                vec.extend([1; 100]);
                                Box::new(vec)
                            })
                        }
                        Way::VecIntoBoxedSlice => {
                            drop((slice, unit, text));
                            Box::new(move || {
                                let mut vec = vec.into_boxed_slice().into_vec();
                                vec.extend(0..100);
                                Box::new(vec)
                            })
                        }
                    };
                    gone.send(()).expect("the heir waits");
                    is_taken.recv().expect("the heir answers");
                    let made = act();
                    gone.send(()).expect("the heir waits");
                    is_taken.recv().expect("the heir answers");
                    drop(made);
                });
                LATE.with_borrow_mut(|list| list.push(Box::new(late)));
            });
            is_gone.recv().expect("the first thread ends");
            alloc.begin_frame();
            let mine = alloc.frame_box(1u64);
            let before = alloc.thread_stats();
            taken.send(()).expect("the first thread waits");
            is_gone.recv().expect("the first thread goes on");
            let after = alloc.thread_stats();
            taken.send(()).expect("the first thread waits");
            assert_eq!(
                (before.allocations, before.bytes_allocated),
                (after.allocations, after.bytes_allocated),
                "{way:?}: another thread allocated in this thread's state"
            );
            drop(mine);
            alloc.end_frame();
        });
    }
}

/// Trap: thread-locals of one thread that use each other's allocators while both go.
#[test]
fn thread_locals_of_two_allocators_and_two_variables() {
    let (one, two) = (leaked(), leaked());
    for round in 0..rounds(20, 3) as u64 {
        std::thread::scope(|s| {
            let thread = s.spawn(move || {
                LATE.with_borrow_mut(Vec::len_touch);
                let (a, b) = (one.frame_box(round), two.frame_box(round + 1));
                LATER.with_borrow_mut(|list| {
                    list.push(Box::new(OnDrop(move || {
                        assert_eq!((*a, *b), (round, round + 1));
                        drop(one.frame_box(2));
                    })));
                });
                let (c, mut d) = (two.frame_box(round), one.frame_vec::<u64>());
                LATE.with_borrow_mut(|list| {
                    list.push(Box::new(OnDrop(move || {
                        d.push(*c);
                        drop(two.frame_box(*c));
                        d.extend(0..100);
                    })));
                });
            });
            thread.join().expect("no panic");
        });
        assert_eq!((one.stats().parked_bytes, two.stats().parked_bytes), (0, 0));
    }
}

/// Trap: `thread::scope` returns before its threads' thread-local destructors have run, so the allocator may go while
/// they do.
#[test]
fn allocator_that_goes_while_its_threads_leave() {
    for round in 0..rounds(100, 5) as u64 {
        let alloc = small();
        std::thread::scope(|s| {
            for n in 0..3u64 {
                let alloc = &alloc;
                s.spawn(move || {
                    alloc.begin_frame();
                    let value = alloc.frame_box(round + n);
                    forget(alloc.frame_box(n));
                    assert_eq!(*value, round + n);
                });
            }
        });
        drop(alloc);
    }
}

/// Trap: guards and clones of `FrameAllocator` hold no memory, yet know whose state it is.
#[test]
fn tags_and_allocators_kept_past_their_threads_state() {
    let alloc = leaked();
    for _ in 0..rounds(10, 2) {
        outlive_state(move || {
            let tag: TagGuard<'static> = alloc.tag("kept");
            let allocator = alloc.frame_allocator();
            let empty: FrameVec<'static, u64> = FrameVec::new_in(allocator.clone());
            let mut held = Some((tag, allocator, empty));
            Box::new(OnDrop(move || {
                let (tag, allocator, mut empty) = held.take().expect("once");
                let mut other = FrameVec::new_in(allocator);
                empty.extend(0..300);
                other.extend(0..300);
                assert_eq!(empty, other);
                drop(tag);
            }))
        });
    }
    let stats = alloc.stats();
    assert_eq!(stats.parked_bytes, 0);
    assert!(stats.threads <= 3, "{}", stats.threads);
}

/// Trap: a guard whose name was closed without it keeps the state of its thread, for it will look there.
#[test]
fn stale_guards_kept_past_their_threads_state() {
    let alloc = leaked();
    for _ in 0..rounds(10, 2) {
        outlive_state(move || {
            alloc.begin_frame();
            let outer = alloc.tag("outer");
            let stale_tag: TagGuard<'static> = alloc.tag("stale");
            let stale_phase: PhaseGuard<'static> = alloc.phase("stale");
            drop(outer);
            alloc.end_frame();
            let open_phase = alloc.phase("open");
            let mut held = Some((stale_tag, stale_phase, open_phase));
            Box::new(OnDrop(move || {
                // Another thread must not have been given what the guards are about to look at.
                let heir = std::thread::spawn(|| {
                    let _tag = alloc.tag("heir");
                    drop(alloc.frame_box(1u64));
                });
                let (stale_tag, stale_phase, open_phase) = held.take().expect("once");
                drop(stale_phase);
                drop(stale_tag);
                drop(open_phase);
                let late = alloc.tag("late");
                let within = alloc.tag("within");
                drop(alloc.frame_box(2u64));
                drop(late);
                drop(within);
                heir.join().expect("no panic");
            }))
        });
    }
    let stats = alloc.stats();
    assert_eq!(stats.parked_bytes, 0);
    assert!(stats.threads <= 4, "{}", stats.threads);
    assert_eq!(alloc.tag_stats("outer/stale").expect("used").total_bytes, 0);
}

// --- Classes of bugs that others had -------------------------------------------------------------------------------

/// Class "Pin / forget" and DESIGN: `mem::forget` of every handle and guard stays safe.
#[test]
fn everything_forgotten() {
    let alloc = small();
    let spans = Spans::default();
    for round in 0..rounds(50, 5) as u64 {
        let frame = alloc.frame();
        let boxed = alloc.frame_box([round; 7]);
        spans.add_value(&*boxed);
        forget(boxed);
        let slice = alloc.frame_slice::<u8>(round as usize * 50 + 1);
        spans.add_value(&*slice);
        forget(slice);
        let mut vec = alloc.frame_vec::<u64>();
        vec.extend(0..round);
        spans.add_value(vec.as_slice());
        forget(vec);
        let mut map = alloc.frame_map::<u64, u64>();
        map.extend((0..round).map(|n| (n, n)));
        forget(map);
        let text = frame_format!(alloc, "{round}");
        spans.add_value(text.as_str());
        forget(text);
        let scope = alloc.scope();
        spans.add_value(scope.alloc([round; 3]));
        forget(scope);
        forget(alloc.frame_allocator());
        forget(alloc.tag("forgotten"));
        forget(alloc.phase("forgotten"));
        spans.add_value(alloc.frame_box(round).leak());
        forget(alloc.frame_uninit::<[u64; 100]>());
        forget(frame);
        alloc.end_frame();
    }
    alloc.begin_frame();
    let bytes = alloc.frame_slice::<u8>(10_000);
    spans.add_value(&*bytes);
    drop(bytes);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_frames, rounds(50, 5) as u64);
}

/// Class "Pin / forget": a pinned value stays where it is for ever when its box is forgotten.
#[test]
fn pinned_and_forgotten_value_is_never_overwritten() {
    let alloc = leaked();
    let reader = std::thread::spawn(move || {
        let cell: &'static Cell<u64> = alloc.frame_box(Cell::new(0x5EED)).leak();
        forget(alloc.frame_box(std::marker::PhantomPinned).into_pin());
        for _ in 0..50 {
            alloc.begin_frame();
            drop(alloc.frame_slice::<u64>(3000));
            alloc.end_frame();
        }
        assert_eq!(cell.get(), 0x5EED);
        address(cell)
    });
    let kept = reader.join().expect("no panic");
    // The thread has ended; another inherits what it may.
    for n in 0..20u64 {
        alloc.begin_frame();
        let slice = alloc.frame_slice::<u64>(100 * n as usize + 1);
        let start = address(&*slice);
        assert!(!(start..start + size_of_val(&*slice)).contains(&kept));
        drop(slice);
        alloc.end_frame();
    }
}

/// Class "Realloc/grow/shrink copies wrong length": lengths and capacities that differ, at and off the tip.
#[test]
fn growing_and_shrinking_copies_what_is_there() {
    let alloc = small();
    for at_tip in [true, false] {
        for len in [0usize, 1, 7, 8, 9, 63, 100, 1000] {
            for spare in [0usize, 1, 8, 500] {
                let mut vec = alloc.frame_vec_with_capacity::<u8>(len + spare);
                vec.resize(len, 0);
                fill(&mut vec, 5);
                let guard = (!at_tip).then(|| alloc.frame_box([0xA5u8; 24]));
                vec.reserve(300);
                vec.shrink_to(len + 10);
                vec.reserve_exact(20);
                vec.shrink_to_fit();
                check(&vec, 5);
                vec.resize(len + 50, 9);
                check(&vec[..len], 5);
                assert!(vec[len..].iter().all(|&byte| byte == 9));
                assert!(guard.is_none_or(|guard| *guard == [0xA5; 24]));
            }
        }
    }
}

/// Class "Reset/rollback while borrowed": the thread's full chunk is begun again only when nothing in it is alive,
/// scope values included.
#[test]
fn full_chunk_is_not_begun_again_under_a_scope_or_a_handle() {
    let alloc = small();
    let scope = alloc.scope();
    let value = scope.alloc([1u8; 64]);
    for _ in 0..20 {
        drop(alloc.frame_slice::<u8>(3000));
        forget(alloc.frame_slice::<u8>(0));
        scope.alloc([2u8; 3000]);
    }
    assert_eq!(*value, [1; 64]);
    drop(scope);
    let handle = alloc.frame_box([3u8; 64]);
    let mut last = alloc.frame_box([4u8; 8]);
    for n in 0..50u8 {
        let first = alloc.frame_slice::<u8>(3000);
        let next = alloc.frame_box([n; 8]);
        drop(first);
        last = next;
    }
    assert_eq!((handle[63], last[7]), (3, 49));
}

/// Class "Integer/edge": the smallest frame that is allowed, and blocks around its size.
#[test]
fn smallest_chunk_and_every_size_around_it() {
    let alloc = SmartAlloc::new(config().with_frame_size(4096));
    for size in (1..300).chain(3800..4300).chain([8191, 8192, 8193]).step_by(rounds(1, 60)) {
        alloc.begin_frame();
        let mut a = alloc.frame_slice::<u8>(size);
        let mut b = alloc.frame_slice::<u8>(size);
        let scope = alloc.scope();
        let c = scope.alloc_slice_copy(&a);
        fill(&mut a, 1);
        fill(&mut b, 2);
        fill(c, 3);
        check(&a, 1);
        check(&b, 2);
        check(c, 3);
        drop(scope);
        drop((a, b));
        alloc.end_frame();
    }
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Class "Pool reuse leaks old data": what `frame_alloc` and `frame_slice` give is zero whatever lay there.
#[test]
fn zeroed_memory_shows_nothing_of_the_frame_before() {
    let alloc = small();
    for _ in 0..10 {
        alloc.begin_frame();
        let scope = alloc.scope();
        scope.alloc([0xFFu8; 4000]);
        drop(scope);
        drop(alloc.frame_box([0xEEu8; 4000]));
        assert!(alloc.frame_alloc::<[u8; 4000]>().iter().all(|&byte| byte == 0));
        assert!(alloc.frame_slice::<u64>(500).iter().all(|&word| word == 0));
        alloc.end_frame();
    }
}

/// Class "Provenance / aliasing", found by Miri: a box moved after a reference into it was handed out.
#[test]
fn boxes_moved_while_their_contents_are_borrowed_and_after() {
    let alloc = small();
    let boxed = alloc.frame_box(Cell::new(1u64));
    let boxes: HashMap<u8, FrameBox<'_, Cell<u64>>> = [(1, boxed)].into();
    let cell: &Cell<u64> = &boxes[&1];
    cell.set(2);
    let again: &Cell<u64> = &boxes[&1];
    again.set(cell.get() + 1);
    let mut boxes = boxes;
    let boxed = boxes.remove(&1).expect("put there");
    let leaked = boxed.leak();
    leaked.set(leaked.get() + 1);
    assert_eq!(leaked.get(), 4);
    let (mut a, mut b) = (alloc.frame_box([1u8; 9]), alloc.frame_box([2u8; 9]));
    std::mem::swap(&mut a, &mut b);
    std::mem::swap(&mut *a, &mut *b);
    assert_eq!((a[8], b[8]), (1, 2));
}

/// Class "Panic safety (ctor)": a value whose making panics half-way leaves nothing alive; see `panics`.
#[test]
fn constructor_that_panics_leaks_nothing() {
    let alloc = small();
    alloc.begin_frame();
    let drops = Drops::default();
    for stop in 0..10 {
        panics(|| {
            alloc.frame_slice_from_fn(10, |i| -> Counted {
                assert_ne!(i, stop, "enough");
                drops.value(i as u64)
            })
        });
        assert_eq!(drops.alive(), 0);
    }
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Class "Lifetime not tied to arena": an iterator over a box or vector keeps its memory.
#[test]
fn iterators_keep_their_memory_past_the_frame() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let mut boxed = alloc.frame_slice_from_fn(10, |i| drops.value(i as u64)).into_iter();
    let mut vec = alloc.frame_vec();
    vec.extend((0..10).map(|n| drops.value(n)));
    let mut vec = vec.into_iter();
    boxed.next().expect("ten").check(0);
    alloc.end_frame();
    alloc.begin_frame();
    let overwriting = alloc.frame_box([0xFFu8; 5000]);
    for id in 1..5 {
        boxed.next().expect("more").check(id);
        vec.next().expect("more").check(id - 1);
    }
    drop(overwriting);
    alloc.end_frame();
    drop(boxed);
    drop(vec);
    assert_eq!((drops.alive(), drops.made()), (0, 20));
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: a seal that lies in the tail of a full chunk, and scopes opened behind it: the pointer must not walk into the
/// chunk's neighbour, where a block of the frame would seem to be the innermost scope's tip.
#[test]
fn scopes_nested_at_the_end_of_a_full_chunk_stay_out_of_its_neighbour() {
    const LARGE: usize = 12_032;
    let alloc = small();
    let words = (0..SMALL / 8).rev().find(|&words| {
        let alloc = small();
        drop(alloc.frame_box(0u64));
        let chunk = alloc.thread_stats().reserved_bytes;
        let _all = alloc.frame_slice::<u64>(words);
        alloc.thread_stats().reserved_bytes == chunk
    });
    let words = words.expect("something fits");
    alloc.begin_frame();
    let first = alloc.frame_box(7u64);
    let rest = alloc.frame_slice::<u64>(words - 1);
    // Of their own chunks, one of which probably lies right behind the frame's.
    let mut large: Vec<_> = (0..8u64).map(|seed| (alloc.frame_slice::<u8>(LARGE), seed)).collect();
    large.iter_mut().for_each(|(bytes, seed)| fill(bytes, *seed));
    let end = address(&*rest) + size_of_val(&*rest);
    let distance = |bytes: &[u8]| (address(bytes) + LARGE).wrapping_sub(end);
    large.sort_by_key(|(bytes, _)| distance(bytes));
    let (neighbour, seed) = large.remove(0);
    let count = (distance(&neighbour) / 64).min(1000);
    let mut scopes: Vec<_> = (0..count).map(|_| alloc.scope()).collect();
    check(&neighbour, seed);
    drop(neighbour);
    let mut inside = alloc.frame_slice::<u8>(LARGE);
    fill(&mut inside, 100);
    drop(scopes.pop());
    let mut after = alloc.frame_slice::<u8>(LARGE);
    fill(&mut after, 200);
    check(&inside, 100);
    check(&after, 200);
    large.iter().for_each(|(bytes, seed)| check(bytes, *seed));
    drop((scopes, inside, after));
    assert_eq!(*first, 7);
    drop((first, rest, large));
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

/// Trap: a frame that begins between two parked ones may not run into the one behind it, nor may a seal.
#[test]
fn frames_in_the_gaps_between_parked_ones_overlap_nothing() {
    for seed in 0..rounds(20, 1) as u64 {
        let mut random = Random::new(seed);
        let alloc =
            SmartAlloc::new(config().with_frame_size(if seed.is_multiple_of(2) { 4096 } else { SMALL }));
        let spans = Spans::default();
        let mut kept: Vec<(FrameBox<'_, [u8]>, u64)> = Vec::new();
        let most = 5 + random.below(40);
        for round in 0..rounds(400, 60) as u64 {
            alloc.begin_frame();
            // Most frames are small, so that the next one takes a small gap; now and then one fills its gap.
            let many = random.next().is_multiple_of(4);
            let count = random.below(if many { 80 } else { 5 });
            let mut open = Vec::new();
            let mut passing = Vec::new();
            for n in 0..count as u64 {
                if n % 7 == 3 {
                    open.push(alloc.scope());
                }
                let mut bytes = alloc.frame_slice::<u8>(8 * (1 + random.below(16)));
                spans.add_value(&*bytes);
                fill(&mut bytes, round * 100 + n);
                if random.one_in(6) {
                    kept.push((bytes, round * 100 + n));
                } else {
                    passing.push((bytes, round * 100 + n));
                }
            }
            for (bytes, seed) in passing {
                check(&bytes, seed);
                spans.remove_value(&*bytes);
            }
            if random.one_in(2) {
                drop(open);
                alloc.end_frame();
            } else {
                alloc.end_frame();
                drop(open);
            }
            while kept.len() > most {
                let (bytes, seed) = kept.swap_remove(random.below(kept.len()));
                check(&bytes, seed);
                spans.remove_value(&*bytes);
            }
        }
        kept.iter().for_each(|(bytes, seed)| check(bytes, *seed));
        drop(kept);
        let stats = alloc.thread_stats();
        assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0), "seed {seed}");
    }
}
