//! Particles: emitters spawn, forces act, the dead are compacted, the living are sorted for blending.

use std::collections::HashMap;

use framealloc::{AllocConfig, FrameBox, FrameMap, FrameVec, PoolBox, SmartAlloc, megabytes};

#[derive(Clone, Copy, Debug, Default, framealloc::Zeroable)]
struct Particle {
    at: [f32; 3],
    velocity: [f32; 3],
    age: f32,
    life: f32,
}

macro_rules! axes {
    ($to:expr, $from:expr, $by:expr) => {
        for axis in 0..3 {
            $to[axis] += $from[axis] * $by;
        }
    };
}

macro_rules! in_frame {
    ($alloc:expr, $body:block) => {{
        $alloc.begin_frame();
        let result = $body;
        $alloc.end_frame();
        result
    }};
}

trait Force {
    fn at(&self, particle: &Particle) -> [f32; 3];
}

struct Gravity(f32);
struct Drag(f32);

impl Force for Gravity {
    fn at(&self, _: &Particle) -> [f32; 3] {
        [0.0, -self.0, 0.0]
    }
}

impl Force for Drag {
    fn at(&self, particle: &Particle) -> [f32; 3] {
        particle.velocity.map(|v| -v * self.0)
    }
}

/// What one frame knows of an emitter; it goes with the frame.
struct Pass<'f> {
    born: FrameVec<'f, Particle>,
    cells: FrameMap<'f, [i16; 3], u32>,
}

impl<'f> Pass<'f> {
    fn new(alloc: &'f SmartAlloc, expected: usize) -> Self {
        Self { born: alloc.frame_vec_with_capacity(expected), cells: alloc.frame_map() }
    }

    fn add(&mut self, particle: Particle) {
        let cell = particle.at.map(|at| at.floor() as i16);
        *self.cells.entry(cell).or_default() += 1;
        self.born.push(particle);
    }

    fn next_emitter(&mut self) {
        self.born.clear();
        self.cells.clear();
    }

    fn densest(&self) -> u32 {
        self.cells.values().copied().max().unwrap_or(0)
    }
}

struct Burst {
    left: u32,
}

struct Emitter {
    living: Vec<Particle>,
    order: Vec<u32>,
    rate: usize,
    burst: Option<PoolBox<Burst>>,
}

impl Emitter {
    fn spawn(&mut self, pass: &mut Pass<'_>, tick: u32) -> u32 {
        pass.next_emitter();
        for i in 0..self.rate {
            let angle = (tick as usize * 31 + i) as f32;
            let velocity = [angle.cos(), 4.0, angle.sin()];
            pass.add(Particle { velocity, life: 1.0 + (i % 3) as f32, ..Particle::default() });
        }
        self.living.extend_from_slice(&pass.born);
        pass.densest()
    }

    fn integrate(&mut self, alloc: &SmartAlloc, forces: &[&dyn Force], dt: f32) {
        let mut push: FrameBox<'_, [[f32; 3]]> = alloc.frame_slice(self.living.len());
        for force in forces {
            for (push, particle) in push.iter_mut().zip(&self.living) {
                axes!(push, force.at(particle), 1.0);
            }
        }
        for (particle, push) in self.living.iter_mut().zip(&push) {
            axes!(particle.velocity, push, dt);
            axes!(particle.at, particle.velocity, dt);
            particle.age += dt;
        }
        self.living.retain(|particle| particle.age < particle.life);
    }

    /// Back to front; the indices are kept for the renderer, in memory that is kept, too.
    fn sort(&mut self, alloc: &SmartAlloc) {
        let depths = alloc.frame_slice_from_fn(self.living.len(), |i| self.living[i].at[2]);
        self.order.clear();
        self.order.extend(0..depths.len() as u32);
        self.order.sort_unstable_by(|&a, &b| depths[b as usize].total_cmp(&depths[a as usize]));
    }

    fn burst(&mut self, alloc: &SmartAlloc, tick: u32) {
        let burst = alloc.pool_box(Burst { left: tick % 5 });
        if burst.left > 2 {
            self.burst = Some(burst);
        }
    }
}

struct Effects {
    alloc: SmartAlloc,
    emitters: HashMap<u32, Emitter>,
}

impl Effects {
    fn update(&mut self, tick: u32) -> u32 {
        let alloc = &self.alloc;
        in_frame!(alloc, {
            alloc.with_tag("vfx", |a| {
                let mut densest = 0;
                let mut pass = Pass::new(a, self.emitters.len() * 16);
                for (id, emitter) in &mut self.emitters {
                    let _phase = a.phase("emitter");
                    densest = densest.max(emitter.spawn(&mut pass, tick + id));
                    emitter.integrate(a, &[&Gravity(9.8), &Drag(0.1)], 1.0 / 60.0);
                    emitter.sort(a);
                    emitter.burst(a, tick);
                    let mut trail = a.frame_vec_with_capacity::<u32>(emitter.living.len());
                    trail.extend_from_slice(&emitter.order);
                    trail.dedup();
                }
                densest
            })
        })
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(2)));
    let mut effects = Effects { alloc, emitters: HashMap::new() };
    for id in 0..3 {
        let emitter = Emitter { living: Vec::with_capacity(1024), order: Vec::new(), rate: 8 + id as usize, burst: None };
        effects.emitters.insert(id, emitter);
    }
    let densest = (0..200).map(|tick| effects.update(tick)).max();
    let living: usize = effects.emitters.values().map(|emitter| emitter.living.len()).sum();
    println!("{living} alive, densest {densest:?}");
}
