// Frame values that are forgotten, wrapped in `ManuallyDrop`, or leaked.
use framealloc::{FrameBox, SmartAlloc};
use std::mem::{self, ManuallyDrop};

struct Vertex {
    position: [f32; 3],
}

fn upload(alloc: &SmartAlloc, count: usize) -> usize {
    let vertices = alloc.frame_slice_from_fn(count, |i| Vertex { position: [i as f32; 3] });
    let sum = vertices.iter().map(|vertex| vertex.position[0] as usize).sum();
    mem::forget(vertices); //~ FA607
    sum
}

fn staging(alloc: &SmartAlloc, bytes: &[u8]) -> usize {
    let copy = ManuallyDrop::new(alloc.frame_slice_copy(bytes)); //~ FA607
    copy.len()
}

fn forever<'a>(alloc: &'a SmartAlloc, name: &str) -> &'a str {
    let text: FrameBox<'a, str> = alloc.frame_str(name);
    let text = text.leak(); //~ FA607
    text
}

fn fine(alloc: &SmartAlloc, bytes: &[u8]) -> usize {
    let copy = alloc.frame_slice_copy(bytes);
    let owned = copy.to_vec();
    drop(copy);
    let kept: &'static [u8] = owned.leak();
    let boxed = Box::leak(Box::new(kept.len()));
    *boxed
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..3 {
        alloc.begin_frame();
        let sum = upload(&alloc, 8) + staging(&alloc, &[1, 2]) + forever(&alloc, "player").len();
        println!("{} {}", sum, fine(&alloc, &[1]));
        alloc.end_frame();
    }
}
