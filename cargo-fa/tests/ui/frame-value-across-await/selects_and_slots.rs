//! Values that are alive while something waits: in options, in arms, over a select.
use framealloc::{Frame, FrameBox, FrameVec, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

async fn tick() -> u32 {
    ready(1).await
}

async fn in_option(alloc: &SmartAlloc, wanted: bool) -> u32 {
    let mut slot: Option<FrameBox<'_, u32>> = None;
    if wanted {
        slot = Some(alloc.frame_box(2));
    }
    let n = tick().await; //~ FA701
    n + slot.map_or(0, |value| *value)
}

async fn matched(alloc: &SmartAlloc) -> u32 {
    match alloc.try_frame_box(1u32) {
        Ok(value) => tick().await + *value, //~ FA701
        Err(_) => tick().await,
    }
}

async fn reversed(alloc: &SmartAlloc) -> usize {
    let list = alloc.try_frame_slice::<u8>(4);
    if list.is_ok() {
        tick().await; //~ FA701
    }
    list.map_or(0, |list| list.len())
}

async fn in_loop(alloc: &SmartAlloc, turns: u32) -> usize {
    let mut lists: Vec<FrameVec<'_, u32>> = Vec::new();
    for turn in 0..turns {
        let mut list = alloc.frame_vec();
        list.push(turn);
        lists.push(list);
        tick().await; //~ FA701
    }
    lists.len()
}

async fn guard_in_option(alloc: &SmartAlloc, nested: bool) -> u32 {
    let guard: Option<Frame<'_>> = if nested { None } else { Some(alloc.frame()) };
    let n = tick().await; //~ FA701
    n + u32::from(guard.is_some())
}

async fn replaced(alloc: &SmartAlloc) -> u32 {
    let mut value = alloc.frame_box(1u32);
    drop(std::mem::replace(&mut value, alloc.frame_box(2)));
    tick().await + *value //~ FA701
}

async fn argument(alloc: &SmartAlloc) -> u32 {
    let pair = (alloc.frame_box(1u32), tick().await); //~ FA701
    *pair.0 + pair.1
}

fn block_on<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{:?} {:?}", block_on(in_option(&alloc, true)), block_on(matched(&alloc)));
    println!("{:?} {:?}", block_on(reversed(&alloc)), block_on(in_loop(&alloc, 2)));
    println!("{:?} {:?}", block_on(guard_in_option(&alloc, false)), block_on(replaced(&alloc)));
    println!("{:?}", block_on(argument(&alloc)));
}
