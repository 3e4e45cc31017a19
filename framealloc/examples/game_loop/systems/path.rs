//! The way of each squad to its enemy: A* over the tiles.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::world::{Map, Route, Stripe, Tile, World, leader_of};

/// A squad looks for its way once in so many frames; in each frame, another share of the squads does.
const FRAMES_BETWEEN_SEARCHES: usize = 15;
/// A search that has seen so many tiles goes as near as it found.
const MOST_EXPANSIONS: usize = 600;
/// The cost of a step along a row or a column, and of a diagonal one.
const STRAIGHT: u32 = 10;
const DIAGONAL: u32 = 14;

/// Finds the ways of those squads of the stripe whose turn it is.
pub(crate) fn plan<A: Allocator + Clone>(world: &World, stripe: &mut Stripe, alloc: A) {
    stripe.routes.clear();
    for squad in stripe.squads.clone() {
        if (squad + world.frame as usize).is_multiple_of(FRAMES_BETWEEN_SEARCHES) {
            let from = world.map.tile_at(world.positions[leader_of(squad)]);
            let to = world.map.tile_at(world.positions[leader_of(target(world, squad))]);
            stripe.routes.push((squad, find(&world.map, from, to, alloc.clone())));
        }
    }
}

/// The enemy squad that a squad goes for, or the squad itself if it has the map to itself.
fn target(world: &World, squad: usize) -> usize {
    // Teams take turns in the numbering: the enemies are every other squad, from this one.
    let first = 1 - squad % 2;
    let mut enemies = (first..world.squads()).step_by(2);
    let target = if (squad / 2).is_multiple_of(2) {
        enemies.min_by(|a, b| {
            let here = world.positions[leader_of(squad)];
            let distance = |other: usize| (world.positions[leader_of(other)] - here).length_squared();
            distance(*a).total_cmp(&distance(*b))
        })
    } else {
        // Every other pair of squads has an enemy of its own, somewhere on the map, to march to.
        let count = enemies.len();
        enemies.nth(squad * 31 % count.max(1))
    };
    target.unwrap_or(squad)
}

/// What a search knows about a tile.
#[derive(Clone, Copy, Debug)]
struct Visit {
    cost: u32,
    from: Tile,
    closed: bool,
}

/// One search; all of its memory is the frame's.
struct Search<'w, A: Allocator> {
    map: &'w Map,
    goal: Tile,
    visits: HashMap<Tile, Visit, FixedState, A>,
    open: OpenList<A>,
}

/// The way between two free tiles, or to the tile nearest to the goal that could be reached.
pub(crate) fn find<A: Allocator + Clone>(map: &Map, from: Tile, to: Tile, alloc: A) -> Route {
    let mut search = Search {
        map,
        goal: to,
        visits: HashMap::with_hasher_in(FixedState::default(), alloc.clone()),
        open: OpenList::new_in(alloc.clone()),
    };
    let end = search.run(from);
    search.route(from, end, alloc)
}

impl<A: Allocator> Search<'_, A> {
    /// Searches from a tile; the result is the goal, or the tile nearest to it.
    fn run(&mut self, start: Tile) -> Tile {
        self.reach(start, start, 0);
        let mut best = (self.estimate(start), start);
        for _ in 0..MOST_EXPANSIONS {
            let Some(tile) = self.open.pop() else { break };
            best = best.min((self.estimate(tile), tile));
            if tile == self.goal {
                break;
            }
            self.expand(tile);
        }
        best.1
    }

    /// Goes on from a tile to those around it.
    fn expand(&mut self, tile: Tile) {
        let visit = self.visits.get_mut(&tile).expect("an open tile has been visited");
        // A tile that became cheaper while it was open is there twice.
        if std::mem::replace(&mut visit.closed, true) {
            return;
        }
        let cost = visit.cost;
        // The border is wall, so a tile one stands on has neighbours on all sides.
        let side = self.map.side();
        let [north, south, west, east] = [tile - side, tile + side, tile - 1, tile + 1];
        for next in [north, south, west, east] {
            self.step(tile, next, cost + STRAIGHT);
        }
        // No cutting of corners.
        for (vertical, horizontal) in [(north, west), (north, east), (south, west), (south, east)] {
            if self.map.is_free(vertical) && self.map.is_free(horizontal) {
                self.step(tile, vertical + horizontal - tile, cost + DIAGONAL);
            }
        }
    }

    /// Steps onto a tile, if one can.
    fn step(&mut self, from: Tile, to: Tile, cost: u32) {
        if self.map.is_free(to) {
            self.reach(to, from, cost);
        }
    }

    /// Opens a tile, unless it was reached for less.
    fn reach(&mut self, tile: Tile, from: Tile, cost: u32) {
        if self.visits.get(&tile).is_none_or(|visit| cost < visit.cost) {
            self.visits.insert(tile, Visit { cost, from, closed: false });
            self.open.push(cost + self.estimate(tile), tile);
        }
    }

    /// The least that the way from a tile to the goal can cost.
    fn estimate(&self, tile: Tile) -> u32 {
        let side = self.map.side();
        let across = (tile % side).abs_diff(self.goal % side);
        let down = (tile / side).abs_diff(self.goal / side);
        STRAIGHT * across.max(down) + (DIAGONAL - STRAIGHT) * across.min(down)
    }

    /// The first waypoints on the way that was found.
    fn route(&self, start: Tile, end: Tile, alloc: A) -> Route {
        let mut backwards = Vec::new_in(alloc);
        let mut tile = end;
        while tile != start {
            backwards.push(tile);
            tile = self.visits[&tile].from;
        }
        Route::over(backwards.iter().rev().copied())
    }
}

/// A binary heap of tiles, the cheapest first; among equals the one with the smallest number, for the same order in
/// every run. (The standard one takes no allocator on stable Rust.)
struct OpenList<A: Allocator> {
    /// No entry is less than its parent, which is at half its place, counted from one.
    heap: Vec<(u32, Tile), A>,
}

impl<A: Allocator> OpenList<A> {
    /// An empty list.
    fn new_in(alloc: A) -> Self {
        Self { heap: Vec::new_in(alloc) }
    }

    /// Adds a tile.
    fn push(&mut self, cost: u32, tile: Tile) {
        let mut at = self.heap.len();
        self.heap.push((cost, tile));
        while at > 0 && self.heap[at] < self.heap[(at - 1) / 2] {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    /// Takes out the cheapest tile.
    fn pop(&mut self) -> Option<Tile> {
        if self.heap.is_empty() {
            return None;
        }
        let (_, tile) = self.heap.swap_remove(0);
        let mut at = 0;
        while let Some(child) = self.smaller_child(at).filter(|child| self.heap[*child] < self.heap[at]) {
            self.heap.swap(at, child);
            at = child;
        }
        Some(tile)
    }

    /// The smaller one of an entry's children.
    fn smaller_child(&self, at: usize) -> Option<usize> {
        let left = 2 * at + 1;
        let right = left + 1;
        if right < self.heap.len() && self.heap[right] < self.heap[left] {
            Some(right)
        } else {
            (left < self.heap.len()).then_some(left)
        }
    }
}

#[cfg(test)]
mod tests {
    use allocator_api2::alloc::Global;

    use super::*;
    use crate::random::Random;

    #[test]
    fn the_open_list_sorts() {
        let mut random = Random::new(5);
        let mut open = OpenList::new_in(Global);
        let mut expected: Vec<(u32, Tile)> = (0..500).map(|tile| (random.below(40), tile)).collect();
        expected.iter().for_each(|(cost, tile)| open.push(*cost, *tile));
        expected.sort_unstable();
        for (_, tile) in expected {
            assert_eq!(open.pop(), Some(tile));
        }
        assert_eq!(open.pop(), None);
    }

    #[test]
    fn an_open_field_is_crossed_straight() {
        let map = Map::open(16);
        let route = find(&map, 16 * 8 + 2, 16 * 8 + 6, Global);
        assert_eq!(route.ahead(), [16 * 8 + 3, 16 * 8 + 4, 16 * 8 + 5, 16 * 8 + 6]);
    }

    #[test]
    fn a_wall_is_walked_around() {
        let mut map = Map::open(16);
        // A wall in column 4 with a single gap in row 10.
        (0..16).filter(|row| *row != 10).for_each(|row| map.build(row * 16 + 4));
        let route = find(&map, 16 * 7 + 3, 16 * 7 + 5, Global);
        assert!(route.ahead().contains(&(10 * 16 + 4)));
        assert_eq!(route.ahead().last(), Some(&(16 * 7 + 5)));
        assert!(route.ahead().iter().all(|tile| map.is_free(*tile)));
    }

    #[test]
    fn what_cannot_be_reached_is_approached() {
        let mut map = Map::open(16);
        (0..16).for_each(|row| map.build(row * 16 + 8));
        let route = find(&map, 16 * 5 + 2, 16 * 5 + 12, Global);
        assert_eq!(route.ahead().last(), Some(&(16 * 5 + 7)));
    }

    #[test]
    fn who_has_arrived_stays() {
        let map = Map::open(16);
        assert!(find(&map, 40, 40, Global).ahead().is_empty());
    }
}
