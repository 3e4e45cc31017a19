//! Sparks where blows land, and smoke where many do.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::math::Vec2;
use crate::random::Random;
use crate::world::{Impact, Particle, TIME_STEP, Tile, World};

/// Sparks from one tile in one frame, however many blows land there.
const MOST_SPARKS: u32 = 24;

/// The blows on one tile.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Burst {
    pub(crate) tile: Tile,
    pub(crate) blows: u32,
    /// Where the sparks fly from: the last blow.
    position: Vec2,
    agent: u32,
}

/// Sums up the blows by tile, in the order of the tiles.
pub(crate) fn bursts<A: Allocator + Clone>(world: &World, impacts: &[Impact], alloc: A) -> Vec<Burst, A> {
    let mut by_tile = HashMap::with_hasher_in(FixedState::default(), alloc.clone());
    for impact in impacts {
        let tile = world.map.tile_at(impact.position);
        let burst: &mut Burst = by_tile.entry(tile).or_default();
        *burst = Burst { tile, blows: burst.blows + 1, position: impact.position, agent: impact.agent };
    }
    let mut bursts = Vec::with_capacity_in(by_tile.len(), alloc);
    bursts.extend(by_tile.into_values());
    // A map has no order to rely on.
    bursts.sort_unstable_by_key(|burst| burst.tile);
    bursts
}

/// Moves the particles, drops those whose time is up, and adds new ones while there is room.
pub(crate) fn update<A: Allocator>(world: &mut World, bursts: &[Burst], alloc: A) {
    world.particles.retain_mut(|particle| {
        particle.frames_left -= 1;
        particle.position += particle.velocity * TIME_STEP;
        particle.velocity = particle.velocity * 0.97;
        particle.frames_left > 0
    });
    let new = spawn(world, bursts, alloc);
    let room = world.particles.capacity() - world.particles.len();
    world.particles.extend(new.into_iter().take(room));
}

/// The sparks of these bursts.
fn spawn<A: Allocator>(world: &World, bursts: &[Burst], alloc: A) -> Vec<Particle, A> {
    let mut new = Vec::new_in(alloc);
    for burst in bursts {
        let mut random = Random::for_event(world.seed, world.frame, burst.agent);
        for _ in 0..(4 * burst.blows).min(MOST_SPARKS) {
            new.push(Particle {
                position: burst.position,
                velocity: Vec2::new(random.between(-6.0, 6.0), random.between(-6.0, 6.0)),
                frames_left: 20 + random.below(40),
            });
        }
    }
    new
}
