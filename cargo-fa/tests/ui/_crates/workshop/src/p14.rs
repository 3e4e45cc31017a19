//! A level loader that retains what it builds and then loses it.

use framealloc::{FrameRetained, RetainedId, RetentionPolicy, SmartAlloc};

#[derive(Default)]
pub struct Terrain {
    heights: Vec<f32>,
    holes: u32,
}

#[derive(Default)]
pub struct SpawnTable {
    weights: [f32; 8],
}

pub struct Level {
    alloc: SmartAlloc,
    terrain: Option<RetainedId<Terrain>>,
    spawns: Option<RetainedId<SpawnTable>>,
    loaded: u32,
}

fn fill(terrain: &mut Terrain, seed: u32) {
    terrain.heights.extend((0..64).map(|i| ((seed ^ i) % 17) as f32));
    terrain.holes = seed % 3;
}

impl Level {
    pub fn load_terrain(&mut self, seed: u32) {
        self.alloc.begin_frame();
        let mut terrain = self.alloc.frame_retained::<Terrain>(RetentionPolicy::PromoteToHeap);
        fill(&mut terrain, seed);
        self.terrain = Some(terrain.id());
        drop(terrain);
        self.alloc.end_frame_with_promotions(); //~ FA604
        self.loaded += 1;
    }

    pub fn load_spawns(&mut self, weights: [f32; 8]) {
        self.alloc.begin_frame();
        let table = SpawnTable { weights };
        let table = self.alloc.frame_retained_value(table, RetentionPolicy::PromoteToPool);
        self.spawns = Some(table.id());
        drop(table);
        let _ = self.alloc.end_frame_with_promotions(); //~ FA604
        self.loaded += 1;
    }

    fn blend(&self, seed: u32, steps: u32) -> FrameRetained<'_, Terrain> {
        let mut terrain = self.alloc.frame_retained::<Terrain>(RetentionPolicy::PromoteToPool);
        for step in 0..steps {
            fill(&mut terrain, seed + step);
        }
        terrain
    }

    pub fn preview(&self, seed: u32) -> f32 {
        self.alloc.begin_frame();
        let highest = {
            let terrain = self.blend(seed, 4);
            terrain.heights.iter().copied().fold(0.0, f32::max)
        };
        let _promoted = self.alloc.end_frame_with_promotions(); //~ FA604
        highest
    }
}
