// A task pool's workers allocate through a shared frame; the main thread keeps frames, tags and scratch memory.
use framealloc::{AllocConfig, ScratchAllocator, SharedFrame, SmartAlloc, kilobytes, megabytes};
use rayon::prelude::*;

#[derive(Clone, Copy)]
struct Light {
    at: [f32; 2],
    radius: f32,
}

#[derive(Clone, Copy, Default)]
struct Tile {
    first: u32,
    count: u32,
}

struct Clusters {
    alloc: SmartAlloc,
    scratch: ScratchAllocator,
    lights: Vec<Light>,
    largest: u32,
}

fn touched<'f>(shared: &'f SharedFrame<'_>, lights: &[Light], tile: usize) -> &'f mut [u32] {
    let at = (tile % 16) as f32;
    let near = |light: &&Light| (light.at[0] - at).abs() < light.radius;
    let count = lights.iter().filter(near).count();
    let mut found = lights.iter().enumerate().filter(|(_, light)| near(light)).map(|(index, _)| index as u32);
    shared.alloc_slice_from_fn(count, |_| found.next().unwrap_or(0))
}

impl Clusters {
    fn assign(&mut self) -> usize {
        self.alloc.begin_frame();
        let shared = self.alloc.shared_frame();
        let lights = &self.lights;
        let lists: Vec<&mut [u32]> =
            (0..256usize).into_par_iter().map(|tile| touched(&shared, lights, tile)).collect();
        let mut tiles = self.alloc.with_tag("clusters", |a| a.frame_slice::<[u32; 2]>(lists.len()));
        let mut first = 0;
        for (tile, list) in tiles.iter_mut().zip(&lists) {
            *tile = [first, list.len() as u32];
            first += list.len() as u32;
        }
        let flat: usize = tiles.par_iter().map(|tile| tile[1] as usize).sum();
        self.largest = self.widest(&tiles);
        drop((tiles, lists));
        drop(shared);
        self.alloc.end_frame();
        flat
    }

    fn widest(&self, tiles: &[[u32; 2]]) -> u32 {
        self.scratch.with_scope(|s| {
            let sorted =
                s.alloc_slice_from_fn(tiles.len(), |i| Tile { first: tiles[i][0], count: tiles[i][1] });
            sorted.sort_by_key(|tile| tile.count);
            sorted.last().map_or(0, |tile| tile.count + tile.first % 2)
        })
    }

    fn jobs(&self) -> u32 {
        let (alloc, count) = (&self.alloc, self.lights.len() as u32);
        let (a, b) =
            rayon::join(|| alloc.task(|a| *a.pool_box(count / 2)), || alloc.task(|a| *a.pool_box(count)));
        a + b
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
    let scratch = alloc.create_scratch_allocator(kilobytes(64));
    let lights = (0..32).map(|i| Light { at: [i as f32 * 0.5, 0.0], radius: 1.5 }).collect();
    let mut clusters = Clusters { alloc, scratch, lights, largest: 0 };
    for _ in 0..8 {
        println!("{} {} {}", clusters.assign(), clusters.largest, clusters.jobs());
    }
}
