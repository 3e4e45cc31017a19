//! A job system that forgets guards when it panics, and results when it is done.
use framealloc::{FrameBox, RetentionPolicy, SmartAlloc};
use std::mem::{ManuallyDrop, forget};

#[derive(Default)]
struct Result3 {
    values: [f32; 3],
}

enum Job {
    Sum(Vec<f32>),
    Wait(u32),
    Text(String),
}

fn finish(value: FrameBox<'_, f32>) -> f32 {
    let copy = *value;
    forget(value); //~ FA607
    copy
}

fn run<'a>(alloc: &'a SmartAlloc, job: &Job) -> f32 {
    let guard = alloc.frame();
    match job {
        Job::Sum(values) => {
            let sum = alloc.frame_box(values.iter().sum::<f32>());
            finish(sum)
        }
        Job::Wait(0) => {
            std::mem::forget(guard); //~ FA607
            0.0
        }
        Job::Wait(turns) => *turns as f32,
        Job::Text(text) => {
            let upper = alloc.frame_box(text.to_uppercase());
            let letters = FrameBox::leak(upper); //~ FA607
            letters.len() as f32
        }
    }
}

fn shared(alloc: &SmartAlloc) -> u32 {
    let shared = ManuallyDrop::new(alloc.shared_frame()); //~ FA607
    *shared.alloc(3u32)
}

/// A guard of other things may be forgotten, and so may a `String`.
struct Depth<'d>(&'d mut u32);

impl Drop for Depth<'_> {
    fn drop(&mut self) {
        *self.0 -= 1;
    }
}

fn deepen(alloc: &SmartAlloc, depth: &mut u32) -> f32 {
    let _frame = alloc.frame();
    let guard = Depth(depth);
    *guard.0 += 1;
    forget(guard);
    let name = ManuallyDrop::new(String::from("deep"));
    name.len() as f32
}

/// Meant to stay: retained, and taken.
fn keep(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let mut result = alloc.frame_retained::<Result3>(RetentionPolicy::Leak);
    result.values[0] = 1.0;
    drop(result);
    let mut kept = 0;
    for promotion in alloc.end_frame_with_promotions() {
        kept += promotion.size;
    }
    kept as usize
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let jobs = [Job::Sum(vec![1.0, 2.0]), Job::Wait(0), Job::Wait(3), Job::Text("done".into())];
    let mut depth = 0;
    println!("{}", jobs.iter().map(|job| run(&alloc, job)).sum::<f32>());
    println!("{} {} {}", shared(&alloc), deepen(&alloc, &mut depth), keep(&alloc));
}
