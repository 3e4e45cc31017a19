//~ E0277: FrameMemoryStaysOnItsThread

use bevy_ecs::prelude::*;
use framealloc::FrameVec;

#[derive(Component)]
struct Scratch(FrameVec<'static, u32>);

fn main() {
    World::new().spawn(Scratch(framealloc::SmartAlloc::leaked(Default::default()).frame_vec()));
}
