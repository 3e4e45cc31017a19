// Tasks with owned data, an ECS' `spawn`, a process' `spawn`, and tasks that make their frame values themselves.
use framealloc::{AllocConfig, SmartAlloc, frame_format};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

type Task = Pin<Box<dyn Future<Output = u32>>>;

#[derive(Default)]
struct Runtime(RefCell<Vec<Task>>);

#[derive(Default)]
struct Scene {
    nodes: Vec<(String, [f32; 2])>,
}

impl Scene {
    fn spawn(&mut self, name: &str, at: &[f32]) -> u32 {
        self.nodes.push((name.to_owned(), [at[0], at[1]]));
        self.nodes.len() as u32
    }
}

impl Runtime {
    fn spawn(&self, task: impl Future<Output = u32> + 'static) {
        self.0.borrow_mut().push(Box::pin(task));
    }

    fn run(&self) -> u32 {
        let mut context = Context::from_waker(Waker::noop());
        let tasks = self.0.take();
        tasks.into_iter().map(|mut task| u32::from(task.as_mut().poll(&mut context).is_ready())).sum()
    }
}

async fn measure(alloc: &'static SmartAlloc, count: usize) -> u32 {
    let _frame = alloc.frame();
    let lengths = alloc.frame_slice_from_fn(count, |i| i as u32);
    lengths.iter().sum()
}

fn turn(alloc: &'static SmartAlloc, runtime: &Runtime, scene: &mut Scene, count: usize) {
    alloc.begin_frame();
    let name = frame_format!(alloc, "node {count}");
    let at = alloc.frame_slice_from_fn(2, |i| (i * count) as f32);
    let id = scene.spawn(&name, &at);
    runtime.spawn(async move { id });
    runtime.spawn(measure(alloc, at.len()));
    let copied = (name.to_string(), at.to_vec());
    runtime.spawn(async move { copied.0.len() as u32 + copied.1.len() as u32 });
    let bones = alloc.frame_vec_with_capacity::<u32>(count);
    let capacity = bones.capacity() as u32;
    let make = move || async move { capacity };
    runtime.spawn(make());
    drop((name, at, bones));
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let (runtime, mut scene) = (Runtime::default(), Scene::default());
    for count in 1..4 {
        turn(alloc, &runtime, &mut scene, count);
        println!("{}", runtime.run());
    }
}
