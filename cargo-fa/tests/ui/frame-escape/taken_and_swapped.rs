//! Values that get out by being swapped, replaced, taken out of options and bound by patterns.
use framealloc::{Frame, FrameBox, FrameVec, SmartAlloc};
use std::collections::HashMap;
use std::mem;

#[derive(Default)]
struct Renderer<'a> {
    front: Option<FrameVec<'a, u32>>,
    back: Option<FrameVec<'a, u32>>,
    best: Option<FrameBox<'a, u32>>,
    pairs: (Option<FrameBox<'a, u32>>, u32),
    layers: HashMap<&'static str, Vec<FrameBox<'a, u32>>>,
}

impl<'a> Renderer<'a> {
    fn swap(&mut self, alloc: &'a SmartAlloc) {
        let mut next = Some(alloc.frame_vec());
        mem::swap(&mut self.front, &mut next); //~ FA601
        self.back = next;
    }

    fn replace(&mut self, alloc: &'a SmartAlloc) {
        let old = mem::replace(&mut self.best, Some(alloc.frame_box(1))); //~ FA601
        println!("{}", old.is_some());
    }

    fn part(&mut self, alloc: &'a SmartAlloc) {
        let made = (Some(alloc.frame_box(1)), 2);
        let (value, count) = made;
        self.pairs = (value, count); //~ FA601
    }

    fn entry(&mut self, alloc: &'a SmartAlloc, names: &[&'static str]) {
        for name in names {
            let value = alloc.frame_box(name.len() as u32);
            self.layers.entry(name).or_default().push(value); //~ FA601
        }
    }

    fn by_arm(&mut self, alloc: &'a SmartAlloc, mode: u32) {
        let value = match mode {
            0 => None,
            1 => Some(alloc.frame_box(1)),
            _ => alloc.try_frame_box(2).ok(),
        };
        if let Some(value) = value {
            self.best = Some(value); //~ FA601
        }
    }

    fn by_reference(&mut self, alloc: &'a SmartAlloc) {
        let Renderer { best, .. } = self;
        let slot = best.get_or_insert_with(|| alloc.frame_box(3)); //~ FA601
        **slot += 1;
    }
}

fn late_in_closure(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let value = alloc.frame_box(4u32);
    let read = || *value + 1;
    alloc.end_frame();
    read() //~ FA601
}

fn late_in_loop(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    let mut previous: Option<FrameBox<'_, u32>> = None;
    let mut sum = 0;
    for item in items {
        alloc.begin_frame();
        if let Some(previous) = &previous { //~ FA601
            sum += **previous;
        }
        previous = Some(alloc.frame_box(*item));
        alloc.end_frame();
    }
    sum
}

fn out_of_block(alloc: &SmartAlloc) -> usize {
    let list = {
        alloc.begin_frame();
        let mut list = alloc.frame_vec::<u8>();
        list.push(1);
        alloc.end_frame();
        list //~ FA601
    };
    list.len()
}

fn out_of_label<'a>(alloc: &'a SmartAlloc, items: &[u32]) -> Option<FrameBox<'a, u32>> {
    alloc.begin_frame();
    let found = 'search: {
        for item in items {
            if *item > 3 {
                break 'search Some(alloc.frame_box(*item));
            }
        }
        None
    };
    alloc.end_frame();
    found //~ FA601
}

struct Turn<'a> {
    alloc: &'a SmartAlloc,
}

impl<'a> Turn<'a> {
    fn new(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Turn { alloc }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.alloc.end_frame();
    }
}

fn past_the_guard(alloc: &SmartAlloc) -> u32 {
    let turn = Turn::new(alloc);
    let value = alloc.frame_box(1u32);
    drop(turn);
    *value //~ FA601
}

fn through_option(alloc: &SmartAlloc) -> u32 {
    let mut guard: Option<Frame<'_>> = Some(alloc.frame());
    let value = alloc.frame_box(1u32);
    guard.take();
    *value //~ FA601
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut renderer = Renderer::default();
    renderer.swap(&alloc);
    renderer.replace(&alloc);
    renderer.part(&alloc);
    renderer.entry(&alloc, &["a"]);
    renderer.by_arm(&alloc, 1);
    renderer.by_reference(&alloc);
    println!("{} {}", late_in_closure(&alloc), late_in_loop(&alloc, &[1, 2]));
    println!("{} {:?}", out_of_block(&alloc), out_of_label(&alloc, &[4]));
    println!("{} {}", past_the_guard(&alloc), through_option(&alloc));
    println!("{} {}", renderer.back.is_some(), renderer.pairs.1);
}
