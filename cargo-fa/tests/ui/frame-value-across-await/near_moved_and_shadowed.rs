// Moved into a collection that went, replaced, ended in a block, consumed by a call: none is alive at the await.
use framealloc::{FrameVec, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

async fn wait(turns: usize) -> usize {
    ready(turns).await
}

fn total(values: FrameVec<'_, u32>) -> usize {
    values.iter().map(|value| *value as usize).sum()
}

fn make(alloc: &SmartAlloc, count: u32) -> FrameVec<'_, u32> {
    let mut values = alloc.frame_vec();
    values.extend(0..count);
    values
}

async fn consumed(alloc: &SmartAlloc) -> usize {
    let values = make(alloc, 4);
    let sum = total(values);
    wait(sum).await
}

async fn converted(alloc: &SmartAlloc) -> usize {
    let values = make(alloc, 4);
    let values: Vec<u32> = values.into_iter().collect();
    wait(values.len()).await + values.len()
}

async fn in_turns(alloc: &SmartAlloc) -> usize {
    let mut sum = 0;
    for count in 0..4 {
        let length = {
            let values = make(alloc, count);
            values.len()
        };
        sum += wait(length).await;
        let after = make(alloc, count);
        sum += after.len();
    }
    sum
}

async fn taken(alloc: &SmartAlloc) -> usize {
    let slot = Some(make(alloc, 3));
    let length = slot.map_or(0, |values| values.len());
    wait(length).await
}

async fn arms(alloc: &SmartAlloc, fast: bool) -> usize {
    match fast {
        true => make(alloc, 2).len(),
        false => wait(3).await,
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

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", block_on(consumed(&alloc)), block_on(converted(&alloc)));
    println!("{} {}", block_on(in_turns(&alloc)), block_on(taken(&alloc)));
    println!("{}", block_on(arms(&alloc, true)));
}
