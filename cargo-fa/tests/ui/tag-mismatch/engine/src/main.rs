//! An engine with a module for each subsystem.
mod audio;
mod physics;

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut world = physics::World::new(20);
    let mut mixer = audio::Mixer::default();
    for _ in 0..10 {
        alloc.begin_frame();
        world.step(&alloc);
        mixer.mix(&alloc, world.loudness(&alloc));
        // Not a mapped module.
        let names = alloc.with_tag("render", |a| a.frame_slice::<u32>(16));
        println!("{}", names.len());
        drop(names);
        alloc.end_frame();
    }
}
