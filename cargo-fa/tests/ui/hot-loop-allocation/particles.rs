//! A particle system that asks for its scratch memory again and again.
use framealloc::{FrameVec, PoolBox, SmartAlloc};

#[derive(Clone, Copy, Default)]
struct Particle {
    position: [f32; 3],
    velocity: [f32; 3],
    age: f32,
}

struct Emitter {
    rate: usize,
    particles: Vec<Particle>,
    trails: Vec<PoolBox<Trail>>,
}

struct Trail {
    points: [[f32; 3]; 8],
}

struct Forces {
    sum: [f32; 3],
    count: u32,
}

fn integrate(alloc: &SmartAlloc, particles: &mut [Particle], dt: f32) {
    for particle in particles.iter_mut() {
        let mut forces = alloc.pool_box(Forces { sum: [0.0, -9.81, 0.0], count: 1 }); //~ FA602
        forces.sum[0] += particle.age;
        forces.count += 1;
        for axis in 0..3 {
            particle.velocity[axis] += forces.sum[axis] * dt / forces.count as f32;
            particle.position[axis] += particle.velocity[axis] * dt;
        }
    }
}

fn collide(alloc: &SmartAlloc, particles: &[Particle]) -> usize {
    let mut hits = 0;
    for (index, particle) in particles.iter().enumerate() {
        let mut near = alloc.frame_vec::<&Particle>(); //~ FA602
        near.extend(particles[index + 1..].iter().filter(|other| (other.position[0] - particle.position[0]).abs() < 0.1));
        hits += near.len();
    }
    // One list for all, emptied each time.
    let mut pairs: FrameVec<'_, (usize, usize)> = alloc.frame_vec();
    for index in 0..particles.len() {
        pairs.clear();
        pairs.extend((index + 1..particles.len()).map(|other| (index, other)));
        hits += pairs.len();
    }
    hits
}

fn emit(alloc: &SmartAlloc, emitter: &mut Emitter) {
    for _ in 0..emitter.rate {
        emitter.particles.push(Particle::default());
        // Stored beyond the turn.
        emitter.trails.push(alloc.pool_box(Trail { points: [[0.0; 3]; 8] }));
    }
    let mut wanted = emitter.particles.len();
    while wanted > 100 {
        let random = alloc.heap_alloc::<[u32; 64]>(); //~ FA602
        wanted -= 1 + random[0] as usize;
    }
}

fn upload(alloc: &SmartAlloc, emitters: &[Emitter]) -> usize {
    let mut bytes = 0;
    for emitter in emitters {
        // Each as large as its emitter.
        let vertices = alloc.frame_slice_from_fn(emitter.particles.len(), |index| emitter.particles[index].position);
        bytes += size_of_val(&*vertices);
    }
    for axis in 0..3 {
        let plane = alloc.frame_alloc::<[f32; 256]>();
        bytes += plane.len() * axis;
    }
    bytes + emitters.iter().map(|emitter| emitter.trails.iter().map(|trail| trail.points.len()).sum::<usize>()).sum::<usize>()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut emitters = vec![Emitter { rate: 3, particles: Vec::new(), trails: Vec::new() }];
    for _ in 0..100 {
        alloc.begin_frame();
        for emitter in emitters.iter_mut() {
            emit(&alloc, emitter);
            integrate(&alloc, &mut emitter.particles, 0.016);
            println!("{}", collide(&alloc, &emitter.particles));
        }
        println!("{}", upload(&alloc, &emitters));
        alloc.end_frame();
    }
}
