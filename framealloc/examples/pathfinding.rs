//! Finding ways over a large map: what a search needs for itself in scratch memory, beside the same in a `Vec` of the
//! global heap.
//!
//! ```text
//! cargo run --release --example pathfinding
//! cargo run --release --example pathfinding -- --size 256 --queries 2000 --seed 7
//! ```
//!
//! Each search (A*, the same code for both) has a number for every tile, a node for every tile that it reaches, and a
//! list of those that are open; it throws all of that away when it is done. Both take turns and must find the same
//! ways; if they do not, the exit code is 1.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use allocator_api2::alloc::{Allocator, Global};
use allocator_api2::vec::Vec as VecIn;
use clap::{Parser, value_parser};
use framealloc::{ScratchConfig, SmartAlloc};

/// A* over a large grid: scratch memory and the global heap in turns.
#[derive(Parser, Debug)]
#[command(name = "pathfinding")]
struct Args {
    /// How many tiles the map has on each side.
    #[arg(long, default_value_t = 1024, value_parser = value_parser!(u32).range(16..=8192))]
    size: u32,

    /// How many ways to find.
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..=1_000_000))]
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
    // A little for the first search; it grows until it holds the largest one, and then no more.
    let config = ScratchConfig::new(framealloc::megabytes(1)).with_name("pathfinding");
    let scratch = alloc.create_scratch_allocator_with(config);

    let mut times = [const { Vec::new() }; 2];
    let (mut found, mut reached, mut differ) = (0, 0, 0);
    for query in 0..args.queries {
        let (from, to) = (map.free_tile(&mut random), map.free_tile(&mut random));
        let on_heap = || search(&map, from, to, Global);
        let in_scratch = || scratch.with_scope(|s| search(&map, from, to, s.allocator()));
        // They take turns in being first, since the second one finds the map in the cache.
        let (heap, scratched);
        if query % 2 == 0 {
            heap = timed(&mut times[0], on_heap);
            scratched = timed(&mut times[1], in_scratch);
        } else {
            scratched = timed(&mut times[1], in_scratch);
            heap = timed(&mut times[0], on_heap);
        }
        found += u32::from(scratched.cost.is_some());
        reached += u64::from(scratched.reached);
        differ += u32::from(heap != scratched);
    }

    let (size, queries) = (args.size, args.queries);
    println!("{queries} searches on {size} x {size} tiles; {found} found a way; {reached} nodes in all\n");
    println!("{:<12} {:>12} {:>12} {:>12}", "", "in all", "median", "longest");
    let names = ["Vec", "scratch"];
    let totals = times.each_ref().map(|times| times.iter().sum::<Duration>());
    for ((name, times), total) in names.iter().zip(&mut times).zip(totals) {
        times.sort_unstable();
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{name:<12} {:>12} {:>12} {:>12}", text(total), text(median), text(longest));
    }
    println!("\nscratch takes {:.2} of the time", totals[1].as_secs_f64() / totals[0].as_secs_f64());
    for each in alloc.scratch_stats() {
        println!(
            "`{}`: {} KiB held, at most {} KiB used at once, grown {} times",
            each.name,
            each.reserved_bytes / 1024,
            each.peak_bytes / 1024,
            each.growths
        );
    }
    if differ != 0 {
        println!("{differ} searches did not find the same way on both");
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
        (((mixed ^ (mixed >> 31)) >> 32) * u64::from(limit) >> 32) as u32
    }
}

// --- The search --------------------------------------------------------------------------------------------------

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
#[derive(Clone, Copy, Debug)]
struct Node {
    tile: Tile,
    parent: u32,
    cost: u32,
    closed: bool,
}

/// Finds the way between two tiles with memory of `memory`.
fn search<A: Allocator + Copy>(map: &Map, from: Tile, to: Tile, memory: A) -> Outcome {
    // The number of each tile's node, counted from one.
    let mut numbers = VecIn::new_in(memory);
    numbers.resize(map.walls.len(), 0u32);
    // Room for most searches, so that neither vector has to move while both grow.
    let likely = (map.distance(from, to) as usize * 32).min(map.walls.len());
    let mut nodes = VecIn::with_capacity_in(likely, memory);
    let mut open = Open { heap: VecIn::with_capacity_in(likely, memory) };
    nodes.push(Node { tile: from, parent: 0, cost: 0, closed: false });
    numbers[from as usize] = 1;
    open.push(map.distance(from, to), 0);
    while let Some(index) = open.pop() {
        let node = &mut nodes[index as usize];
        // One that became cheaper while it was open is there twice.
        if std::mem::replace(&mut node.closed, true) {
            continue;
        }
        let Node { tile, cost, .. } = *node;
        if tile == to {
            return way(&nodes, index);
        }
        for next in [tile - map.side, tile + map.side, tile - 1, tile + 1] {
            if !map.is_free(next) {
                continue;
            }
            let reached = Node { tile: next, parent: index, cost: cost + 1, closed: false };
            let number = &mut numbers[next as usize];
            let at = if *number == 0 {
                nodes.push(reached);
                *number = nodes.len() as u32;
                *number - 1
            } else if reached.cost < nodes[*number as usize - 1].cost {
                nodes[*number as usize - 1] = reached;
                *number - 1
            } else {
                continue;
            };
            open.push(reached.cost + map.distance(next, to), at);
        }
    }
    Outcome { cost: None, reached: nodes.len() as u32, checksum: 0 }
}

/// The way back from a node.
fn way(nodes: &[Node], end: u32) -> Outcome {
    let (mut at, mut checksum) = (end, 0u64);
    while at != 0 {
        let node = nodes[at as usize];
        checksum = checksum.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(node.tile);
        at = node.parent;
    }
    Outcome { cost: Some(nodes[end as usize].cost), reached: nodes.len() as u32, checksum }
}

/// A binary heap, the cheapest first; among equals the newest. (The standard one takes no allocator on stable Rust.)
struct Open<A: Allocator> {
    /// No entry is less than its parent, which is at half its place, counted from one.
    heap: VecIn<(u32, std::cmp::Reverse<u32>), A>,
}

impl<A: Allocator> Open<A> {
    fn push(&mut self, cost: u32, node: u32) {
        let mut at = self.heap.len();
        self.heap.push((cost, std::cmp::Reverse(node)));
        while at > 0 && self.heap[at] < self.heap[(at - 1) / 2] {
            self.heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    fn pop(&mut self) -> Option<u32> {
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
            let outcome = scratch.with_scope(|s| search(&map, from, to, s.allocator()));
            assert_eq!(outcome.cost, flood(&map, from, to));
            assert_eq!(outcome, search(&map, from, to, Global));
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
        let mut open = Open { heap: VecIn::new_in(Global) };
        let mut random = Random(5);
        let costs: Vec<u32> = (0..300).map(|_| random.below(40)).collect();
        costs.iter().enumerate().for_each(|(index, &cost)| open.push(cost, index as u32));
        let popped: Vec<u32> = std::iter::from_fn(|| open.pop()).map(|index| costs[index as usize]).collect();
        assert!(popped.len() == 300 && popped.is_sorted());
    }
}
