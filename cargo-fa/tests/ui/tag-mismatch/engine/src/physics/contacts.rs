//! Contacts between bodies.
use framealloc::{FrameVec, SmartAlloc};

type Pair = (usize, usize);

pub(super) fn find(alloc: &SmartAlloc, bodies: &[[f32; 3]]) -> usize {
    let _tag = alloc.tag("physics/contacts");
    let mut pairs: FrameVec<'_, Pair> = alloc.frame_vec();
    for first in 0..bodies.len() {
        pairs.extend((first + 1..bodies.len()).filter(|second| bodies[first] == bodies[*second]).map(|second| (first, second)));
    }
    pairs.len()
}

pub(super) fn draw(alloc: &SmartAlloc, count: usize) -> usize {
    let _tag = alloc.tag("debug"); //~ FA801
    alloc.frame_slice::<Pair>(count).len()
}
