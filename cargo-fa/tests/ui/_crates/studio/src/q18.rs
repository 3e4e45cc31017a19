//! Physics; `.fa.toml` maps this module to the tag `physics`.

use framealloc::{FrameVec, PoolBox, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Contact {
    bodies: (u32, u32),
    depth: f32,
}

pub struct Island {
    bodies: [u32; 16],
}

pub struct Physics<'e> {
    alloc: &'e SmartAlloc,
    contacts: u32,
}

/// Only called under a tag.
fn gather<'a>(alloc: &'a SmartAlloc, depths: &[f32]) -> FrameVec<'a, Contact> {
    let mut contacts = alloc.frame_vec_with_capacity(depths.len());
    contacts.extend(depths.iter().zip(0..).map(|(depth, i)| Contact { bodies: (i, i + 1), depth: *depth }));
    contacts
}

impl Physics<'_> {
    pub fn step(&mut self, depths: &[f32]) -> f32 {
        self.alloc.with_tag("physics", |a| {
            let deepest = a.with_tag("contacts", |a| {
                let contacts = gather(a, depths);
                contacts.iter().map(|contact| contact.depth).fold(0.0, f32::max)
            });
            let forces = a.frame_slice_copy(depths);
            deepest + forces.iter().sum::<f32>()
        })
    }

    pub fn debug_lines(&self, depths: &[f32]) -> usize {
        let lines = self.alloc.with_tag("render", |a| a.frame_slice_copy(depths)); //~ FA801
        lines.iter().filter(|depth| **depth > 0.5).count()
    }

    pub fn impacts(&self, depths: &[f32]) -> f32 {
        let _tag = self.alloc.tag("audio"); //~ FA801
        let mut loud = self.alloc.frame_vec();
        loud.extend(depths.iter().copied().filter(|depth| *depth > 1.0));
        loud.iter().sum()
    }

    pub fn island(&mut self, first: u32) -> PoolBox<Island> {
        self.contacts += 1;
        self.alloc.pool_box(Island { bodies: [first; 16] }) //~ FA803
    }

    pub fn sorted(&self, depths: &[f32]) -> Option<f32> {
        {
            let _tag = self.alloc.tag("physics");
            drop(self.alloc.frame_slice_copy(depths));
        }
        let mut sorted = self.alloc.frame_slice_copy(depths); //~ FA803
        sorted.sort_by(f32::total_cmp);
        sorted.last().copied()
    }
}
