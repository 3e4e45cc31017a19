//! Questions to the world; the answers live in the frame of who asks.

use framealloc::{FrameBox, FrameVec};

use super::{EntityKind, World};
use crate::math::{Aabb, Vec3};
use crate::memory::Alloc;

#[derive(Clone, Copy, Debug)]
pub struct Visible {
    pub entity: u32,
    pub depth: f32,
}

/// What lies within `range` of `eye`, nearest first.
pub fn visible_from<'f>(alloc: &'f Alloc, world: &World, eye: Vec3, range: f32) -> FrameVec<'f, Visible> {
    let mut seen = alloc.frame_vec_with_capacity(world.entities.len());
    for (entity, body) in world.alive() {
        let depth = (body.position - eye).length();
        if depth <= range {
            seen.push(Visible { entity: entity.id, depth });
        }
    }
    seen.sort_unstable_by(|a: &Visible, b| a.depth.total_cmp(&b.depth));
    seen
}

pub fn ids_of_kind<'f>(alloc: &'f Alloc, world: &World, kind: EntityKind) -> FrameVec<'f, u32> {
    let mut ids = alloc.frame_vec();
    ids.extend(world.alive().filter(|(entity, _)| entity.kind == kind).map(|(entity, _)| entity.id));
    ids
}

pub fn positions<'f>(alloc: &'f Alloc, world: &World) -> FrameBox<'f, [Vec3]> {
    alloc.frame_slice_from_fn(world.bodies.len(), |i| world.bodies[i].position)
}

pub fn bounds_of<'f>(alloc: &'f Alloc, world: &World) -> FrameBox<'f, [Aabb]> {
    let mut bounds = alloc.frame_slice::<Aabb>(world.bodies.len());
    for (bound, body) in bounds.iter_mut().zip(&world.bodies) {
        *bound = Aabb::around(body.position, body.radius);
    }
    bounds
}

/// The nearest other entity; a plain number leaves the function.
pub fn nearest(alloc: &Alloc, world: &World, eye: Vec3) -> Option<u32> {
    let seen = visible_from(alloc, world, eye, f32::INFINITY);
    seen.first().map(|first| first.entity)
}
