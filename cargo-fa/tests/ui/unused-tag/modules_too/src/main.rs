// A list beside mapped modules; all but one of its tags are used, some only in modules.
use framealloc::SmartAlloc;

mod sim;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for turn in 0..4u32 {
        alloc.begin_frame();
        let rain = sim::weather(&alloc, turn) + sim::step(&alloc, turn);
        let hud = alloc.with_tag("hud", |a| a.frame_slice_from_fn(4, |i| i as u32 + rain).len());
        println!("{rain} {hud}");
        alloc.end_frame();
    }
}
