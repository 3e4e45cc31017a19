//! References whose lifetimes were stretched, parts of structures, and joins that wait.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::mem::transmute;
use std::sync::mpsc::{Sender, channel};
use std::thread;

struct Job<'a> {
    keys: FrameVec<'a, u32>,
    label: &'static str,
}

unsafe impl Send for Job<'_> {}

fn stretched(alloc: &SmartAlloc) {
    let keys = alloc.frame_slice::<u32>(8);
    let view: &'static [u32] = unsafe { transmute::<&[u32], &'static [u32]>(&keys) };
    rayon::spawn(move || println!("{}", view.len())); //~ FA201
}

fn by_pointer(alloc: &SmartAlloc) {
    let value = alloc.frame_box(3u32);
    let view: &'static u32 = unsafe { &*std::ptr::from_ref(&*value) };
    thread::spawn(move || println!("{view}")); //~ FA201
}

fn shadowed(alloc: &'static SmartAlloc, jobs: &Sender<Job<'static>>) {
    let job = alloc.frame_vec::<u32>();
    let job = Job { keys: job, label: "sort" };
    let job = if job.keys.is_empty() { job } else { return };
    let _ = jobs.send(job); //~ FA201
}

fn taken(alloc: &'static SmartAlloc, jobs: &Sender<Job<'static>>) {
    let mut slot = Some(Job { keys: alloc.frame_vec(), label: "cull" });
    if let Some(job) = slot.take() {
        println!("{}", job.label);
        jobs.send(job).unwrap_or(()); //~ FA201
    }
}

fn joined(alloc: &SmartAlloc) -> u32 {
    let left: FrameBox<'_, [u32]> = alloc.frame_slice(4);
    let right: &[u32] = &alloc.frame_slice::<u32>(4);
    let left: &[u32] = &left;
    let (a, b) = rayon::join(|| left.iter().sum::<u32>(), || right.len() as u32);
    a + b
}

fn main() {
    let alloc = SmartAlloc::leaked(Default::default());
    let (jobs, received) = channel();
    stretched(alloc);
    by_pointer(alloc);
    shadowed(alloc, &jobs);
    taken(alloc, &jobs);
    drop(jobs);
    println!("{} {}", joined(alloc), received.into_iter().count());
}
