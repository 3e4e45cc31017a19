// Double buffers of owned vectors, sorted in frame memory; a retained log; results copied out of a tag's closure.
use framealloc::{FrameBox, PoolBox, Promoted, RetainedId, RetentionPolicy, SmartAlloc};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

thread_local! {
    static LAST: Cell<u64> = const { Cell::new(0) };
    static NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Log {
    lines: Vec<String>,
}

struct State {
    front: Vec<u32>,
    back: Vec<u32>,
    index: HashMap<u32, usize>,
    log: Option<PoolBox<Log>>,
    pending: Option<RetainedId<Log>>,
}

impl State {
    fn flip(&mut self, alloc: &SmartAlloc) {
        let mut sorted = alloc.frame_slice_copy(&self.back);
        sorted.sort_unstable();
        self.front.clear();
        self.front.extend_from_slice(&sorted);
        std::mem::swap(&mut self.front, &mut self.back);
        for (at, value) in sorted.iter().enumerate() {
            self.index.insert(*value, at);
        }
        LAST.set(sorted.iter().map(|value| u64::from(*value)).sum());
    }

    fn name(&self, alloc: &SmartAlloc, number: u32) -> usize {
        let text: FrameBox<'_, str> = alloc.frame_str("frame");
        NAMES.with_borrow_mut(|names| names.push(format!("{} {number}", &*text)));
        text.len()
    }

    fn write(&mut self, alloc: &SmartAlloc, number: u32) {
        let mut log = alloc.frame_retained::<Log>(RetentionPolicy::PromoteToPool);
        log.lines.push(number.to_string());
        self.pending = Some(log.id());
    }

    fn turn(&mut self, alloc: &SmartAlloc, number: u32) -> Option<u32> {
        alloc.begin_frame();
        self.flip(alloc);
        self.write(alloc, number);
        let largest = alloc.with_tag("turn", |a| {
            let mut copy = a.frame_vec_with_capacity(self.front.len());
            copy.extend_from_slice(&self.front);
            copy.iter().copied().max()
        });
        let bytes = self.name(alloc, number);
        let mut promotions = alloc.end_frame_with_promotions();
        if let Some(Promoted::Pool(log)) = self.pending.take().and_then(|id| promotions.take(id)) {
            self.log = Some(log);
        }
        largest.map(|largest| largest + bytes as u32)
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let index = HashMap::new();
    let mut state = State { front: vec![], back: vec![3, 1, 2], index, log: None, pending: None };
    for number in 0..4 {
        println!("{:?} {}", state.turn(&alloc, number), LAST.get());
    }
    println!("{} {}", state.index.len(), state.log.map_or(0, |log| log.lines.len()));
}
