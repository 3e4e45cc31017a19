// The allocator through a prelude, a tuple struct, a destructured field, an `Option`, an index and a chain of fields.
use prelude::*;

mod prelude {
    pub use framealloc::*;
    pub use std::sync::Arc;

    pub type Memory = Arc<SmartAlloc>;
}

struct Ctx<'a>(&'a SmartAlloc, u32);

struct Services {
    memory: Memory,
    extra: Option<Memory>,
}

struct Engine {
    services: Services,
    per_player: Vec<SmartAlloc>,
    scores: Vec<u32>,
}

impl Ctx<'_> {
    fn best(&self, scores: &[u32]) -> Option<u32> {
        self.0.begin_frame();
        let sorted = self.0.frame_slice_copy(scores);
        let best = sorted.iter().max().copied()?; //~ FA603
        drop(sorted);
        self.0.end_frame();
        Some(best + self.1)
    }
}

impl Engine {
    fn chain(&self) -> u32 {
        self.services.memory.begin_frame();
        if self.scores.is_empty() {
            return 0; //~ FA603
        }
        let sum = self.services.memory.frame_slice_copy(&self.scores).iter().sum();
        self.services.memory.end_frame();
        sum
    }

    fn destructured(&mut self) -> u32 {
        let Self { services: Services { memory, .. }, scores, .. } = self;
        memory.begin_frame();
        let copy = memory.frame_slice_copy(scores);
        let Some(first) = copy.first().copied() else {
            memory.end_frame();
            return 0;
        };
        drop(copy);
        memory.end_frame();
        first
    }

    fn optional(&self) -> u32 {
        let Some(extra) = &self.services.extra else { return 0 };
        extra.begin_frame();
        for score in &self.scores {
            if *score > 100 {
                return *score; //~ FA603
            }
        }
        extra.end_frame();
        1
    }

    fn each(&self) -> usize {
        let mut count = 0;
        for memory in &self.per_player {
            memory.begin_frame();
            count += memory.frame_slice_copy(&self.scores).len();
            if count > 1000 {
                memory.end_frame();
                break;
            }
            memory.end_frame();
        }
        self.per_player[0].begin_frame();
        let last = self.per_player[0].frame_slice_copy(&self.scores).len();
        self.per_player[0].end_frame();
        count + last
    }
}

fn main() {
    let services = Services { memory: Memory::default(), extra: Some(Memory::default()) };
    let mut engine = Engine { services, per_player: vec![SmartAlloc::with_defaults()], scores: vec![3, 7] };
    println!("{:?} {}", Ctx(&engine.services.memory, 1).best(&engine.scores), engine.chain());
    println!("{} {} {}", engine.destructured(), engine.optional(), engine.each());
}
