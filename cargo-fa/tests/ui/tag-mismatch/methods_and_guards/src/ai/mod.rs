use framealloc::{PoolBox, SmartAlloc};
use std::sync::Arc;

pub struct Brain {
    memory: Arc<SmartAlloc>,
    plans: Vec<PoolBox<[u32; 4]>>,
    pub thoughts: usize,
}

impl Brain {
    pub fn new(memory: Arc<SmartAlloc>) -> Self {
        Self { memory, plans: Vec::new(), thoughts: 0 }
    }

    pub fn think(&mut self, turn: u32) {
        let memory = &*self.memory;
        let _tag = memory.tag("ai");
        let open = memory.frame_slice_from_fn(8, |i| i as u32 + turn);
        let paths = memory.with_tag("paths", |a| a.frame_slice_copy(&open).len());
        self.thoughts += paths;
    }

    pub fn remember(&mut self, turn: u32) {
        let plan = self.memory.with_tag("navigation", |a| a.pool_box([turn; 4])); //~ FA801
        self.plans.push(plan);
        if turn > 1 {
            let _tag = self.memory.tag("physics/rays"); //~ FA801
            let rays = self.memory.frame_slice::<[f32; 3]>(4);
            self.thoughts += rays.len();
        }
    }
}
