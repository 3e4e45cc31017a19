// Awaits between `begin_frame` and `end_frame`; before, after and between two frames they are fine.
use framealloc::SmartAlloc;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

async fn input() -> u32 {
    ready(3).await
}

async fn turn(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let keys = input().await; //~ FA702
    let moved = *alloc.frame_box(keys * 2);
    alloc.end_frame();
    moved
}

async fn turn_well(alloc: &SmartAlloc) -> u32 {
    let keys = input().await;
    alloc.begin_frame();
    let moved = *alloc.frame_box(keys * 2);
    alloc.end_frame();
    moved + input().await
}

async fn turns(alloc: &SmartAlloc, count: u32) -> u32 {
    let mut sum = 0;
    for turn in 0..count {
        let keys = input().await;
        alloc.begin_frame();
        sum += *alloc.frame_box(keys + turn);
        alloc.end_frame();
    }
    while sum < 100 {
        alloc.begin_frame();
        let steps = alloc.frame_slice_from_fn(4, |i| i as u32 + sum);
        sum += steps.iter().sum::<u32>();
        drop(steps);
        if sum % 2 == 0 {
            sum += input().await; //~ FA702
        }
        alloc.end_frame();
    }
    sum
}

async fn held(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let mut list = alloc.frame_vec::<u32>();
    list.push(input().await); //~ FA701 FA702
    let len = list.len();
    drop(list);
    alloc.end_frame();
    len
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
    println!("{} {}", block_on(turn(&alloc)), block_on(turn_well(&alloc)));
    println!("{} {}", block_on(turns(&alloc, 2)), block_on(held(&alloc)));
}
