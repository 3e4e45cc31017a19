// Guards that are forgotten: the frame or the scope never ends.
use framealloc as memory;
use memory::SmartAlloc;
use std::mem::{ManuallyDrop, forget};

struct Profiler {
    samples: Vec<u64>,
}

fn measured(alloc: &SmartAlloc, profiler: &mut Profiler) -> usize {
    let frame = alloc.frame();
    let spans = frame.alloc_slice_from_fn(8, |i| i as u64);
    profiler.samples.push(spans[7]);
    let count = spans.len();
    forget(frame); //~ FA607
    count
}

fn scoped(alloc: &SmartAlloc) -> usize {
    let scope = ManuallyDrop::new(alloc.scope()); //~ FA607
    scope.alloc_slice_copy(&[1u8, 2, 3]).len()
}

fn shared(alloc: &SmartAlloc) -> u32 {
    let shared = alloc.shared_frame();
    let value = *shared.alloc(7u32);
    std::mem::forget(shared); //~ FA607
    value
}

fn right(alloc: &SmartAlloc, profiler: &mut Profiler) -> usize {
    let frame = alloc.frame();
    let spans = frame.alloc_slice_from_fn(8, |i| i as u64);
    let copied = spans.to_vec();
    drop(frame);
    let old = std::mem::replace(&mut profiler.samples, copied);
    forget(old);
    profiler.samples.len()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut profiler = Profiler { samples: Vec::new() };
    println!("{} {}", measured(&alloc, &mut profiler), scoped(&alloc));
    println!("{} {}", shared(&alloc), right(&alloc, &mut profiler));
}
