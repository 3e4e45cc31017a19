// `let else`, `while let`, and a value that is made before the loop whose second half awaits.
use framealloc::{FrameBox, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Socket {
    left: usize,
}

impl Socket {
    async fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        ready(Some(self.left)).await
    }
}

async fn tally(alloc: &SmartAlloc, socket: &mut Socket) -> usize {
    let mut counts = alloc.frame_slice::<usize>(16);
    while let Some(packet) = socket.next().await { //~ FA701
        counts[packet % 16] += 1;
    }
    counts.iter().sum()
}

async fn tally_first(alloc: &SmartAlloc, socket: &mut Socket) -> usize {
    let mut packets = Vec::new();
    while let Some(packet) = socket.next().await {
        packets.push(packet);
    }
    let counts = alloc.frame_slice_copy(&packets);
    counts.iter().sum()
}

async fn reserve(alloc: &SmartAlloc, socket: &mut Socket) -> usize {
    let Ok(block) = alloc.try_frame_alloc::<[u64; 8]>() else { return 0 };
    let block: FrameBox<'_, [u64]> = block.into();
    let Some(first) = socket.next().await else { return 1 }; //~ FA701
    block.len() + first
}

async fn peek(alloc: &SmartAlloc, socket: &mut Socket) -> usize {
    let first = match alloc.try_frame_slice_copy(&[4usize, 5]) {
        Ok(block) => block[0],
        Err(_) => 0,
    };
    first + socket.next().await.unwrap_or(0)
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
    let mut socket = Socket { left: 9 };
    println!("{} {}", block_on(reserve(&alloc, &mut socket)), block_on(peek(&alloc, &mut socket)));
    println!("{}", block_on(tally(&alloc, &mut socket)));
    println!("{}", block_on(tally_first(&alloc, &mut socket)));
}
