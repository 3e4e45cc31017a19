// Async methods of an engine; the allocator is a field, a clone, a leaked reference.
use framealloc::{AllocConfig, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Net {
    received: u32,
}

impl Net {
    async fn poll(&mut self) -> Result<u32, String> {
        self.received += 1;
        ready(Ok(self.received)).await
    }
}

struct Client {
    alloc: &'static SmartAlloc,
    net: Net,
    score: u32,
}

impl Client {
    async fn tick(&mut self) -> Result<(), String> {
        self.alloc.begin_frame();
        let outcome = self.net.poll().await; //~ FA702
        self.alloc.end_frame();
        self.score += outcome?;
        Ok(())
    }

    async fn tick_hurried(&mut self) -> Result<(), String> {
        self.alloc.begin_frame();
        self.score += self.net.poll().await?; //~ FA702 FA603
        self.alloc.end_frame();
        Ok(())
    }

    async fn tick_well(&mut self) -> Result<(), String> {
        let packets = self.net.poll().await?;
        self.step(packets);
        self.score += self.net.poll().await?;
        Ok(())
    }

    fn step(&mut self, packets: u32) {
        self.alloc.begin_frame();
        let weights = self.alloc.frame_slice_from_fn(4, |i| i as u32 * packets);
        self.score += weights.iter().sum::<u32>();
        drop(weights);
        self.alloc.end_frame();
    }

    async fn two_allocators(&mut self, other: &SmartAlloc) -> Result<u32, String> {
        let twin = self.alloc;
        twin.begin_frame();
        let boxed = *other.frame_box(2u32);
        twin.end_frame();
        let polled = self.net.poll().await?;
        other.begin_frame();
        let again = self.net.poll().await.unwrap_or(0); //~ FA702
        other.end_frame();
        Ok(boxed + polled + again)
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

fn main() -> Result<(), String> {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut client = Client { alloc, net: Net { received: 0 }, score: 0 };
    block_on(client.tick())?;
    block_on(client.tick_hurried())?;
    block_on(client.tick_well())?;
    let other = SmartAlloc::with_defaults();
    println!("{:?} {}", block_on(client.two_allocators(&other)), client.score);
    Ok(())
}
