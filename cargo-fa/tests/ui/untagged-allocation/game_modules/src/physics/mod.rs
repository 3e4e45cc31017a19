use framealloc::{PoolBox, SmartAlloc, frame_format};

mod contacts;

pub struct World {
    alloc: SmartAlloc,
    bodies: Vec<PoolBox<u32>>,
}

impl World {
    pub fn new(alloc: SmartAlloc) -> Self {
        let first = alloc.pool_box(1); //~ FA803
        Self { alloc, bodies: vec![first] }
    }

    pub fn step(&mut self) -> usize {
        let names = frame_format!(self.alloc, "{} bodies", self.bodies.len()).len(); //~ FA803
        let alloc = self.alloc.clone();
        let _tag = alloc.tag("physics");
        self.spawn();
        names + contacts::find(&alloc) + contacts::solve(&alloc)
    }

    fn spawn(&mut self) {
        self.bodies.push(self.alloc.pool_box(2));
    }

    pub fn sleep(&self) -> usize {
        let tag = self.alloc.tag("physics/sleep");
        let asleep = self.alloc.frame_slice::<u8>(4).len();
        drop(tag);
        asleep + self.alloc.frame_slice::<u8>(4).len() + contacts::solve(&self.alloc) //~ FA803
    }
}
