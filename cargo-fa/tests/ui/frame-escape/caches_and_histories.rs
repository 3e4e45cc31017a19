// Values of a frame in caches, histories, results and fields, and what may stay there.
use framealloc::{FrameBox, FrameMap, FrameString, FrameVec, PoolBox, RetentionPolicy, SmartAlloc};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem;

struct Cache<'m> {
    alloc: &'m SmartAlloc,
    last: Option<FrameVec<'m, u32>>,
    by_key: HashMap<u32, FrameBox<'m, [f32; 4]>>,
    owned: HashMap<u32, Vec<f32>>,
    label: RefCell<Option<FrameString<'m>>>,
    pooled: Vec<PoolBox<u32>>,
    pointer: *const u32,
}

impl<'m> Cache<'m> {
    fn visible(&mut self, ids: &[u32]) -> usize {
        self.alloc.begin_frame();
        let mut visible = self.alloc.frame_vec();
        visible.extend_from_slice(ids);
        let count = visible.len();
        self.last = Some(visible); //~ FA601
        self.alloc.end_frame();
        count
    }

    fn replace(&mut self, ids: &[u32]) -> usize {
        let _frame = self.alloc.frame();
        let mut next = self.alloc.frame_vec();
        next.extend_from_slice(ids);
        let before = mem::replace(&mut self.last, Some(next)); //~ FA601
        before.map_or(0, |before| before.len())
    }

    fn insert(&mut self, key: u32) {
        self.alloc.begin_frame();
        let matrix = self.alloc.frame_box([1.0; 4]);
        self.by_key.insert(key, matrix); //~ FA601
        self.alloc.end_frame();
    }

    fn entry(&mut self, key: u32) -> f32 {
        self.alloc.begin_frame();
        let alloc = self.alloc;
        let matrix = self.by_key.entry(key).or_insert_with(|| alloc.frame_box([0.5; 4])); //~ FA601
        let first = matrix[0];
        self.alloc.end_frame();
        first
    }

    fn copied(&mut self, key: u32) {
        self.alloc.begin_frame();
        let matrix = self.alloc.frame_slice_copy(&[0.5, 1.0]);
        self.owned.insert(key, matrix.to_vec());
        self.pooled.push(self.alloc.pool_box(key));
        self.alloc.end_frame();
    }

    fn name(&self, name: &str) {
        let _frame = self.alloc.frame();
        let mut label = self.alloc.frame_string();
        label.push_str(name);
        *self.label.borrow_mut() = Some(label); //~ FA601
    }

    fn remember(&mut self) {
        self.alloc.begin_frame();
        let counter = self.alloc.frame_box(3u32);
        self.pointer = &raw const *counter; //~ FA601
        self.alloc.end_frame();
    }

    fn cleared(&mut self, ids: &[u32]) -> usize {
        self.alloc.begin_frame();
        let mut scratch = self.alloc.frame_vec::<u32>();
        scratch.extend(ids.iter().map(|id| id * 2));
        let sum: u32 = scratch.iter().sum();
        drop(scratch);
        self.alloc.end_frame();
        sum as usize
    }
}

fn best<'a>(alloc: &'a SmartAlloc, scores: &[f32]) -> Option<FrameBox<'a, f32>> {
    alloc.begin_frame();
    let best = scores.iter().copied().reduce(f32::max).map(|score| alloc.frame_box(score));
    alloc.end_frame();
    best //~ FA601
}

fn sorted<'a>(alloc: &'a SmartAlloc, scores: &[u32]) -> FrameBox<'a, [u32]> {
    let _frame = alloc.frame();
    let mut sorted = alloc.frame_slice_copy(scores);
    sorted.sort_unstable();
    sorted //~ FA601
}

fn unsorted<'a>(alloc: &'a SmartAlloc, scores: &[u32]) -> FrameBox<'a, [u32]> {
    alloc.frame_slice_copy(scores)
}

fn median(alloc: &SmartAlloc, scores: &[u32]) -> u32 {
    alloc.begin_frame();
    let sorted = sorted_in_frame(alloc, scores);
    alloc.end_frame();
    sorted[sorted.len() / 2] //~ FA601
}

fn sorted_in_frame<'a>(alloc: &'a SmartAlloc, scores: &[u32]) -> FrameBox<'a, [u32]> {
    let mut sorted = unsorted(alloc, scores);
    sorted.sort_unstable();
    sorted
}

fn previous(alloc: &SmartAlloc, inputs: &[u32]) -> u32 {
    let mut previous: Option<FrameBox<'_, u32>> = None;
    let mut sum = 0;
    for input in inputs {
        alloc.begin_frame();
        if let Some(previous) = &previous { //~ FA601
            sum += **previous;
        }
        previous = Some(alloc.frame_box(*input));
        alloc.end_frame();
    }
    sum
}

fn histories(alloc: &SmartAlloc, inputs: &[u32]) -> usize {
    let mut history = Vec::new();
    for input in inputs {
        let frame = alloc.frame();
        println!("{}", frame.vec::<u8>().len());
        history.push(alloc.frame_box(*input)); //~ FA601
    }
    history.len()
}

fn in_one_frame(alloc: &SmartAlloc, inputs: &[u32]) -> usize {
    let _frame = alloc.frame();
    let mut boxes = alloc.frame_vec();
    let mut groups: FrameMap<'_, u32, FrameVec<'_, u32>> = alloc.frame_map();
    for input in inputs {
        boxes.push(alloc.frame_box(*input));
        groups.entry(input % 2).or_insert_with(|| alloc.frame_vec()).push(*input);
    }
    boxes.len() + groups.len()
}

fn kept(alloc: &SmartAlloc) -> Option<u32> {
    alloc.begin_frame();
    let goal = alloc.frame_retained_value(7u32, RetentionPolicy::PromoteToPool);
    let id = goal.id();
    drop(goal);
    let mut promotions = alloc.end_frame_with_promotions();
    promotions.take(id).map(|_| 7)
}

thread_local! {
    static LAST: Cell<*const f32> = const { Cell::new(std::ptr::null()) };
}

fn publish(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let samples = alloc.frame_slice::<f32>(8);
    LAST.set(samples.as_ptr()); //~ FA601
    alloc.end_frame();
}

fn out<'a>(alloc: &'a SmartAlloc, into: &mut Vec<FrameBox<'a, u32>>, number: &mut u32) {
    alloc.begin_frame();
    let value = alloc.frame_box(5u32);
    *number = *value;
    into.push(value); //~ FA601
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut cache = Cache {
        alloc: &alloc,
        last: None,
        by_key: HashMap::new(),
        owned: HashMap::new(),
        label: RefCell::new(None),
        pooled: Vec::new(),
        pointer: std::ptr::null(),
    };
    println!("{} {}", cache.visible(&[1]), cache.replace(&[2]));
    cache.insert(1);
    println!("{}", cache.entry(1));
    cache.copied(2);
    cache.name("x");
    cache.remember();
    println!("{} {:?}", cache.cleared(&[1]), cache.pointer);
    println!("{:?} {}", best(&alloc, &[1.0]).is_some(), sorted(&alloc, &[1]).len());
    println!("{} {}", median(&alloc, &[1]), previous(&alloc, &[1]));
    println!("{} {} {:?}", histories(&alloc, &[1]), in_one_frame(&alloc, &[1]), kept(&alloc));
    publish(&alloc);
    let (mut all, mut number) = (Vec::new(), 0);
    out(&alloc, &mut all, &mut number);
}
