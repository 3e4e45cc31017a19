//! Guards that live in structures, in options and behind `Drop`.
use framealloc::{Frame, FrameBox, FrameVec, Scope, SmartAlloc};

/// A pass owns its guard and what it makes with it ends first.
struct Pass<'a> {
    alloc: &'a SmartAlloc,
    _frame: Frame<'a>,
    drawn: u32,
}

impl<'a> Pass<'a> {
    fn open(alloc: &'a SmartAlloc) -> Self {
        Self { alloc, _frame: alloc.frame(), drawn: 0 }
    }

    fn draw(&mut self, items: &[u32]) {
        let mut order = self.alloc.frame_vec_with_capacity::<u32>(items.len());
        order.extend(items.iter().copied());
        order.sort_unstable();
        self.drawn += order.iter().sum::<u32>();
    }

    fn finish(self) -> u32 {
        self.drawn
    }
}

/// Begins in `new`, ends in `drop`.
struct Turn<'a> {
    alloc: &'a SmartAlloc,
}

impl<'a> Turn<'a> {
    fn new(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Turn { alloc }
    }

    fn scratch(&self) -> FrameVec<'a, u8> {
        self.alloc.frame_vec()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.alloc.end_frame();
    }
}

fn turns(alloc: &SmartAlloc, items: &[u8]) -> Option<usize> {
    let mut total = 0;
    for item in items {
        let turn = Turn::new(alloc);
        let mut scratch = turn.scratch();
        scratch.push(*item);
        if *item == 0 {
            continue;
        }
        if *item == 9 {
            return None;
        }
        total += scratch.len();
    }
    Some(total)
}

/// A guard that may or may not be there.
fn perhaps(alloc: &SmartAlloc, nested: bool) -> u32 {
    let guard = (!nested).then(|| alloc.frame());
    let value = alloc.frame_box(3u32);
    let sum = *value + u32::from(guard.is_some());
    drop(value);
    drop(guard);
    sum
}

/// An open scope in an option, replaced at each step.
fn steps(alloc: &SmartAlloc, count: u32) -> u32 {
    let _frame = alloc.frame();
    let mut sum = 0;
    let mut scope: Option<Scope<'_>> = None;
    for step in 0..count {
        drop(scope.take());
        let next = alloc.scope();
        sum += *next.alloc(step);
        scope = Some(next);
    }
    drop(scope);
    sum
}

struct Engine {
    alloc: SmartAlloc,
    best: Option<u32>,
    names: Vec<String>,
}

impl Engine {
    /// Taken apart by reference: what is kept are copies.
    fn update(&mut self, scores: &[u32]) {
        let Engine { alloc, best, names } = self;
        let frame = alloc.frame();
        let sorted = frame.alloc_slice_copy(scores);
        sorted.sort_unstable();
        *best = sorted.last().copied();
        let mut text = frame.string();
        text.push_str("best");
        names.push(text.as_str().to_owned());
    }

    fn with<R>(&self, work: impl FnOnce(&Frame<'_>) -> R) -> R {
        let frame = self.alloc.frame();
        work(&frame)
    }

    fn total(&self, scores: &[u32]) -> u32 {
        self.with(|frame| {
            let copy = frame.alloc_slice_copy(scores);
            if copy.is_empty() {
                return 0;
            }
            copy.iter().sum()
        })
    }
}

fn boxed<'a>(alloc: &'a SmartAlloc, slot: &mut Option<FrameBox<'a, u32>>) -> u32 {
    // Put down for the call only.
    *slot = Some(alloc.frame_box(1));
    let value = slot.as_deref().copied().unwrap_or(0);
    *slot = None;
    value
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut pass = Pass::open(&alloc);
    pass.draw(&[3, 1, 2]);
    println!("{}", pass.finish());
    println!("{:?}", turns(&alloc, &[1, 2, 0]));
    println!("{} {}", perhaps(&alloc, false), steps(&alloc, 4));
    {
        let mut slot = None;
        println!("{}", boxed(&alloc, &mut slot));
    }
    let mut engine = Engine { alloc, best: None, names: Vec::new() };
    engine.update(&[1, 5]);
    println!("{} {:?} {:?}", engine.total(&[1, 2]), engine.best, engine.names);
}
