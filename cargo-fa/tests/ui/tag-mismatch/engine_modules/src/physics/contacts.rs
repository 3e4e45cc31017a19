use framealloc::SmartAlloc;

pub fn solve(alloc: &SmartAlloc, turn: u32) -> usize {
    let pairs = alloc.with_tag("physics/contacts", |a| a.frame_slice_from_fn(8, |i| (i as u32, turn)));
    let islands = alloc.with_tag("physics", |a| {
        a.with_tag("islands", |a| {
            let mut islands = a.frame_vec::<u32>();
            islands.extend(pairs.iter().map(|pair| pair.0));
            islands.len()
        })
    });
    let _tag = alloc.tag("audio"); //~ FA801
    let sounds = alloc.frame_slice::<u8>(4);
    islands + sounds.len()
}
