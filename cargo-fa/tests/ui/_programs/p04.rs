//! A navigation mesh is built tile by tile: spans, regions, polygons.

use framealloc::{FrameBox, FrameVec, RetentionPolicy, SmartAlloc};

#[derive(Clone, Copy, Default, framealloc::Zeroable)]
struct Span {
    floor: u16,
    ceiling: u16,
    region: u16,
}

#[derive(Default)]
struct TileMesh {
    polygons: Vec<[u16; 3]>,
    tile: (u32, u32),
}

struct Field {
    side: usize,
    heights: Vec<u16>,
}

impl Field {
    fn hills(side: usize) -> Self {
        let heights = (0..side * side).map(|i| ((i % side) * (i / side) % 17) as u16).collect();
        Self { side, heights }
    }

    fn height(&self, x: usize, z: usize) -> u16 {
        self.heights[(z % self.side) * self.side + x % self.side]
    }
}

struct Builder<'a> {
    alloc: &'a SmartAlloc,
    field: &'a Field,
    climb: u16,
}

impl<'a> Builder<'a> {
    fn spans(&self, tile: (u32, u32)) -> FrameBox<'a, [Span]> {
        let (x0, z0) = (tile.0 as usize * 16, tile.1 as usize * 16);
        self.alloc.frame_slice_from_fn(256, |i| {
            let floor = self.field.height(x0 + i % 16, z0 + i / 16);
            Span { floor, ceiling: floor + 20, region: 0 }
        })
    }

    /// Regions by flood fill; how many there are.
    fn flood(&self, spans: &mut [Span]) -> u16 {
        let mut regions = 0;
        let mut open: FrameVec<'_, usize> = self.alloc.frame_vec();
        for start in 0..spans.len() {
            if spans[start].region != 0 {
                continue;
            }
            regions += 1;
            open.push(start);
            while let Some(at) = open.pop() {
                spans[at].region = regions;
                let around = [at.wrapping_sub(16), at + 16, at.wrapping_sub(1), at + 1];
                open.extend(around.into_iter().filter(|&next| {
                    spans.get(next).is_some_and(|other| {
                        other.region == 0 && other.floor.abs_diff(spans[at].floor) <= self.climb
                    })
                }));
            }
        }
        regions
    }

    fn tile(&self, tile: (u32, u32)) -> u16 {
        self.alloc.begin_frame();
        let mut spans = self.spans(tile);
        let regions = self.flood(&mut spans);
        let mut mesh = self.alloc.frame_retained::<TileMesh>(RetentionPolicy::PromoteToHeap); //~ FA604
        mesh.tile = tile;
        mesh.polygons.extend((1..regions).map(|r| [r - 1, r, r + 1]));
        self.alloc.end_frame();
        regions
    }

    /// The walkable spans, for the debug view.
    fn walkable(&self, tile: (u32, u32)) -> FrameVec<'a, Span> {
        let worker = self.alloc.clone();
        worker.begin_frame();
        let mut kept = self.alloc.frame_vec();
        kept.extend(self.spans(tile).iter().filter(|span| span.ceiling - span.floor > 10).copied());
        worker.end_frame();
        kept //~ FA601
    }

    /// The whole field twice, coarse and fine.
    fn both(&self, tiles: u32) -> u32 {
        let fine = self.alloc.clone();
        self.alloc.begin_frame();
        let mut coarse = self.spans((0, 0));
        let mut total = u32::from(self.flood(&mut coarse));
        if tiles > 1 {
            fine.begin_frame(); //~ FA605
            let mut spans = self.spans((tiles, tiles));
            total += u32::from(self.flood(&mut spans));
        }
        fine.end_frame();
        total
    }

    fn seeds(&self) -> u32 {
        self.alloc.begin_frame();
        let seed = self.alloc.frame_retained_value([7u32; 4], RetentionPolicy::PromoteToPool); //~ FA604
        let sum = seed.iter().sum();
        self.alloc.end_frame();
        sum
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let field = Field::hills(64);
    let builder = Builder { alloc: &alloc, field: &field, climb: 3 };
    let regions: u32 = (0..16).map(|i| u32::from(builder.tile((i % 4, i / 4)))).sum();
    let walkable = builder.walkable((1, 1)).len();
    println!("{regions} regions, {walkable} walkable, {} in both, seed {}", builder.both(3), builder.seeds());
}
