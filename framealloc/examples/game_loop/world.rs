//! What lives longer than a frame: the map, the agents, their squads, the particles.
//!
//! All of it is made before the first frame and never grows, so a frame that calls the heap does so for its own data.

use std::ops::Range;

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec as FrameVec;

use crate::heap_count::HeapCalls;
use crate::math::Vec2;
use crate::random::{Checksum, Random};

/// Seconds in a frame.
pub(crate) const TIME_STEP: f32 = 1.0 / 60.0;
/// The side of a tile.
pub(crate) const TILE: f32 = 4.0;
/// Agents closer than twice this push each other apart.
pub(crate) const AGENT_RADIUS: f32 = 0.4;
/// Agents keep this far from each other if they can.
pub(crate) const PERSONAL_SPACE: f32 = 1.6;
/// Agents in a squad; the first one leads and finds the way.
pub(crate) const SQUAD_SIZE: usize = 64;
/// Waypoints that a squad remembers.
pub(crate) const ROUTE_LENGTH: usize = 16;

const FULL_HEALTH: f32 = 100.0;
/// One tile in so many is the end of a wall.
const TILES_PER_WALL: u32 = 40;

/// The number of a tile: row by row.
pub(crate) type Tile = u32;

/// Which tiles are walls. The outermost ring is, so that a neighbour of a free tile is always on the map.
#[derive(Debug)]
pub(crate) struct Map {
    side: u32,
    wall: Vec<bool>,
}

impl Map {
    /// A map with no wall but its border, `side` tiles wide and high.
    pub(crate) fn open(side: u32) -> Self {
        let on_border = |at: u32| at == 0 || at == side - 1;
        let wall = (0..side * side).map(|tile| on_border(tile % side) || on_border(tile / side)).collect();
        Self { side, wall }
    }

    /// A map for so many agents: as crowded with a hundred as with a million.
    fn random(agents: u32, random: &mut Random) -> Self {
        let side = 16.max((f64::from(agents) * 0.82).sqrt() as u32);
        let mut map = Self::open(side);
        for _ in 0..side * side / TILES_PER_WALL {
            let tile = random.below(side * side);
            let stride = if random.below(2) == 0 { 1 } else { side };
            (0..4 + random.below(4)).for_each(|step| map.build(tile + step * stride));
        }
        map
    }

    /// Makes a tile a wall; beyond the map there is nothing to build on.
    pub(crate) fn build(&mut self, tile: Tile) {
        if let Some(wall) = self.wall.get_mut(tile as usize) {
            *wall = true;
        }
    }

    /// Tiles in a row.
    pub(crate) fn side(&self) -> u32 {
        self.side
    }

    /// Tiles on the map.
    pub(crate) fn tiles(&self) -> u32 {
        self.side * self.side
    }

    /// Whether one can stand there.
    pub(crate) fn is_free(&self, tile: Tile) -> bool {
        !self.wall[tile as usize]
    }

    /// How far it reaches, in both directions.
    pub(crate) fn width(&self) -> f32 {
        self.side as f32 * TILE
    }

    /// The column and the row that hold a point; the nearest ones for a point off the map.
    fn column_and_row(&self, point: Vec2) -> (u32, u32) {
        // A cast of a float saturates, so that a point left of the map is in column 0.
        let along = |at: f32| ((at / TILE) as u32).min(self.side - 1);
        (along(point.x), along(point.y))
    }

    /// The tile that holds a point.
    pub(crate) fn tile_at(&self, point: Vec2) -> Tile {
        let (column, row) = self.column_and_row(point);
        row * self.side + column
    }

    /// The middle of a tile.
    pub(crate) fn centre(&self, tile: Tile) -> Vec2 {
        let middle = |at: u32| (at as f32 + 0.5) * TILE;
        Vec2::new(middle(tile % self.side), middle(tile / self.side))
    }

    /// A free tile, anywhere.
    fn random_free_tile(&self, random: &mut Random) -> Tile {
        loop {
            let tile = random.below(self.tiles());
            if self.is_free(tile) {
                return tile;
            }
        }
    }
}

/// The next waypoints of a squad.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Route {
    tiles: [Tile; ROUTE_LENGTH],
    length: u8,
    reached: u8,
}

impl Route {
    /// A route over these tiles, as far as it remembers them.
    pub(crate) fn over(waypoints: impl Iterator<Item = Tile>) -> Self {
        let mut route = Self::default();
        for (slot, tile) in route.tiles.iter_mut().zip(waypoints) {
            *slot = tile;
            route.length += 1;
        }
        route
    }

    /// The tiles still to come.
    pub(crate) fn ahead(&self) -> &[Tile] {
        &self.tiles[usize::from(self.reached)..usize::from(self.length)]
    }

    /// Ticks off the next waypoint if it is this tile.
    fn pass(&mut self, tile: Tile) {
        if self.ahead().first() == Some(&tile) {
            self.reached += 1;
        }
    }
}

/// A spark or a puff of smoke.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Particle {
    pub(crate) position: Vec2,
    pub(crate) velocity: Vec2,
    pub(crate) frames_left: u32,
}

/// A blow that landed; what particles come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Impact {
    pub(crate) agent: u32,
    pub(crate) position: Vec2,
}

/// What a frame decides for one agent; carried out when all have decided.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Step {
    /// Out of the way of those it overlaps.
    pub(crate) push: Vec2,
    pub(crate) velocity: Vec2,
    pub(crate) damage: f32,
}

/// One thread's part of the battle: its agents and squads, and what it decided for them.
///
/// Decisions are kept apart from the world, so that threads read the world of the last frame, write to nobody's
/// memory but their own, and come to the same result however many they are.
#[derive(Debug)]
pub(crate) struct Stripe {
    /// The squads it decides for.
    pub(crate) squads: Range<usize>,
    /// The first agent of these squads.
    pub(crate) first_agent: usize,
    /// One for each agent of these squads.
    pub(crate) steps: Vec<Step>,
    /// Squads that found a new way in this frame.
    pub(crate) routes: Vec<(usize, Route)>,
    /// What the thread asked of the heap in this frame.
    pub(crate) heap_calls: HeapCalls,
}

/// The battle between frames.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// Frames so far.
    pub(crate) frame: u32,
    pub(crate) map: Map,
    pub(crate) positions: Vec<Vec2>,
    pub(crate) velocities: Vec<Vec2>,
    pub(crate) health: Vec<f32>,
    pub(crate) routes: Vec<Route>,
    /// Never more than it has capacity for.
    pub(crate) particles: Vec<Particle>,
    /// Agents lost so far, by team.
    pub(crate) losses: [u32; 2],
    /// What was shown on the screen so far.
    pub(crate) shown: Checksum,
}

/// The team of an agent.
pub(crate) fn team_of(agent: usize) -> usize {
    squad_of(agent) % 2
}

/// The squad of an agent.
pub(crate) fn squad_of(agent: usize) -> usize {
    agent / SQUAD_SIZE
}

/// The agent that leads a squad.
pub(crate) fn leader_of(squad: usize) -> usize {
    squad * SQUAD_SIZE
}

impl World {
    /// A battle about to begin: squads all over the map.
    pub(crate) fn new(seed: u64, agents: u32) -> Self {
        let mut random = Random::new(seed);
        let map = Map::random(agents, &mut random);
        let agents = agents as usize;
        let squads = agents.div_ceil(SQUAD_SIZE);
        let mut positions = Vec::with_capacity(agents);
        for squad in 0..squads {
            let members = SQUAD_SIZE.min(agents - leader_of(squad));
            let camp = map.centre(map.random_free_tile(&mut random));
            // In ranks, but not in a wall.
            positions.extend((0..members).map(|rank| {
                Some(camp + place_in_ranks(rank)).filter(|at| map.is_free(map.tile_at(*at))).unwrap_or(camp)
            }));
        }
        Self {
            seed,
            frame: 0,
            map,
            positions,
            velocities: vec![Vec2::ZERO; agents],
            health: vec![FULL_HEALTH; agents],
            routes: vec![Route::default(); squads],
            particles: Vec::with_capacity(64 + agents / 4),
            losses: [0; 2],
            shown: Checksum::default(),
        }
    }

    /// How many agents fight.
    pub(crate) fn agents(&self) -> usize {
        self.positions.len()
    }

    /// How many squads they form.
    pub(crate) fn squads(&self) -> usize {
        self.routes.len()
    }

    /// The members of a squad.
    pub(crate) fn members(&self, squad: usize) -> Range<usize> {
        leader_of(squad)..self.agents().min(leader_of(squad + 1))
    }

    /// The battle cut into `count` stripes of whole squads; some are empty if there are fewer squads.
    pub(crate) fn stripes(&self, count: usize) -> Vec<Stripe> {
        let cut = |index: usize| self.squads() * index / count;
        (0..count).map(|index| self.stripe(cut(index)..cut(index + 1))).collect()
    }

    /// A stripe of these squads.
    fn stripe(&self, squads: Range<usize>) -> Stripe {
        let first_agent = self.agents().min(leader_of(squads.start));
        let end = self.agents().min(leader_of(squads.end));
        Stripe {
            first_agent,
            steps: vec![Step::default(); end - first_agent],
            routes: Vec::with_capacity(squads.len()),
            squads,
            heap_calls: HeapCalls::default(),
        }
    }

    /// Carries out what a thread decided; blows that leave a mark are added to `impacts`.
    pub(crate) fn carry_out<A: Allocator>(&mut self, stripe: &Stripe, impacts: &mut FrameVec<Impact, A>) {
        for (squad, route) in &stripe.routes {
            self.routes[*squad] = *route;
        }
        for (agent, step) in (stripe.first_agent..).zip(&stripe.steps) {
            self.advance(agent, step);
            // One blow in eight, in turn.
            if step.damage > 0.0 && (agent as u32 + self.frame).is_multiple_of(8) {
                impacts.push(Impact { agent: agent as u32, position: self.positions[agent] });
            }
            self.wound(agent, step.damage);
        }
        for squad in stripe.squads.clone() {
            let tile = self.map.tile_at(self.positions[leader_of(squad)]);
            self.routes[squad].pass(tile);
        }
    }

    /// Moves an agent, unless into a wall: there it slides along.
    fn advance(&mut self, agent: usize, step: &Step) {
        let from = self.positions[agent];
        let to = from + step.velocity * TIME_STEP + step.push;
        let mut velocity = step.velocity;
        let mut position = to;
        if !self.map.is_free(self.map.tile_at(Vec2::new(to.x, from.y))) {
            (position.x, velocity.x) = (from.x, 0.0);
        }
        if !self.map.is_free(self.map.tile_at(Vec2::new(position.x, to.y))) {
            (position.y, velocity.y) = (from.y, 0.0);
        }
        self.positions[agent] = position;
        self.velocities[agent] = velocity;
    }

    /// Wounds an agent. One that falls is replaced, so that the last frame has as much to do as the first.
    fn wound(&mut self, agent: usize, damage: f32) {
        self.health[agent] -= damage;
        if self.health[agent] <= 0.0 {
            self.losses[team_of(agent)] += 1;
            let mut random = Random::for_event(self.seed, self.frame, agent as u32);
            let tile = self.map.tile_at(self.positions[self.comrade_of(agent)]);
            self.positions[agent] = scatter(self.map.centre(tile), &mut random);
            self.velocities[agent] = Vec2::ZERO;
            self.health[agent] = FULL_HEALTH;
        }
    }

    /// The next member of the same squad; itself if it is alone.
    fn comrade_of(&self, agent: usize) -> usize {
        let members = self.members(squad_of(agent));
        if agent + 1 < members.end { agent + 1 } else { members.start }
    }

    /// The state of everything, down to the last bit.
    pub(crate) fn checksum(&self) -> u64 {
        let mut sum = self.shown;
        for vector in self.positions.iter().chain(&self.velocities) {
            sum.add_f32(vector.x);
            sum.add_f32(vector.y);
        }
        self.health.iter().for_each(|health| sum.add_f32(*health));
        self.routes.iter().flat_map(Route::ahead).for_each(|tile| sum.add(u64::from(*tile)));
        for particle in &self.particles {
            sum.add_f32(particle.position.x);
            sum.add_f32(particle.position.y);
        }
        sum.value()
    }
}

/// Where a member of a squad stands, seen from its leader.
pub(crate) fn place_in_ranks(member: usize) -> Vec2 {
    // Eight ranks of eight about the leader, who is number 0.
    let place = |at: usize| (at % 8) as f32;
    let (x, y) = (place(member + 4), place(member / 8 + 4));
    Vec2::new(x - 4.0, y - 4.0) * PERSONAL_SPACE
}

/// A point within the tile around `centre`.
fn scatter(centre: Vec2, random: &mut Random) -> Vec2 {
    let reach = TILE * 0.49;
    centre + Vec2::new(random.between(-reach, reach), random.between(-reach, reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_cover_every_agent_once() {
        for (agents, count) in [(1, 1), (1, 64), (63, 2), (64, 3), (1000, 7), (20_000, 64)] {
            let world = World::new(1, agents);
            let mut next = 0;
            for stripe in world.stripes(count).iter().filter(|stripe| !stripe.steps.is_empty()) {
                assert_eq!(stripe.first_agent, next);
                next += stripe.steps.len();
            }
            assert_eq!(next, agents as usize);
        }
    }

    #[test]
    fn agents_start_on_free_tiles() {
        let world = World::new(3, 5000);
        assert!(world.positions.iter().all(|at| world.map.is_free(world.map.tile_at(*at))));
    }

    #[test]
    fn a_route_is_ticked_off_in_order() {
        let mut route = Route::over([7, 8, 9].into_iter());
        route.pass(8);
        assert_eq!(route.ahead(), [7, 8, 9]);
        route.pass(7);
        assert_eq!(route.ahead(), [8, 9]);
    }

    #[test]
    fn points_off_the_map_belong_to_its_border() {
        let map = Map::open(16);
        assert_eq!(map.column_and_row(Vec2::new(-5.0, 1e9)), (0, 15));
    }
}
