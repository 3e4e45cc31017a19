//! A loading screen that draws while it waits.
use framealloc::SmartAlloc;
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

struct Progress {
    done: usize,
    total: usize,
}

async fn load(name: &str) -> usize {
    ready(name.len()).await
}

fn draw(progress: &Progress) -> usize {
    let bar = ALLOC.frame_slice_from_fn(progress.total, |index| index < progress.done);
    bar.iter().filter(|filled| **filled).count()
}

async fn all(names: &[&str]) -> usize {
    let mut progress = Progress { done: 0, total: names.len() };
    let mut bytes = 0;
    for name in names {
        ALLOC.begin_frame();
        println!("{}", draw(&progress));
        bytes += load(name).await; //~ FA702
        progress.done += 1;
        ALLOC.end_frame();
    }
    bytes
}

async fn all_well(names: &[&str]) -> usize {
    let mut progress = Progress { done: 0, total: names.len() };
    let mut bytes = 0;
    for name in names {
        bytes += load(name).await;
        ALLOC.begin_frame();
        println!("{}", draw(&progress));
        ALLOC.end_frame();
        progress.done += 1;
    }
    bytes
}

async fn pair(left: &str, right: &str) -> usize {
    ALLOC.begin_frame();
    let sizes = match load(left).await { //~ FA702
        0 => {
            ALLOC.end_frame();
            return 0;
        }
        size => size,
    };
    ALLOC.end_frame();
    sizes + load(right).await
}

async fn fade() -> usize {
    let steps = async {
        ALLOC.begin_frame();
        ready(()).await; //~ FA702
        ALLOC.end_frame();
        3usize
    };
    steps.await
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let names = ["a.ktx", "b.glb"];
    println!("{:?} {:?}", now(all(&names)), now(all_well(&names)));
    println!("{:?} {:?}", now(pair("a", "b")), now(fade()));
}
