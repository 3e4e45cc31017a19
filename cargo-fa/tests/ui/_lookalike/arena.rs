//! An arena of our own whose methods have the library's names.
use std::cell::{Cell, RefCell};
use std::thread;

#[derive(Default)]
struct Arena {
    depth: Cell<u32>,
    blocks: RefCell<Vec<Vec<u8>>>,
}

impl Arena {
    fn begin_frame(&self) {
        self.depth.set(self.depth.get() + 1);
    }

    fn end_frame(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    fn frame_slice(&self, len: usize) -> Box<[u8]> {
        self.blocks.borrow_mut().push(vec![0; len]);
        vec![0; len].into_boxed_slice()
    }

    fn pool_box<T>(&self, value: T) -> Box<T> {
        Box::new(value)
    }

    fn begin_phase(&self, name: &str) {
        println!("{name}");
    }

    fn frame_retained(&self) -> u32 {
        self.depth.get()
    }
}

struct Keeper {
    kept: Option<Box<[u8]>>,
}

impl Keeper {
    fn run(&mut self, arena: &Arena, text: &str) -> Result<usize, std::num::ParseIntError> {
        arena.begin_frame();
        arena.begin_frame();
        arena.begin_phase("nothing ends it");
        let size: usize = text.parse()?;
        let slice = arena.frame_slice(size);
        for _ in 0..100 {
            let boxed = arena.pool_box(size);
            println!("{boxed}");
        }
        arena.end_frame();
        println!("{}", slice.len());
        self.kept = Some(slice);
        Ok(size + arena.frame_retained() as usize)
    }
}

fn main() {
    let arena = Arena::default();
    let mut keeper = Keeper { kept: None };
    println!("{:?}", keeper.run(&arena, "12").ok());
    let slice = arena.frame_slice(10);
    let worker = thread::spawn(move || slice.len());
    println!("{:?} {}", worker.join().ok(), keeper.kept.is_some());
    std::mem::forget(arena.frame_slice(3));
}
