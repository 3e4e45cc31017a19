//~ E0277: FrameMemoryStaysOnItsThread

use bevy_ecs::prelude::*;
use framealloc::FrameBox;

fn keep(_kept: Local<Option<FrameBox<'static, u32>>>) {}

fn main() {
    let _ = IntoSystem::into_system(keep);
}
