//! Bodies and their steps.
mod contacts;

use framealloc::SmartAlloc;

pub struct World {
    bodies: Vec<[f32; 3]>,
}

impl World {
    pub fn new(count: usize) -> Self {
        Self { bodies: vec![[0.0; 3]; count] }
    }

    pub fn step(&mut self, alloc: &SmartAlloc) {
        alloc.with_tag("physics", |a| {
            let old = a.frame_slice_copy(&self.bodies);
            for (body, old) in self.bodies.iter_mut().zip(old.iter()) {
                body[1] = old[1] - 0.1;
            }
        });
        let contacts = contacts::find(alloc, &self.bodies);
        println!("{contacts} contacts, {} lines", contacts::draw(alloc, contacts));
    }

    pub fn loudness(&self, alloc: &SmartAlloc) -> f32 {
        alloc.with_tag("audio", |a| { //~ FA801
            a.frame_slice_from_fn(self.bodies.len(), |index| self.bodies[index][1]).iter().sum()
        })
    }
}
