use crate::World;
use framealloc::SmartAlloc;

pub fn run(memory: &SmartAlloc, world: &mut World) {
    memory.with_tag("movement", |m| {
        let deltas = m.frame_slice_from_fn(world.positions.len(), |i| i as f32 * 0.1);
        for (position, delta) in world.positions.iter_mut().zip(deltas.iter()) {
            position[0] += delta;
        }
    });
    let blocked = memory.with_tag("combat", |m| { //~ FA801
        let mut blocked = m.frame_set::<u32>();
        blocked.extend(world.health.iter().map(|health| *health as u32));
        blocked.len()
    });
    world.positions.truncate(world.positions.len().max(blocked));
}
