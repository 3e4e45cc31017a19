//! Values that are taken, replaced, swapped and shadowed within their frame.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::mem;

fn double_buffer(alloc: &SmartAlloc, rounds: u32) -> u32 {
    alloc.begin_frame();
    let mut front = alloc.frame_vec::<u32>();
    let mut back = alloc.frame_vec::<u32>();
    front.push(1);
    for round in 0..rounds {
        back.clear();
        back.extend(front.iter().map(|value| value + round));
        mem::swap(&mut front, &mut back);
    }
    let sum = front.iter().sum();
    drop((front, back));
    alloc.end_frame();
    sum
}

fn shadowed(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let names = alloc.frame_vec::<u32>();
    let names = names.len();
    alloc.end_frame();
    let text = alloc.frame();
    let text = text.alloc_str("names").len();
    names + text
}

fn taken<'a>(alloc: &'a SmartAlloc, mut slot: Option<FrameBox<'a, u32>>) -> u32 {
    let old = slot.take();
    let fresh = slot.get_or_insert_with(|| alloc.frame_box(2));
    **fresh + old.map_or(0, |old| *old)
}

struct Batch<'f> {
    items: FrameVec<'f, u32>,
    label: &'static str,
}

fn batches(alloc: &SmartAlloc, input: &[u32]) -> Vec<(usize, &'static str)> {
    let mut sizes = Vec::new();
    let _frame = alloc.frame();
    let mut current = Batch { items: alloc.frame_vec(), label: "first" };
    for item in input {
        current.items.push(*item);
        if current.items.len() == 2 {
            let next = Batch { items: alloc.frame_vec(), label: "next" };
            let full = mem::replace(&mut current, next);
            sizes.push((full.items.len(), full.label));
        }
    }
    sizes.push((current.items.len(), current.label));
    sizes
}

struct Stats {
    largest: Option<u32>,
    history: Vec<u32>,
    label: String,
}

impl Stats {
    fn note(&mut self, alloc: &SmartAlloc, values: &[u32]) {
        alloc.begin_frame();
        let sorted = {
            let mut sorted = alloc.frame_slice_copy(values);
            sorted.sort_unstable();
            sorted
        };
        let previous = mem::replace(&mut self.largest, sorted.last().copied());
        let mut history = mem::take(&mut self.history);
        history.extend_from_slice(&sorted);
        history.extend(previous);
        self.history = history;
        self.label = format!("{:?}", &sorted[..sorted.len().min(2)]);
        drop(sorted);
        alloc.end_frame();
    }
}

fn pairs(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let (mut left, mut right) = (Some(alloc.frame_box(1u32)), Some(alloc.frame_box(2u32)));
    mem::swap(&mut left, &mut right);
    let sum = left.iter().chain(right.iter()).map(|value| **value).sum();
    (left, right) = (None, None);
    let nothing = left.is_none() && right.is_none();
    alloc.end_frame();
    if nothing { sum } else { 0 }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", double_buffer(&alloc, 3), shadowed(&alloc));
    println!("{}", taken(&alloc, None));
    println!("{:?}", batches(&alloc, &[1, 2, 3]));
    let mut stats = Stats { largest: None, history: Vec::new(), label: String::new() };
    stats.note(&alloc, &[3, 1, 2]);
    println!("{:?} {:?} {} {}", stats.largest, stats.history, stats.label, pairs(&alloc));
}
