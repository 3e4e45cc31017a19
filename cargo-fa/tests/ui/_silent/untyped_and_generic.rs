//! Collections whose types are written nowhere, generics, trait objects and closures.
use framealloc::{FrameVec, SmartAlloc};
use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Sender, channel};

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Hit {
    id: u32,
    depth: f32,
}

trait Filter {
    fn keep(&self, hit: &Hit) -> bool;
}

struct Near(f32);
struct Odd;

impl Filter for Near {
    fn keep(&self, hit: &Hit) -> bool {
        hit.depth < self.0
    }
}

impl Filter for Odd {
    fn keep(&self, hit: &Hit) -> bool {
        hit.id % 2 == 1
    }
}

struct Picker {
    alloc: SmartAlloc,
    filters: Vec<Box<dyn Filter>>,
    nearest: Option<Hit>,
    depths: Vec<f32>,
    by_id: BTreeMap<u32, f32>,
    counts: HashMap<&'static str, usize>,
    out: Sender<u32>,
}

impl Picker {
    fn pick(&mut self, hits: &[Hit]) {
        self.alloc.begin_frame();
        let mut kept = self.alloc.frame_vec();
        for hit in hits {
            if self.filters.iter().all(|filter| filter.keep(hit)) {
                kept.push(*hit);
            }
        }
        kept.sort_by(|a: &Hit, b: &Hit| a.depth.total_cmp(&b.depth));
        self.nearest = kept.first().cloned();
        self.depths = kept.iter().map(|hit| hit.depth).collect();
        self.by_id.extend(kept.iter().map(|hit| (hit.id, hit.depth)));
        for hit in &kept {
            let _ = self.out.send(hit.id);
        }
        self.counts.insert("kept", kept.len());
        drop(kept);
        self.alloc.end_frame();
    }

    fn drain(&mut self, hits: &[Hit]) {
        self.alloc.begin_frame();
        let mut ids = self.alloc.frame_vec();
        ids.extend(hits.iter().map(|hit| hit.id));
        for id in ids.drain(..) {
            let _ = self.out.send(id);
        }
        drop(ids);
        let mut all = self.alloc.frame_vec();
        all.extend_from_slice(hits);
        if let Some(last) = all.pop() {
            self.nearest = Some(last);
        }
        let Hit { id, depth } = all[0];
        self.by_id.insert(id, depth);
        drop(all);
        self.alloc.end_frame();
    }
}

fn sorted<'f, T: Copy + Ord>(alloc: &'f SmartAlloc, items: &[T]) -> FrameVec<'f, T> {
    let mut copy = alloc.frame_vec_with_capacity(items.len());
    copy.extend_from_slice(items);
    copy.sort_unstable();
    copy
}

fn median<T: Copy + Ord>(alloc: &SmartAlloc, items: &[T]) -> Option<T> {
    alloc.begin_frame();
    let middle = sorted(alloc, items).get(items.len() / 2).copied();
    alloc.end_frame();
    middle
}

fn in_frame<R>(alloc: &SmartAlloc, work: impl FnOnce(&SmartAlloc) -> R) -> R {
    alloc.begin_frame();
    let result = work(alloc);
    alloc.end_frame();
    result
}

fn largest(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    in_frame(alloc, |alloc| {
        let copy = alloc.frame_slice_copy(items);
        copy.iter().copied().max().unwrap_or(0)
    })
}

fn apply<I, F>(alloc: &SmartAlloc, items: I, each: F) -> u32
where
    I: IntoIterator<Item = u32>,
    F: Fn(u32) -> u32,
{
    let frame = alloc.frame();
    let mut list = frame.vec();
    list.extend(items.into_iter().map(each));
    let total = list.iter().fold(0, |sum, item| sum + item);
    total
}

fn main() {
    let (out, ids) = channel();
    let mut picker = Picker {
        alloc: SmartAlloc::with_defaults(),
        filters: vec![Box::new(Near(4.0)), Box::new(Odd)],
        nearest: None,
        depths: Vec::new(),
        by_id: BTreeMap::new(),
        counts: HashMap::new(),
        out,
    };
    let hits = [Hit { id: 1, depth: 2.0 }, Hit { id: 2, depth: 1.0 }];
    picker.pick(&hits);
    picker.drain(&hits);
    println!("{:?} {:?} {:?} {:?}", picker.nearest, picker.depths, picker.by_id, picker.counts);
    println!("{:?} {}", median(&picker.alloc, &[3, 1, 2]), largest(&picker.alloc, &[1, 2]));
    println!("{} {}", apply(&picker.alloc, [1, 2], |n| n * 2), ids.try_iter().count());
}
