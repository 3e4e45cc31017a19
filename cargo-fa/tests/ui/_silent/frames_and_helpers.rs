//! Helpers that are called inside and outside of frames, budgets, promotions, pools that get away.
use framealloc::{HeapBox, PoolBox, Promoted, RetainedId, RetentionPolicy, SmartAlloc};
use std::collections::BTreeMap;
use std::rc::Rc;

trait Pass {
    fn run(&mut self, alloc: &SmartAlloc) -> u32;
}

#[derive(Default)]
struct Sum(u32);

struct Keep {
    kept: Vec<PoolBox<u32>>,
    shared: Option<Rc<HeapBox<u32>>>,
    slots: BTreeMap<u32, Vec<PoolBox<u32>>>,
}

impl Pass for Sum {
    fn run(&mut self, alloc: &SmartAlloc) -> u32 {
        let list = alloc.frame_slice_copy(&[1u32, 2]);
        self.0 += list.iter().sum::<u32>();
        self.0
    }
}

impl Pass for Keep {
    fn run(&mut self, alloc: &SmartAlloc) -> u32 {
        let first = alloc.pool_box(1u32);
        let value = *first;
        self.kept.push(first);
        let shared = Rc::new(alloc.heap_box(2u32));
        self.shared = Some(Rc::clone(&shared));
        self.slots.entry(value).or_default().push(alloc.pool_box(3));
        let mut last = alloc.pool_box(4);
        if let Some(first) = self.kept.first_mut() {
            std::mem::swap(first, &mut last);
        }
        value + **shared
    }
}

fn run_all(alloc: &SmartAlloc, passes: &mut [Box<dyn Pass>]) -> u32 {
    alloc.begin_frame();
    let sum = passes.iter_mut().map(|pass| pass.run(alloc)).sum();
    alloc.end_frame();
    sum
}

fn pick(alloc: &SmartAlloc, pooled: bool) -> Box<dyn std::ops::Deref<Target = u32>> {
    let _frame = alloc.frame();
    if pooled {
        let value = alloc.pool_box(1u32);
        return Box::new(value);
    }
    Box::new(alloc.heap_box(2u32))
}

fn promoted(alloc: &SmartAlloc) -> Option<Promoted<[u32; 4]>> {
    alloc.begin_frame();
    let retained = alloc.frame_retained::<[u32; 4]>(RetentionPolicy::PromoteToPool);
    let id: RetainedId<[u32; 4]> = retained.id();
    drop(retained);
    let mut promotions = alloc.end_frame_with_promotions();
    promotions.take(id)
}

fn cut(alloc: &SmartAlloc, rows: &[u32]) -> u32 {
    let mut sum = 0;
    alloc.begin_frame();
    for (number, row) in rows.iter().enumerate() {
        if number > 0 && number % 4 == 0 {
            alloc.end_frame();
            alloc.begin_frame();
        }
        sum += *alloc.frame_box(*row);
    }
    alloc.end_frame();
    sum
}

struct Once<'a> {
    alloc: &'a SmartAlloc,
    begun: bool,
}

impl Once<'_> {
    fn ensure(&mut self) {
        if !self.begun {
            self.alloc.begin_frame();
            self.begun = true;
        }
    }

    fn finish(mut self) -> bool {
        if std::mem::take(&mut self.begun) {
            self.alloc.end_frame();
            return true;
        }
        false
    }
}

fn once(alloc: &SmartAlloc) -> bool {
    let mut once = Once { alloc, begun: false };
    once.ensure();
    once.ensure();
    once.finish()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let keep = Keep { kept: Vec::new(), shared: None, slots: BTreeMap::new() };
    let mut passes: Vec<Box<dyn Pass>> = vec![Box::new(Sum::default()), Box::new(keep)];
    println!("{} {}", run_all(&alloc, &mut passes), **pick(&alloc, true));
    println!("{:?} {} {}", promoted(&alloc).is_some(), cut(&alloc, &[1, 2]), once(&alloc));
}
