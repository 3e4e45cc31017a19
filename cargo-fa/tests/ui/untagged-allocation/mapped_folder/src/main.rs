// In a mapped folder some allocations stand under no tag; what is outside of it may.
use framealloc::SmartAlloc;

mod physics;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for turn in 0..3u32 {
        alloc.begin_frame();
        let title = alloc.frame_str("frame");
        let moved = physics::step(&alloc, turn) + physics::contacts::pairs(&alloc, turn);
        println!("{} {moved}", &*title);
        drop(title);
        alloc.end_frame();
    }
}
