//! Pushes bodies apart.

use framealloc::{PoolBox, SmartAlloc};

use super::Contact;
use crate::math::Vec3;
use crate::world::World;

pub struct Solver {
    rounds: usize,
    islands: Vec<PoolBox<Island>>,
}

pub struct Island {
    pub bodies: Vec<u32>,
    pub asleep: bool,
}

impl Solver {
    pub fn new(rounds: usize) -> Self {
        Self { rounds, islands: Vec::new() }
    }

    pub fn solve(&mut self, alloc: &SmartAlloc, world: &mut World, contacts: &[Contact]) {
        let mut pushes = alloc.frame_slice::<Vec3>(world.bodies.len());
        for _ in 0..self.rounds {
            for contact in contacts {
                let push = contact.normal * (contact.depth * 0.25);
                pushes[contact.pair.a as usize] += push;
                pushes[contact.pair.b as usize] += push * -1.0;
            }
        }
        for (body, push) in world.bodies.iter_mut().zip(pushes.iter()) {
            body.position += *push;
        }
        self.group(alloc, contacts);
        self.relax(alloc, contacts);
    }

    /// Islands live on: they belong in the pool.
    fn group(&mut self, alloc: &SmartAlloc, contacts: &[Contact]) {
        self.islands.clear();
        for contact in contacts {
            let island = alloc.pool_box(Island { bodies: vec![contact.pair.a, contact.pair.b], asleep: false });
            self.islands.push(island);
        }
    }

    /// A softer pass over the islands.
    fn relax(&mut self, alloc: &SmartAlloc, contacts: &[Contact]) -> f32 {
        let mut total = 0.0;
        for contact in contacts {
            let row = alloc.pool_box([contact.depth, contact.normal.x, contact.normal.y]); //~ FA602
            total += row.iter().sum::<f32>();
        }
        total
    }

    pub fn awake(&self) -> usize {
        self.islands.iter().filter(|island| !island.asleep).map(|island| island.bodies.len()).sum()
    }
}
