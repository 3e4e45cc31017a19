// Mapped modules with tags of their own, of their callers, and without.
use framealloc::SmartAlloc;

mod ai;
mod physics;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{}", alloc.frame_box(1));
    let mut world = physics::World::new(alloc.clone());
    println!("{} {}", world.step(), world.sleep());
    println!("{} {}", ai::think(&alloc), ai::Planner { alloc: &alloc }.plan(3));
    println!("{}", ai::background(&alloc));
}
