// A frame graph: passes run in phases; one skips its end by `let else`, one in the inner loop's labelled break.
use framealloc::{FrameVec, SmartAlloc};
use std::rc::Rc;

struct Pass {
    name: &'static str,
    inputs: Vec<usize>,
    enabled: bool,
}

struct Graph {
    memory: Rc<SmartAlloc>,
    passes: Vec<Pass>,
}

impl Graph {
    fn order(&self) -> Result<FrameVec<'_, usize>, &'static str> {
        self.memory.begin_phase("order");
        let mut order = self.memory.frame_vec_with_capacity(self.passes.len());
        'passes: for (index, pass) in self.passes.iter().enumerate() {
            for input in &pass.inputs {
                if *input == index {
                    break 'passes;
                }
                if *input > self.passes.len() {
                    return Err(pass.name); //~ FA805
                }
            }
            order.push(index);
        }
        self.memory.end_phase();
        Ok(order)
    }

    fn first(&self) -> Option<&Pass> {
        self.memory.begin_phase("first");
        let Some(pass) = self.passes.iter().find(|pass| pass.enabled) else {
            return None; //~ FA805
        };
        self.memory.end_phase();
        Some(pass)
    }

    fn execute(&self) -> usize {
        let mut executed = 0;
        for pass in &self.passes {
            if !pass.enabled {
                continue;
            }
            self.memory.begin_phase(pass.name);
            executed += pass.inputs.iter().filter(|input| **input < self.passes.len()).count();
            self.memory.end_phase();
        }
        executed
    }
}

fn main() {
    let pass = Pass { name: "shadow", inputs: vec![1], enabled: true };
    let graph = Graph { memory: Rc::new(SmartAlloc::with_defaults()), passes: vec![pass] };
    let memory = Rc::clone(&graph.memory);
    let frame = memory.frame();
    let order = graph.order().map(|order| order.len());
    println!("{order:?} {:?} {}", graph.first().map(|pass| pass.name), graph.execute());
    drop(frame);
}
