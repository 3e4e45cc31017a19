// Systems with frames of their own on the resource: one leaves early, one uses a guard.
use bevy_app::{App, TaskPoolPlugin, Update};
use bevy_ecs::prelude::*;
use framealloc::bevy::{AllocResource, SmartAllocPlugin};

#[derive(Component)]
struct Mass(f32);

fn total(alloc: Res<AllocResource>, masses: Query<&Mass>) {
    alloc.begin_frame();
    let mut sorted = alloc.frame_vec::<f32>();
    sorted.extend(masses.iter().map(|mass| mass.0));
    if sorted.is_empty() {
        return; //~ FA603
    }
    println!("{}", sorted.iter().sum::<f32>());
    drop(sorted);
    alloc.end_frame();
}

fn heaviest(alloc: Res<AllocResource>, masses: Query<&Mass>) {
    let _frame = alloc.frame();
    let mut sorted = alloc.frame_vec::<f32>();
    sorted.extend(masses.iter().map(|mass| mass.0));
    let Some(heaviest) = sorted.iter().copied().max_by(f32::total_cmp) else {
        return;
    };
    println!("{heaviest}");
}

fn main() {
    let mut app = App::new();
    app.add_plugins((TaskPoolPlugin::default(), SmartAllocPlugin::default()));
    app.add_systems(Update, (total, heaviest));
    app.world_mut().spawn(Mass(2.0));
    app.update();
}
