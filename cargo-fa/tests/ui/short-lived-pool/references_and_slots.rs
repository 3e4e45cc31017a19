//! Pool and heap values that others only refer to, and such that get away through a slot.
use framealloc::{HeapBox, PoolBox, SmartAlloc};

struct World {
    alloc: SmartAlloc,
    bodies: Vec<f32>,
    last: Option<PoolBox<u32>>,
    kept: Option<HeapBox<[f32; 3]>>,
}

impl World {
    fn integrate(&mut self) {
        self.alloc.begin_frame();
        let gravity = self.alloc.heap_box([0.0f32, -9.8, 0.0]); //~ FA606
        for (body, force) in self.bodies.iter_mut().zip(gravity.iter()) {
            *body += *force;
        }
        let strongest = gravity.iter().copied().fold(0.0, f32::max);
        println!("{strongest}");
        drop(gravity);
        self.alloc.end_frame();
    }

    fn looked_at(&self) -> u32 {
        let frame = self.alloc.frame();
        let value = self.alloc.pool_box(4u32); //~ FA606
        let view = &value;
        let copy = frame.alloc(**view);
        *copy
    }

    fn in_option(&self) -> u32 {
        let _frame = self.alloc.frame();
        let slot = Some(self.alloc.pool_box(3u32)); //~ FA606
        slot.as_ref().map_or(0, |value| **value)
    }

    fn replaced(&mut self, value: u32) {
        self.alloc.begin_frame();
        let fresh = self.alloc.pool_box(value);
        let old = std::mem::replace(&mut self.last, Some(fresh));
        println!("{}", old.is_some());
        self.alloc.end_frame();
    }

    fn through_reference(&mut self) {
        let _frame = self.alloc.frame();
        let slot = &mut self.kept;
        let value = self.alloc.heap_box([1.0; 3]);
        *slot = Some(value);
    }

    fn swapped(&mut self) {
        let _frame = self.alloc.frame();
        let mut next = Some(self.alloc.pool_box(9u32));
        std::mem::swap(&mut self.last, &mut next);
    }
}

fn main() {
    let mut world =
        World { alloc: SmartAlloc::with_defaults(), bodies: vec![0.0; 3], last: None, kept: None };
    world.integrate();
    println!("{} {}", world.looked_at(), world.in_option());
    world.replaced(1);
    world.through_reference();
    world.swapped();
    println!("{:?} {}", world.last.map(|value| *value), world.kept.is_some());
}
