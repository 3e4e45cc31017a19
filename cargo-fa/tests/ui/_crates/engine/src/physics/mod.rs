//! Bodies that move and meet.

mod broadphase;
mod contacts;
mod solver;

pub use broadphase::{Broadphase, Pair};
pub use contacts::{Contact, ContactCache, find_contacts};
pub use solver::Solver;

use framealloc::SmartAlloc;

use crate::schedule::System;
use crate::world::WorldRef;

pub struct Physics {
    world: WorldRef,
    broadphase: Broadphase,
    solver: Solver,
    cache: ContactCache,
    crowding: usize,
}

impl Physics {
    pub fn new(world: WorldRef) -> Self {
        Self {
            world,
            broadphase: Broadphase::default(),
            solver: Solver::new(4),
            cache: ContactCache::default(),
            crowding: 0,
        }
    }
}

impl System for Physics {
    system_name!("physics");

    fn run(&mut self, alloc: &SmartAlloc) {
        let mut world = self.world.borrow_mut();
        alloc.with_tag("physics", |a| {
            let pairs = a.with_tag("broadphase", |a| self.broadphase.pairs(a, &world));
            let contacts = find_contacts(a, &world, &pairs);
            self.cache.remember(&contacts);
            self.solver.solve(a, &mut world, &contacts);
            self.crowding = self.broadphase.histogram(a, &world, 8);
        });
        world.tick += 1;
    }
}
