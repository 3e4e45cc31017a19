// Everything in the mapped folder is under a tag: by closure, by guard, by its only caller.
use framealloc::SmartAlloc;

mod world;

fn setup(alloc: &SmartAlloc) -> usize {
    alloc.frame_slice::<u8>(16).len()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    println!("{} {}", setup(&alloc), world::update(&alloc, 3));
    alloc.end_frame();
}
