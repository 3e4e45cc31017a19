//! A small game, with one mistake that the analyser finds.

use framealloc::{FrameBox, SmartAlloc};

struct Enemy<'a> {
    target: Option<FrameBox<'a, u32>>,
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..600 {
        alloc.begin_frame();
        update(&alloc);
        alloc.end_frame();
    }
}

fn update(alloc: &SmartAlloc) {
    alloc.with_tag("physics", |alloc| {
        alloc.with_tag("contacts", |alloc| drop(alloc.frame_box([0_u8; 4096])));
    });
    alloc.begin_phase("render");
    drop(alloc.frame_box([0_u8; 1024]));
    alloc.end_phase();
}

fn aim<'a>(alloc: &'a SmartAlloc, enemy: &mut Enemy<'a>) {
    alloc.begin_frame();
    enemy.target = Some(alloc.frame_box(1));
    alloc.end_frame();
}
