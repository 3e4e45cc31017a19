//! The edge to a C library that takes pointers, and gets them the wrong way.
use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc};
use std::mem::{self, ManuallyDrop};

#[repr(C)]
#[derive(Clone, Copy)]
struct Vertex {
    position: [f32; 3],
    colour: u32,
}

struct Device {
    bound: *const Vertex,
    count: usize,
}

impl Device {
    fn draw(&mut self, vertices: *const Vertex, count: usize) {
        self.count += count;
        println!("{vertices:p}");
    }
}

fn submit(alloc: &SmartAlloc, device: &mut Device, source: &[Vertex]) {
    let vertices = alloc.frame_slice_copy(source);
    device.draw(vertices.as_ptr(), vertices.len());
    mem::forget(vertices); //~ FA607
}

fn submit_well(alloc: &SmartAlloc, device: &mut Device, source: &[Vertex]) {
    let vertices = alloc.frame_slice_copy(source);
    device.draw(vertices.as_ptr(), vertices.len());
    drop(vertices);
}

fn quads<'a>(alloc: &'a SmartAlloc, count: usize) -> &'a mut [Vertex] {
    let mut quads: FrameVec<'a, Vertex> = alloc.frame_vec_with_capacity(count * 4);
    quads.resize(count * 4, Vertex { position: [0.0; 3], colour: 0 });
    quads.leak() //~ FA607
}

fn with_manual(alloc: &SmartAlloc, device: &mut Device) {
    let single = ManuallyDrop::new(alloc.frame_box(Vertex { position: [1.0; 3], colour: 7 })); //~ FA607
    device.draw(&**single, 1);
}

/// Not of the frame: these may be given away.
fn to_library(alloc: &SmartAlloc, device: &mut Device) -> &'static mut Vertex {
    let owned: PoolBox<Vertex> = alloc.pool_box(Vertex { position: [2.0; 3], colour: 1 });
    let names = vec![String::from("a")];
    let count = names.len();
    mem::forget(names);
    let vertex = owned.leak();
    device.bound = vertex;
    device.count += count;
    vertex
}

fn hold(alloc: &SmartAlloc) -> usize {
    let scope = alloc.scope();
    let len = scope.alloc_slice_from_fn(4, |index| index).len();
    mem::forget(scope); //~ FA607
    len
}

fn boxed<'a>(alloc: &'a SmartAlloc) -> &'a FrameBox<'a, u32> {
    let inner = alloc.frame_box(4u32);
    Box::leak(Box::new(inner)) //~ FA607
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut device = Device { bound: std::ptr::null(), count: 0 };
    let source = [Vertex { position: [0.0; 3], colour: 1 }; 3];
    println!("{}", to_library(&alloc, &mut device).colour);
    alloc.begin_frame();
    submit(&alloc, &mut device, &source);
    submit_well(&alloc, &mut device, &source);
    with_manual(&alloc, &mut device);
    println!("{} {} {}", quads(&alloc, 2).len(), hold(&alloc), boxed(&alloc));
    alloc.end_frame();
    println!("{}", device.count);
}
