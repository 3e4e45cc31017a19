//~ E0597: `shared` does not live long enough

use bevy_ecs::prelude::*;
use framealloc::bevy::AllocResource;

#[derive(Component)]
struct Name(&'static str);

fn name(alloc: Res<AllocResource>, mut commands: Commands) {
    let shared = alloc.shared_frame();
    commands.spawn(Name(shared.alloc_str("a name")));
}

fn main() {
    let _ = IntoSystem::into_system(name);
}
