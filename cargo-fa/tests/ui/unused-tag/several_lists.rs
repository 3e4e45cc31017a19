// Sub-tags of which some siblings are used; a tag that only a struct's field and a message mention.
use framealloc::{SmartAlloc, frame_format};
use std::sync::Arc;

struct Step {
    name: &'static str,
    cost: usize,
}

struct Pipeline {
    memory: Arc<SmartAlloc>,
    steps: Vec<Step>,
}

impl Pipeline {
    fn import(&mut self, bytes: &[u8]) -> usize {
        let memory = Arc::clone(&self.memory);
        let _tag = memory.tag("import");
        self.steps.push(Step { name: "bake/light", cost: bytes.len() });
        memory.with_tag("gltf", |m| m.frame_slice_copy(bytes).len())
    }

    fn bake(&mut self) -> usize {
        self.memory.begin_phase("bake/light");
        let cost = self.memory.with_tag("bake", |m| m.frame_slice_from_fn(4, |i| i + self.steps.len()).len());
        self.memory.end_phase();
        cost
    }

    fn publish(&self) -> usize {
        self.memory.with_tag("publish", |m| {
            let names = frame_format!(m, "{} (was import/obj)", self.steps[0].name);
            names.len() + self.steps[0].cost
        })
    }
}

fn main() {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let mut pipeline = Pipeline { memory: Arc::clone(&memory), steps: Vec::new() };
    let _frame = memory.frame();
    println!("{} {} {}", pipeline.import(&[1, 2]), pipeline.bake(), pipeline.publish());
}
