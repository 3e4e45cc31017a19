// Render tasks per view: a struct of frame values goes in by a field's move, its copy and its count do not matter.
use framealloc::{FrameBox, SmartAlloc, frame_format};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

type Boxed<'t> = Pin<Box<dyn Future<Output = usize> + 't>>;

struct View<'a> {
    planes: FrameBox<'a, [[f32; 4]]>,
    id: usize,
}

struct Tasks<'t> {
    pending: RefCell<Vec<Boxed<'t>>>,
}

impl<'t> Tasks<'t> {
    fn spawn_boxed(&self, task: Boxed<'t>) {
        self.pending.borrow_mut().push(task);
    }

    fn spawn(&self, task: impl Future<Output = usize> + 't) {
        self.spawn_boxed(Box::pin(task));
    }

    fn finish(&self) -> usize {
        let mut context = Context::from_waker(Waker::noop());
        self.pending
            .take()
            .into_iter()
            .filter_map(|mut task| task.as_mut().poll(&mut context).is_ready().then_some(1))
            .sum()
    }
}

fn views<'a>(alloc: &'a SmartAlloc, tasks: &Tasks<'a>, count: usize) {
    for id in 0..count {
        let planes = alloc.frame_slice_from_fn(6, |i| [i as f32, id as f32, 0.0, 1.0]);
        let view = View { planes, id };
        if id % 2 == 0 {
            tasks.spawn(async move { view.planes.len() + view.id }); //~ FA703
        } else {
            let View { planes, id } = view;
            let first = planes[0];
            tasks.spawn(async move { id + first[0] as usize });
        }
    }
}

fn title<'a>(alloc: &'a SmartAlloc, tasks: &Tasks<'a>, fps: u32) {
    let text = frame_format!(alloc, "{fps} fps");
    let shared = std::rc::Rc::new(text);
    let other = std::rc::Rc::clone(&shared);
    tasks.spawn(async move { other.len() }); //~ FA703
    println!("{shared}");
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let tasks = Tasks { pending: RefCell::default() };
    for fps in [30, 60] {
        alloc.begin_frame();
        views(&alloc, &tasks, 4);
        title(&alloc, &tasks, fps);
        println!("{}", tasks.finish());
        alloc.end_frame();
    }
}
