// Systems that Bevy runs each update; a startup system may use the heap.
use bevy_app::{App, Startup, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};

#[derive(Component)]
struct Speed(f32);

#[derive(Resource, Default)]
struct Board {
    names: Vec<String>,
    fastest: f32,
}

fn load(mut board: ResMut<Board>) {
    let names: Vec<String> = (0..4).map(|i| format!("car {i}")).collect();
    for name in &names {
        board.names.push(name.clone());
    }
}

fn fastest(alloc: Res<AllocResource>, speeds: Query<&Speed>, mut board: ResMut<Board>) {
    let all: Vec<f32> = speeds.iter().map(|speed| speed.0).collect(); //~ FA608
    let mut sorted = alloc.frame_vec::<f32>();
    sorted.extend_from_slice(&all);
    sorted.sort_by(f32::total_cmp);
    board.fastest = sorted.last().copied().unwrap_or(0.0);
}

fn announce(board: Res<Board>, alloc: Res<AllocResource>) {
    let text = format!("fastest: {}", board.fastest); //~ FA608
    let copy = alloc.frame_str(&text);
    println!("{}", copy.len());
}

fn main() {
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default()));
    app.init_resource::<Board>();
    app.add_systems(Startup, load);
    app.add_systems(Update, (fastest, announce).chain());
    app.world_mut().spawn_batch([Speed(1.0), Speed(3.0)]);
    app.update();
}
