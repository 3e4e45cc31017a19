// Pool and heap temporaries in the loops of an update that runs within a frame.
use framealloc::SmartAlloc;

#[derive(Clone, Copy)]
struct Body {
    position: [f32; 3],
    velocity: [f32; 3],
}

struct Physics {
    alloc: SmartAlloc,
    bodies: Vec<Body>,
    contacts: usize,
}

impl Physics {
    fn step(&mut self, dt: f32) {
        self.alloc.begin_frame();
        let gravity = self.alloc.frame_box([0.0f32, -9.81, 0.0]);
        for body in &mut self.bodies {
            let state = self.alloc.pool_box(*body); //~ FA602
            for axis in 0..3 {
                body.velocity[axis] = state.velocity[axis] + gravity[axis] * dt;
                body.position[axis] = state.position[axis] + body.velocity[axis] * dt;
            }
        }
        let mut index = 0;
        while index < self.bodies.len() {
            let manifold = self.alloc.heap_box([self.bodies[index]; 4]); //~ FA602
            self.contacts += usize::from(manifold[0].position[1] < 0.0);
            index += 1;
        }
        self.alloc.end_frame();
    }

    fn load(&mut self, count: usize) {
        for index in 0..count {
            let body = self.alloc.pool_box(Body { position: [index as f32; 3], velocity: [0.0; 3] });
            self.bodies.push(*body);
        }
    }
}

fn main() {
    let mut physics = Physics { alloc: SmartAlloc::with_defaults(), bodies: Vec::new(), contacts: 0 };
    physics.load(100);
    for _ in 0..60 {
        physics.step(1.0 / 60.0);
    }
    println!("{} contacts", physics.contacts);
}
