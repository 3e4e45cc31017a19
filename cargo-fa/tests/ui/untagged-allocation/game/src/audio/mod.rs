//! Mixing.
mod filters;

use framealloc::SmartAlloc;

pub fn mix(alloc: &SmartAlloc, voices: usize) -> usize {
    let guard = alloc.tag("audio");
    let block = alloc.frame_slice::<f32>(voices);
    let size = block.len() + filters::low_pass(alloc, &block);
    drop(block);
    drop(guard);
    let meter = alloc.frame_slice::<f32>(2); //~ FA803
    size + meter.len()
}

pub fn spatial(alloc: &SmartAlloc, sources: &[f32]) -> usize {
    let sorted = alloc.frame_slice_copy(sources); //~ FA803
    let panned = alloc.with_tag("audio/spatial", |a| a.frame_slice_from_fn(sorted.len(), |index| sorted[index] * 0.5));
    panned.len() + filters::reverb(alloc, &panned)
}
