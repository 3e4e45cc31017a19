use framealloc::SmartAlloc;

pub mod contacts;

pub fn step(alloc: &SmartAlloc, turn: u32) -> usize {
    let forces = alloc.frame_slice_from_fn(8, |i| i as u32 + turn); //~ FA803
    let torques = alloc.with_tag("physics/torques", |a| a.frame_slice_copy(&forces));
    let scope = alloc.with_tag("physics", |a| a.frame_alloc::<[u32; 4]>());
    torques.len() + scope.len()
}
