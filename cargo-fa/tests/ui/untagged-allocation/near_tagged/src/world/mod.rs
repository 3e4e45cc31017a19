use framealloc::{FrameMap, SmartAlloc};

#[derive(Default)]
struct Grid {
    cells: Vec<u32>,
}

impl Grid {
    fn frame_vec(&mut self, count: usize) -> &[u32] {
        self.cells.resize(count, 0);
        &self.cells
    }
}

fn index(alloc: &SmartAlloc, count: u32) -> FrameMap<'_, u32, u32> {
    let mut map = alloc.frame_map();
    map.extend((0..count).map(|key| (key, key)));
    map
}

fn noise(alloc: &SmartAlloc, count: u32) -> u32 {
    let _tag = alloc.tag("world/noise");
    let octaves = alloc.frame_slice_from_fn(4, |i| i as u32 * count);
    octaves.iter().sum()
}

pub fn update(alloc: &SmartAlloc, count: u32) -> u32 {
    let mut grid = Grid::default();
    let cells = grid.frame_vec(count as usize).len() as u32;
    let indexed = alloc.with_tag("world", |a| index(a, count).len() as u32);
    cells + indexed + noise(alloc, count)
}
