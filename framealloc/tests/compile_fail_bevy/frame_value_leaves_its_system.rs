//~ E0515: `alloc` is borrowed here

use bevy_ecs::prelude::*;
use framealloc::FrameBox;
use framealloc::bevy::AllocResource;

fn make<'w>(alloc: Res<'w, AllocResource>) -> FrameBox<'w, u32> {
    alloc.frame_box(1)
}

fn main() {
    let _ = make;
}
