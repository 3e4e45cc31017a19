//! A game that brings an arena of its own, whose methods are named like those of the library.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use framealloc::megabytes;

/// Counts references; what it hands out lives as long as anybody wants.
#[derive(Default)]
pub struct SmartAlloc {
    bytes: Cell<usize>,
    tags: RefCell<Vec<&'static str>>,
}

impl SmartAlloc {
    pub fn begin_frame(&self) {
        self.bytes.set(0);
    }

    pub fn end_frame(&self) {
        self.bytes.set(self.bytes.get().min(megabytes(1)));
    }

    pub fn frame_box<T>(&self, value: T) -> Rc<T> {
        self.bytes.set(self.bytes.get() + size_of::<T>());
        Rc::new(value)
    }

    pub fn frame_vec<T>(&self) -> Vec<T> {
        Vec::new()
    }

    pub fn pool_box<T>(&self, value: T) -> Box<T> {
        Box::new(value)
    }

    pub fn with_tag<R>(&self, name: &'static str, work: impl FnOnce(&Self) -> R) -> R {
        self.tags.borrow_mut().push(name);
        work(self)
    }

    pub fn begin_phase(&self, name: &'static str) {
        self.tags.borrow_mut().push(name);
    }

    pub fn end_frame_with_promotions(&self) -> Vec<&'static str> {
        self.tags.take()
    }
}

pub struct Game {
    alloc: SmartAlloc,
    last: Option<Rc<u32>>,
    trail: Vec<Rc<u32>>,
}

impl Game {
    pub fn update(&mut self, inputs: &[Option<u32>]) -> usize {
        self.alloc.begin_frame();
        self.alloc.begin_phase("input");
        for input in inputs {
            let Some(key) = input else { return 0 };
            let key = self.alloc.frame_box(*key);
            let scratch = self.alloc.frame_vec::<u32>();
            let pair = self.alloc.pool_box((*key, scratch.len()));
            if pair.0 > 7 {
                self.trail.push(Rc::clone(&key));
            }
            self.last = Some(key);
        }
        self.alloc.begin_frame();
        let wide = self.alloc.with_tag("no-such-tag", |a| a.frame_box(1_u8));
        self.alloc.end_frame_with_promotions();
        self.alloc.end_frame();
        usize::from(*wide)
    }
}
