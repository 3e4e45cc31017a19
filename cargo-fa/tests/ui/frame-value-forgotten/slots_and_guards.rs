//! Values that are forgotten from slots, in closures and behind names of other modules.
use framealloc::{Frame, FrameBox, SmartAlloc};
use std::mem::{self, ManuallyDrop};

struct Slot<'a> {
    value: Option<FrameBox<'a, u32>>,
}

fn from_slot(slot: &mut Slot<'_>) {
    if let Some(value) = slot.value.take() {
        mem::forget(value); //~ FA607
    }
}

fn replaced<'a>(slot: &mut Slot<'a>, alloc: &'a SmartAlloc) {
    let old = mem::replace(&mut slot.value, None);
    mem::forget(old); //~ FA607
    let guard: Frame<'_> = alloc.frame();
    let guard = ManuallyDrop::new(guard); //~ FA607
    println!("{}", guard.alloc(1));
}

fn closed(alloc: &SmartAlloc) {
    let leak = |value: FrameBox<'_, u32>| {
        mem::forget(value); //~ FA607
    };
    leak(alloc.frame_box(1));
    mem::forget(alloc.pool_box(2u32));
    mem::forget(*alloc.frame_box(3u32));
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut slot = Slot { value: Some(alloc.frame_box(1)) };
    from_slot(&mut slot);
    replaced(&mut slot, &alloc);
    closed(&alloc);
}
