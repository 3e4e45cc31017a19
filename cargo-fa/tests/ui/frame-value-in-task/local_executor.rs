// Frame values captured by tasks that an executor of this thread runs some time later.
use framealloc::{AllocConfig, FrameBox, SmartAlloc};
use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Waker};

#[derive(Default)]
struct LocalExecutor<'ex> {
    tasks: RefCell<Vec<Pin<Box<dyn Future<Output = ()> + 'ex>>>>,
}

impl<'ex> LocalExecutor<'ex> {
    fn spawn(&self, task: impl Future<Output = ()> + 'ex) {
        self.tasks.borrow_mut().push(Box::pin(task));
    }

    fn run(&self) {
        let mut context = Context::from_waker(Waker::noop());
        let mut tasks = self.tasks.take();
        tasks.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
        self.tasks.borrow_mut().extend(tasks);
    }
}

async fn upload(vertices: FrameBox<'_, [[f32; 3]]>) {
    println!("{} vertices", vertices.len());
}

fn frame<'a>(alloc: &'a SmartAlloc, executor: &LocalExecutor<'a>, count: usize) {
    alloc.begin_frame();
    let mut names = alloc.frame_vec::<u32>();
    names.extend(0..count as u32);
    executor.spawn(async move { //~ FA703
        println!("{} names", names.len());
    });
    let vertices = alloc.frame_slice_from_fn(count, |i| [i as f32; 3]);
    executor.spawn(upload(vertices)); //~ FA703
    let weights = alloc.frame_slice::<f32>(count);
    let sum: f32 = weights.iter().sum();
    executor.spawn(async move {
        ready(()).await;
        println!("{sum}");
    });
    drop(weights);
    alloc.end_frame();
}

fn pools<'a>(alloc: &'a SmartAlloc, executor: &LocalExecutor<'a>, count: usize) {
    alloc.begin_frame();
    let keys = alloc.frame_slice_from_fn(count, |i| i as u32);
    let owned = keys.to_vec();
    let boxed = alloc.pool_box([count as u32; 4]);
    executor.spawn(async move { println!("{} {}", owned.len(), boxed[0]) });
    drop(keys);
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let executor = LocalExecutor::default();
    for count in 1..4 {
        frame(alloc, &executor, count);
        pools(alloc, &executor, count);
        executor.run();
    }
}
