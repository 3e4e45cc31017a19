//! Entities spawned within a frame; some of the ends let their promotions fall.
use framealloc::{PoolBox, Promoted, Promotions, RetainedId, RetentionPolicy, SmartAlloc};

#[derive(Default, Debug)]
struct Entity {
    id: u32,
    health: i32,
}

#[derive(Default)]
struct World {
    entities: Vec<PoolBox<Entity>>,
    wanted: Vec<RetainedId<Entity>>,
    spawned: u32,
}

fn spawn(alloc: &SmartAlloc, world: &mut World) -> RetainedId<Entity> {
    let mut entity = alloc.frame_retained::<Entity>(RetentionPolicy::PromoteToPool);
    entity.id = world.spawned;
    entity.health = 100;
    world.spawned += 1;
    entity.id()
}

fn adopt(world: &mut World, promotions: Promotions) {
    for promotion in promotions {
        match promotion.policy {
            RetentionPolicy::PromoteToPool => {
                if let Ok(Promoted::Pool(entity)) = promotion.downcast::<Entity>() {
                    world.entities.push(entity);
                }
            }
            RetentionPolicy::PromoteToHeap | RetentionPolicy::Leak => println!("{}", promotion.type_name),
        }
    }
}

fn tick(alloc: &SmartAlloc, world: &mut World) {
    alloc.begin_frame();
    let id = spawn(alloc, world);
    world.wanted.push(id);
    let promotions = alloc.end_frame_with_promotions();
    adopt(world, promotions);
}

fn tick_in_a_hurry(alloc: &SmartAlloc, world: &mut World) {
    alloc.begin_frame();
    spawn(alloc, world);
    alloc.end_frame_with_promotions(); //~ FA604
}

fn tick_quietly(alloc: &SmartAlloc, world: &mut World, frames: u32) {
    for frame in 0..frames {
        alloc.begin_frame();
        if frame % 10 == 0 {
            spawn(alloc, world);
        }
        let _ = alloc.end_frame_with_promotions(); //~ FA604
    }
}

fn tick_one(alloc: &SmartAlloc, world: &mut World) -> Option<Promoted<Entity>> {
    alloc.begin_frame();
    let id = spawn(alloc, world);
    alloc.end_frame_with_promotions().take(id)
}

fn main() {
    let (alloc, mut world) = (SmartAlloc::with_defaults(), World::default());
    tick(&alloc, &mut world);
    tick_in_a_hurry(&alloc, &mut world);
    tick_quietly(&alloc, &mut world, 20);
    println!("{} {}", world.entities.len(), tick_one(&alloc, &mut world).is_some());
    println!("{} {}", world.entities.iter().map(|entity| entity.health).sum::<i32>(), world.wanted.len());
}
