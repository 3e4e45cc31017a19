// A Bevy app: systems that take frame memory from the resource, tags around systems, pools in components.
use bevy_app::{App, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};
use framealloc::{AllocConfig, FrameVec, PoolBox, frame_format, megabytes};

#[derive(Component, Clone, Copy)]
struct Position([f32; 2]);

#[derive(Component)]
struct Trail(PoolBox<[f32; 16]>);

#[derive(Resource, Default)]
struct Score {
    contacts: usize,
    line: String,
}

fn contacts(alloc: Res<AllocResource>, positions: Query<(Entity, &Position)>, mut score: ResMut<Score>) {
    let mut sorted: FrameVec<'_, (Entity, Position)> = alloc.frame_vec();
    sorted.extend(positions.iter().map(|(entity, position)| (entity, *position)));
    sorted.sort_by(|a, b| a.1.0[0].total_cmp(&b.1.0[0]));
    let close = |pair: &&[(Entity, Position)]| (pair[1].1.0[0] - pair[0].1.0[0]).abs() < 1.0;
    score.contacts = sorted.windows(2).filter(close).count();
}

fn describe(alloc: Res<AllocResource>, mut score: ResMut<Score>) {
    let text = frame_format!(alloc, "{} contacts", score.contacts);
    score.line = text.to_string();
}

fn trails(
    alloc: Res<AllocResource>,
    mut commands: Commands,
    fresh: Query<(Entity, &Position), Without<Trail>>,
) {
    for (entity, position) in &fresh {
        let trail = alloc.pool_box([position.0[0]; 16]);
        commands.entity(entity).insert(Trail(trail));
    }
}

fn fade(mut trails: Query<&mut Trail>) {
    for mut trail in &mut trails {
        trail.0[15] *= 0.5;
    }
}

fn main() {
    let mut app = App::new();
    let config = AllocConfig::default().with_frame_size(megabytes(1));
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::new(config)));
    app.init_resource::<Score>();
    let alloc = app.world().resource::<AllocResource>().clone();
    app.add_systems(Update, (alloc.tagged("physics", contacts), describe, trails, fade));
    app.world_mut().spawn_batch((0..8).map(|i| Position([i as f32 * 0.5, 0.0])));
    for _ in 0..4 {
        app.update();
    }
    println!("{}", app.world().resource::<Score>().line);
}
