// A spawner behind a builder, a spawn that returns a handle, arguments that are themselves calls.
use framealloc::{AllocConfig, FrameSet, FrameVec, SmartAlloc};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

struct JoinHandle<T> {
    result: Rc<Cell<Option<T>>>,
}

impl<T> JoinHandle<T> {
    fn take(&self) -> Option<T> {
        self.result.take()
    }
}

#[derive(Default)]
struct LocalSet {
    tasks: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>>,
    names: RefCell<Vec<&'static str>>,
}

impl LocalSet {
    fn named(&self, name: &'static str) -> &Self {
        self.names.borrow_mut().push(name);
        self
    }

    fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let result = Rc::new(Cell::new(None));
        let slot = Rc::clone(&result);
        self.tasks.borrow_mut().push(Box::pin(async move { slot.set(Some(future.await)) }));
        JoinHandle { result }
    }

    fn run(&self) {
        let mut context = Context::from_waker(Waker::noop());
        for mut task in self.tasks.take() {
            let _ = task.as_mut().poll(&mut context);
        }
    }
}

async fn count(values: FrameVec<'static, u32>, extra: usize) -> usize {
    values.len() + extra
}

async fn count_owned(values: Vec<u32>, extra: usize) -> usize {
    values.len() + extra
}

fn evens(alloc: &'static SmartAlloc) -> FrameSet<'static, u32> {
    let mut set = alloc.frame_set();
    set.extend((0..8).filter(|number| number % 2 == 0));
    set
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let tasks = LocalSet::default();
    alloc.begin_frame();
    let set = evens(alloc);
    let size = set.len();
    let first = tasks.named("evens").spawn(async move { set.len() }); //~ FA703
    let second = tasks.named("size").spawn(async move { size });
    let mut values = alloc.frame_vec::<u32>();
    values.extend(0..4);
    let owned = values.to_vec();
    let third = tasks.spawn(count(values, size)); //~ FA703
    let fourth = tasks.spawn(count_owned(owned, size));
    alloc.end_frame();
    tasks.run();
    println!("{:?} {:?} {:?} {:?}", first.take(), second.take(), third.take(), fourth.take());
}
