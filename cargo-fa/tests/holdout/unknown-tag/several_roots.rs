// Inline modules, a renamed import and the parameter of a tag's closure passed to a function of its own.
use framealloc::SmartAlloc as Arena;

mod sim {
    use super::Arena;

    pub fn ants(arena: &Arena, count: usize) -> usize {
        let trails = arena
            .with_tag("sim", |a| a.with_tag("ants", |a| a.frame_slice_from_fn(count, |i| i as f32).len()));
        let food = arena.with_tag("sim/food", |a| a.frame_slice_from_fn(count, |i| i as u8).len()); //~ FA802
        trails + food
    }
}

mod view {
    use super::Arena;

    fn boxes(arena: &Arena, count: usize) -> usize {
        arena.frame_slice_from_fn(count, |i| [i as f32; 4]).len()
    }

    pub fn draw(arena: &Arena, count: usize) -> usize {
        let shown = arena.with_tag("view", |a| boxes(a, count));
        if shown > 100 {
            return arena.with_tag("overflow", |a| boxes(a, 100)); //~ FA802
        }
        shown
    }
}

fn main() {
    let arena = Arena::with_defaults();
    for count in [4, 8, 200] {
        arena.begin_frame();
        println!("{} {}", sim::ants(&arena, count), view::draw(&arena, count));
        arena.end_frame();
    }
}
