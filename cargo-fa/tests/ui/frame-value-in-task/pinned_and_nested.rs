// Futures that are pinned first, an async closure's captured slice, and two values in one task.
use framealloc::{FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

type Fut<'a> = Pin<Box<dyn Future<Output = u32> + 'a>>;

#[derive(Default)]
struct Runtime<'a> {
    tasks: RefCell<Vec<Fut<'a>>>,
}

impl<'a> Runtime<'a> {
    fn spawn(&self, task: impl Future<Output = u32> + 'a) -> usize {
        let mut tasks = self.tasks.borrow_mut();
        tasks.push(Box::pin(task));
        tasks.len()
    }

    fn drive(&self) -> u32 {
        let mut context = Context::from_waker(Waker::noop());
        let mut sum = 0;
        for mut task in self.tasks.take() {
            if let std::task::Poll::Ready(value) = task.as_mut().poll(&mut context) {
                sum += value;
            }
        }
        sum
    }
}

fn ids(alloc: &SmartAlloc, count: u32) -> FrameVec<'_, u32> {
    let mut ids = alloc.frame_vec();
    ids.extend(0..count);
    ids
}

fn two<'a>(alloc: &'a SmartAlloc, runtime: &Runtime<'a>) -> usize {
    let (left, right) = (ids(alloc, 3), ids(alloc, 5));
    let longest = left.len().max(right.len()) as u32;
    runtime.spawn(async move { longest });
    runtime.spawn(async move { (left.len() + right.len()) as u32 }) //~ FA703
}

fn future_first<'a>(alloc: &'a SmartAlloc, runtime: &Runtime<'a>) -> usize {
    let list = ids(alloc, 4);
    let future = async move { list.iter().sum::<u32>() };
    runtime.spawn(future) //~ FA703
}

fn by_value<'a>(alloc: &'a SmartAlloc, runtime: &Runtime<'a>) -> usize {
    let list = ids(alloc, 4);
    let [first, .., last] = *list else { return 0 };
    let future = async move { first + last };
    runtime.spawn(future)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let runtime = Runtime::default();
    for _ in 0..2 {
        alloc.begin_frame();
        println!("{} {}", two(&alloc, &runtime), future_first(&alloc, &runtime));
        println!("{} {}", by_value(&alloc, &runtime), runtime.drive());
        alloc.end_frame();
    }
}
