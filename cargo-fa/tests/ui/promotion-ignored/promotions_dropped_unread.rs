// The list of what a frame promoted, dropped without a look; the retained values themselves are not to blame.
use framealloc::{RetentionPolicy, SmartAlloc};

#[derive(Default)]
struct Chunk {
    voxels: Vec<u8>,
}

struct Terrain {
    alloc: SmartAlloc,
    built: usize,
}

impl Terrain {
    fn build(&mut self, size: usize) {
        self.alloc.begin_frame();
        let mut chunk = self.alloc.frame_retained::<Chunk>(RetentionPolicy::PromoteToHeap);
        chunk.voxels.resize(size, 1);
        self.built += chunk.voxels.len();
        drop(chunk);
        let _ = self.alloc.end_frame_with_promotions(); //~ FA604
    }

    fn rebuild(&mut self, sizes: &[usize]) {
        for size in sizes {
            self.alloc.begin_frame();
            let chunk = self
                .alloc
                .frame_retained_value(Chunk { voxels: vec![0; *size] }, RetentionPolicy::PromoteToPool);
            self.built += chunk.voxels.len();
            drop(chunk);
            let _promotions = self.alloc.end_frame_with_promotions(); //~ FA604
        }
    }

    fn tick(&mut self) {
        self.alloc.begin_frame();
        let heights = self.alloc.frame_slice::<f32>(64);
        self.built += heights.len();
        drop(heights);
        self.alloc.end_frame_with_promotions(); //~ FA604
    }
}

fn main() {
    let mut terrain = Terrain { alloc: SmartAlloc::with_defaults(), built: 0 };
    terrain.build(64);
    terrain.rebuild(&[8, 16]);
    terrain.tick();
    println!("{}", terrain.built);
}
