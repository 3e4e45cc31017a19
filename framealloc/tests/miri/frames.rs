//! Frames: memory taken, given back, kept, grown.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::cell::Cell;

use framealloc::{FrameBox, SmartAlloc, kilobytes};

use crate::common::{Counted, parked, small};

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
