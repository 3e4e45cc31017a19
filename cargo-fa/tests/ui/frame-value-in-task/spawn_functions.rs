// Free functions that spawn, closures that make the future, and a `Send` that was only claimed.
use framealloc::{FrameString, SmartAlloc, frame_format};
use std::future::Future;
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

mod task {
    use std::cell::RefCell;
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Waker};

    thread_local! {
        static TASKS: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>> = const { RefCell::new(Vec::new()) };
    }

    pub fn spawn_local(task: impl Future<Output = ()> + 'static) {
        TASKS.with_borrow_mut(|tasks| tasks.push(Box::pin(task)));
    }

    pub fn spawn_with<F: Future<Output = ()> + 'static>(make: impl FnOnce() -> F + 'static) {
        spawn_local(async move { make().await });
    }

    pub fn run() -> usize {
        let mut context = Context::from_waker(Waker::noop());
        let tasks = TASKS.take();
        let count = tasks.len();
        for mut task in tasks {
            let _ = task.as_mut().poll(&mut context);
        }
        count
    }
}

fn line(entity: u32) -> FrameString<'static> {
    frame_format!(MEMORY, "entity {entity}")
}

fn log(entity: u32) {
    let text = line(entity);
    task::spawn_local(async move { println!("{text}") }); //~ FA703
}

fn log_owned(entity: u32) {
    let text = line(entity).to_string();
    task::spawn_local(async move { println!("{text}") });
}

fn count(entity: u32) {
    let ids = MEMORY.frame_slice_from_fn(4, |i| i as u32 + entity);
    task::spawn_with(move || async move { println!("{}", ids.len()) }); //~ FA703
}

fn inside(entity: u32) {
    task::spawn_local(async move {
        let text = line(entity);
        println!("{text}");
    });
}

fn waits(future: impl Future<Output = ()>) -> usize {
    size_of_val(&future)
}

fn main() {
    MEMORY.begin_frame();
    log(1);
    log_owned(2);
    count(3);
    inside(4);
    let local = line(5);
    println!("{}", waits(async { println!("{local}") }));
    drop(local);
    MEMORY.end_frame();
    println!("{} tasks", task::run());
}
