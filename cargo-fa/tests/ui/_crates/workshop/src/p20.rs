//! The render module: mapped to the tag `render`.

use framealloc::{PoolBox, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Sprite {
    texture: u16,
    depth: f32,
    corners: [[f32; 2]; 4],
}

pub struct Batch {
    texture: u16,
    first: u32,
    count: u32,
}

pub struct SpriteRenderer {
    alloc: SmartAlloc,
    sprites: Vec<Sprite>,
    atlas: Option<PoolBox<[u16; 32]>>,
}

impl SpriteRenderer {
    fn batches(&self) -> usize {
        let _tag = self.alloc.tag("render");
        let mut sorted = self.alloc.frame_slice_copy(&self.sprites);
        sorted.sort_unstable_by_key(|sprite| sprite.texture);
        let mut batches = self.alloc.frame_vec::<Batch>();
        for (index, sprite) in sorted.iter().enumerate() {
            match batches.last_mut() {
                Some(last) if last.texture == sprite.texture => last.count += 1,
                _ => batches.push(Batch { texture: sprite.texture, first: index as u32, count: 1 }),
            }
        }
        batches.len()
    }

    fn shadows(&self) -> f32 {
        self.alloc.with_tag("render/shadow", |a| {
            let depths = a.frame_slice_from_fn(self.sprites.len(), |i| self.sprites[i].depth);
            depths.iter().copied().fold(0.0, f32::max)
        })
    }

    fn soft_shadows(&self, softness: f32) -> f32 {
        self.alloc.with_tag("render/shadws", |a| { //~ FA802
            let depths = a.frame_slice_from_fn(self.sprites.len(), |i| self.sprites[i].depth * softness);
            depths.iter().copied().fold(0.0, f32::max)
        })
    }

    fn collide_corners(&self) -> usize {
        self.alloc.with_tag("physics/broad", |a| { //~ FA801
            let lefts = a.frame_slice_from_fn(self.sprites.len(), |i| self.sprites[i].corners[0][0]);
            lefts.iter().filter(|left| **left < 0.0).count()
        })
    }

    fn click_sounds(&self, pressed: &[u32]) -> u32 {
        let _tag = self.alloc.tag("audio/mixer"); //~ FA801
        let mut tones = self.alloc.frame_slice_copy(pressed);
        tones.sort_unstable();
        tones.first().copied().unwrap_or(440)
    }

    /// Once, while the level loads.
    pub fn load_atlas(&mut self, first: u16) {
        let mut atlas = self.alloc.pool_alloc::<[u16; 32]>(); //~ FA803
        for (slot, index) in atlas.iter_mut().zip(first..) {
            *slot = index;
        }
        self.atlas = Some(atlas);
    }

    pub fn draw(&self, pressed: &[u32]) -> usize {
        self.alloc.begin_frame();
        let batches = self.batches();
        let depth = self.shadows() + self.soft_shadows(0.5);
        let extra = self.collide_corners() + self.click_sounds(pressed) as usize;
        self.alloc.end_frame();
        batches + extra + depth as usize
    }
}
