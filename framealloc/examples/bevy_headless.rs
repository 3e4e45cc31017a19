//! A Bevy app without a window: parallel systems that work in frame memory, and what each of them took.
//!
//! `MinimalPlugins` of the whole engine is little more than the two plugins that are added here.

use std::process::ExitCode;

use bevy_app::{
    App, AppExit, PostUpdate, ScheduleRunnerPlugin, Startup, TaskPoolOptions, TaskPoolPlugin, Update,
};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};
use framealloc::{AllocConfig, PoolBox, kilobytes};

const UPDATES: u32 = 600;
const BODIES: usize = 5_000;
/// The side of a cell of the grid in which neighbours are looked for.
const CELL: f32 = 4.0;
const WORLD: f32 = 200.0;

#[derive(Component, Clone, Copy)]
struct Position([f32; 2]);

#[derive(Component, Clone, Copy)]
struct Velocity([f32; 2]);

/// The systems that share the tag `physics`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
struct Physics;

/// What goes from system to system lives in the pool, not in a frame.
#[derive(Resource)]
struct Closest(Option<PoolBox<(Entity, Entity, f32)>>);

#[derive(Resource, Default)]
struct Updates(u32);

fn spawn(mut commands: Commands<'_, '_>) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    let body = move |_| {
        let position = Position([random() * WORLD, random() * WORLD]);
        (position, Velocity([random() * 2.0 - 1.0, random() * 2.0 - 1.0]))
    };
    commands.spawn_batch((0..BODIES).map(body));
}

fn advance(mut bodies: Query<'_, '_, (&mut Position, &Velocity)>) {
    for (mut position, velocity) in &mut bodies {
        for (at, by) in position.0.iter_mut().zip(velocity.0) {
            *at = (*at + by * 0.1).rem_euclid(WORLD);
        }
    }
}

/// Finds the closest two bodies, by a grid in frame memory.
fn contacts(
    alloc: Res<'_, AllocResource>,
    bodies: Query<'_, '_, (Entity, &Position)>,
    mut closest: ResMut<'_, Closest>,
) {
    let mut cells = alloc.frame_vec_with_capacity(BODIES);
    cells.extend(bodies.iter().map(|(entity, position)| {
        let cell = position.0.map(|at| (at / CELL) as u16);
        (cell, entity, position.0)
    }));
    cells.sort_unstable_by_key(|&(cell, entity, _)| (cell, entity));
    let distance = |one: [f32; 2], other: [f32; 2]| (one[0] - other[0]).hypot(one[1] - other[1]);
    let pairs = cells.iter().zip(cells.iter().skip(1)).filter(|(one, other)| one.0 == other.0);
    let nearest = pairs
        .map(|(one, other)| (one.1, other.1, distance(one.2, other.2)))
        .min_by(|one, other| one.2.total_cmp(&other.2));
    closest.0 = nearest.map(|pair| alloc.pool_box(pair));
}

/// Counts the bodies in each column of the world.
fn density(alloc: Res<'_, AllocResource>, bodies: Query<'_, '_, &Position>) {
    let mut columns = alloc.frame_slice::<u32>(WORLD as usize + 1);
    for position in &bodies {
        columns[position.0[0] as usize] += 1;
    }
    assert_eq!(columns.iter().sum::<u32>() as usize, BODIES);
}

/// What is on the screen, back to front, in a scope that ends with the system.
fn draw_order(alloc: Res<'_, AllocResource>, bodies: Query<'_, '_, (Entity, &Position)>) {
    let scope = alloc.scope();
    let mut visible = scope.vec();
    visible.extend(bodies.iter().filter(|(_, position)| position.0[0] < WORLD / 2.0));
    visible.sort_unstable_by(|one, other| other.1.0[1].total_cmp(&one.1.0[1]));
    assert!(visible.len() < BODIES);
}

/// Asks the bodies in parallel, each batch with memory of the thread that has it.
fn audible(alloc: Res<'_, AllocResource>, bodies: Query<'_, '_, (Entity, &Position)>) {
    let shared = alloc.shared_frame();
    bodies.par_iter().for_each(|(entity, position)| {
        let [x, y] = position.0;
        if x.hypot(y) < 30.0 {
            let emitter = shared.alloc((entity, 1.0 / (1.0 + x.hypot(y))));
            assert!(emitter.1 > 0.03);
        }
    });
}

fn stop_in_time(mut updates: ResMut<'_, Updates>, mut exit: MessageWriter<'_, AppExit>) {
    updates.0 += 1;
    if updates.0 == UPDATES {
        exit.write(AppExit::Success);
    }
}

#[expect(clippy::print_stdout, reason = "a program that reports")]
fn main() -> ExitCode {
    let config = AllocConfig::default().with_frame_size(kilobytes(512)).with_pool_size(kilobytes(64));
    let mut app = App::new();
    app.add_plugins((
        TaskPoolPlugin { task_pool_options: TaskPoolOptions::with_num_threads(4) },
        ScheduleRunnerPlugin::default(),
        SmartAllocPlugin::new(config),
    ));
    let alloc = app.world().resource::<AllocResource>().clone();
    app.insert_resource(Closest(None))
        .init_resource::<Updates>()
        .add_systems(Startup, spawn)
        .add_systems(
            Update,
            (advance, alloc.tagged_set("physics", (contacts, density))).chain().in_set(Physics),
        )
        .add_systems(PostUpdate, (alloc.tagged("render", draw_order), alloc.tagged("audio", audible)))
        .add_systems(PostUpdate, stop_in_time);
    let exit = app.run();

    let stats = alloc.stats();
    println!("{UPDATES} updates of {BODIES} bodies");
    println!("{:>10} {:>16} {:>16} {:>12}", "tag", "bytes an update", "most in a frame", "allocations");
    for (tag, of) in alloc.all_tag_stats() {
        let updates = u64::from(UPDATES);
        let (bytes, allocations) = (of.total_bytes / updates, of.total_allocations / updates);
        println!("{tag:>10} {bytes:>16} {:>16} {allocations:>12}", of.peak_frame_bytes);
    }
    println!(
        "{} threads hold {} KiB, {} bytes parked",
        stats.threads,
        stats.reserved_bytes / 1024,
        stats.parked_bytes
    );
    if exit.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
