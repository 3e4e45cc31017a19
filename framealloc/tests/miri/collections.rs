//! Collections in frame memory.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked

use framealloc::allocator_api2::alloc::{Allocator, Layout};
use framealloc::{FrameVec, frame_format};

use crate::common::{parked, small};

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
