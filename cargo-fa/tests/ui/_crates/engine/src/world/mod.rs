//! What there is.

mod entity;
mod query;

use std::cell::RefCell;
use std::rc::Rc;

pub use entity::{Body, Entity, EntityKind};
pub use query::{Visible, bounds_of, ids_of_kind, nearest, positions, visible_from};

use crate::math::Vec3;

pub type WorldRef = Rc<RefCell<World>>;

#[derive(Default)]
pub struct World {
    pub entities: Vec<Entity>,
    pub bodies: Vec<Body>,
    pub tick: u64,
    free: Vec<u32>,
}

impl World {
    pub fn shared() -> WorldRef {
        Rc::new(RefCell::new(Self::default()))
    }

    pub fn spawn(&mut self, kind: EntityKind, position: Vec3) -> u32 {
        let body = Body { position, velocity: Vec3::ZERO, radius: 0.5 };
        if let Some(id) = self.free.pop() {
            self.entities[id as usize] = Entity { id, kind, alive: true, health: 100 };
            self.bodies[id as usize] = body;
            return id;
        }
        let id = self.entities.len() as u32;
        self.entities.push(Entity { id, kind, alive: true, health: 100 });
        self.bodies.push(body);
        id
    }

    pub fn despawn(&mut self, id: u32) {
        if let Some(entity) = self.entities.get_mut(id as usize)
            && entity.alive
        {
            entity.alive = false;
            self.free.push(id);
        }
    }

    pub fn alive(&self) -> impl Iterator<Item = (&Entity, &Body)> {
        self.entities.iter().zip(&self.bodies).filter(|(entity, _)| entity.alive)
    }
}
