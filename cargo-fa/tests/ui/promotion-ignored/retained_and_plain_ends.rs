// Retained values in a crate whose frames end plainly and which never takes a promotion.
use framealloc::{RetentionPolicy, SmartAlloc};

#[derive(Default)]
struct PathCache {
    nodes: Vec<u32>,
}

#[derive(Default, Clone)]
struct LightMap {
    texels: Vec<u8>,
}

struct Level<'a> {
    alloc: &'a SmartAlloc,
    agents: Vec<[f32; 2]>,
}

impl Level<'_> {
    fn plan(&self) -> usize {
        let mut cache = self.alloc.frame_retained::<PathCache>(RetentionPolicy::PromoteToPool); //~ FA604
        cache.nodes.extend(self.agents.iter().map(|agent| agent[0] as u32));
        cache.nodes.len()
    }

    fn bake(&self, size: usize) -> usize {
        let texels = vec![0; size];
        let map = self.alloc.frame_retained_value(LightMap { texels }, RetentionPolicy::PromoteToHeap); //~ FA604
        map.texels.len()
    }

    fn score(&self) -> f32 {
        let sums = self.alloc.frame_slice_from_fn(self.agents.len(), |i| self.agents[i][0]);
        sums.iter().sum()
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let level = Level { alloc: &alloc, agents: vec![[0.0, 1.0]; 8] };
    for _ in 0..10 {
        alloc.begin_frame();
        println!("{} {} {}", level.plan(), level.bake(64), level.score());
        alloc.end_frame();
    }
}
