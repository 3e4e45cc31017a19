//! Asynchronous code that lets go of frame values before it waits.
use framealloc::{AllocError, FrameBox, FrameVec, SmartAlloc};
use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

enum Either<A, B> {
    Left(A),
    Right(B),
}

async fn select<A, B>(left: impl Future<Output = A>, right: impl Future<Output = B>) -> Either<A, B> {
    let (mut left, mut right) = (pin!(left), pin!(right));
    poll_fn(move |context| {
        if let Poll::Ready(value) = left.as_mut().poll(context) {
            return Poll::Ready(Either::Left(value));
        }
        right.as_mut().poll(context).map(Either::Right)
    })
    .await
}

async fn report(error: &str) {
    println!("{}", ready(error.len()).await);
}

/// Waits where there is no value: the request was refused.
async fn refused(alloc: &SmartAlloc) -> u32 {
    match alloc.try_frame_box(1u32) {
        Ok(value) => *value,
        Err(_) => {
            report("no memory").await;
            0
        }
    }
}

async fn refused_else(alloc: &SmartAlloc, wanted: usize) -> usize {
    let Ok(table) = alloc.try_frame_slice::<u32>(wanted) else {
        report("no table").await;
        return 0;
    };
    table.len()
}

async fn refused_if(alloc: &SmartAlloc) -> u32 {
    let value = alloc.try_frame_box(1u32);
    if value.is_err() {
        report("none").await;
    }
    if let Err(error) = &value {
        report(&error.to_string()).await;
        return 0;
    }
    value.map(|value| *value).unwrap_or(0)
}

async fn nothing_yet<'a>(mut slot: Option<FrameBox<'a, u32>>, alloc: &'a SmartAlloc) -> u32 {
    let Some(value) = slot.take() else {
        report("nothing yet").await;
        return 1;
    };
    let first = *value;
    drop(value);
    match slot {
        None => report("empty").await,
        Some(other) => println!("{}", *other),
    }
    first + *alloc.frame_box(2u32)
}

async fn selected(alloc: Arc<SmartAlloc>) -> usize {
    let size = {
        let names: FrameVec<'_, u8> = alloc.frame_vec_with_capacity(8);
        names.capacity()
    };
    match select(ready(size), report("late")).await {
        Either::Left(size) => alloc.frame_slice::<u8>(size).len(),
        Either::Right(()) => 0,
    }
}

async fn retry(alloc: &SmartAlloc) -> Result<u32, AllocError> {
    let mut attempts = 0;
    loop {
        let result = alloc.try_frame_box(attempts).map(|value| *value + 1);
        match result {
            Ok(sum) => return Ok(sum),
            Err(error) if attempts > 3 => return Err(error),
            Err(_) => attempts += 1,
        }
        report("again").await;
    }
}

struct Client {
    alloc: SmartAlloc,
    sent: usize,
}

impl Client {
    /// What is written by the frame is given away before the wait.
    async fn send(&mut self, words: &[&str]) -> usize {
        let bytes: Vec<u8> = {
            let frame = self.alloc.frame();
            let mut text = frame.string();
            for word in words {
                text.push_str(word);
            }
            text.as_bytes().to_vec()
        };
        self.sent += ready(bytes.len()).await;
        let checksum = self.alloc.with_tag("net", |alloc| {
            let copy = alloc.frame_slice_copy(&bytes);
            copy.iter().map(|byte| usize::from(*byte)).sum::<usize>()
        });
        ready(checksum).await
    }

    fn later<'a>(&'a self, items: &'a [u32]) -> Pin<Box<dyn Future<Output = u32> + 'a>> {
        let copy = self.alloc.frame_slice_copy(items);
        let sum: u32 = copy.iter().sum();
        drop(copy);
        Box::pin(async move { sum + ready(1).await })
    }
}

fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{:?} {:?}", run(refused(&alloc)), run(refused_else(&alloc, 3)));
    println!("{:?} {:?}", run(refused_if(&alloc)), run(nothing_yet(None, &alloc)));
    println!("{:?} {:?}", run(selected(Arc::new(alloc.clone()))), run(retry(&alloc)));
    let mut client = Client { alloc, sent: 0 };
    println!("{:?} {:?}", run(client.send(&["a"])), run(client.later(&[1])));
}
