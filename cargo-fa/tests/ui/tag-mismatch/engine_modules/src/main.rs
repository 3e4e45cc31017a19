// Two mapped modules; in each a function books its memory under the other's tag. The root is not mapped.
use framealloc::SmartAlloc;

mod physics;
mod render;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for turn in 0..4u32 {
        alloc.begin_frame();
        let contacts = physics::step(&alloc, turn) + physics::contacts::solve(&alloc, turn);
        let drawn = render::draw(&alloc, contacts) + render::debug(&alloc, contacts);
        let audio = alloc.with_tag("audio", |a| a.frame_slice::<f32>(64).len());
        println!("{contacts} {drawn} {audio}");
        alloc.end_frame();
    }
}
