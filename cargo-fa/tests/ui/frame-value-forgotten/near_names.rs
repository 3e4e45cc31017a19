// Own functions called `forget` and `leak`, `ManuallyDrop` of plain data, `take` and `replace` of frame values.
use framealloc::{FrameBox, SmartAlloc};
use std::mem::{self, ManuallyDrop};

#[derive(Default)]
struct Memory {
    forgotten: usize,
}

impl Memory {
    fn forget(&mut self, value: &[u32]) {
        self.forgotten += value.len();
    }

    fn leak<T>(&mut self, value: T) -> T {
        self.forgotten += 1;
        value
    }
}

fn forget<T>(value: T) -> usize {
    size_of_val(&value)
}

struct Plan<'f> {
    steps: Option<FrameBox<'f, [u32]>>,
    cost: ManuallyDrop<u32>,
}

fn plan(alloc: &SmartAlloc, memory: &mut Memory, values: &[u32]) -> u32 {
    let _frame = alloc.frame();
    let steps = alloc.frame_slice_copy(values);
    memory.forget(&steps);
    let mut plan = Plan { steps: Some(memory.leak(steps)), cost: ManuallyDrop::new(3) };
    let old = mem::take(&mut plan.steps);
    let length = old.map_or(0, |steps| steps.len() as u32);
    let fresh = alloc.frame_slice_copy(&[length]);
    let replaced = mem::replace(&mut plan.steps, Some(fresh));
    drop(replaced);
    *plan.cost + plan.steps.as_ref().map_or(0, |steps| steps[0])
}

fn shown(alloc: &SmartAlloc, values: &[u32]) -> usize {
    let _frame = alloc.frame();
    let steps = alloc.frame_slice_copy(values);
    forget(steps)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut memory = Memory::default();
    println!("{} {}", plan(&alloc, &mut memory, &[1, 2]), shown(&alloc, &[3]));
    println!("{}", memory.forgotten);
}
