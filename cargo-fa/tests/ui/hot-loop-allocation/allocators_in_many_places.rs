// The allocator as a closure's parameter, a function's result, an element, a trait's accessor.
use framealloc::{AllocConfig, SmartAlloc};
use std::rc::Rc;

trait HasMemory {
    fn memory(&self) -> &SmartAlloc;
}

struct Sim {
    memory: Box<SmartAlloc>,
    cells: Vec<u8>,
}

struct Pair {
    both: (Rc<SmartAlloc>, Rc<SmartAlloc>),
}

impl HasMemory for Sim {
    fn memory(&self) -> &SmartAlloc {
        &self.memory
    }
}

impl Sim {
    fn step(&mut self) -> usize {
        let mut alive = 0;
        for index in 0..self.cells.len() {
            let around = self.memory().frame_slice::<u8>(9); //~ FA602
            alive += usize::from(self.cells[index] > around[4]);
        }
        alive
    }

    fn step_once(&mut self) -> usize {
        let around = self.memory().frame_slice::<u8>(9);
        self.cells.iter().filter(|cell| **cell > around[4]).count()
    }
}

impl Pair {
    fn mix(&self, count: usize) -> usize {
        let mut sum = 0;
        for _ in 0..count {
            let left = self.both.0.pool_box([1u8; 16]); //~ FA602
            let right = self.both.1.frame_alloc::<[u8; 16]>(); //~ FA602
            sum += left.len() + right.len();
        }
        sum
    }
}

fn each(memory: &SmartAlloc, work: impl Fn(&SmartAlloc, usize) -> usize) -> usize {
    memory.begin_frame();
    let mut sum = 0;
    for index in 0..16 {
        sum += work(memory, index);
    }
    memory.end_frame();
    sum
}

fn main() {
    let mut sim = Sim { memory: Box::new(SmartAlloc::new(AllocConfig::default())), cells: vec![1, 0, 2] };
    let pair = Pair { both: (Rc::default(), Rc::default()) };
    sim.memory().begin_frame();
    println!("{} {}", sim.step(), sim.step_once());
    sim.memory().end_frame();
    pair.both.0.begin_frame();
    pair.both.1.begin_frame();
    println!("{}", pair.mix(20));
    pair.both.1.end_frame();
    pair.both.0.end_frame();
    println!("{}", each(sim.memory(), |memory, index| memory.frame_slice_from_fn(index, |i| i).len()));
}
