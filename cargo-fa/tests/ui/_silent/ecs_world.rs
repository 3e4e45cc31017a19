//! An ECS-like world: components in pools, systems with frame memory, commands applied at the end.
use framealloc::{Frame, FrameVec, PoolBox, SmartAlloc};
use std::collections::HashMap;

type EntityId = u32;

#[derive(Clone, Copy, Debug)]
enum Command {
    Spawn(f32),
    Despawn(EntityId),
    Hurt(EntityId, f32),
}

struct Entity {
    x: f32,
    health: f32,
}

#[derive(Default)]
struct World {
    entities: HashMap<EntityId, PoolBox<Entity>>,
    next: EntityId,
}

/// Lives as long as the frame that it is made in.
struct Systems<'f> {
    alloc: &'f SmartAlloc,
    commands: FrameVec<'f, Command>,
    seen: usize,
}

impl<'f> Systems<'f> {
    fn new(alloc: &'f SmartAlloc) -> Self {
        Self { alloc, commands: alloc.frame_vec(), seen: 0 }
    }

    fn spawner(&mut self, world: &World) {
        if world.entities.len() < 20 {
            self.commands.push(Command::Spawn(world.next as f32));
        }
    }

    fn fight(&mut self, world: &World) {
        let mut ids = self.alloc.frame_vec_with_capacity(world.entities.len());
        ids.extend(world.entities.keys().copied());
        ids.sort_unstable();
        for pair in ids.chunks_exact(2) {
            self.commands.push(Command::Hurt(pair[0], 10.0));
        }
        self.seen += ids.len();
    }

    fn reaper(&mut self, world: &World) {
        let dead = world.entities.iter().filter(|(_, entity)| entity.health <= 0.0).map(|(id, _)| Command::Despawn(*id));
        self.commands.extend(dead);
    }
}

fn apply(alloc: &SmartAlloc, world: &mut World, commands: &[Command]) {
    for command in commands {
        match *command {
            Command::Spawn(x) => {
                let id = world.next;
                world.next += 1;
                world.entities.insert(id, alloc.pool_box(Entity { x, health: 100.0 }));
            }
            Command::Despawn(id) => drop(world.entities.remove(&id)),
            Command::Hurt(id, by) => {
                let Some(entity) = world.entities.get_mut(&id) else { continue };
                entity.health -= by;
                entity.x += 0.1;
            }
        }
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut world = World::default();
    for _ in 0..100 {
        let _frame: Frame<'_> = alloc.frame();
        let mut systems = Systems::new(&alloc);
        systems.spawner(&world);
        systems.fight(&world);
        systems.reaper(&world);
        apply(&alloc, &mut world, &systems.commands);
        println!("{} seen", systems.seen);
    }
    println!("{:.1}", world.entities.values().map(|entity| entity.x).sum::<f32>());
}
