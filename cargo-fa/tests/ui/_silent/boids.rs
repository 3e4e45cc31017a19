// A flock of boids: grid, neighbours and forces in frame memory, with tags, phases and a snapshot of statistics.
use framealloc::{AllocConfig, FrameVec, SmartAlloc, frame_format, megabytes};
use std::time::Instant;

const CELL: f32 = 8.0;
const SIZE: usize = 16;

#[derive(Clone, Copy, Default)]
struct Boid {
    position: [f32; 2],
    velocity: [f32; 2],
}

struct Grid<'f> {
    starts: FrameVec<'f, u32>,
    items: FrameVec<'f, u32>,
}

impl<'f> Grid<'f> {
    fn build(alloc: &'f SmartAlloc, boids: &[Boid]) -> Self {
        let mut counts = alloc.frame_slice::<u32>(SIZE * SIZE + 1);
        for boid in boids {
            counts[cell(boid.position) + 1] += 1;
        }
        for index in 1..counts.len() {
            counts[index] += counts[index - 1];
        }
        let mut starts = alloc.frame_vec_with_capacity(counts.len());
        starts.extend_from_slice(&counts);
        let mut items = alloc.frame_vec_with_capacity(boids.len());
        items.resize(boids.len(), 0);
        for (index, boid) in boids.iter().enumerate() {
            let slot = &mut counts[cell(boid.position)];
            items[*slot as usize] = index as u32;
            *slot += 1;
        }
        Self { starts, items }
    }

    fn around(&self, position: [f32; 2]) -> impl Iterator<Item = u32> + '_ {
        let at = cell(position);
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        self.items[range].iter().copied()
    }
}

fn cell(position: [f32; 2]) -> usize {
    let wrap = |x: f32| (x / CELL).rem_euclid(SIZE as f32) as usize % SIZE;
    wrap(position[1]) * SIZE + wrap(position[0])
}

struct Flock {
    alloc: SmartAlloc,
    boids: Vec<Boid>,
    slowest: f32,
}

impl Flock {
    fn steer(&self, grid: &Grid<'_>, index: usize) -> [f32; 2] {
        let me = self.boids[index];
        let (mut sum, mut count) = ([0.0; 2], 0.0f32);
        for other in grid.around(me.position) {
            let other = self.boids[other as usize];
            sum[0] += other.velocity[0];
            sum[1] += other.velocity[1];
            count += 1.0;
        }
        if count == 0.0 {
            return me.velocity;
        }
        [sum[0] / count, sum[1] / count]
    }

    fn update(&mut self, dt: f32) {
        self.alloc.begin_phase("grid");
        let alloc = self.alloc.clone();
        let grid = alloc.with_tag("flock", |a| Grid::build(a, &self.boids));
        self.alloc.end_phase();

        let _phase = alloc.phase("steer");
        let steering =
            alloc.with_tag("flock", |a| a.frame_slice_from_fn(self.boids.len(), |i| self.steer(&grid, i)));
        for (boid, steer) in self.boids.iter_mut().zip(steering.iter()) {
            for axis in 0..2 {
                boid.velocity[axis] += (steer[axis] - boid.velocity[axis]) * dt;
                boid.position[axis] += boid.velocity[axis] * dt;
            }
        }
        self.slowest = steering.iter().map(|steer| steer[0].abs()).fold(f32::MAX, f32::min);
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(2)).with_prefault(true));
    let boids =
        (0..500).map(|i| Boid { position: [i as f32, (i * 7 % 128) as f32], velocity: [1.0, 0.5] }).collect();
    let mut flock = Flock { alloc: alloc.clone(), boids, slowest: 0.0 };
    let started = Instant::now();
    for number in 0..120u32 {
        alloc.begin_frame();
        flock.update(1.0 / 60.0);
        if number % 30 == 0 {
            let line = frame_format!(alloc, "frame {number}: slowest {:.2}", flock.slowest);
            println!("{line}");
        }
        alloc.end_frame();
    }
    for (name, stat) in alloc.phase_stats() {
        println!("{name}: {} bytes", stat.bytes_allocated);
    }
    println!("{:?} {}", started.elapsed(), alloc.stats().parked_bytes);
}
