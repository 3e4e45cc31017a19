// Iterating over frame memory with an await in the body; values in a branch, a struct and a closure.
use framealloc::{FrameBox, SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Upload<'a> {
    name: FrameBox<'a, str>,
    size: usize,
}

#[derive(Default)]
struct Device {
    sent: usize,
}

impl Device {
    async fn send(&mut self, bytes: usize) -> Result<(), ()> {
        self.sent += bytes;
        ready(Ok(())).await
    }

    async fn all(&mut self, alloc: &SmartAlloc, sizes: &[usize]) -> Result<(), ()> {
        let sorted = alloc.frame_slice_copy(sizes);
        for size in sorted.iter() {
            self.send(*size).await?; //~ FA701
        }
        Ok(())
    }

    async fn one(&mut self, alloc: &SmartAlloc, verbose: bool, size: usize) -> Result<(), ()> {
        if verbose {
            let line = frame_format!(alloc, "sending {size}");
            println!("{line}");
        }
        self.send(size).await
    }

    async fn named(&mut self, alloc: &SmartAlloc, size: usize) -> Result<usize, ()> {
        let upload = Upload { name: alloc.frame_str("mesh"), size };
        self.send(upload.size).await?; //~ FA701
        Ok(upload.name.len())
    }

    async fn owned(&mut self, alloc: &SmartAlloc, sizes: &[usize]) -> Result<usize, ()> {
        let sorted = alloc.frame_slice_copy(sizes).to_vec();
        for size in &sorted {
            self.send(*size).await?;
        }
        Ok(sorted.len())
    }

    async fn either(&mut self, alloc: &SmartAlloc, size: usize) -> Result<usize, ()> {
        let buffer = alloc.frame_slice_from_fn(8, |i| i * size);
        if buffer[7] > 100 {
            self.send(size).await?; //~ FA701
            return Ok(buffer.len());
        }
        drop(buffer);
        self.send(1).await?;
        Ok(0)
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
    let mut device = Device::default();
    let done = block_on(async {
        device.all(&alloc, &[1, 2]).await?;
        device.one(&alloc, true, 3).await?;
        let named = device.named(&alloc, 4).await?;
        let owned = device.owned(&alloc, &[5]).await?;
        Ok::<_, ()>(named + owned + device.either(&alloc, 6).await?)
    });
    println!("{done:?} {}", device.sent);
}
