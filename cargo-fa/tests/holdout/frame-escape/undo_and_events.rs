// An event bus with handlers that hold frame memory, a double buffer, and a frame ended by a paired method.
use framealloc::{AllocConfig, FrameBox, SmartAlloc};
use std::cell::RefCell;
use std::mem;

struct Bus {
    handlers: RefCell<Vec<Box<dyn Fn(u32) -> u32>>>,
}

impl Bus {
    fn call(&self, event: u32) -> u32 {
        self.handlers.borrow().iter().map(|handler| handler(event)).sum()
    }
}

struct Buffers {
    front: Option<FrameBox<'static, [u32]>>,
    back: Vec<u32>,
}

struct App {
    alloc: &'static SmartAlloc,
    bus: Bus,
    buffers: Buffers,
}

impl App {
    fn begin(&self) {
        self.alloc.begin_frame();
    }

    fn end(&self) {
        self.alloc.end_frame();
    }

    fn subscribe(&self, weight: u32) {
        let table = self.alloc.frame_slice_from_fn(8, |i| i as u32 * weight);
        let handler = Box::new(move |event: u32| table[event as usize % 8]);
        self.bus.handlers.borrow_mut().push(handler); //~ FA601
    }

    fn subscribe_well(&self, weight: u32) {
        let table = self.alloc.frame_slice_from_fn(8, |i| i as u32 * weight);
        let largest = table.iter().copied().max().unwrap_or(0);
        self.bus.handlers.borrow_mut().push(Box::new(move |event| largest + event));
    }

    fn swap(&mut self) {
        let fresh = self.alloc.frame_slice_copy(&self.buffers.back);
        let old = mem::replace(&mut self.buffers.front, Some(fresh)); //~ FA601
        self.buffers.back = old.map_or_else(Vec::new, |old| old.to_vec());
    }

    fn sum(&self, values: &[u32]) -> u32 {
        self.begin();
        let copy = self.alloc.frame_slice_copy(values);
        let doubled: u32 = copy.iter().map(|value| value * 2).sum();
        self.end();
        doubled + copy.len() as u32 //~ FA601
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let bus = Bus { handlers: RefCell::new(Vec::new()) };
    let mut app = App { alloc, bus, buffers: Buffers { front: None, back: vec![1, 2] } };
    for turn in 0..3 {
        app.begin();
        app.subscribe(turn);
        app.subscribe_well(turn);
        app.swap();
        app.end();
        println!("{} {}", app.bus.call(turn), app.sum(&[turn, 1]));
    }
}
