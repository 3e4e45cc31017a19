//! Finding ways over a large map: what a search needs for itself in scratch memory, and on the global heap.
//!
//! ```text
//! cargo run --release --example pathfinding
//! cargo run --release --example pathfinding -- --size 2048 --reach 400 --queries 200 --seed 7
//! ```
//!
//! The same search (A*) runs on three kinds of nodes, in turns:
//!
//! | | nodes |
//! |---|---|
//! | `Vec` | one for each tile of the map, made anew for each search |
//! | `Vec of boxes` | for 64 tiles at a time, boxed when one of them is first reached |
//! | `scratch` | the same in a scratch scope, whose end gives all of them back at once |
//!
//! All must find the same ways; if they do not, the exit code is 1. The list of open tiles is the same code, too, in
//! the memory of whom it belongs to.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use allocator_api2::alloc::{Allocator, Global};
use allocator_api2::vec::Vec as VecIn;
use clap::{Parser, value_parser};
use framealloc::{ScratchConfig, ScratchScope, SmartAlloc, megabytes};

/// A* over a large grid, on scratch memory and on the global heap in turns.
#[derive(Parser, Debug)]
#[command(name = "pathfinding")]
struct Args {
    /// How many tiles the map has on each side.
    #[arg(long, default_value_t = 1024, value_parser = value_parser!(u32).range(16..=8192))]
    size: u32,

    /// How far off, at most, the goal of a search is along each side.
    #[arg(long, default_value_t = 40, value_parser = value_parser!(u32).range(1..=8192))]
    reach: u32,

    /// How many ways to find.
    #[arg(long, default_value_t = 1000, value_parser = value_parser!(u32).range(1..=1_000_000))]
    queries: u32,

    /// Where everything random comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut random = Random(args.seed);
    let map = Map::random(args.size, &mut random);
    let alloc = SmartAlloc::with_defaults();
    let config = ScratchConfig::new(megabytes(2)).with_name("pathfinding");
    let scratch = alloc.create_scratch_allocator_with(config);

    let on_vec = |from, to| search(&map, from, to, Dense::new(&map), Open::new_in(Global));
    let on_boxes = |from, to| search(&map, from, to, Boxes::new(&map), Open::new_in(Global));
    let on_scratch = |from, to| {
        scratch.with_scope(|s| search(&map, from, to, Scratched::new(&map, s), Open::new_in(s.allocator())))
    };
    let contenders: [(&str, &Search<'_>); 3] =
        [("Vec", &on_vec), ("Vec of boxes", &on_boxes), ("scratch", &on_scratch)];

    let mut times = [const { Vec::new() }; 3];
    let (mut found, mut reached, mut differ) = (0, 0, 0);
    for query in 0..args.queries as usize {
        let from = map.free_tile(&mut random);
        let to = map.free_tile_near(from, args.reach, &mut random);
        let mut outcomes = [None; 3];
        // They take turns in being first, since who comes later finds the map in the cache.
        for turn in 0..3 {
            let who = (query + turn) % 3;
            outcomes[who] = Some(timed(&mut times[who], || contenders[who].1(from, to)));
        }
        let outcome = outcomes[0];
        found += u32::from(outcome.is_some_and(|outcome| outcome.cost.is_some()));
        reached += outcome.map_or(0, |outcome| u64::from(outcome.reached));
        differ += u32::from(outcomes.iter().any(|other| *other != outcome));
    }

    let (size, queries) = (args.size, args.queries);
    println!(
        "{queries} searches on {size} x {size} tiles; {found} found a way; {reached} tiles reached in all\n"
    );
    println!("{:<14} {:>12} {:>12} {:>12} {:>8}", "", "in all", "median", "longest", "ratio");
    let total = |times: &Vec<Duration>| times.iter().sum::<Duration>();
    let first = total(&times[0]).as_secs_f64();
    for ((name, _), times) in contenders.iter().zip(&mut times) {
        times.sort_unstable();
        let (all, median, longest) = (total(times), times[times.len() / 2], times[times.len() - 1]);
        let ratio = all.as_secs_f64() / first;
        println!("{name:<14} {:>12} {:>12} {:>12} {ratio:>8.2}", text(all), text(median), text(longest));
    }
    for each in alloc.scratch_stats() {
        println!(
            "\nscratch allocator `{}`: {} KiB held, at most {} KiB used at once, grown {} times",
            each.name,
            each.reserved_bytes / 1024,
            each.peak_bytes / 1024,
            each.growths
        );
    }
    if differ != 0 {
        println!("{differ} searches did not find the same way on all of them");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs `work` and notes how long it took.
#[expect(clippy::disallowed_methods, reason = "times are what this program is for")]
fn timed<R>(times: &mut Vec<Duration>, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    times.push(start.elapsed());
    result
}

fn text(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

// --- The map -----------------------------------------------------------------------------------------------------

/// A tile, by its place in the map's rows.
type Tile = u32;

struct Map {
    side: u32,
    walls: Vec<bool>,
}

impl Map {
    /// A map with a wall around it and others within.
    fn random(side: u32, random: &mut Random) -> Self {
        let mut map = Self { side, walls: vec![false; (side * side) as usize] };
        for at in 0..side {
            for tile in [at, (side - 1) * side + at, at * side, at * side + side - 1] {
                map.walls[tile as usize] = true;
            }
        }
        for _ in 0..side * side / 64 {
            let (start, length) = (random.below(side * side), random.below(12));
            let step = if random.below(2) == 0 { 1 } else { side };
            for tile in (0..length).map(|at| start + at * step).filter(|tile| *tile < side * side) {
                map.walls[tile as usize] = true;
            }
        }
        map
    }

    fn is_free(&self, tile: Tile) -> bool {
        !self.walls[tile as usize]
    }

    /// Some tile that one can stand on.
    fn free_tile(&self, random: &mut Random) -> Tile {
        loop {
            let tile = random.below(self.side * self.side);
            if self.is_free(tile) {
                return tile;
            }
        }
    }

    /// Some tile that one can stand on, not farther than `reach` along each side.
    fn free_tile_near(&self, from: Tile, reach: u32, random: &mut Random) -> Tile {
        loop {
            let mut near = |at: u32| {
                let (low, high) = (at.saturating_sub(reach), (at + reach).min(self.side - 1));
                low + random.below(high - low + 1)
            };
            let tile = near(from / self.side) * self.side + near(from % self.side);
            if self.is_free(tile) {
                return tile;
            }
        }
    }

    /// The least that the way from one tile to the other can cost.
    fn distance(&self, from: Tile, to: Tile) -> u32 {
        let (across, down) =
            ((from % self.side).abs_diff(to % self.side), (from / self.side).abs_diff(to / self.side));
        across + down
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// A number below `limit`, which is not zero.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((((mixed ^ (mixed >> 31)) >> 32) * u64::from(limit)) >> 32) as u32
    }
}

// --- The search --------------------------------------------------------------------------------------------------

/// Finds the way between two tiles.
type Search<'a> = dyn Fn(Tile, Tile) -> Outcome + 'a;

/// What a search comes to; the same whatever memory it ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outcome {
    /// The steps of the way, if there is one.
    cost: Option<u32>,
    /// How many tiles were reached.
    reached: u32,
    /// Depends on every tile of the way.
    checksum: u64,
}

/// What a search knows of a tile.
#[derive(Clone, Copy, Debug, Default, framealloc::Zeroable)]
struct Node {
    /// The steps to it and one more; zero while it has not been reached.
    cost: u32,
    parent: Tile,
    closed: bool,
}

/// Where a search has its nodes.
trait Nodes {
    fn at(&mut self, tile: Tile) -> &mut Node;
}

/// All of them at once.
struct Dense(Vec<Node>);

impl Dense {
    fn new(map: &Map) -> Self {
        Self(vec![Node::default(); map.walls.len()])
    }
}

impl Nodes for Dense {
    fn at(&mut self, tile: Tile) -> &mut Node {
        &mut self.0[tile as usize]
    }
}

/// The nodes of so many tiles in a row.
const BLOCK: usize = 64;
type Block = [Node; BLOCK];

/// Blocks in boxes.
struct Boxes(Vec<Option<Box<Block>>>);

impl Boxes {
    fn new(map: &Map) -> Self {
        Self((0..map.walls.len().div_ceil(BLOCK)).map(|_| None).collect())
    }
}

impl Nodes for Boxes {
    fn at(&mut self, tile: Tile) -> &mut Node {
        let block = self.0[tile as usize / BLOCK].get_or_insert_with(|| Box::new([Node::default(); BLOCK]));
        &mut block[tile as usize % BLOCK]
    }
}

/// Blocks in scratch memory.
struct Scratched<'s> {
    scope: &'s ScratchScope<'s>,
    blocks: &'s mut [Option<&'s mut Block>],
}

impl<'s> Scratched<'s> {
    fn new(map: &Map, scope: &'s ScratchScope<'s>) -> Self {
        let blocks = scope.alloc_slice_from_fn(map.walls.len().div_ceil(BLOCK), |_| None);
        Self { scope, blocks }
    }
}

impl Nodes for Scratched<'_> {
    fn at(&mut self, tile: Tile) -> &mut Node {
        let block = self.blocks[tile as usize / BLOCK].get_or_insert_with(|| self.scope.alloc());
        &mut block[tile as usize % BLOCK]
    }
}

/// Finds the way between two tiles.
fn search<A: Allocator>(
    map: &Map,
    from: Tile,
    to: Tile,
    mut nodes: impl Nodes,
    mut open: Open<A>,
) -> Outcome {
    let mut reached = 1;
    *nodes.at(from) = Node { cost: 1, parent: from, closed: false };
    open.push(map.distance(from, to), from);
    while let Some(tile) = open.pop() {
        let node = nodes.at(tile);
        // One that became cheaper while it was open is there twice.
        if std::mem::replace(&mut node.closed, true) {
            continue;
        }
        let cost = node.cost;
        if tile == to {
            return Outcome { cost: Some(cost - 1), reached, checksum: way(&mut nodes, tile) };
        }
        for next in [tile - map.side, tile + map.side, tile - 1, tile + 1] {
            if !map.is_free(next) {
                continue;
            }
            let node = nodes.at(next);
            if node.cost == 0 || cost + 1 < node.cost {
                reached += u32::from(node.cost == 0);
                *node = Node { cost: cost + 1, parent: tile, closed: false };
                open.push(cost + map.distance(next, to), next);
            }
        }
    }
    Outcome { cost: None, reached, checksum: 0 }
}

/// A sum over the way back from a tile.
fn way(nodes: &mut impl Nodes, end: Tile) -> u64 {
    let (mut tile, mut checksum) = (end, 0u64);
    loop {
        checksum = checksum.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(tile);
        let parent = nodes.at(tile).parent;
        if parent == tile {
            return checksum;
        }
        tile = parent;
    }
}

/// A binary heap, the cheapest first; among equals the newest. (The standard one takes no allocator on stable Rust.)
struct Open<A: Allocator> {
    /// No entry is less than its parent, which is at half its place, counted from one.
    heap: VecIn<(u32, std::cmp::Reverse<u32>), A>,
}

impl<A: Allocator> Open<A> {
    fn new_in(memory: A) -> Self {
        Self { heap: VecIn::new_in(memory) }
    }

    fn push(&mut self, cost: u32, node: Tile) {
        let mut at = self.heap.len();
        self.heap.push((cost, std::cmp::Reverse(node)));
        while at > 0 && self.heap[at] < self.heap[(at - 1) / 2] {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    fn pop(&mut self) -> Option<Tile> {
        if self.heap.is_empty() {
            return None;
        }
        let (_, node) = self.heap.swap_remove(0);
        let mut at = 0;
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let child =
                if right < self.heap.len() && self.heap[right] < self.heap[left] { right } else { left };
            if child >= self.heap.len() || self.heap[child] >= self.heap[at] {
                return Some(node.0);
            }
            self.heap.swap(at, child);
            at = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_refused() {
        for (name, value) in [("--size", "15"), ("--queries", "0"), ("--seed", "-1")] {
            let error = Args::try_parse_from(["pathfinding", &format!("{name}={value}")]).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn ways_are_as_short_as_a_flood_says() {
        let mut random = Random(3);
        let map = Map::random(32, &mut random);
        let scratch = SmartAlloc::with_defaults().create_scratch_allocator(1024);
        for _ in 0..50 {
            let (from, to) = (map.free_tile(&mut random), map.free_tile(&mut random));
            let outcome = scratch
                .with_scope(|s| search(&map, from, to, Scratched::new(&map, s), Open::new_in(s.allocator())));
            assert_eq!(outcome.cost, flood(&map, from, to));
            assert_eq!(outcome, search(&map, from, to, Dense::new(&map), Open::new_in(Global)));
            assert_eq!(outcome, search(&map, from, to, Boxes::new(&map), Open::new_in(Global)));
        }
    }

    /// The steps of the shortest way, found without a heap and without an estimate.
    fn flood(map: &Map, from: Tile, to: Tile) -> Option<u32> {
        let mut steps = vec![None; map.walls.len()];
        steps[from as usize] = Some(0);
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(tile) = queue.pop_front() {
            for next in [tile - map.side, tile + map.side, tile - 1, tile + 1] {
                if map.is_free(next) && steps[next as usize].is_none() {
                    steps[next as usize] = steps[tile as usize].map(|steps: u32| steps + 1);
                    queue.push_back(next);
                }
            }
        }
        steps[to as usize]
    }

    #[test]
    fn the_open_list_sorts() {
        let mut open = Open::new_in(Global);
        let mut random = Random(5);
        let costs: Vec<u32> = (0..300).map(|_| random.below(40)).collect();
        costs.iter().enumerate().for_each(|(index, &cost)| open.push(cost, index as u32));
        let popped: Vec<u32> = std::iter::from_fn(|| open.pop()).map(|index| costs[index as usize]).collect();
        assert!(popped.len() == 300 && popped.is_sorted());
    }
}
