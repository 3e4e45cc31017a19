//! From pairs to contacts.

use std::collections::HashMap;

use framealloc::{FrameVec, SmartAlloc};

use super::Pair;
use crate::math::Vec3;
use crate::world::World;

#[derive(Clone, Copy, Debug)]
pub struct Contact {
    pub pair: Pair,
    pub normal: Vec3,
    pub depth: f32,
}

pub fn find_contacts<'f>(alloc: &'f SmartAlloc, world: &World, pairs: &[Pair]) -> FrameVec<'f, Contact> {
    let mut contacts = alloc.frame_vec_with_capacity(pairs.len());
    for &pair in pairs {
        let (a, b) = (&world.bodies[pair.a as usize], &world.bodies[pair.b as usize]);
        let offset = a.position - b.position;
        let depth = a.radius + b.radius - offset.length();
        if depth > 0.0 {
            contacts.push(Contact { pair, normal: offset.normalized(), depth });
        }
    }
    contacts
}

#[derive(Default)]
pub struct ContactCache {
    depths: HashMap<(u32, u32), f32>,
    previous: Vec<Contact>,
}

impl ContactCache {
    /// Copies what the next frame wants to know.
    pub fn remember(&mut self, contacts: &[Contact]) {
        self.depths.clear();
        for contact in contacts {
            self.depths.insert((contact.pair.a, contact.pair.b), contact.depth);
        }
        self.previous = contacts.to_vec();
    }

    pub fn depth(&self, pair: Pair) -> Option<f32> {
        self.depths.get(&(pair.a, pair.b)).copied()
    }

    /// The deepest contacts of the last frame.
    pub fn deepest(&self, alloc: &SmartAlloc, most: usize) -> f32 {
        alloc.with_tag("physics", |a| {
            let _inner = a.tag("contacts");
            let mut sorted = a.frame_slice_copy(&self.previous);
            sorted.sort_unstable_by(|x, y| y.depth.total_cmp(&x.depth));
            sorted.iter().take(most).map(|contact| contact.depth).sum()
        })
    }

    /// Lines for the debug view.
    pub fn debug_lines(&self, alloc: &SmartAlloc) -> usize {
        alloc.with_tag("render", |a| { //~ FA801
            let lines = a.frame_slice_from_fn(self.previous.len(), |i| self.previous[i].normal);
            lines.iter().filter(|line| line.length() > 0.0).count()
        })
    }
}
