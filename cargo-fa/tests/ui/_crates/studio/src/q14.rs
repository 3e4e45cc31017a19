//! Queries of a world: what they need for themselves comes from the wrong place.

use framealloc::{HeapBox, PoolBox, SmartAlloc};

pub struct Hit {
    distance: f32,
    body: u32,
}

struct Sweep {
    hits: [u32; 8],
    used: usize,
}

impl Sweep {
    fn note(&mut self, body: u32) {
        if let Some(slot) = self.hits.get_mut(self.used) {
            *slot = body;
            self.used += 1;
        }
    }
}

pub struct World<'e> {
    alloc: &'e SmartAlloc,
    bodies: Vec<f32>,
    best: Option<PoolBox<Hit>>,
}

impl World<'_> {
    fn sweep(&self, reach: f32) -> usize {
        let mut sweep = self.alloc.pool_box(Sweep { hits: [0; 8], used: 0 }); //~ FA606
        for (body, at) in self.bodies.iter().enumerate().filter(|(_, at)| **at < reach) {
            sweep.note(body as u32);
        }
        sweep.used
    }

    pub fn query(&self, reach: f32) -> usize {
        self.alloc.begin_frame();
        let found = self.sweep(reach);
        let mut grid = self.alloc.heap_alloc::<[u32; 256]>(); //~ FA606
        for at in &self.bodies {
            grid[*at as usize % 256] += 1;
        }
        let crowded = grid.iter().filter(|count| **count > 1).count();
        self.alloc.heap_free(grid);
        self.alloc.end_frame();
        found + crowded
    }

    pub fn ray(&mut self, limit: f32) -> f32 {
        let _frame = self.alloc.frame();
        let nearest = self.bodies.iter().copied().fold(limit, f32::min);
        let hit = self.alloc.pool_box(Hit { distance: nearest, body: 0 });
        let probe = self.alloc.try_pool_box(nearest * 2.0); //~ FA606
        let far = probe.as_ref().map_or(nearest, |probe| **probe);
        if nearest < limit {
            self.best = Some(hit);
        }
        far
    }
}

/// The leak that a combinator hides.
pub fn palette(alloc: &SmartAlloc, base: u32) -> u32 {
    let colours = alloc.try_frame_box([base, base << 8, base << 16]).ok();
    let leaked = colours.map(|colours| colours.leak()); //~ FA607
    leaked.map_or(0, |colours| colours.iter().sum())
}

pub fn debris(alloc: &SmartAlloc, bodies: &[f32]) -> f32 {
    let _tag = alloc.tag("debri"); //~ FA802
    let copy = alloc.frame_slice_copy(bodies);
    copy.iter().sum()
}
