// Systems that keep pointers into frame memory in a resource and in a component.
use bevy_app::{App, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};
use std::sync::atomic::{AtomicPtr, Ordering};

#[derive(Component)]
struct Path(Vec<u32>);

#[derive(Resource, Default)]
struct Debug {
    lines: AtomicPtr<f32>,
    longest: usize,
}

fn draw_lines(alloc: Res<AllocResource>, debug: ResMut<Debug>) {
    let mut lines = alloc.frame_slice::<f32>(64);
    lines[0] = 1.0;
    debug.lines.store(lines.as_mut_ptr(), Ordering::Release); //~ FA601
}

fn measure(alloc: Res<AllocResource>, mut debug: ResMut<Debug>, mut paths: Query<&mut Path>) {
    let mut lengths = alloc.frame_vec::<usize>();
    lengths.extend(paths.iter().map(|path| path.0.len()));
    debug.longest = lengths.iter().copied().max().unwrap_or(0);
    for mut path in &mut paths {
        path.0.truncate(debug.longest);
    }
}

fn main() {
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default()));
    app.init_resource::<Debug>();
    app.add_systems(Update, (draw_lines, measure));
    app.world_mut().spawn(Path(vec![1, 2, 3]));
    app.update();
    println!("{}", app.world().resource::<Debug>().longest);
}
