//! What Miri should see: every way that memory is taken, given back, kept and handed over, in small.
//!
//! Miri runs at a thousandth of the speed, so loops are short and chunks small; it sees reads of freed and of
//! undefined memory, races, broken borrows and leaks in what runs here. As a usual test it checks contents and counts.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA604) -- promotions that nobody takes are tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use framealloc::allocator_api2::alloc::{Allocator, Layout};
use framealloc::{
    AllocConfig, FrameBarrier, FrameBox, FrameVec, HeapBox, PoolBox, SmartAlloc, frame_format, kilobytes,
};

fn config() -> AllocConfig {
    AllocConfig::default().with_frame_size(kilobytes(16)).with_pool_size(0).with_shrink_after(3)
}

fn small() -> SmartAlloc {
    SmartAlloc::new(config())
}

/// An allocator that is never dropped, so that handles may lie in thread-local variables.
fn leaked() -> &'static SmartAlloc {
    // Kept where a leak checker looks.
    static LEAKED: Mutex<Vec<&SmartAlloc>> = Mutex::new(Vec::new());
    let alloc = SmartAlloc::leaked(config());
    LEAKED.lock().expect("no panic while it is held").push(alloc);
    alloc
}

fn parked(alloc: &SmartAlloc) -> u64 {
    alloc.stats().parked_bytes
}

/// Counts its end.
struct Counted<'c>(&'c Cell<u32>, [u64; 4]);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        assert_eq!(self.1, [7; 4]);
        self.0.set(self.0.get() + 1);
    }
}

// --- Frames ------------------------------------------------------------------------------------------------------

#[test]
fn frames_begin_at_the_same_address() {
    let alloc = small();
    let mut first = None;
    for _ in 0..3 {
        alloc.begin_frame();
        let mut boxed = alloc.frame_box([1u32; 8]);
        boxed[3] = 5;
        let slice = alloc.frame_slice_copy(&[1u8, 2, 3]);
        assert_eq!((boxed[3], slice[2]), (5, 3));
        let address = boxed.as_ptr().addr();
        assert_eq!(*first.get_or_insert(address), address);
        drop((boxed, slice));
        alloc.end_frame();
    }
}

#[test]
fn tip_is_given_back_and_used_again() {
    let alloc = small();
    alloc.begin_frame();
    let below = alloc.frame_box(1u64);
    let address = {
        let mut tip = alloc.frame_box([2u64; 3]);
        tip[1] = 9;
        tip.as_ptr().addr()
    };
    let again = alloc.frame_box([3u64; 3]);
    assert_eq!(again.as_ptr().addr(), address);
    assert_eq!((*below, *again), (1, [3; 3]));
}

#[test]
fn values_off_the_tip_die_where_they_lie() {
    let alloc = small();
    let count = Cell::new(0);
    alloc.begin_frame();
    let one = alloc.frame_box(Counted(&count, [7; 4]));
    let two = alloc.frame_box(Counted(&count, [7; 4]));
    let three = alloc.frame_box(Counted(&count, [7; 4]));
    drop(one);
    drop(two);
    assert_eq!((three.1, count.get()), ([7; 4], 2));
    drop(three);
    alloc.end_frame();
    assert_eq!(count.get(), 3);
}

#[test]
fn frames_that_outlive_their_end_are_parked() {
    let alloc = small();
    let mut kept = Vec::new();
    for frame in 0..4u64 {
        alloc.begin_frame();
        let _gone = alloc.frame_box([0u8; 100]);
        kept.push(alloc.frame_slice_from_fn(20, |index| frame * 100 + index as u64));
        alloc.end_frame();
    }
    assert_eq!(alloc.stats().parked_frames, 4);
    drop(kept.remove(1));
    for (slice, frame) in kept.iter_mut().zip([0u64, 2, 3]) {
        assert_eq!(slice[19], frame * 100 + 19);
        slice[0] = 1;
    }
    drop(kept);
    assert_eq!(parked(&alloc), 0);
    drop(alloc.frame_box(1));
}

#[test]
fn frame_grows_over_chunks_and_settles_on_one() {
    let alloc = small();
    for frame in 0..6 {
        alloc.begin_frame();
        let boxes: Vec<_> = (0..6u64).map(|number| alloc.frame_box([number; 700])).collect();
        let large = alloc.frame_slice::<u64>(4000);
        for (boxed, number) in boxes.iter().zip(0..) {
            assert_eq!((boxed[0], boxed[699]), (number, number));
        }
        assert_eq!(large[3999], 0);
        // From the front, the middle and the back.
        let mut boxes = boxes;
        drop(boxes.remove(0));
        drop(boxes.remove(2));
        if frame % 2 == 0 {
            drop(large);
        }
        drop(boxes);
        alloc.end_frame();
    }
    for _ in 0..5 {
        alloc.begin_frame();
        drop(alloc.frame_box(1u8));
        alloc.end_frame();
    }
    assert!(alloc.stats().reserved_bytes <= kilobytes(16) as u64);
}

#[test]
fn large_blocks_have_chunks_of_their_own_that_are_used_again() {
    let alloc = small();
    alloc.begin_frame();
    let below = alloc.frame_box(1u64);
    for fill in 0..3u8 {
        let mut large = alloc.frame_slice::<u8>(40_000);
        large[39_999] = fill;
        let beside = alloc.frame_box(fill);
        assert_eq!((large[39_999], *beside), (fill, fill));
    }
    let kept = alloc.frame_slice_copy(&[3u16; 20_000]);
    alloc.end_frame();
    assert!(parked(&alloc) >= 40_000);
    assert_eq!((kept[19_999], *below), (3, 1));
    drop(kept);
    drop(below);
    assert_eq!(parked(&alloc), 0);
}

#[test]
fn strict_alignments_and_values_without_size() {
    #[repr(align(256))]
    struct Wide(u8);
    let alloc = small();
    let count = Cell::new(0);
    struct Empty<'c>(std::marker::PhantomData<&'c ()>);
    let _byte = alloc.frame_box(1u8);
    let wide = alloc.frame_box(Wide(3));
    assert!(std::ptr::from_ref(&*wide).addr().is_multiple_of(256));
    assert_eq!(wide.0, 3);
    let empty = alloc.frame_box(Empty(std::marker::PhantomData));
    let nothing: FrameBox<'_, [u64]> = alloc.frame_slice(0);
    let mut vec = nothing.into_vec();
    vec.push(4);
    drop(empty);
    assert_eq!((vec[0], count.replace(1)), (4, 0));
}

#[test]
fn leaked_and_unwrapped_values() {
    let alloc = small();
    let count = Cell::new(0);
    alloc.begin_frame();
    let leaked = alloc.frame_box([5u64; 2]).leak();
    let inner = alloc.frame_box(Counted(&count, [7; 4])).into_inner();
    assert_eq!(count.get(), 0);
    let mapped = alloc.frame_box(3u32).map(|number| [number; 9]);
    let array: FrameBox<'_, [u32]> = mapped.into();
    alloc.end_frame();
    leaked[0] = 6;
    drop(inner);
    assert_eq!((*leaked, array[8], count.get()), ([6, 5], 3, 1));
    drop(array);
    assert!(parked(&alloc) > 0, "what was leaked stays");
}

#[test]
fn destructors_may_end_frames_and_allocate() {
    struct Ends<'a>(&'a SmartAlloc, FrameBox<'a, u64>);
    impl Drop for Ends<'_> {
        fn drop(&mut self) {
            self.0.end_frame();
            self.0.begin_frame();
            let more = self.0.frame_box([1u64; 10]);
            assert_eq!((*self.1, more[9]), (7, 1));
        }
    }
    let alloc = small();
    alloc.begin_frame();
    let other = alloc.frame_box(1u8);
    let ends = alloc.frame_box(Ends(&alloc, alloc.frame_box(7)));
    drop(ends);
    assert_eq!(*other, 1);
    drop(other);
    alloc.end_frame();
    assert_eq!(parked(&alloc), 0);
}

#[test]
fn value_may_own_the_last_clone_of_its_allocator() {
    let alloc = small();
    let pool = alloc.pool_box(alloc.clone());
    let heap = alloc.heap_box((alloc.clone(), [1u64; 40]));
    drop(alloc);
    assert_eq!(heap.1[39], 1);
    drop(pool);
    drop(heap);
}

#[test]
fn panics_leave_everything_as_it_should_be() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor panics");
        }
    }
    let alloc = small();
    let count = Cell::new(0);
    alloc.begin_frame();
    let drops = std::panic::AssertUnwindSafe(|| drop(alloc.frame_box((Panics, Counted(&count, [7; 4])))));
    assert!(std::panic::catch_unwind(drops).is_err());
    let makes = std::panic::AssertUnwindSafe(|| {
        drop(alloc.frame_slice_from_fn(3, |index| {
            assert!(index < 2, "the maker panics");
            Counted(&count, [7; 4])
        }));
    });
    assert!(std::panic::catch_unwind(makes).is_err());
    assert_eq!(count.get(), 3);
    alloc.end_frame();
    assert_eq!(parked(&alloc), 0);
}

// --- Scopes ------------------------------------------------------------------------------------------------------

#[test]
fn scopes_nest_and_give_back() {
    let alloc = small();
    let outer = alloc.scope();
    let total = outer.alloc(0u64);
    let mut address = None;
    for step in 0..4u64 {
        let inner = alloc.scope();
        let values = inner.alloc_slice_from_fn(10, |index| step + index as u64);
        let text = inner.alloc_str("text");
        text.make_ascii_uppercase();
        assert_eq!(text, "TEXT");
        *total += values.iter().sum::<u64>();
        let here = values.as_ptr().addr();
        assert_eq!(*address.get_or_insert(here), here, "constant space");
    }
    assert_eq!(*total, 4 * 45 + 60);
}

#[test]
fn outer_scope_allocates_beside_an_open_inner_one() {
    let alloc = small();
    let outer = alloc.scope();
    let first = outer.alloc([1u64; 4]);
    let inner = alloc.scope();
    let deeper = inner.alloc([2u64; 4]);
    let beside = outer.alloc([3u64; 4]);
    let large = outer.alloc_slice_copy(&[4u64; 3000]);
    assert_eq!((deeper[3], beside[3]), (2, 3));
    drop(inner);
    let after = outer.alloc([5u64; 4]);
    assert_eq!((first[0], beside[0], large[2999], after[0]), (1, 3, 4, 5));
}

#[test]
fn scopes_close_in_any_order() {
    let alloc = small();
    alloc.begin_frame();
    let one = alloc.scope();
    let two = alloc.scope();
    let three = alloc.scope();
    let kept = three.alloc(3u64);
    let handle = alloc.frame_box(8u64);
    drop(one);
    drop(two);
    assert_eq!((*kept, *handle), (3, 8));
    let four = alloc.scope();
    assert_eq!(*four.alloc(4u8), 4);
    drop(three);
    assert_eq!(*four.alloc(5u8), 5);
    drop(four);
    assert_eq!(*handle, 8);
    drop(handle);
    alloc.end_frame();
    assert_eq!(parked(&alloc), 0);
}

#[test]
fn handle_made_in_a_scope_outlives_it() {
    let alloc = small();
    alloc.begin_frame();
    let before = alloc.frame_box(1u64);
    let mut vec = alloc.frame_vec_with_capacity::<u64>(2);
    vec.push(10);
    let scope = alloc.scope();
    let made_inside = alloc.frame_box(2u64);
    // From below the scope's mark: grows, moves, and a handle from below dies.
    vec.extend([11, 12, 13]);
    drop(before);
    let value = scope.alloc(3u64);
    assert_eq!((*value, *made_inside), (3, 2));
    drop(scope);
    let after = alloc.frame_box([4u64; 8]);
    assert_eq!((vec.as_slice(), *made_inside, after[7]), ([10, 11, 12, 13].as_slice(), 2, 4));
    drop((vec, made_inside, after));
    alloc.end_frame();
    assert_eq!(parked(&alloc), 0);
}

#[test]
fn scopes_are_forgotten() {
    let alloc = small();
    alloc.begin_frame();
    for number in 0..5u64 {
        let scope = alloc.scope();
        scope.alloc(number);
        std::mem::forget(scope);
    }
    let kept = alloc.frame_box(1u64);
    alloc.end_frame();
    alloc.begin_frame();
    let scope = alloc.scope();
    assert_eq!((*kept, *scope.alloc(2u64)), (1, 2));
    drop(scope);
    drop(kept);
    alloc.end_frame();
}

#[test]
fn frame_ends_under_open_scopes() {
    let alloc = small();
    alloc.begin_frame();
    let outer = alloc.scope();
    let value = outer.alloc([1u64; 3]);
    let inner = alloc.scope();
    let handle = inner.boxed([2u64; 3]);
    alloc.end_frame();
    alloc.begin_frame();
    let fresh = alloc.frame_box(3u64);
    // What the old scopes ask for now belongs to the old frame.
    let late = outer.alloc([4u64; 3]);
    let later = inner.alloc([5u64; 3]);
    assert_eq!((value[0], handle[0], *fresh, late[0], later[0]), (1, 2, 3, 4, 5));
    drop(outer);
    drop(handle);
    drop(inner);
    assert_eq!((parked(&alloc), *fresh), (0, 3));
    let again = alloc.scope();
    assert_eq!(*again.alloc(6u8), 6);
}

#[test]
fn scopes_nest_where_the_chunk_ends() {
    // One of these fills the chunk to its last byte.
    for room in (64..=256).step_by(64) {
        let alloc = small();
        let full = alloc.frame_slice::<u8>(kilobytes(16) - room);
        let one = alloc.scope();
        let two = alloc.scope();
        let three = alloc.scope();
        let beside = [one.alloc([1u64; 4]), two.alloc([2u64; 4]), three.alloc([3u64; 4])];
        assert_eq!(beside.map(|value| value[3]), [1, 2, 3]);
        drop(three);
        drop(two);
        let four = alloc.scope();
        drop(four);
        drop(one);
        let boxed = alloc.frame_box(4u64);
        assert_eq!((*boxed, full[0]), (4, 0));
    }
}

#[test]
fn frame_guards_nest() {
    let alloc = small();
    for number in 0..3u64 {
        let frame = alloc.frame();
        let outer = frame.alloc(number);
        let within = alloc.frame();
        let inner = within.alloc_slice_copy(&[number; 5]);
        *outer += inner.iter().sum::<u64>();
        drop(within);
        assert_eq!(*outer, number * 6);
    }
    assert_eq!(alloc.stats().frames, 3);
}

// --- Collections -------------------------------------------------------------------------------------------------

#[test]
fn vectors_grow_in_place_move_and_shrink() {
    let alloc = small();
    let mut vec = alloc.frame_vec::<u32>();
    vec.extend(0..100);
    let tip = vec.as_ptr().addr();
    vec.reserve_exact(50);
    assert_eq!(vec.as_ptr().addr(), tip, "at the tip it grows in place");
    let other = alloc.frame_box(1u8);
    vec.extend(100..400);
    assert_ne!(vec.as_ptr().addr(), tip);
    vec.truncate(30);
    vec.shrink_to_fit();
    assert!(vec.iter().copied().eq(0..30) && *other == 1);
    let mut strings = alloc.frame_vec();
    strings.extend((0..10).map(|number| frame_format!(alloc, "number {number}")));
    strings.retain(|text| text.ends_with('7'));
    assert_eq!(strings[0], "number 7");
    let mut map = alloc.frame_map::<u32, String>();
    map.extend((0..40).map(|key| (key, key.to_string())));
    map.retain(|key, _| key % 3 == 0);
    assert_eq!(map[&39], "39");
    let boxed = strings.pop().expect("one").into_boxed_str();
    assert_eq!(&*boxed, "number 7");
}

#[test]
fn blocks_grow_and_shrink_to_other_alignments() {
    let alloc = small();
    let memory = alloc.frame_allocator_fallible();
    let layout = |size, align| Layout::from_size_align(size, align).expect("small");
    let block = memory.allocate(layout(24, 8)).expect("memory");
    assert_eq!(block.len(), 24);
    // SAFETY: each time the block is this test's, of the layout it was last given.
    unsafe {
        block.cast::<u8>().write_bytes(9, 24);
        let block = memory.grow(block.cast(), layout(24, 8), layout(30, 512)).expect("memory");
        assert!(block.addr().get().is_multiple_of(512) && block.cast::<u8>().add(23).read() == 9);
        block.cast::<u8>().add(24).write_bytes(8, 6);
        let block = memory.shrink(block.cast(), layout(30, 512), layout(26, 1)).expect("memory");
        assert_eq!(block.cast::<u8>().add(25).read(), 8);
        let block = memory.shrink(block.cast(), layout(26, 1), layout(10, 1024)).expect("memory");
        assert!(block.addr().get().is_multiple_of(1024) && block.cast::<u8>().add(9).read() == 9);
        let block = memory.shrink(block.cast(), layout(10, 1024), layout(0, 4)).expect("nothing");
        let block = memory.grow(block.cast(), layout(0, 4), layout(3, 1)).expect("memory");
        block.cast::<u8>().write_bytes(1, 3);
        memory.deallocate(block.cast(), layout(3, 1));
    }
}

#[test]
fn collection_survives_the_end_of_its_frame() {
    let alloc = small();
    alloc.begin_frame();
    let mut vec: FrameVec<'_, String> = alloc.frame_vec();
    vec.push("one".to_owned());
    alloc.end_frame();
    alloc.begin_frame();
    vec.extend(["two".to_owned(), "three".to_owned(), "four".to_owned(), "five".to_owned()]);
    vec.shrink_to_fit();
    alloc.end_frame();
    assert_eq!((vec[0].as_str(), vec[4].as_str()), ("one", "five"));
    let boxed = vec.into_boxed_slice();
    assert_eq!(boxed.len(), 5);
    drop(boxed);
    assert_eq!(parked(&alloc), 0);
}

// --- Tags and budgets --------------------------------------------------------------------------------------------

#[test]
fn tags_phases_and_budgets() {
    let alloc = small();
    alloc.set_tag_budget("physics", 2000);
    alloc.begin_frame();
    alloc.begin_phase("step");
    let kept = {
        let _physics = alloc.tag("physics");
        let _contacts = alloc.tag("contacts");
        let kept = alloc.frame_box([0u64; 10]);
        assert!(alloc.try_frame_slice::<u8>(2000).is_err());
        kept
    };
    assert_eq!(alloc.tag_stats("physics/contacts").expect("used").bytes_allocated, 80);
    alloc.end_frame();
    assert_eq!(kept[9], 0);
    thread::scope(|scope| {
        scope.spawn(|| assert!(alloc.tag_stats("physics").is_some()));
    });
}

// --- Pool and heap -----------------------------------------------------------------------------------------------

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

// --- Threads -----------------------------------------------------------------------------------------------------

#[test]
fn threads_inherit_what_threads_before_them_had() {
    let alloc = small();
    for number in 0..3u64 {
        thread::scope(|scope| {
            scope.spawn(|| {
                let frame = alloc.frame();
                assert_eq!(frame.alloc([number; 8])[7], number);
                assert_eq!(*alloc.frame_box(number), number);
                drop(frame);
                alloc.begin_frame();
            });
        });
    }
    thread::scope(|scope| {
        let readers = [0, 1].map(|_| {
            let alloc = &alloc;
            let shared = alloc.frame_slice_copy(&[1u32, 2, 3]);
            let sum = shared.iter().sum::<u32>();
            scope.spawn(move || {
                let own = alloc.frame_slice_copy(&[sum]);
                assert_eq!(own[0], 6);
            })
        });
        readers.into_iter().for_each(|reader| reader.join().expect("no panic"));
    });
}

#[test]
fn values_are_read_by_other_threads() {
    let alloc = small();
    alloc.begin_frame();
    let slice = alloc.frame_slice_from_fn(10, |index| index);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(slice.iter().sum::<usize>(), 45));
        }
    });
    drop(slice);
    alloc.end_frame();
}

/// Runs what it was given when its thread ends: before the library's own thread-local variables if those were used
/// first, else after them.
struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|action| action());
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

fn at_exit(action: impl FnOnce() + 'static) {
    AT_EXIT.with(|actions| actions.0.borrow_mut().push(Box::new(action)));
}

/// Runs `work` on a thread that ends; `late` says whether what it puts off to its end runs after the library's own
/// end of the thread.
fn on_a_thread(alloc: &'static SmartAlloc, late: bool, work: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        if late {
            at_exit(|| ());
        }
        alloc.begin_frame();
        alloc.end_frame();
        work();
    })
    .join()
    .expect("no panic");
}

#[test]
fn handles_in_thread_local_variables_outlive_the_thread_state() {
    static RUN: AtomicUsize = AtomicUsize::new(0);
    for late in [false, true] {
        let alloc = leaked();
        on_a_thread(alloc, late, move || {
            let boxed = alloc.frame_box([1u64; 10]);
            let mut vec = alloc.frame_vec_with_capacity::<u64>(4);
            vec.push(2);
            let scope = Box::new(alloc.scope());
            let pool = alloc.pool_box(3u64);
            let heap = alloc.heap_box([4u64; 20]);
            at_exit(move || {
                vec.extend([5, 6, 7, 8, 9]);
                assert_eq!((boxed[9], vec[5], *pool, heap[19]), (1, 9, 3, 4));
                assert_eq!(*scope.alloc([6u64; 4]), [6; 4]);
                drop((scope, boxed, vec, pool, heap));
                RUN.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(parked(alloc), 0);
        // The state is inherited.
        on_a_thread(alloc, false, move || assert_eq!(*alloc.frame_box(1u64), 1));
    }
    assert_eq!(RUN.load(Ordering::Relaxed), 2);
}

#[test]
fn destructors_of_a_thread_may_allocate() {
    for late in [false, true] {
        let alloc = leaked();
        on_a_thread(alloc, late, move || {
            at_exit(move || {
                alloc.begin_frame();
                let boxes: Vec<_> = (0..3u64).map(|number| alloc.frame_box([number; 20])).collect();
                let pool: Vec<_> = (0..3u64).map(|number| alloc.pool_box(number)).collect();
                let heap = alloc.heap_box([1u64; 50]);
                let scope = alloc.scope();
                assert_eq!(*scope.alloc(9u64), 9);
                drop(scope);
                let kept = alloc.frame_box(5u8);
                alloc.end_frame();
                assert_eq!((boxes[2][19], *pool[2], heap[49], *kept), (2, 2, 1, 5));
            });
        });
        on_a_thread(alloc, false, move || assert_eq!(*alloc.pool_box(1u64), 1));
    }
}

#[test]
fn empty_handle_keeps_its_state_from_being_inherited() {
    let alloc = leaked();
    let (ended, wait_for_end) = channel();
    let (allocated, wait_for_heir) = channel::<()>();
    let ends = thread::spawn(move || {
        // First used before the library, so it runs after the thread has given up its state.
        at_exit(|| ());
        let empty: FrameBox<'static, [u32]> = alloc.frame_slice(0);
        let unit = alloc.frame_box(());
        at_exit(move || {
            ended.send(()).expect("the test waits");
            wait_for_heir.recv().expect("the heir says so");
            let mut vec = empty.into_vec();
            vec.extend(0..20);
            let mapped = unit.map(|()| [1u64; 4]);
            assert_eq!((vec[19], mapped[3]), (19, 1));
        });
    });
    wait_for_end.recv().expect("the thread ends");
    let heir = thread::spawn(move || {
        let kept = alloc.frame_box(1u64);
        allocated.send(()).expect("the thread waits");
        for number in 0..20u64 {
            assert_eq!(*alloc.frame_box(number), number);
        }
        drop(kept);
    });
    ends.join().expect("no panic");
    heir.join().expect("no panic");
}

#[test]
fn allocator_goes_before_the_threads_destructors_have_run() {
    let alloc = Arc::new(small());
    let (gone, wait_for_end) = channel();
    let user = {
        let alloc = Arc::clone(&alloc);
        thread::spawn(move || {
            let boxed = alloc.pool_box(1u64);
            let heap = alloc.heap_box([1u64; 9]);
            drop(alloc.frame_box(2u64));
            drop(alloc);
            gone.send(()).expect("the test waits");
            at_exit(move || drop((boxed, heap)));
        })
    };
    wait_for_end.recv().expect("the thread lets go");
    drop(alloc);
    user.join().expect("no panic");
}

#[test]
fn threads_use_two_allocators_side_by_side() {
    let (one, two) = (small(), small());
    thread::scope(|scope| {
        for seed in 0..2u64 {
            let (one, two) = (&one, &two);
            scope.spawn(move || {
                one.begin_frame();
                two.begin_frame();
                let first = one.frame_box([seed; 5]);
                let second = two.frame_box([seed + 1; 5]);
                one.end_frame();
                let pools = (one.pool_box(seed), two.pool_box(seed + 1));
                assert_eq!((first[4], second[4], *pools.0, *pools.1), (seed, seed + 1, seed, seed + 1));
                drop((first, second));
                two.end_frame();
            });
        }
    });
    assert_eq!((parked(&one), parked(&two)), (0, 0));
}

// --- Scratch -----------------------------------------------------------------------------------------------------

mod scratch {
    use std::cell::{Cell, RefCell};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use framealloc::allocator_api2::alloc::{Allocator, Layout};
    use framealloc::{ScratchAllocator, ScratchBox, ScratchConfig};

    use super::{Counted, small};

    fn growing(bytes: usize) -> ScratchAllocator {
        small().create_scratch_allocator(bytes)
    }

    fn fixed(bytes: usize) -> ScratchAllocator {
        small().create_scratch_allocator_with(ScratchConfig::new(bytes).fixed())
    }

    #[test]
    fn values_of_every_kind() {
        for scratch in [growing(256), fixed(4096)] {
            for _ in 0..2 {
                scratch.with_scope(|s| {
                    let zeroed = s.alloc::<[u64; 4]>();
                    let value = s.alloc_value([1u8; 3]);
                    let slice = s.alloc_slice_from_fn(30, |index| index as u32);
                    let text = s.alloc_str("text");
                    let place = s.alloc_uninit::<u64>().write(5);
                    let mut vec = s.vec();
                    vec.extend(0..50u64);
                    let mut string = s.string();
                    string.push_str(text);
                    let unit = s.boxed(());
                    zeroed[3] = u64::MAX;
                    slice[29] += 1;
                    assert_eq!(
                        (value[2], slice[29], *place, vec[49], string.as_str()),
                        (1, 30, 5, 49, "text")
                    );
                    drop(unit);
                });
            }
        }
    }

    #[test]
    fn scopes_interleave() {
        for scratch in [growing(128), growing(8192), fixed(8192)] {
            for _ in 0..2 {
                scratch.with_scope(|a| {
                    let mut outer = a.vec();
                    let first = a.alloc_value([1u64; 5]);
                    scratch.with_scope(|b| {
                        let second = b.alloc_value([2u64; 5]);
                        let third = a.alloc_value([3u64; 5]);
                        b.with_scope(|c| {
                            let fourth = c.alloc_value([4u64; 5]);
                            let fifth = b.alloc_value([5u64; 5]);
                            let sixth = a.alloc_value([6u64; 5]);
                            for number in 0..40u64 {
                                outer.push(number);
                                fourth[0] += number;
                            }
                            fifth[1] += fourth[0] + sixth[0];
                            assert_eq!((fourth[0], fifth[1]), (784, 795));
                        });
                        second[0] += third[0];
                        assert_eq!((second[0], third[4]), (5, 3));
                    });
                    assert_eq!((first[4], outer[39]), (1, 39));
                    drop(outer);
                    a.alloc_slice::<u8>(300).fill(1);
                });
            }
        }
    }

    #[test]
    fn tips_grow_shrink_and_come_back() {
        growing(4096).with_scope(|s| {
            let mut vec = s.vec_with_capacity::<u64>(1);
            for number in 0..30u64 {
                vec.push(number);
            }
            vec.truncate(5);
            vec.shrink_to_fit();
            let next = s.boxed([1u64; 3]);
            vec.extend(0..10);
            drop(next);
            assert_eq!((vec[4], vec[14]), (4, 9));
            let memory = s.allocator();
            let (small, wide) = (Layout::new::<[u64; 2]>(), Layout::from_size_align(64, 128).expect("valid"));
            // SAFETY: each block is used within its size and given back with its layout.
            unsafe {
                let block = memory.allocate(small).expect("memory");
                block.cast::<u64>().write(8);
                let block = memory.grow(block.cast(), small, wide).expect("memory");
                assert_eq!(block.cast::<u64>().read(), 8);
                memory.deallocate(block.cast(), wide);
            }
        });
    }

    #[test]
    fn grown_memory_settles_and_shrinks() {
        let mut scratch = growing(128);
        for _ in 0..2 {
            scratch.with_scope(|s| {
                let slices = [100usize, 500, 3000, 9000].map(|size| s.alloc_slice::<u8>(size));
                s.with_scope(|inner| inner.alloc_slice::<u8>(20_000).fill(1));
                for slice in slices {
                    slice.fill(2);
                }
            });
        }
        scratch.shrink();
        scratch.with_scope(|s| assert_eq!(s.alloc_value([9u8; 200])[199], 9));
    }

    #[test]
    fn panics_reset_and_forgotten_handles_are_gone() {
        let scratch = growing(256);
        let count = Cell::new(0);
        scratch.with_scope(|outer| {
            let kept = outer.alloc_value(3u64);
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                scratch.with_scope(|s| {
                    let _boxed = s.boxed(Counted(&count, [7; 4]));
                    s.alloc_slice_from_fn(100, |index| if index == 50 { panic!("halfway") } else { index });
                });
            }));
            assert!(unwound.is_err());
            scratch.with_scope(|s| {
                std::mem::forget(s.boxed(Counted(&count, [7; 4])));
                *ScratchBox::leak(s.boxed(1u32)) += 1;
            });
            assert_eq!((*kept, count.get()), (3, 1));
        });
        assert_eq!(scratch.stats().used_bytes, 0);
    }

    #[test]
    fn fixed_chunks_are_exhausted_from_both_ends() {
        let scratch = fixed(512);
        for _ in 0..2 {
            scratch.with_scope(|a| {
                let low = a.alloc_slice::<u8>(100);
                a.with_scope(|b| {
                    b.with_scope(|c| {
                        let (from_b, from_a) = (b.alloc_slice::<u8>(64), a.alloc_slice::<u8>(64));
                        let between = c.alloc_slice::<u8>(280);
                        assert!(c.try_alloc_value(1u8).is_err() && a.try_alloc_value(1u8).is_err());
                        for bytes in [from_b, from_a, between] {
                            bytes.fill(1);
                        }
                    });
                });
                low.fill(1);
                // What the middle scope had lies above what the outer one still has.
                a.alloc_slice::<u8>(280).fill(2);
            });
        }
    }

    #[test]
    fn wide_alignments() {
        #[derive(Clone, Copy)]
        #[repr(align(256))]
        struct Wide(u8);
        for scratch in [growing(64), fixed(4096)] {
            scratch.with_scope(|s| {
                let values = [1, 2].map(|number| s.alloc_value(Wide(number)));
                let aside = s.with_scope(|_| s.alloc_value(Wide(3)));
                assert_eq!((values[0].0, values[1].0, aside.0), (1, 2, 3));
                assert!(std::ptr::from_ref(aside).addr() % 256 == 0);
            });
        }
    }

    #[test]
    fn moves_between_threads_and_outlives_its_allocator() {
        struct AtExit(RefCell<Option<ScratchAllocator>>);
        impl Drop for AtExit {
            fn drop(&mut self) {
                if let Some(scratch) = self.0.take() {
                    scratch.with_scope(|s| assert_eq!(s.alloc_value([1u64; 100])[99], 1));
                }
            }
        }
        thread_local! {
            static KEPT: AtExit = const { AtExit(RefCell::new(None)) };
        }
        let alloc = small();
        let scratch = alloc.create_scratch_allocator(128);
        thread::scope(|scope| {
            let user = scope.spawn(move || {
                scratch.with_scope(|s| s.alloc_slice::<u64>(50).fill(1));
                scratch
            });
            for _ in 0..5 {
                assert_eq!(alloc.scratch_stats()[0].capacity, 128);
            }
            let scratch = user.join().expect("no panic");
            scratch.with_scope(|s| {
                let mut vec = s.vec();
                vec.push(1);
                drop(alloc);
                vec.extend(0..100);
                assert_eq!(vec[100], 99);
            });
            scope.spawn(|| KEPT.with(|kept| *kept.0.borrow_mut() = Some(scratch))).join().expect("no panic");
        });
    }
}

// --- Retained values ---------------------------------------------------------------------------------------------

mod promotions {
    use std::rc::Rc;

    use super::{Arc, AtomicUsize, Cell, Ordering, RefCell, leaked, small, thread};
    use framealloc::{FrameRetained, Promoted, Promotions, RetentionPolicy, SmartAlloc};

    use RetentionPolicy::{Leak, PromoteToHeap, PromoteToPool};

    /// Runs its closure at its end.
    struct AtEnd(Option<Box<dyn FnOnce()>>);

    impl AtEnd {
        fn new(work: impl FnOnce() + 'static) -> Self {
            Self(Some(Box::new(work)))
        }
    }

    impl Drop for AtEnd {
        fn drop(&mut self) {
            self.0.take().expect("dropped once")();
        }
    }

    fn counting(count: &Rc<Cell<u32>>) -> AtEnd {
        let count = Rc::clone(count);
        AtEnd::new(move || count.set(count.get() + 1))
    }

    #[test]
    fn handle_and_listing_go_in_either_order() {
        let alloc = small();
        let ends = Rc::new(Cell::new(0));
        for policy in [PromoteToPool, PromoteToHeap] {
            let mut handles: Vec<_> =
                (0..4).map(|_| alloc.frame_retained_value((counting(&ends), [0u8; 9]), policy)).collect();
            alloc.begin_frame();
            let mut promotions = alloc.end_frame_with_promotions();
            for handle in &mut handles {
                handle.1[8] = 3;
                assert!(promotions.take(handle.id()).is_none());
            }
            let id = handles[2].id();
            drop(handles.swap_remove(2));
            assert_eq!(promotions.take(id).map(|value| value.1[8]), Some(3));
            let taken = handles.swap_remove(0).into_promoted();
            let mut rest = promotions.into_iter();
            drop((rest.next(), handles.pop()));
            drop(rest);
            assert_eq!((taken.1[8], handles[0].1[8]), (3, 3));
        }
        assert_eq!(ends.get(), 8);
    }

    #[test]
    fn listed_values_are_taken_from_everywhere_in_the_lists() {
        let alloc = small();
        let ends = Rc::new(Cell::new(0));
        for taken in 0..5 {
            let make = || alloc.frame_retained_value(counting(&ends), PromoteToPool);
            let mut handles: Vec<_> = (0..5).map(|_| Some(make())).collect();
            if taken % 2 == 0 {
                alloc.end_frame();
                handles.push(Some(make()));
            }
            let one = handles[taken].take().map(FrameRetained::into_promoted);
            drop(handles);
            alloc.begin_frame();
            alloc.end_frame();
            drop(one);
            let pending = alloc.take_promotions();
            assert_eq!(pending.len(), if taken % 2 == 0 { 1 } else { 4 });
        }
        assert_eq!(ends.get(), 28);
    }

    #[test]
    fn leaked_value_has_one_owner_at_a_time() {
        // What is leaked keeps the heap that counts it.
        let alloc = leaked();
        let mut handle = alloc.frame_retained_value(5u32, Leak);
        let id = handle.id();
        let mut promotions = alloc.end_frame_with_promotions();
        *handle += 1;
        assert!(promotions.take(id).is_none());
        drop(handle);
        let Some(Promoted::Leaked(value)) = promotions.take(id) else { panic!("not leaked") };
        drop(promotions);
        *value += 1;
        assert_eq!(*value, 7);
        keep(value);
        let handle = alloc.frame_retained_value(5u32, Leak);
        let promotions = alloc.end_frame_with_promotions();
        let Promoted::Leaked(value) = handle.into_promoted() else { panic!("not leaked") };
        *value += 1;
        drop(promotions);
        assert_eq!(*value, 6);
        keep(value);
    }

    /// Kept where a leak checker looks.
    fn keep(value: &'static mut u32) {
        static KEPT: super::Mutex<Vec<&'static mut u32>> = super::Mutex::new(Vec::new());
        KEPT.lock().expect("no panic while it is held").push(value);
    }

    #[test]
    fn destructors_use_the_lists_they_are_dropped_from() {
        let alloc = leaked();
        let ends = Rc::new(Cell::new(0));
        let others: Rc<RefCell<Vec<FrameRetained<'static, AtEnd>>>> = Rc::default();
        alloc.begin_frame();
        for round in 0..4 {
            others.borrow_mut().push(alloc.frame_retained_value(counting(&ends), PromoteToPool));
            let (others, ends) = (Rc::clone(&others), Rc::clone(&ends));
            drop(alloc.frame_retained_value(
                AtEnd::new(move || {
                    let other = others.borrow_mut().remove(0);
                    match round {
                        0 => drop(other),
                        1 => drop(other.into_promoted()),
                        2 => {
                            drop(alloc.frame_retained_value(counting(&ends), PromoteToHeap));
                            alloc.end_frame();
                        }
                        _ => drop((alloc.take_promotions(), alloc.frame(), other)),
                    }
                }),
                PromoteToHeap,
            ));
        }
        for _ in 0..4 {
            alloc.end_frame();
            alloc.begin_frame();
        }
        alloc.end_frame();
        assert_eq!(ends.get(), 5);
    }

    #[test]
    fn panics_drop_the_rest() {
        let alloc = small();
        let ends = Rc::new(Cell::new(0));
        for _ in 0..2 {
            drop(alloc.frame_retained_value(counting(&ends), PromoteToPool));
            drop(alloc.frame_retained_value(AtEnd::new(|| panic!("expected")), PromoteToPool));
            drop(alloc.frame_retained_value(counting(&ends), PromoteToHeap));
            let promotions = alloc.end_frame_with_promotions();
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(promotions)));
            assert!(outcome.is_err());
        }
        assert_eq!(ends.get(), 4);
    }

    #[test]
    fn threads_end_with_promotions_of_every_kind() {
        thread_local! {
            static KEPT: RefCell<Vec<(Promotions, FrameRetained<'static, Ending>)>> = const { RefCell::new(Vec::new()) };
        }
        struct Ending(Arc<AtomicUsize>);
        impl Drop for Ending {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let alloc = leaked();
        let ends = Arc::new(AtomicUsize::new(0));
        for late in [false, true] {
            let ends = Arc::clone(&ends);
            let work = move || {
                if late {
                    KEPT.with_borrow_mut(Vec::clear);
                }
                let make = |policy| alloc.frame_retained_value(Ending(Arc::clone(&ends)), policy);
                drop(make(PromoteToPool));
                let kept = make(PromoteToHeap);
                let promotions = alloc.end_frame_with_promotions();
                drop(make(PromoteToPool));
                alloc.end_frame();
                drop(make(PromoteToHeap));
                KEPT.with_borrow_mut(|list| list.push((promotions, kept)));
            };
            thread::spawn(work).join().expect("no panic");
        }
        assert_eq!(ends.load(Ordering::Relaxed), 8);
    }

    #[test]
    fn last_clone_goes_here_or_elsewhere() {
        for elsewhere in [false, true] {
            let ends = Rc::new(Cell::new(0));
            let alloc: SmartAlloc = small();
            drop(alloc.frame_retained_value(counting(&ends), PromoteToPool));
            alloc.end_frame();
            drop(alloc.frame_retained_value((counting(&ends), alloc.take_promotions()), PromoteToHeap));
            if elsewhere {
                thread::spawn(move || drop(alloc)).join().expect("no panic");
                assert_eq!(ends.get(), 0);
                drop(small().frame_box(1));
            } else {
                drop(alloc);
            }
            assert_eq!(ends.get(), 2);
        }
    }

    #[test]
    fn another_thread_reads_while_the_frame_ends() {
        let alloc = small();
        let handle = alloc.frame_retained_value(5u64, PromoteToPool);
        let other = alloc.frame_retained_value(6u64, PromoteToPool);
        thread::scope(|s| {
            let reader = s.spawn(|| (*handle, handle.id()));
            alloc.end_frame();
            drop(other);
            alloc.begin_frame();
            drop(alloc.end_frame_with_promotions());
            assert_eq!(reader.join().expect("no panic"), (5, handle.id()));
        });
        assert_eq!(*handle.into_promoted(), 5);
    }
}

// --- Barrier and transfers ---------------------------------------------------------------------------------------

mod crossing {
    use std::cell::UnsafeCell;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::{Arc, FrameBarrier, small};

    /// Written by its thread before a frame's signal, read by all after the wait: a race if the barrier lets any
    /// through too early.
    struct Notes([[UnsafeCell<u64>; 2]; 3]);

    // SAFETY: that the barrier keeps the threads apart is what the test finds out.
    unsafe impl Sync for Notes {}

    #[test]
    fn barrier_orders_what_threads_write() {
        let notes = Notes(std::array::from_fn(|_| std::array::from_fn(|_| UnsafeCell::new(0))));
        let barrier = FrameBarrier::new(3);
        thread::scope(|threads| {
            for own in 0..3 {
                let (notes, barrier) = (&notes, &barrier);
                threads.spawn(move || {
                    for frame in 1..=4u64 {
                        let turn = frame as usize % 2;
                        // SAFETY: this thread's own; others read it after the wait and before the next but one.
                        unsafe { *notes.0[own][turn].get() = frame };
                        barrier.signal_frame_complete();
                        if own == 1 {
                            while barrier.wait_all_timeout(Duration::from_micros(1)).is_err() {}
                        } else {
                            barrier.wait_all();
                        }
                        for others in &notes.0 {
                            // SAFETY: as above.
                            assert_eq!(unsafe { *others[turn].get() }, frame);
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn barrier_and_guards_go_in_any_order_and_threads_with_them() {
        let barrier = Arc::new(FrameBarrier::new(2));
        let other = thread::spawn({
            let barrier = Arc::clone(&barrier);
            move || {
                std::mem::forget(barrier.join());
                barrier.signal_frame_complete();
            }
        });
        barrier.signal_frame_complete();
        barrier.wait_all();
        other.join().expect("no panic");
        let guard = barrier.join();
        drop(barrier);
        drop(guard);
    }

    #[repr(align(64))]
    struct Sizeless;

    #[test]
    fn transfers_of_every_place_arrive_or_are_dropped() {
        let alloc = small();
        let (send, receive) = channel();
        let other = thread::spawn(move || {
            let mut sum = 0;
            for (word, big, sizeless) in receive.iter().take(3) {
                let (word, big): (framealloc::TransferHandle<Box<u64>>, _) = (word, big);
                let big: framealloc::TransferHandle<[u64; 1200]> = big;
                let sizeless: framealloc::TransferHandle<Sizeless> = sizeless;
                let word = word.receive();
                sum += **word + big.into_inner()[1199];
                drop((word, sizeless.receive()));
            }
            sum
        });
        for index in 0..4 {
            let word = alloc.frame_box_for_transfer(Box::new(index));
            let big = alloc.frame_box_for_transfer([10 * index; 1200]);
            // The last goes with the channel, or comes back.
            let _ = send.send((word, big, alloc.frame_box_for_transfer(Sizeless)));
        }
        assert_eq!(other.join().expect("no panic"), 33);
        drop(send);
        let stats = alloc.transfer_stats();
        assert_eq!((stats.made, stats.received, stats.dropped), (12, 9, 3));
    }

    #[test]
    fn transfers_outlive_their_thread_and_their_allocator() {
        let alloc = small();
        let handles = thread::spawn({
            let alloc = alloc.clone();
            move || {
                let word = alloc.frame_box_for_transfer(Box::new(1));
                let sizeless = alloc.frame_box_for_transfer(Sizeless);
                (word, sizeless, alloc.frame_box_for_transfer((alloc.clone(), [0u64; 1200])))
            }
        })
        .join()
        .expect("no panic");
        drop(alloc);
        thread::spawn(move || {
            let (word, sizeless, last) = handles;
            assert_eq!(**word.receive(), 1);
            drop(sizeless);
            drop(last);
        })
        .join()
        .expect("no panic");
    }
}

// --- Shared frames and tasks -------------------------------------------------------------------------------------

mod shared {
    use std::sync::OnceLock;
    use std::sync::mpsc::channel;
    use std::thread;

    use framealloc::SharedFrame;

    use super::{at_exit, leaked, small};

    fn filled<'f>(shared: &'f SharedFrame<'_>, len: usize, seed: u8) -> &'f mut [u8] {
        shared.alloc_slice_from_fn(len, |i| seed.wrapping_add(i as u8))
    }

    fn check(bytes: &[u8], seed: u8) {
        assert!(bytes.iter().enumerate().all(|(i, &byte)| byte == seed.wrapping_add(i as u8)));
    }

    #[test]
    fn workers_allocate_and_the_first_thread_reads_and_writes() {
        let alloc = small();
        for round in 0..3 {
            let frame = alloc.shared_frame();
            let parts: Vec<_> = thread::scope(|scope| {
                let workers = [0u8, 1].map(|worker| {
                    let frame = &frame;
                    scope.spawn(move || [5, 90].map(|len| filled(frame, len, worker + round)))
                });
                workers.map(|worker| worker.join().expect("no panic")).into_iter().flatten().collect()
            });
            for (index, part) in parts.into_iter().enumerate() {
                check(part, (index / 2) as u8 + round);
                part.fill(0);
            }
        }
    }

    #[test]
    fn worker_uses_its_memory_again_when_others_have_read_it() {
        let alloc = leaked();
        let (give, frames) = channel::<SharedFrame<'static>>();
        let (done, wait) = channel::<SharedFrame<'static>>();
        let worker = thread::spawn(move || {
            for frame in frames {
                let local = frame.local();
                check(filled(&frame, 50, 1), 1);
                check(local.alloc_slice_copy(&[7, 8, 9]), 7);
                drop(local);
                done.send(frame).expect("the test waits");
            }
        });
        for round in 0..3 {
            give.send(alloc.shared_frame()).expect("the worker waits");
            let frame = wait.recv().expect("the worker sends it back");
            check(filled(&frame, 50, round), round);
            drop(frame);
        }
        drop(give);
        worker.join().expect("no panic");
    }

    #[test]
    fn overlapping_frames_with_scopes_and_frames_between() {
        let alloc = small();
        let one = alloc.shared_frame();
        let in_one = filled(&one, 100, 1);
        alloc.begin_frame();
        let two = alloc.shared_frame();
        let in_two = two.alloc([2u8; 20_000]);
        let more = filled(&two, 30, 5);
        let scope = alloc.scope();
        let in_scope = scope.alloc([3u8; 9]);
        assert_eq!(in_two[19_999], 2);
        check(more, 5);
        drop(two);
        let three = alloc.shared_frame();
        assert_eq!(three.alloc([3u8; 5_000])[4_999], 3);
        assert_eq!(in_scope[8], 3);
        drop(scope);
        alloc.end_frame();
        drop(three);
        check(in_one, 1);
        drop(one);
        std::mem::forget(alloc.shared_frame());
        let four = alloc.shared_frame();
        check(filled(&four, 50, 4), 4);
    }

    #[test]
    fn ended_threads_leave_what_they_made_also_from_late_destructors() {
        let alloc = leaked();
        // Kept where a leak checker looks.
        static FRAME: OnceLock<SharedFrame<'static>> = OnceLock::new();
        let frame = FRAME.get_or_init(|| alloc.shared_frame());
        let (give, take) = channel::<&'static mut [u8]>();
        for seed in 0..2 {
            let give = give.clone();
            thread::spawn(move || {
                if seed == 1 {
                    // Then what is put off runs after the library's own end of the thread.
                    at_exit(|| ());
                }
                let local = frame.local();
                give.send(filled(frame, 40, seed)).expect("the test waits");
                at_exit(move || {
                    local.alloc_slice_copy(&[9u8; 50]);
                    drop(local);
                    give.send(filled(frame, 40, seed)).expect("the test waits");
                });
            })
            .join()
            .expect("no panic");
            let mine = filled(frame, 40, seed);
            for _ in 0..2 {
                check(take.recv().expect("sent"), seed);
            }
            check(mine, seed);
        }
    }

    #[test]
    fn task_suspends_tags_and_restores_them() {
        let alloc = small();
        alloc.with_tag("physics", |a| {
            drop(a.frame_box([1u64; 2]));
            let guard = a.task(|a| {
                a.with_tag("physics", |a| drop(a.frame_box([1u64; 3])));
                a.tag("physics")
            });
            drop(a.frame_box([1u64; 4]));
            drop(guard);
        });
        assert_eq!(alloc.tag_stats("physics").expect("used").bytes_allocated, 72);
    }
}

// --- The behaviour filter ----------------------------------------------------------------------------------------

mod behavior {
    use std::thread;

    use framealloc::{BehaviorConfig, FrameBox, RetentionPolicy, SmartAlloc};

    use super::{Counted, parked, small};
    use std::cell::Cell;

    fn watch(alloc: &SmartAlloc) {
        alloc.enable_behavior_filter_with(
            BehaviorConfig::default().with_frame_age(1).with_recurring_frames(2).with_recurring_percent(1),
        );
    }

    #[test]
    fn switched_within_frames_and_scopes() {
        let alloc = small();
        let ends = Cell::new(0);
        for round in 0..6 {
            alloc.begin_frame();
            let before = alloc.frame_box(Counted(&ends, [7; 4]));
            let mut vec = alloc.frame_vec::<u32>();
            vec.extend(0..6);
            let outer = alloc.scope();
            let value = outer.alloc(1u64);
            watch(&alloc);
            let second = alloc.frame_box(Counted(&ends, [7; 4]));
            let inner = alloc.scope();
            let nested = alloc.scope();
            drop(nested);
            *value += *outer.alloc(2u64);
            let deep = inner.boxed([3u16; 5]);
            vec.extend(6..40);
            if round % 2 == 0 {
                alloc.disable_behavior_filter();
            }
            let third = inner.boxed(Counted(&ends, [7; 4]));
            vec.shrink_to_fit();
            drop(before);
            *value += u64::from(deep[4]);
            drop((deep, third));
            drop(inner);
            drop(second);
            assert_eq!(*value, 6);
            drop(outer);
            assert!(vec.iter().copied().eq(0..40));
            drop(vec);
            alloc.end_frame();
            alloc.disable_behavior_filter();
        }
        assert_eq!((ends.get(), parked(&alloc)), (18, 0));
    }

    #[test]
    fn frames_that_are_parked_and_chunks_that_are_full() {
        let alloc = small();
        watch(&alloc);
        let mut kept: Vec<FrameBox<'_, [u64; 8]>> = Vec::new();
        for n in 0..6 {
            alloc.begin_frame();
            let fill: Vec<_> = (0..5).map(|n| alloc.frame_box([n; 500])).collect();
            kept.push(alloc.frame_box([n; 8]));
            let scope = alloc.scope();
            if n == 3 {
                alloc.end_frame();
                alloc.begin_frame();
            }
            let late = scope.alloc(n);
            drop(fill);
            assert_eq!(*late, n);
            drop(scope);
            alloc.end_frame();
        }
        let report = alloc.behavior_report();
        assert!(report.issues.iter().any(|issue| issue.code == "BF001"), "{report}");
        for (n, boxed) in kept.iter().enumerate() {
            assert_eq!(**boxed, [n as u64; 8]);
        }
        drop(kept);
        assert_eq!(parked(&alloc), 0);
    }

    #[test]
    fn pools_whose_blocks_are_all_seen() {
        let alloc = small();
        let early = alloc.pool_box(String::from("early"));
        watch(&alloc);
        let sent = thread::scope(|threads| {
            for n in 0..4 {
                alloc.begin_frame();
                let boxed = alloc.pool_box(String::from("boxed"));
                let large = alloc.pool_box([n; 70_000]);
                let heap = alloc.heap_box(String::from("heap"));
                let other = alloc.pool_box(String::from("other"));
                threads.spawn(move || drop(other));
                drop(alloc.frame_retained_value(String::from("kept"), RetentionPolicy::PromoteToPool));
                assert_eq!((boxed.as_str(), large[69_999], heap.as_str()), ("boxed", n, "heap"));
                drop((boxed, large, heap));
                alloc.end_frame();
            }
            threads.spawn(|| alloc.pool_box(5u64)).join().expect("no panic")
        });
        let report = alloc.behavior_report();
        assert!(report.issues.iter().any(|issue| issue.code == "BF002"), "{report}");
        let left = alloc.pool_box(String::from("left"));
        drop(alloc);
        assert_eq!((early.as_str(), left.as_str(), *sent), ("early", "left", 5));
    }

    #[test]
    fn threads_that_are_watched_while_another_reports() {
        let alloc = small();
        thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    for n in 0..4u64 {
                        alloc.begin_frame();
                        let boxed = alloc.with_tag("work", |a| a.frame_box(n));
                        drop(alloc.pool_box(*boxed));
                        drop(boxed);
                        alloc.end_frame();
                    }
                });
            }
            for _ in 0..3 {
                watch(&alloc);
                drop(alloc.behavior_report().to_string());
                alloc.disable_behavior_filter();
            }
        });
    }
}
