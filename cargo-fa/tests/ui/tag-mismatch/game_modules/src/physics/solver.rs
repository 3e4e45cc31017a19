use crate::render::TAG as DRAW;
use framealloc::SmartAlloc;

const TAG: &str = "physics/solver";
const WRONG: &str = "physic";

pub fn solve(alloc: &SmartAlloc) -> usize {
    let first = alloc.with_tag(TAG, |a| a.frame_slice::<f32>(8).len());
    let second = {
        let _tag = alloc.tag(WRONG); //~ FA801
        alloc.frame_slice::<f32>(8).len()
    };
    first + second + alloc.with_tag(DRAW, |a| a.pool_box(1usize).count_ones() as usize) //~ FA801
}
