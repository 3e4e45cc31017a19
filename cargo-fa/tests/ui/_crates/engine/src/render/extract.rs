//! What the renderer needs of the world, copied out of it.

use framealloc::{FrameVec, SmartAlloc};

use crate::math::Vec3;
use crate::memory::{Alloc, StaticList};
use crate::world::{Visible, WorldRef, visible_from};

#[derive(Clone, Copy, Debug)]
pub struct RenderProxy {
    pub entity: u32,
    pub depth: f32,
    pub material: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Frustum {
    pub eye: Vec3,
    pub range: f32,
}

pub struct Extract {
    alloc: &'static Alloc,
    world: WorldRef,
    pub frustum: Frustum,
    visible: Option<StaticList<Visible>>,
    ids: Vec<u32>,
    first: Option<RenderProxy>,
}

impl Extract {
    pub fn new(alloc: &'static Alloc, world: WorldRef) -> Self {
        let frustum = Frustum { eye: Vec3::ZERO, range: 100.0 };
        Self { alloc, world, frustum, visible: None, ids: Vec::new(), first: None }
    }

    /// Looks again what is in sight.
    pub fn refresh(&mut self) {
        let Frustum { eye, range } = self.frustum;
        let seen = visible_from(self.alloc, &self.world.borrow(), eye, range);
        self.ids = seen.iter().map(|each| each.entity).collect();
        self.visible = Some(seen); //~ FA601
    }

    /// Today's proxies; gone with the frame.
    pub fn proxies<'f>(&self, alloc: &'f SmartAlloc) -> FrameVec<'f, RenderProxy> {
        let mut proxies = alloc.frame_vec_with_capacity(self.ids.len());
        for &entity in &self.ids {
            proxies.push(RenderProxy { entity, depth: entity as f32, material: entity % 7 });
        }
        proxies
    }

    /// Keeps a copy of one proxy.
    pub fn note_first(&mut self, proxies: &[RenderProxy]) {
        self.first = proxies.first().copied();
    }

    pub fn first(&self) -> Option<RenderProxy> {
        self.first
    }

    pub fn visible_count(&self) -> usize {
        self.visible.as_ref().map_or(0, |seen| seen.len())
    }
}
