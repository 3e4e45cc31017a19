//! Chunks of a terrain that are meant to stay.
use framealloc::{AllocError, RetentionPolicy as Policy, SmartAlloc, Zeroable};

#[derive(Clone, Copy, Zeroable)]
struct Height {
    metres: f32,
}

#[derive(Default)]
struct Chunk {
    key: (i32, i32),
    heights: Vec<f32>,
}

struct Terrain<'t> {
    alloc: &'t SmartAlloc,
    loaded: usize,
}

impl Terrain<'_> {
    fn load(&mut self, key: (i32, i32)) -> Result<f32, AllocError> {
        let noise = self.alloc.try_frame_slice::<Height>(256)?;
        let mut chunk = self.alloc.try_frame_retained::<Chunk>(Policy::PromoteToHeap)?; //~ FA604
        chunk.key = key;
        chunk.heights.extend(noise.iter().map(|height| height.metres));
        self.loaded += 1;
        Ok(chunk.heights.iter().sum::<f32>() + chunk.key.0 as f32)
    }

    fn stitch(&self, keys: &[(i32, i32)]) -> Result<usize, AllocError> {
        let seams = self.alloc.try_frame_retained_value(keys.to_vec(), Policy::PromoteToPool)?; //~ FA604
        Ok(seams.len())
    }

    fn tick(&mut self, keys: &[(i32, i32)]) -> Result<(), AllocError> {
        self.alloc.begin_frame();
        let sum = keys.iter().try_fold(0.0, |sum, key| self.load(*key).map(|height| sum + height));
        let seams = self.stitch(keys);
        self.alloc.end_frame();
        println!("{} {}", sum?, seams?);
        Ok(())
    }
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let mut terrain = Terrain { alloc: &alloc, loaded: 0 };
    for x in 0..20 {
        terrain.tick(&[(x, 0), (x, 1)])?;
    }
    println!("{} chunks", terrain.loaded);
    Ok(())
}
