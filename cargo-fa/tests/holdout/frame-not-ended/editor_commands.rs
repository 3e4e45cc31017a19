// An editor's commands: `?` on options, nested loops with labels, a macro of the crate that does not return.
use framealloc::{FrameVec, SmartAlloc};
use std::rc::Rc;

macro_rules! some_or_zero {
    ($value:expr) => {
        match $value {
            Some(value) => value,
            None => 0,
        }
    };
}

struct Editor {
    memory: Rc<SmartAlloc>,
    layers: Vec<Vec<u32>>,
}

impl Editor {
    fn pick(&self, x: u32) -> Option<u32> {
        self.memory.begin_frame();
        let first = self.layers.first()?; //~ FA603
        let found = first.iter().copied().find(|id| *id == x);
        self.memory.end_frame();
        found
    }

    fn pick_top(&self, x: u32) -> Option<u32> {
        let first = self.layers.first()?;
        self.memory.begin_frame();
        let copy = self.memory.frame_slice_copy(first);
        let found = some_or_zero!(copy.iter().rev().copied().find(|id| *id >= x));
        drop(copy);
        self.memory.end_frame();
        Some(found)
    }

    fn merge(&self, limit: usize) -> usize {
        let mut merged = 0;
        'layers: for layer in &self.layers {
            self.memory.begin_frame();
            let mut ids: FrameVec<'_, u32> = self.memory.frame_vec();
            for id in layer {
                if *id == 0 {
                    continue 'layers; //~ FA603
                }
                if *id > 1000 {
                    break;
                }
                ids.push(*id);
            }
            merged += ids.len();
            drop(ids);
            self.memory.end_frame();
            if merged > limit {
                break 'layers;
            }
        }
        merged
    }
}

fn main() {
    let editor = Editor { memory: Rc::new(SmartAlloc::with_defaults()), layers: vec![vec![1, 2], vec![3]] };
    println!("{:?} {:?} {}", editor.pick(1), editor.pick_top(2), editor.merge(10));
}
