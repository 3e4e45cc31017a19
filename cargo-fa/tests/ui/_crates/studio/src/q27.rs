//! Pools and heaps used as they should be: what is made stays, or is made where no frame runs.

use std::collections::HashMap;
use std::sync::mpsc::Sender;

use framealloc::{HeapBox, PoolBox, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Entity {
    id: u32,
    health: f32,
}

pub struct Scene {
    alloc: SmartAlloc,
    entities: HashMap<u32, PoolBox<Entity>>,
    chunks: Vec<HeapBox<[u32; 64]>>,
    spare: Option<PoolBox<Entity>>,
    out: Sender<PoolBox<Entity>>,
}

impl Scene {
    /// Loading: no frame runs yet.
    pub fn load(&mut self, ids: &[u32]) -> u32 {
        let mut checksum = 0;
        for id in ids {
            let mut chunk = self.alloc.heap_alloc::<[u32; 64]>();
            chunk.fill(*id);
            checksum ^= chunk.iter().sum::<u32>();
        }
        checksum
    }

    pub fn update(&mut self, born: &[Entity]) -> usize {
        self.alloc.begin_frame();
        for entity in born {
            let alloc = &self.alloc;
            self.entities.entry(entity.id).or_insert_with(|| alloc.pool_box(*entity)).health -= 1.0;
        }
        for level in 0..3_u32 {
            let mut chunk = self.alloc.heap_alloc::<[u32; 64]>();
            chunk[0] = level;
            self.chunks.push(chunk);
        }
        self.alloc.end_frame();
        self.entities.len()
    }

    /// Moved out on one branch only, and that is enough.
    pub fn hatch(&mut self, id: u32, strong: bool) -> bool {
        let _frame = self.alloc.frame();
        let egg = self.alloc.pool_box(Entity { id, health: if strong { 9.0 } else { 1.0 } });
        match egg.health {
            health if health > 5.0 => self.out.send(egg).is_ok(),
            _ => false,
        }
    }

    pub fn lay(&mut self, id: u32) -> Option<f32> {
        self.alloc.begin_frame();
        let laid = self.alloc.pool_box(Entity { id, health: 2.0 });
        let before = self.spare.replace(laid).map(|before| before.health);
        self.alloc.end_frame();
        before
    }

    /// Known, measured, and rare.
    pub fn survey(&self) -> f32 {
        let _frame = self.alloc.frame();
        let mut sum = 0.0;
        for entity in self.entities.values() {
            let copy = self.alloc.pool_box(**entity); // fa: allow(FA602) -- the survey runs once an hour
            sum += copy.health;
        }
        sum
    }

    pub fn take(&mut self, id: u32) -> Option<PoolBox<Entity>> {
        let _frame = self.alloc.frame();
        let made = self.alloc.pool_box(Entity { id, health: 0.0 });
        self.entities.insert(id, made)
    }
}
