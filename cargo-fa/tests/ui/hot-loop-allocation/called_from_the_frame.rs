// The loop is in a method or helper that the frame calls; the same call is free outside of frames.
use framealloc::{AllocConfig, HeapBox, SmartAlloc};
use std::sync::Arc;

struct Entity {
    id: u32,
    health: i32,
}

struct EntityManager {
    memory: Arc<SmartAlloc>,
    entities: Vec<Entity>,
    archive: Vec<HeapBox<[u32; 8]>>,
}

trait System {
    fn update(&mut self, turn: u32) -> usize;
}

impl System for EntityManager {
    fn update(&mut self, turn: u32) -> usize {
        let mut dead = 0;
        for entity in &mut self.entities {
            let damage = self.memory.heap_alloc::<[i32; 64]>(); //~ FA602
            entity.health -= damage[turn as usize % 64] + 1;
            dead += usize::from(entity.health < 0);
        }
        dead
    }
}

impl EntityManager {
    fn cull(&self) -> usize {
        let mut kept = 0;
        for entity in self.entities.iter().filter(|entity| entity.health > 0) {
            kept += score(&self.memory, entity);
        }
        kept
    }

    fn archive(&mut self) {
        for entity in &self.entities {
            self.archive.push(self.memory.heap_box([entity.id; 8]));
        }
    }

    fn warm_up(&self) -> usize {
        let mut bytes = 0;
        for size in [16usize, 64, 256, 1024] {
            let block = self.memory.heap_slice::<u8>(size);
            bytes += block.len();
        }
        bytes
    }
}

fn score(_memory: &SmartAlloc, entity: &Entity) -> usize {
    entity.health as usize * 2
}

fn main() {
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let entities = (0..32).map(|id| Entity { id, health: 10 }).collect();
    let mut manager = EntityManager { memory: Arc::clone(&memory), entities, archive: Vec::new() };
    println!("{} bytes warm", manager.warm_up());
    for turn in 0..10 {
        memory.begin_frame();
        let dead = manager.update(turn);
        let kept = manager.cull();
        manager.archive();
        memory.end_frame();
        println!("{dead} {kept}");
    }
}
