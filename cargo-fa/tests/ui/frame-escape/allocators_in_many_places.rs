// Escapes through an accessor, a `RefCell`'d cache, an `Rc`'d world, a returned struct and a `Cow`-like enum.
use framealloc::{AllocConfig, FrameBox, FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::rc::Rc;

enum Names<'a> {
    Few(FrameBox<'a, str>),
    Many(FrameVec<'a, u32>),
    None,
}

struct Shared {
    memory: &'static SmartAlloc,
    cache: RefCell<Vec<FrameVec<'static, u32>>>,
    count: RefCell<usize>,
}

struct Summary<'a> {
    ids: FrameVec<'a, u32>,
    total: u32,
}

impl Shared {
    fn memory(&self) -> &'static SmartAlloc {
        self.memory
    }

    fn remember(&self, ids: &[u32]) {
        let mut list = self.memory().frame_vec();
        list.extend_from_slice(ids);
        *self.count.borrow_mut() += list.len();
        self.cache.borrow_mut().push(list); //~ FA601
    }

    fn count(&self, ids: &[u32]) {
        let mut list = self.memory().frame_vec::<u32>();
        list.extend_from_slice(ids);
        *self.count.borrow_mut() += list.iter().filter(|id| **id > 2).count();
    }

    fn summary(&self, ids: &[u32]) -> Summary<'static> {
        self.memory().begin_frame();
        let mut list = self.memory().frame_vec();
        list.extend_from_slice(ids);
        let total = list.iter().sum();
        self.memory().end_frame();
        Summary { ids: list, total } //~ FA601
    }

    fn total(&self, ids: &[u32]) -> u32 {
        self.memory().begin_frame();
        let total = {
            let mut list = self.memory().frame_vec();
            list.extend_from_slice(ids);
            Summary { total: list.iter().sum(), ids: list }.total
        };
        self.memory().end_frame();
        total
    }

    fn names(&self, ids: &[u32]) -> usize {
        self.memory().begin_frame();
        let names = match ids.len() {
            0 => Names::None,
            1 => Names::Few(self.memory().frame_str("one")),
            _ => Names::Many(self.memory().frame_vec()),
        };
        self.memory().end_frame();
        match names { //~ FA601
            Names::Few(text) => text.len(),
            Names::Many(list) => list.len(),
            Names::None => 0,
        }
    }
}

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let shared = Rc::new(Shared { memory, cache: RefCell::default(), count: RefCell::new(0) });
    memory.begin_frame();
    shared.remember(&[1, 2]);
    shared.count(&[3]);
    memory.end_frame();
    let summary = shared.summary(&[4, 5]);
    println!("{} {} {}", summary.ids.len() + summary.total as usize, shared.total(&[1]), shared.names(&[6]));
}
