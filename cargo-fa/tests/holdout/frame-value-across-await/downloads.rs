// Downloads by turns: a value made in one turn is alive in the next turn's await; guards in blocks are not.
use framealloc::{AllocConfig, FrameVec, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

struct Downloads {
    memory: Arc<SmartAlloc>,
    left: u32,
}

impl Downloads {
    async fn chunk(left: u32) -> Option<Vec<u8>> {
        ready((left > 0).then(|| vec![left as u8; 4])).await
    }

    async fn joined(&mut self) -> usize {
        let mut all: FrameVec<'_, u8> = self.memory.frame_vec();
        let mut left = self.left;
        loop {
            let Some(chunk) = Self::chunk(left).await else { break }; //~ FA701
            all.extend_from_slice(&chunk);
            left -= 1;
        }
        all.len()
    }

    async fn hashed(&mut self) -> u32 {
        let mut hash = 0u32;
        while let Some(chunk) = Self::chunk(self.left).await {
            self.left -= 1;
            let scope = self.memory.scope();
            let sorted = scope.alloc_slice_copy(&chunk);
            sorted.sort_unstable();
            hash = sorted.iter().fold(hash, |hash, byte| hash.rotate_left(5) ^ u32::from(*byte));
        }
        hash
    }

    async fn previous(&mut self) -> usize {
        let mut previous: Option<FrameVec<'_, u8>> = None;
        let mut same = 0;
        for left in (1..4).rev() {
            let chunk = Self::chunk(left).await.unwrap_or_default(); //~ FA701
            let mut copy = self.memory.frame_vec_with_capacity(chunk.len());
            copy.extend_from_slice(&chunk);
            same += usize::from(previous.as_ref().is_some_and(|old| old.len() == copy.len()));
            previous = Some(copy);
        }
        same
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
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let mut downloads = Downloads { memory, left: 3 };
    println!("{} {}", block_on(downloads.joined()), block_on(downloads.previous()));
    println!("{}", block_on(downloads.hashed()));
}
