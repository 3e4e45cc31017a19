use framealloc::{FrameVec, SmartAlloc};

fn sorted<'a>(alloc: &'a SmartAlloc, keys: &[u32]) -> FrameVec<'a, u32> {
    let mut list = alloc.frame_vec();
    list.extend_from_slice(keys);
    list.sort_unstable();
    list
}

fn filtered(alloc: &SmartAlloc, keys: &[u32]) -> usize {
    let mut even = alloc.frame_set::<u32>(); //~ FA803
    even.extend(keys.iter().filter(|key| **key % 2 == 0));
    even.len()
}

pub fn pairs(alloc: &SmartAlloc, turn: u32) -> usize {
    let keys = {
        let _tag = alloc.tag("physics");
        alloc.frame_slice_from_fn(8, |i| i as u32 ^ turn)
    };
    let list = alloc.with_tag("physics", |a| sorted(a, &keys));
    list.len() + filtered(alloc, &keys)
}
