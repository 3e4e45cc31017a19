//~ E0277: is not a valid system

use bevy_ecs::prelude::*;
use framealloc::FrameBox;
use framealloc::bevy::AllocResource;

fn make<'w>(alloc: Res<'w, AllocResource>) -> FrameBox<'w, u32> {
    alloc.into_inner().frame_box(1)
}

fn main() {
    let _ = IntoSystem::into_system(make);
}
