use framealloc::SmartAlloc;

pub mod contacts;

pub fn step(alloc: &SmartAlloc, turn: u32) -> usize {
    let forces = alloc.with_tag("physics", |a| a.frame_slice_from_fn(16, |i| i as u32 + turn));
    let lines = alloc.with_tag("render", |a| a.frame_slice_from_fn(4, |i| i as u32 * turn)); //~ FA801
    forces.len() + lines.len()
}
