//! Waits between frames, streams that end, joins of futures, guards in blocks of async closures.
use framealloc::{AllocError, FrameBox, SmartAlloc};
use std::future::{Future, poll_fn, ready};
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

struct Stream {
    left: u32,
}

impl Stream {
    async fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        Some(ready(self.left).await)
    }
}

async fn drain(alloc: &SmartAlloc, stream: &mut Stream) -> u32 {
    let mut sum = 0;
    while let Some(item) = stream.next().await {
        alloc.begin_frame();
        let value = alloc.frame_box(item);
        if *value == 7 {
            drop(value);
            alloc.end_frame();
            break;
        }
        sum += *value;
        drop(value);
        alloc.end_frame();
    }
    sum
}

async fn join<A, B>(left: impl Future<Output = A>, right: impl Future<Output = B>) -> (A, B) {
    let (mut left, mut right) = (pin!(left), pin!(right));
    let (mut a, mut b) = (None, None);
    poll_fn(|context| {
        if a.is_none()
            && let Poll::Ready(value) = left.as_mut().poll(context)
        {
            a = Some(value);
        }
        if b.is_none()
            && let Poll::Ready(value) = right.as_mut().poll(context)
        {
            b = Some(value);
        }
        match (a.take(), b.take()) {
            (Some(left), Some(right)) => Poll::Ready((left, right)),
            (left, right) => {
                (a, b) = (left, right);
                Poll::Pending
            }
        }
    })
    .await
}

async fn both(alloc: &SmartAlloc) -> u32 {
    let size = async {
        let list = alloc.frame_slice::<u8>(4);
        list.len() as u32
    };
    let (a, b) = join(size, ready(2)).await;
    a + b
}

async fn tried(alloc: &SmartAlloc, wanted: usize) -> Result<usize, AllocError> {
    let length = alloc.try_frame_slice::<u8>(wanted)?.len();
    ready(()).await;
    let list = match alloc.try_frame_slice::<u8>(length) {
        Ok(list) => list,
        Err(error) => {
            ready(()).await;
            return Err(error);
        }
    };
    Ok(list.len())
}

async fn until_there<'a>(alloc: &'a SmartAlloc) -> FrameBox<'a, [u8]> {
    loop {
        if let Ok(list) = alloc.try_frame_slice::<u8>(16) {
            return list;
        }
        ready(()).await;
    }
}

async fn in_steps(alloc: Arc<SmartAlloc>) -> u32 {
    let step = |n: u32| {
        let alloc = &alloc;
        async move {
            let value = { *alloc.frame_box(n) };
            ready(value).await
        }
    };
    step(1).await + step(2).await
}

async fn optional(alloc: &SmartAlloc, wanted: bool) -> u32 {
    let value = if wanted { alloc.try_frame_box(1u32).ok() } else { None };
    let Some(value) = value else {
        return ready(0).await;
    };
    let copy = *value;
    drop(value);
    ready(copy).await
}

async fn flow(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    let found = {
        let frame = alloc.frame();
        let copy = frame.alloc_slice_copy(items);
        copy.iter().try_fold(0u32, |sum, item| if *item > 9 { ControlFlow::Break(sum) } else { ControlFlow::Continue(sum + item) })
    };
    match found {
        ControlFlow::Break(sum) => ready(sum).await,
        ControlFlow::Continue(_) => 0,
    }
}

fn spawn_all(alloc: &Arc<SmartAlloc>) -> Vec<Pin<Box<dyn Future<Output = u32> + Send>>> {
    let sizes = alloc.frame_slice_copy(&[1u32, 2]);
    let mut tasks: Vec<Pin<Box<dyn Future<Output = u32> + Send>>> = Vec::new();
    for size in sizes.iter().copied() {
        let alloc = Arc::clone(alloc);
        tasks.push(Box::pin(async move { alloc.pool_box(size).into_inner() }));
    }
    let total: u32 = sizes.iter().sum();
    tasks.push(Box::pin(async move { total }));
    tasks
}

fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{:?} {:?}", run(drain(&alloc, &mut Stream { left: 3 })), run(both(&alloc)));
    println!("{:?} {:?}", run(tried(&alloc, 2)), run(until_there(&alloc)).map(|list| list.len()));
    println!("{:?} {:?}", run(in_steps(alloc.clone())), run(optional(&alloc, true)));
    println!("{:?}", run(flow(&alloc, &[1, 10])));
    println!("{:?}", spawn_all(&alloc).into_iter().filter_map(run).sum::<u32>());
}
