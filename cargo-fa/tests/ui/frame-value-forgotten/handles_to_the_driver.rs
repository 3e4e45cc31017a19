// Handles that are given to a driver by forgetting them, and those that go the right way.
use framealloc::{FrameBox, FrameString, FrameVec, PoolBox, SmartAlloc};
use std::mem::{self, ManuallyDrop as Undropped};

struct Upload<'f> {
    vertices: FrameVec<'f, f32>,
    name: FrameString<'f>,
}

struct Driver {
    queue: Vec<(*const f32, usize)>,
}

impl Driver {
    fn give(&mut self, vertices: FrameBox<'_, [f32]>) {
        println!("{}", vertices.len());
        core::mem::forget(vertices); //~ FA607
        self.queue.clear();
    }

    fn submit(&mut self, upload: Upload<'_>) {
        println!("{} {}", upload.vertices.len(), upload.name.len());
        mem::forget(upload); //~ FA607
    }

    fn take(&mut self, page: PoolBox<[f32; 4]>) {
        mem::forget(page);
    }
}

fn record(alloc: &SmartAlloc, driver: &mut Driver) {
    alloc.begin_frame();
    let mut vertices = alloc.frame_vec::<f32>();
    vertices.push(1.0);
    let name = alloc.frame_string();
    driver.submit(Upload { vertices, name });
    driver.give(alloc.frame_slice::<f32>(8));
    driver.take(alloc.pool_box([0.0; 4]));
    alloc.end_frame();
}

fn wrapped(alloc: &SmartAlloc) -> usize {
    let list = Undropped::new(alloc.frame_vec_with_capacity::<u32>(4)); //~ FA607
    list.capacity()
}

fn guarded(alloc: &SmartAlloc, keep_open: bool) {
    let frame = alloc.frame();
    println!("{}", frame.boxed(1));
    if keep_open {
        mem::forget(frame); //~ FA607
    }
}

fn scoped(alloc: &SmartAlloc) {
    let scope = alloc.scope();
    println!("{}", scope.alloc(1u32));
    mem::forget(scope); //~ FA607
}

fn optional(alloc: &SmartAlloc, numbers: &[u32]) {
    let largest = numbers.iter().max().map(|number| alloc.frame_box(*number));
    if let Some(largest) = largest {
        println!("{largest}");
        mem::forget(largest); //~ FA607
    }
}

fn in_closure(alloc: &SmartAlloc, numbers: &[u32]) {
    numbers.iter().map(|number| alloc.frame_box(*number)).for_each(|number| mem::forget(number)); //~ FA607
}

fn tags(alloc: &SmartAlloc) {
    let tag = alloc.tag("upload");
    println!("{}", alloc.frame_box(1));
    mem::forget(tag);
}

fn leaked(alloc: &SmartAlloc) -> &mut [u32] {
    alloc.frame_vec_with_capacity::<u32>(4).leak() //~ FA607
}

fn leaked_for_good(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let table = alloc.frame_box([1u32; 4]).leak(); //~ FA607
    alloc.end_frame();
    table[0] += 1;
    table.iter().sum()
}

fn copies(alloc: &SmartAlloc) {
    let copy = alloc.frame_slice_copy(&[1, 2]).to_vec();
    mem::forget(copy);
    let number = *alloc.frame_box(1u32);
    mem::forget(number);
}

fn generic<T>(value: T) {
    mem::forget(value);
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut driver = Driver { queue: Vec::new() };
    record(&alloc, &mut driver);
    println!("{}", wrapped(&alloc));
    guarded(&alloc, false);
    scoped(&alloc);
    optional(&alloc, &[1]);
    in_closure(&alloc, &[1]);
    println!("{}", leaked(&alloc).len());
    println!("{}", leaked_for_good(&alloc));
    copies(&alloc);
    generic(alloc.frame_box(2u8)); //~ FA607
}
