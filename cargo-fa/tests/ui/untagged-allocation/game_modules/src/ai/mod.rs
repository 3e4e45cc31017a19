use framealloc::SmartAlloc;
use std::thread;

pub struct Planner<'m> {
    pub alloc: &'m SmartAlloc,
}

impl Planner<'_> {
    pub fn plan(&self, depth: u32) -> usize {
        if depth == 0 {
            return self.alloc.frame_slice::<u32>(2).len(); //~ FA803
        }
        self.plan(depth - 1) + self.alloc.with_tag("ai", |a| a.heap_slice::<u8>(2).len())
    }
}

pub fn think(alloc: &SmartAlloc) -> usize {
    let goals = alloc.with_tag("ai", goals);
    let scope = alloc.scope();
    goals + scope.alloc_slice_copy(&[1u8, 2]).len() //~ FA803
}

fn goals(alloc: &SmartAlloc) -> usize {
    alloc.frame_slice::<u32>(4).len()
}

pub fn background(alloc: &SmartAlloc) -> usize {
    let _tag = alloc.tag("ai");
    let twin = alloc.clone();
    let worker = thread::spawn(move || {
        let _frame = twin.frame();
        twin.frame_slice::<u32>(4).len() //~ FA803
    });
    worker.join().unwrap_or(0)
}
