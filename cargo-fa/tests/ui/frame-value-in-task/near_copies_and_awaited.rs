// What tasks get is copied, pooled or made inside; blocks that are run on the spot capture what they like.
use framealloc::{PoolBox, SmartAlloc, TransferHandle, frame_format};
use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

#[derive(Default)]
struct Tasks<'t>(RefCell<Vec<Pin<Box<dyn Future<Output = usize> + 't>>>>);

impl<'t> Tasks<'t> {
    fn spawn(&self, task: impl Future<Output = usize> + 't) {
        self.0.borrow_mut().push(Box::pin(task));
    }
}

#[derive(Default)]
struct World {
    entities: Vec<(String, f32)>,
}

impl World {
    fn spawn(&mut self, entity: (&str, f32)) -> usize {
        self.entities.push((entity.0.to_owned(), entity.1));
        self.entities.len()
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn copies<'t>(alloc: &'t SmartAlloc, tasks: &Tasks<'t>, world: &mut World) -> usize {
    let _frame = alloc.frame();
    let name = frame_format!(alloc, "entity {}", world.entities.len());
    let speed = alloc.frame_box(1.5f32);
    world.spawn((&name, *speed));
    let (text, value) = (name.as_str().to_owned(), *speed);
    tasks.spawn(async move { ready(text.len()).await + value as usize });
    let boxed: PoolBox<[u8; 8]> = alloc.pool_box([1; 8]);
    let handle: TransferHandle<u32> = alloc.frame_box_for_transfer(9);
    tasks.spawn(async move { boxed.len() + handle.into_inner() as usize });
    tasks.spawn(async move { alloc.frame_str("made in the task").len() });
    let numbers = alloc.frame_slice_from_fn(8, |i| i);
    block_on(async { numbers.iter().sum::<usize>() })
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (tasks, mut world) = (Tasks::default(), World::default());
    println!("{}", copies(&alloc, &tasks, &mut world));
    println!("{}", tasks.0.take().into_iter().map(block_on).sum::<usize>());
}
