// In an async block, in a match arm, in one branch, after an early end.
use framealloc::SmartAlloc;
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

enum Step {
    Load(u32),
    Skip,
}

async fn load(id: u32) -> u32 {
    ready(id * 2).await
}

async fn step(alloc: &Arc<SmartAlloc>, step: &Step) -> u32 {
    alloc.begin_frame();
    let value = match step {
        Step::Load(id) => load(*id).await, //~ FA702
        Step::Skip => *alloc.frame_box(1),
    };
    alloc.end_frame();
    value
}

async fn step_well(alloc: &Arc<SmartAlloc>, step: &Step) -> u32 {
    alloc.begin_frame();
    let first = *alloc.frame_box(1u32);
    if let Step::Load(id) = step {
        alloc.end_frame();
        return first + load(*id).await;
    }
    alloc.end_frame();
    first
}

fn deferred(alloc: &SmartAlloc, id: u32) -> impl Future<Output = u32> {
    alloc.begin_frame();
    let doubled = *alloc.frame_box(id * 2);
    let future = async move { load(doubled).await };
    alloc.end_frame();
    future
}

async fn created_inside(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let id = *alloc.frame_box(4u32);
    let future = load(id);
    alloc.end_frame();
    future.await
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

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let sum = block_on(async {
        alloc.begin_frame();
        let first = load(1).await; //~ FA702
        alloc.end_frame();
        first + load(2).await
    });
    println!("{sum} {}", block_on(step(&alloc, &Step::Load(3))) + block_on(step_well(&alloc, &Step::Skip)));
    println!("{} {}", block_on(deferred(&alloc, 4)), block_on(created_inside(&alloc)));
}
