// An allocator of an own engine behind a trait object, generic wrappers, and builder methods named like tags.
use framealloc::{AllocConfig, SmartAlloc};
use std::rc::Rc;

trait Memory {
    fn frame_box(&self, value: u32) -> Rc<u32>;
    fn heap_box(&self, value: u32) -> Rc<u32>;
    fn begin_phase(&self, name: &str);
    fn end_phase(&self);
}

struct Counting {
    name: String,
}

impl Memory for Counting {
    fn frame_box(&self, value: u32) -> Rc<u32> {
        Rc::new(value)
    }

    fn heap_box(&self, value: u32) -> Rc<u32> {
        Rc::new(value + 1)
    }

    fn begin_phase(&self, name: &str) {
        println!("{} {name}", self.name);
    }

    fn end_phase(&self) {}
}

struct Spawner {
    memory: Box<dyn Memory>,
    alive: Vec<Rc<u32>>,
}

impl Spawner {
    fn with_tag(mut self, tag: &str) -> Self {
        self.alive.push(Rc::new(tag.len() as u32));
        self
    }

    fn wave(&mut self, count: u32) -> usize {
        self.memory.begin_phase("wave");
        for index in 0..count {
            let temporary = self.memory.heap_box(index);
            if *temporary > 90 {
                return 0;
            }
            self.alive.push(self.memory.frame_box(index));
        }
        self.memory.end_phase();
        self.memory.end_phase();
        self.alive.len()
    }

    fn frame_box_for_transfer(&self, index: usize) -> Option<Rc<u32>> {
        self.alive.get(index).cloned()
    }
}

fn generic<M: Memory + ?Sized>(memory: &M, real: &SmartAlloc) -> u32 {
    let kept = memory.frame_box(3);
    let frame = real.frame();
    let own = *frame.alloc(*kept);
    drop(frame);
    own + *kept
}

fn main() {
    let real = SmartAlloc::new(AllocConfig::default());
    let memory = Box::new(Counting { name: "engine".into() });
    let mut spawner = Spawner { memory, alive: Vec::new() }.with_tag("unknown").with_tag("boss");
    println!("{}", spawner.wave(8));
    spawner.frame_box_for_transfer(1);
    println!("{}", generic(&*spawner.memory, &real));
}
