// Values of an allocator behind a function, a field chain and a trait; threads named by paths and imports.
use framealloc::{FrameBox, SmartAlloc};
use std::sync::OnceLock;
use std::sync::mpsc::Sender;
use std::thread::{Builder, spawn};

static WORLD: OnceLock<World> = OnceLock::new();

struct World {
    memory: SmartAlloc,
}

struct Handle<T>(T);
// SAFETY: claimed, not true.
unsafe impl<T> Send for Handle<T> {}

impl<T> Handle<T> {
    fn get(self) -> T {
        self.0
    }
}

fn world() -> &'static World {
    WORLD.get_or_init(|| World { memory: SmartAlloc::with_defaults() })
}

fn heights(count: usize) -> FrameBox<'static, [f32]> {
    world().memory.frame_slice_from_fn(count, |i| i as f32)
}

fn detached(count: usize) -> f32 {
    let heights = Handle(heights(count));
    let worker = spawn(move || heights.get().iter().sum::<f32>()); //~ FA201
    worker.join().unwrap_or(0.0)
}

fn built(count: usize) -> usize {
    let heights = heights(count);
    let tallest = heights.iter().copied().fold(0.0, f32::max);
    let builder = Builder::new().stack_size(64 * 1024);
    let copied = heights.to_vec();
    let worker = builder.spawn(move || copied.iter().filter(|height| **height == tallest).count());
    worker.ok().and_then(|worker| worker.join().ok()).unwrap_or(0)
}

fn posted(out: &Sender<Handle<FrameBox<'static, [f32]>>>, count: usize) -> bool {
    let heights = heights(count);
    let handle = Handle(heights);
    out.send(handle).is_ok() //~ FA201
}

fn posted_sum(out: &Sender<f32>, count: usize) -> bool {
    out.send(heights(count).iter().sum()).is_ok()
}

fn main() {
    let ((out, boxes), (sums, totals)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
    world().memory.begin_frame();
    println!("{} {}", detached(8), built(8));
    println!("{} {}", posted(&out, 4), posted_sum(&sums, 4));
    world().memory.end_frame();
    drop((out, sums));
    println!("{} {}", boxes.iter().count(), totals.iter().sum::<f32>());
}
