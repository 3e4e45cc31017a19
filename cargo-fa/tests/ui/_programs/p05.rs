//! A schedule of systems over columns of components; the heavy ones spread over threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use framealloc::{FrameVec, SharedFrame, SmartAlloc};
use rayon::prelude::*;

#[derive(Default)]
struct World {
    position: Vec<[f32; 2]>,
    velocity: Vec<[f32; 2]>,
    health: Vec<i16>,
}

trait System {
    fn name(&self) -> &'static str;
    fn run(&mut self, world: &mut World, alloc: &SmartAlloc);
}

struct Integrate {
    dt: f32,
}

impl System for Integrate {
    fn name(&self) -> &'static str {
        "integrate"
    }

    fn run(&mut self, world: &mut World, alloc: &SmartAlloc) {
        let dt = self.dt;
        let mut next = alloc.frame_slice_copy(&world.position);
        next.par_iter_mut().zip(world.velocity.par_iter()).for_each(|(at, by)| {
            at[0] += by[0] * dt;
            at[1] += by[1] * dt;
        });
        world.position.copy_from_slice(&next);
    }
}

/// Sorts entities into cells; workers count the crowded ones, each in a frame of its own.
struct Crowding {
    cell: f32,
    crowded: usize,
    last_keys: Vec<u32>,
}

impl Crowding {
    fn keys<'a>(&self, world: &World, alloc: &'a SmartAlloc) -> FrameVec<'a, u32> {
        let mut keys = alloc.frame_vec_with_capacity(world.position.len());
        keys.extend(world.position.iter().map(|[x, y]| {
            ((x / self.cell) as i32 as u32 & 0xffff) << 16 | ((y / self.cell) as i32 as u32 & 0xffff)
        }));
        keys.sort_unstable();
        keys
    }
}

impl System for Crowding {
    fn name(&self) -> &'static str {
        "crowding"
    }

    fn run(&mut self, world: &mut World, alloc: &SmartAlloc) {
        let keys = self.keys(world, alloc);
        let (out, counts) = mpsc::channel();
        thread::scope(|scope| {
            for part in keys.chunks(keys.len().div_ceil(4).max(1)) {
                let out = out.clone();
                scope.spawn(move || {
                    let frame = alloc.frame();
                    let mut runs = frame.vec::<(u32, u32)>();
                    for &key in part {
                        match runs.last_mut() {
                            Some((last, count)) if *last == key => *count += 1,
                            _ => runs.push((key, 1)),
                        }
                    }
                    let crowded = runs.iter().filter(|(_, count)| *count > 3).count();
                    // A number, not the runs.
                    let _ = out.send(crowded);
                });
            }
        });
        drop(out);
        self.crowded = counts.iter().sum();
        self.last_keys = keys.to_vec();
    }
}

/// Culls in rayon's threads; what they see is readable until the shared frame goes.
struct Cull {
    seen: AtomicUsize,
}

fn visible<'f>(shared: &'f SharedFrame<'_>, part: &[[f32; 2]]) -> &'f [[f32; 2]] {
    let local = shared.local();
    let copies = local.alloc_slice_copy(part);
    copies.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]));
    let end = copies.partition_point(|at| at[0] < 50.0);
    shared.alloc_slice_copy(&copies[..end])
}

impl System for Cull {
    fn name(&self) -> &'static str {
        "cull"
    }

    fn run(&mut self, world: &mut World, alloc: &SmartAlloc) {
        let shared = alloc.shared_frame();
        let widest = world.position.par_chunks(64).map(|part| visible(&shared, part)).max_by_key(|part| part.len());
        self.seen.store(widest.map_or(0, <[_]>::len), Ordering::Relaxed);
    }
}

struct Schedule {
    systems: Vec<Box<dyn System>>,
}

impl Schedule {
    fn tick(&mut self, world: &mut World, alloc: &SmartAlloc) {
        alloc.begin_frame();
        for system in &mut self.systems {
            let _phase = alloc.phase(system.name());
            system.run(world, alloc);
        }
        world.health.iter_mut().for_each(|health| *health = health.saturating_sub(1));
        alloc.end_frame();
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut world = World::default();
    for i in 0..1000 {
        world.position.push([(i % 40) as f32, (i / 40) as f32]);
        world.velocity.push([1.0, (i % 3) as f32]);
        world.health.push(100);
    }
    let mut schedule = Schedule {
        systems: vec![
            Box::new(Integrate { dt: 1.0 / 60.0 }),
            Box::new(Crowding { cell: 2.0, crowded: 0, last_keys: Vec::new() }),
            Box::new(Cull { seen: AtomicUsize::new(0) }),
        ],
    };
    for _ in 0..120 {
        schedule.tick(&mut world, &alloc);
    }
    println!("{:?} in {} frames", world.position[999], alloc.stats().frames);
}
