// Modules that are mapped to tags, with constants, guards and helpers.
use framealloc::SmartAlloc;

mod audio;
mod physics;
mod render;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _tag = alloc.tag("main");
    println!("{} {}", physics::step(&alloc), physics::solver::solve(&alloc));
    let renderer = render::Renderer { alloc: &alloc };
    println!("{} {}", renderer.draw(), renderer.overlay());
    println!("{}", audio::mix(&alloc) + audio::voices(&alloc) + audio::stream(&alloc));
}
