// Pools that fill up, iterators that never end, and loops with an end that one has to look for.
use framealloc::{PoolBox, SmartAlloc};
use std::collections::{BTreeMap, VecDeque};
use std::iter;
use std::sync::mpsc::Receiver;

#[derive(Default)]
struct World {
    spawned: Vec<PoolBox<[f32; 4]>>,
    by_name: BTreeMap<String, PoolBox<u32>>,
}

fn spawn_all(alloc: &SmartAlloc, spawns: &Receiver<[f32; 4]>, world: &mut World) {
    for position in spawns {
        world.spawned.push(alloc.pool_box(position)); //~ FA301
    }
}

fn register(alloc: &SmartAlloc, names: Receiver<String>, world: &mut World) {
    for name in names.iter() {
        let id = alloc.pool_box(world.by_name.len() as u32); //~ FA301
        world.by_name.insert(name, id);
    }
}

fn spawn_pending(alloc: &SmartAlloc, spawns: &Receiver<[f32; 4]>, world: &mut World) {
    while world.spawned.len() < 64 {
        let Ok(position) = spawns.recv() else { return };
        world.spawned.push(alloc.pool_box(position));
    }
}

fn noise(alloc: &SmartAlloc, stop: impl Fn(f32) -> bool) -> f32 {
    let mut last = 0.0;
    for seed in iter::repeat(0.5f32) {
        let samples = alloc.frame_slice_from_fn(8, |i| i as f32 * seed + last); //~ FA301
        last = samples.iter().sum();
        if stop(last) {
            break;
        }
    }
    last
}

fn walk(alloc: &SmartAlloc, parents: &BTreeMap<u32, u32>, from: u32) -> usize {
    let mut steps = 0;
    for node in iter::successors(Some(from), |node| parents.get(node).copied()) {
        let label = alloc.frame_box(node); //~ FA301
        steps += *label as usize;
    }
    steps
}

fn flood(alloc: &SmartAlloc, start: u32) -> usize {
    let mut open = VecDeque::from([start]);
    let mut visited = 0;
    while let Some(cell) = open.pop_front() {
        let neighbours = alloc.frame_slice_from_fn(2, |i| cell / 2 + i as u32);
        visited += neighbours.len();
    }
    visited
}

fn descend(alloc: &SmartAlloc, mut depth: u32) -> u32 {
    let mut sum = 0;
    while depth > 0 {
        sum += *alloc.frame_box(depth);
        depth -= 1;
    }
    sum
}

fn refine(alloc: &SmartAlloc, mut error: f32) -> f32 {
    'outer: loop {
        for step in 0..4 {
            let delta = alloc.frame_box(error / 2.0); //~ FA301
            error -= *delta;
            if error.is_nan() && step > 2 {
                break 'outer;
            }
        }
    }
    error
}

fn forever(alloc: &SmartAlloc, mut tick: impl FnMut(&[u8])) {
    loop {
        alloc.begin_frame();
        tick(&alloc.frame_slice::<u8>(32));
        alloc.end_frame();
    }
}

fn scoped_forever(alloc: &SmartAlloc, mut tick: impl FnMut(&[u8]) -> bool) {
    loop {
        let scope = alloc.scope();
        if tick(scope.alloc_slice_copy(&[1, 2, 3])) {
            return;
        }
    }
}

fn cycled(alloc: &SmartAlloc, colours: &[u32], mut draw: impl FnMut(u32) -> bool) {
    for colour in colours.iter().cycle() {
        let vertex = alloc.frame_box(*colour); //~ FA301
        if draw(*vertex) {
            break;
        }
    }
}

fn zipped(alloc: &SmartAlloc, colours: &[u32]) -> u32 {
    let mut sum = 0;
    for (number, colour) in (0..).zip(colours) {
        sum += *alloc.frame_box(number + colour);
    }
    sum
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (_a, spawns) = std::sync::mpsc::channel();
    let (_b, names) = std::sync::mpsc::channel();
    let mut world = World::default();
    spawn_pending(&alloc, &spawns, &mut world);
    spawn_all(&alloc, &spawns, &mut world);
    register(&alloc, names, &mut world);
    println!("{} {}", noise(&alloc, |_| true), walk(&alloc, &BTreeMap::new(), 1));
    println!("{} {} {}", flood(&alloc, 1), descend(&alloc, 3), refine(&alloc, f32::NAN));
    scoped_forever(&alloc, |_| true);
    cycled(&alloc, &[1], |_| true);
    println!("{}", zipped(&alloc, &[1]));
    forever(&alloc, |_| {});
}
