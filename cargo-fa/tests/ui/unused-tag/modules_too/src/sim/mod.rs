use framealloc::SmartAlloc;

pub fn weather(alloc: &SmartAlloc, turn: u32) -> u32 {
    let clouds = alloc.with_tag("sim/weather", |a| a.frame_slice_from_fn(8, |i| i as u32 * turn));
    clouds.iter().sum()
}

pub fn step(alloc: &SmartAlloc, turn: u32) -> u32 {
    let _tag = alloc.tag("sim");
    let cells = alloc.frame_slice_from_fn(8, |i| i as u32 ^ turn);
    cells.iter().sum()
}
