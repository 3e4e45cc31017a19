//! A particle system that keeps what it culled for the next frame's sorting.

use framealloc::{AllocConfig, FrameVec, SmartAlloc, megabytes};

#[derive(Clone, Copy, Default)]
pub struct Particle {
    position: [f32; 3],
    velocity: [f32; 3],
    age: f32,
}

pub struct ParticleSystem {
    alloc: &'static SmartAlloc,
    particles: Vec<Particle>,
    last_visible: Option<FrameVec<'static, u32>>,
    drawn: usize,
}

impl ParticleSystem {
    pub fn new(count: usize) -> Self {
        let config = AllocConfig::default().with_frame_size(megabytes(2));
        Self {
            alloc: SmartAlloc::leaked(config),
            particles: vec![Particle::default(); count],
            last_visible: None,
            drawn: 0,
        }
    }

    fn cull(&self, limit: f32) -> FrameVec<'static, u32> {
        let mut visible = self.alloc.frame_vec_with_capacity(self.particles.len());
        for (index, particle) in self.particles.iter().enumerate() {
            let [x, y, z] = particle.position;
            if x * x + y * y + z * z < limit * limit {
                visible.push(index as u32);
            }
        }
        visible
    }

    pub fn update(&mut self, dt: f32) {
        self.alloc.begin_frame();
        for particle in &mut self.particles {
            particle.age += dt;
            for (at, by) in particle.position.iter_mut().zip(particle.velocity) {
                *at += by * dt;
            }
        }
        let visible = self.cull(50.0);
        self.drawn = visible.len();
        self.last_visible = Some(visible); //~ FA601
        self.alloc.end_frame();
    }

    pub fn crowded_bucket(&self) -> u32 {
        self.alloc.begin_frame();
        let mut buckets = self.alloc.frame_slice::<u32>(16);
        for particle in &self.particles {
            let bucket = (particle.age.max(0.0) as usize) % 16;
            buckets[bucket] += 1;
        }
        self.alloc.end_frame();
        buckets.iter().copied().max().unwrap_or(0) //~ FA601
    }

    pub fn oldest(&self) -> f32 {
        self.alloc.begin_frame();
        let mut ages = self.alloc.frame_vec_with_capacity::<f32>(self.particles.len());
        ages.extend(self.particles.iter().map(|particle| particle.age));
        ages.sort_unstable_by(f32::total_cmp);
        let oldest = ages.last().copied().unwrap_or_default();
        self.alloc.end_frame();
        oldest
    }
}
