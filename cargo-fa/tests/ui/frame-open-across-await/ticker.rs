//! Ticks of an asynchronous server, some of which wait with their frame open.
use framealloc::{FrameBox, SmartAlloc};
use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Default)]
struct Network {
    sent: usize,
}

impl Network {
    async fn flush(&mut self) -> io::Result<usize> {
        self.sent += 1;
        Ok(self.sent)
    }

    async fn poll(&mut self) -> usize {
        self.sent
    }
}

struct Server<'s> {
    alloc: &'s SmartAlloc,
    network: Network,
    running: bool,
}

impl<'s> Server<'s> {
    fn packet(&self, size: usize) -> FrameBox<'s, [u8]> {
        self.alloc.frame_slice_from_fn(size, |index| index as u8)
    }

    async fn tick(&mut self) -> usize {
        self.alloc.begin_frame();
        let len = self.packet(12).len();
        let polled = self.network.poll().await; //~ FA702
        self.alloc.end_frame();
        len + polled
    }

    async fn tick_and_keep(&mut self) -> usize {
        self.alloc.begin_frame();
        let packet = self.packet(3);
        let polled = self.network.poll().await; //~ FA701 FA702
        let sum = packet.len() + polled;
        drop(packet);
        self.alloc.end_frame();
        sum
    }

    async fn tick_or_fail(&mut self) -> io::Result<usize> {
        self.alloc.begin_frame();
        let len = self.packet(4).len();
        let flushed = self.network.flush().await?; //~ FA603 FA702
        self.alloc.end_frame();
        Ok(len + flushed)
    }

    async fn tick_well(&mut self) -> io::Result<usize> {
        self.alloc.begin_frame();
        let len = self.packet(4).len();
        self.alloc.end_frame();
        let flushed = self.network.flush().await?;
        self.alloc.begin_frame();
        let more = self.packet(flushed.min(64)).len();
        self.alloc.end_frame();
        Ok(len + more)
    }

    async fn run(&mut self) -> usize {
        let mut polled = 0;
        while self.running {
            self.alloc.begin_frame();
            let size = self.packet(8).len();
            if size > 4 {
                polled += self.network.poll().await; //~ FA702
            }
            self.running = polled > 100;
            self.alloc.end_frame();
            polled += self.network.poll().await;
        }
        polled
    }

    fn later(&mut self) -> impl Future<Output = usize> + '_ {
        self.alloc.begin_frame();
        let size = self.packet(16).len();
        let network = &mut self.network;
        // Runs when the frame is long over.
        let later = async move { network.poll().await + size };
        self.alloc.end_frame();
        later
    }
}

fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let mut server = Server { alloc: &alloc, network: Network::default(), running: true };
    println!("{} {}", wait_for(server.tick()), wait_for(server.tick_and_keep()));
    println!("{} {}", wait_for(server.tick_or_fail())?, wait_for(server.tick_well())?);
    println!("{} {}", wait_for(server.run()), wait_for(server.later()));
    Ok(())
}
