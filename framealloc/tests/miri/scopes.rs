//! Scopes within frames.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use framealloc::kilobytes;

use crate::common::{parked, small};

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
