use framealloc::SmartAlloc;

pub mod solver;

pub fn step(alloc: &SmartAlloc) -> usize {
    let broad = alloc.with_tag("physics", |a| {
        let _inner = a.tag("broad");
        a.frame_slice::<u32>(8).len()
    });
    let narrow = alloc.with_tag("physics/narrow", |a| a.frame_slice::<u32>(8).len());
    broad + narrow + alloc.with_tag("collision", |a| a.frame_slice::<u32>(8).len()) //~ FA801
}
