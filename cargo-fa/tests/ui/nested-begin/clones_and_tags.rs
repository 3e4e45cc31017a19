// The second begin is of a clone, of the closure's parameter, or through another reference to the same allocator.
use framealloc::SmartAlloc;
use std::sync::Arc;

struct Engine {
    alloc: Arc<SmartAlloc>,
    ticks: u32,
}

impl Engine {
    fn tick(&mut self) -> usize {
        self.alloc.begin_frame();
        self.ticks += 1;
        let moved = self.alloc.with_tag("physics", |a| {
            a.begin_frame(); //~ FA605
            let bodies = a.frame_slice::<f32>(32);
            bodies.len()
        });
        self.alloc.end_frame();
        moved
    }

    fn tick_clone(&mut self) -> usize {
        let worker = Arc::clone(&self.alloc);
        worker.begin_frame();
        let first = worker.frame_slice::<u8>(16);
        let len = first.len();
        drop(first);
        self.alloc.begin_frame(); //~ FA605
        self.ticks += 1;
        worker.end_frame();
        len
    }

    fn tick_flat(&mut self) -> usize {
        let alloc = &*self.alloc;
        alloc.begin_frame();
        let contacts = alloc.with_tag("physics", |a| a.frame_slice::<u8>(16).len());
        let drawn = alloc.with_tag("render", |a| {
            let scope = a.scope();
            scope.alloc_slice_copy(&[1u8, 2]).len()
        });
        alloc.end_frame();
        contacts + drawn
    }
}

fn main() {
    let mut engine = Engine { alloc: Arc::new(SmartAlloc::with_defaults()), ticks: 0 };
    println!("{} {} {}", engine.tick(), engine.tick_clone(), engine.tick_flat());
}
