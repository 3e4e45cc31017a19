// A frame value kept in a field of an engine struct that lives as long as the program.
use framealloc::{AllocConfig, FrameBox, FrameVec, SmartAlloc, megabytes};

#[derive(Clone, Copy, Default)]
struct Particle {
    position: [f32; 3],
    life: f32,
}

struct ParticleSystem {
    alloc: &'static SmartAlloc,
    live: Vec<Particle>,
    last_sorted: Option<FrameBox<'static, [u32]>>,
    neighbours: Option<FrameVec<'static, (u32, u32)>>,
    alive: usize,
}

impl ParticleSystem {
    fn new(alloc: &'static SmartAlloc) -> Self {
        let live = vec![Particle::default(); 512];
        Self { alloc, live, last_sorted: None, neighbours: None, alive: 0 }
    }

    fn sort_by_depth(&mut self) {
        let mut order = self.alloc.frame_slice_from_fn(self.live.len(), |i| i as u32);
        order.sort_by(|a, b| {
            self.live[*a as usize].position[2].total_cmp(&self.live[*b as usize].position[2])
        });
        self.alive = order.len();
        self.last_sorted = Some(order); //~ FA601
    }

    fn find_neighbours(&mut self) {
        let mut pairs = self.alloc.frame_vec::<(u32, u32)>();
        for (index, pair) in self.live.windows(2).enumerate() {
            if (pair[0].position[0] - pair[1].position[0]).abs() < 0.5 {
                pairs.push((index as u32, index as u32 + 1));
            }
        }
        let kept = pairs;
        self.neighbours.replace(kept); //~ FA601
    }

    fn integrate(&mut self, dt: f32) {
        let forces = self.alloc.frame_slice::<f32>(self.live.len());
        for (particle, force) in self.live.iter_mut().zip(forces.iter()) {
            particle.position[1] -= (9.81 + force) * dt;
            particle.life -= dt;
        }
        self.alive = self.live.iter().filter(|particle| particle.life > 0.0).count();
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(4)));
    let mut system = ParticleSystem::new(alloc);
    for _ in 0..60 {
        alloc.begin_frame();
        system.integrate(1.0 / 60.0);
        system.sort_by_depth();
        system.find_neighbours();
        alloc.end_frame();
    }
    println!("{} alive", system.alive);
}
