//! Tasks that take frame values from slots, structures and shadowed names.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

type Task<'t> = Pin<Box<dyn Future<Output = ()> + 't>>;

#[derive(Default)]
struct Executor<'t> {
    tasks: RefCell<Vec<Task<'t>>>,
}

impl<'t> Executor<'t> {
    fn spawn(&self, task: impl Future<Output = ()> + 't) {
        self.tasks.borrow_mut().push(Box::pin(task));
    }
}

struct Draw<'a> {
    list: FrameVec<'a, u32>,
    pass: u32,
}

fn from_slot<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc) {
    let mut slot = Some(alloc.frame_box(1u32));
    if let Some(value) = slot.take() {
        executor.spawn(async move { println!("{value}") }); //~ FA703
    }
}

fn part<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc) {
    let draw = Draw { list: alloc.frame_vec(), pass: 2 };
    let Draw { list, pass } = draw;
    executor.spawn(async move { println!("pass {pass}") });
    executor.spawn(async move { println!("{} items", list.len()) }); //~ FA703
}

fn refused<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc) {
    match alloc.try_frame_box(3u32) {
        Ok(value) => {
            let copy = *value;
            executor.spawn(async move { println!("{copy}") });
        }
        Err(error) => executor.spawn(async move { println!("{error}") }),
    }
}

fn by_closure<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc, names: &[&str]) {
    names.iter().for_each(|name| {
        let text: FrameBox<'_, [u8]> = alloc.frame_slice_copy(name.as_bytes());
        executor.spawn(async move { println!("{}", text.len()) }); //~ FA703
    });
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let executor = Executor::default();
    from_slot(&executor, &alloc);
    part(&executor, &alloc);
    refused(&executor, &alloc);
    by_closure(&executor, &alloc, &["a"]);
    println!("{}", executor.tasks.borrow().len());
}
