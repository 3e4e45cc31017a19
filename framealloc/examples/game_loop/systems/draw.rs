//! The draw list: everything visible, in the order in which a renderer wants it.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;

use crate::math::Vec2;
use crate::random::Checksum;
use crate::world::{TILE, World, team_of};

/// Agents and particles are drawn with so many kinds of sprite each.
const AGENT_SPRITES: u32 = 12;
const SPARK_SPRITES: u32 = 4;

/// Something to draw: an instance, as it would be uploaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sprite {
    /// Layer, material and depth, most significant first: sorting by it makes the batches.
    key: u32,
    position: Vec2,
    direction: Vec2,
    colour: u32,
}

/// Sprites that one draw call covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    material: u32,
    first: u32,
    count: u32,
}

/// What a renderer would be given.
pub(crate) struct DrawList<A: Allocator> {
    sprites: Vec<Sprite, A>,
    batches: Vec<Batch, A>,
}

impl<A: Allocator + Clone> DrawList<A> {
    /// Collects, sorts and batches what there is to see.
    pub(crate) fn build(world: &World, alloc: A) -> Self {
        let mut unsorted = Vec::with_capacity_in(world.agents() + world.particles.len(), alloc.clone());
        push_agents(world, &mut unsorted);
        push_particles(world, &mut unsorted);
        let sprites = sort(&unsorted, alloc.clone());
        let batches = batch(&sprites, alloc);
        Self { sprites, batches }
    }
}

impl<A: Allocator> DrawList<A> {
    /// Stands in for the upload: reads every byte of the list once.
    pub(crate) fn submit(&self, screen: &mut Checksum) {
        for batch in &self.batches {
            screen.add(u64::from(batch.material) << 32 | u64::from(batch.count));
            for sprite in &self.sprites[batch.first as usize..][..batch.count as usize] {
                screen.add(u64::from(sprite.key) << 32 | u64::from(sprite.colour));
                screen.add(
                    u64::from(sprite.position.x.to_bits()) << 32 | u64::from(sprite.position.y.to_bits()),
                );
                screen.add(
                    u64::from(sprite.direction.x.to_bits()) << 32 | u64::from(sprite.direction.y.to_bits()),
                );
            }
        }
    }

    /// How many draw calls it takes.
    pub(crate) fn batches(&self) -> usize {
        self.batches.len()
    }

    /// How many sprites are drawn.
    pub(crate) fn sprites(&self) -> usize {
        self.sprites.len()
    }
}

/// A sprite's sort key: what lies further back, further up on the map, comes first.
fn key(layer: u32, material: u32, position: Vec2) -> u32 {
    layer << 28 | material << 20 | ((position.y / TILE * 64.0) as u32).min((1 << 20) - 1)
}

/// The agents, coloured by team and health.
fn push_agents<A: Allocator>(world: &World, sprites: &mut Vec<Sprite, A>) {
    let agents = world.positions.iter().zip(&world.velocities).zip(&world.health);
    sprites.extend(agents.enumerate().map(|(agent, ((position, velocity), health))| {
        let material = agent as u32 % (AGENT_SPRITES / 2) * 2 + team_of(agent) as u32;
        let colour = [0xFF_4040, 0x40_40FF][team_of(agent)] | (*health as u32) << 24;
        Sprite { key: key(0, material, *position), position: *position, direction: *velocity, colour }
    }));
}

/// The particles, above the agents, fading.
fn push_particles<A: Allocator>(world: &World, sprites: &mut Vec<Sprite, A>) {
    sprites.extend((0..).zip(&world.particles).map(|(number, particle)| Sprite {
        key: key(1, AGENT_SPRITES + number % SPARK_SPRITES, particle.position),
        position: particle.position,
        direction: particle.velocity,
        colour: 0xFF_D080 | particle.frames_left << 24,
    }));
}

/// The sprites by key, and in the order they came where keys are equal.
fn sort<A: Allocator + Clone>(unsorted: &[Sprite], alloc: A) -> Vec<Sprite, A> {
    // Sorting eight bytes for each sprite is faster than moving them whole.
    let mut order = Vec::with_capacity_in(unsorted.len(), alloc.clone());
    order.extend((0..).zip(unsorted).map(|(number, sprite)| u64::from(sprite.key) << 32 | number));
    order.sort_unstable();
    let mut sorted = Vec::with_capacity_in(unsorted.len(), alloc);
    sorted.extend(order.iter().map(|entry| unsorted[(entry & u64::from(u32::MAX)) as usize]));
    sorted
}

/// One batch for each run of sprites of one material.
fn batch<A: Allocator>(sprites: &[Sprite], alloc: A) -> Vec<Batch, A> {
    let mut batches = Vec::new_in(alloc);
    let mut first = 0;
    for run in sprites.chunk_by(|a, b| a.key >> 20 == b.key >> 20) {
        batches.push(Batch { material: run[0].key >> 20, first, count: run.len() as u32 });
        first += run.len() as u32;
    }
    batches
}

#[cfg(test)]
mod tests {
    use allocator_api2::alloc::Global;

    use super::*;

    #[test]
    fn a_list_is_sorted_and_its_batches_cover_it() {
        let world = World::new(2, 3000);
        let list = DrawList::build(&world, Global);
        assert_eq!(list.sprites(), 3000);
        assert!(list.sprites.is_sorted_by_key(|sprite| sprite.key));
        assert_eq!(list.batches(), AGENT_SPRITES as usize);
        assert_eq!(list.batches.iter().map(|batch| batch.count).sum::<u32>(), 3000);
    }
}
