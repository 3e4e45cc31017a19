use bevy_ecs::prelude::*;
use framealloc::PoolBox;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};

#[derive(Component)]
struct Kept(PoolBox<u32>);

fn system(alloc: Res<AllocResource>, mut commands: Commands) {
    let mut list = alloc.frame_vec();
    list.push(1u32);
    commands.spawn(Kept(alloc.pool_box(list[0])));
}

fn main() {
    let _ = IntoSystem::into_system(system);
    let _ = SmartAllocPlugin::default();
    let _: fn(&Kept) -> u32 = |kept| *kept.0;
}
