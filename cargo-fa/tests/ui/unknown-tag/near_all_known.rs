// All tags are on the list: nested ones by their path, a `const`, a `static`'s allocator; phases are no tags.
use framealloc::{SmartAlloc, frame_format};
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

mod tags {
    pub const WORLD: &str = "world";
}

fn shape(text: &str) -> usize {
    MEMORY.with_tag("ui", |m| {
        m.with_tag("text", |m| {
            let clusters = m.with_tag("shaping", |m| m.frame_slice::<u32>(text.len()));
            clusters.len() + frame_format!(m, "{text}").len()
        })
    })
}

fn panel(width: f32) -> f32 {
    let _phase = MEMORY.phase("panel");
    let _tag = MEMORY.tag("ui/text");
    let boxes = MEMORY.frame_slice_from_fn(4, |i| i as f32 * width);
    boxes.iter().sum()
}

fn world(cells: usize) -> usize {
    MEMORY.begin_phase("world update");
    let grid = MEMORY.with_tag(tags::WORLD, |m| m.frame_slice_from_fn(16, |i| i * cells));
    let total = grid.iter().sum();
    MEMORY.end_phase();
    total
}

fn main() {
    MEMORY.begin_frame();
    println!("{} {} {}", shape("hello"), panel(2.0), world(3));
    for (name, stats) in MEMORY.phase_stats() {
        println!("{name}: {}", stats.bytes_allocated);
    }
    MEMORY.end_frame();
}
