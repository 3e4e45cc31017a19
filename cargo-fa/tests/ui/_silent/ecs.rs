// A small ECS with systems behind a trait; queries, spawns and despawns go through frame vectors.
use framealloc::{FrameMap, FrameVec, PoolBox, SmartAlloc};
use std::any::type_name;
use std::sync::Arc;

type Entity = usize;

#[derive(Clone, Copy, Default, PartialEq)]
struct Position([f32; 2]);

struct Health(i32);

#[derive(Default)]
struct World {
    positions: Vec<Option<Position>>,
    healths: Vec<Option<PoolBox<Health>>>,
    free: Vec<Entity>,
}

impl World {
    fn spawn(&mut self, position: Position, health: PoolBox<Health>) -> Entity {
        if let Some(entity) = self.free.pop() {
            self.positions[entity] = Some(position);
            self.healths[entity] = Some(health);
            return entity;
        }
        self.positions.push(Some(position));
        self.healths.push(Some(health));
        self.positions.len() - 1
    }

    fn despawn(&mut self, entity: Entity) {
        self.positions[entity] = None;
        self.healths[entity] = None;
        self.free.push(entity);
    }

    fn query<'f>(&self, alloc: &'f SmartAlloc) -> FrameVec<'f, (Entity, Position)> {
        let mut found = alloc.frame_vec_with_capacity(self.positions.len());
        let all = self.positions.iter().enumerate();
        found.extend(all.filter_map(|(entity, position)| position.map(|position| (entity, position))));
        found
    }
}

trait System {
    fn run(&mut self, alloc: &SmartAlloc, world: &mut World);

    fn name(&self) -> &'static str {
        type_name::<Self>()
    }
}

struct Movement {
    speed: f32,
}

#[derive(Default)]
struct Damage {
    hits: usize,
}

struct Spawner {
    per_frame: usize,
}

impl System for Movement {
    fn run(&mut self, alloc: &SmartAlloc, world: &mut World) {
        for (entity, position) in world.query(alloc).iter() {
            let moved = Position([position.0[0] + self.speed, position.0[1]]);
            world.positions[*entity] = Some(moved);
        }
    }
}

impl System for Damage {
    fn run(&mut self, alloc: &SmartAlloc, world: &mut World) {
        let mut per_cell: FrameMap<'_, [i32; 2], FrameVec<'_, Entity>> = alloc.frame_map();
        for (entity, position) in world.query(alloc) {
            let cell = [position.0[0] as i32, position.0[1] as i32];
            per_cell.entry(cell).or_insert_with(|| alloc.frame_vec()).push(entity);
        }
        let mut dead = alloc.frame_vec::<Entity>();
        for (_, crowd) in per_cell.iter().filter(|(_, crowd)| crowd.len() > 1) {
            for entity in crowd {
                let Some(health) = world.healths[*entity].as_mut() else { continue };
                health.0 -= 1;
                self.hits += 1;
                if health.0 <= 0 {
                    dead.push(*entity);
                }
            }
        }
        for entity in dead {
            world.despawn(entity);
        }
    }
}

impl System for Spawner {
    fn run(&mut self, alloc: &SmartAlloc, world: &mut World) {
        for index in 0..self.per_frame {
            let health = alloc.pool_box(Health(3));
            world.spawn(Position([index as f32 * 0.25, 0.0]), health);
        }
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let mut world = World::default();
    let (mut movement, mut damage) = (Movement { speed: 0.5 }, Damage::default());
    let mut spawner = Spawner { per_frame: 4 };
    for _ in 0..60 {
        let _frame = alloc.frame();
        alloc.with_tag("spawn", |a| spawner.run(a, &mut world));
        alloc.with_tag("movement", |a| movement.run(a, &mut world));
        alloc.with_tag("damage", |a| damage.run(a, &mut world));
    }
    println!("{} {} hits, {} free", damage.name(), damage.hits, world.free.len());
}
