//! Physics whose temporary manifolds come from pools.
use framealloc::{HeapBox, PoolBox, SmartAlloc, Zeroable};
use std::sync::mpsc::{Sender, channel};

#[derive(Clone, Copy, Default, Zeroable)]
struct Manifold {
    points: [[f32; 3]; 4],
    count: u32,
}

#[derive(Clone, Copy)]
struct Body {
    position: [f32; 3],
    sleeping: bool,
}

struct Physics {
    alloc: SmartAlloc,
    bodies: Vec<Body>,
    kept: Vec<PoolBox<Manifold>>,
    islands: Option<HeapBox<[u32]>>,
    events: Sender<PoolBox<u32>>,
}

impl Physics {
    fn step(&mut self) -> f32 {
        self.alloc.begin_frame();
        let mut manifold = self.alloc.pool_alloc::<Manifold>(); //~ FA606
        manifold.count = self.bodies.iter().filter(|body| !body.sleeping).count() as u32;
        manifold.points[0] = self.bodies[0].position;
        let depth = manifold.points[0][1] * manifold.count as f32;
        drop(manifold);
        self.alloc.end_frame();
        depth
    }

    fn solve(&mut self, hard: bool) -> u32 {
        let _frame = self.alloc.frame();
        let islands = self.alloc.heap_slice::<u32>(self.bodies.len());
        let first = self.alloc.pool_box(Manifold { count: 1, ..Manifold::default() });
        let sum = islands.iter().sum::<u32>() + first.count;
        if hard {
            // Moved out on one path.
            self.kept.push(first);
        }
        self.islands = Some(islands);
        sum
    }

    fn notify(&mut self, what: u32) -> Option<PoolBox<Body>> {
        self.alloc.begin_frame();
        let event = self.alloc.pool_box(what);
        let body = self.alloc.try_pool_box(self.bodies[0]).ok();
        let _ = self.events.send(event);
        self.alloc.end_frame();
        body
    }

    fn integrate(&mut self) {
        self.alloc.begin_frame();
        let gravity = self.alloc.heap_box([0.0f32, -9.81, 0.0]); //~ FA606
        for body in self.bodies.iter_mut().filter(|body| !body.sleeping) {
            for (axis, force) in body.position.iter_mut().zip(gravity.iter()) {
                *axis += force * 0.016;
            }
        }
        self.alloc.heap_free(gravity);
        self.alloc.end_frame();
    }

    fn sweep(&self) -> usize {
        let frame = self.alloc.frame();
        let axis = self.alloc.pool_box([1.0f32, 0.0, 0.0]); //~ FA606
        let sorted = frame.alloc_slice_from_fn(self.bodies.len(), |index| self.bodies[index].position[0] * axis[0]);
        sorted.iter().filter(|x| **x > 0.0).count()
    }
}

fn main() {
    let (events, received) = channel();
    let bodies = vec![Body { position: [0.0; 3], sleeping: false }; 3];
    let mut physics = Physics { alloc: SmartAlloc::with_defaults(), bodies, kept: Vec::new(), islands: None, events };
    println!("{} {}", physics.step(), physics.solve(true));
    println!("{}", physics.notify(3).is_some());
    physics.integrate();
    println!("{} {:?} {}", physics.sweep(), received.recv().map(|event| *event), physics.kept.len());
}
