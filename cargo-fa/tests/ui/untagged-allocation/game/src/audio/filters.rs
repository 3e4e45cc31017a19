//! Filters of blocks.
use framealloc::{FrameVec, SmartAlloc};

/// Only called while the mixer's tag is open.
pub(super) fn low_pass(alloc: &SmartAlloc, block: &[f32]) -> usize {
    let history = alloc.frame_slice_copy(block);
    history.len()
}

pub(super) fn reverb(alloc: &SmartAlloc, block: &[f32]) -> usize {
    let mut taps: FrameVec<'_, f32> = alloc.frame_vec(); //~ FA803
    taps.extend_from_slice(block);
    let gain = alloc.frame_box(0.5f32); //~ FA803
    let text = framealloc::frame_format!(alloc, "{gain}"); //~ FA803
    taps.len() + text.len()
}
