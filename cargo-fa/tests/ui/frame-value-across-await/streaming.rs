//! Streaming of a level, in coroutines that are polled once a frame.
use framealloc::{FrameBox, SmartAlloc};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

type Task<'t> = Pin<Box<dyn Future<Output = u32> + 't>>;

struct Disk {
    blocks: VecDeque<[u8; 16]>,
}

impl Disk {
    async fn next(&mut self) -> Option<[u8; 16]> {
        next_frame().await;
        self.blocks.pop_front()
    }
}

async fn next_frame() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await
}

struct Level<'l> {
    alloc: &'l SmartAlloc,
    disk: Disk,
}

impl<'l> Level<'l> {
    async fn heights(mut self) -> u32 {
        let mut sums = self.alloc.frame_vec::<u32>();
        while let Some(block) = self.disk.next().await { //~ FA701
            sums.push(block.iter().map(|byte| u32::from(*byte)).sum());
        }
        sums.iter().sum()
    }

    async fn heights_well(mut self) -> u32 {
        let mut sum = 0;
        while let Some(block) = self.disk.next().await {
            // Gone before the next turn waits.
            let scope = self.alloc.scope();
            let copy = scope.alloc_slice_copy(&block);
            sum += copy.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        }
        sum
    }

    async fn first(mut self) -> u32 {
        let table: FrameBox<'l, [u32; 256]> = self.alloc.frame_alloc();
        match self.disk.next().await { //~ FA701
            Some(block) => table[usize::from(block[0])],
            None => 0,
        }
    }

    async fn counted(self) -> u32 {
        let blocks = self.disk.blocks.len() as u32;
        let scope = self.alloc.scope();
        let mask = scope.alloc_slice_from_fn(8, |index| index as u32 & blocks);
        next_frame().await; //~ FA701
        mask.iter().sum()
    }

    async fn checked(self) -> u32 {
        let sum = {
            let scope = self.alloc.scope();
            let mask = scope.alloc_slice_from_fn(8, |index| index as u32);
            mask.iter().sum::<u32>()
        };
        next_frame().await;
        sum
    }

    async fn either(self, wait: bool) -> u32 {
        let flags = self.alloc.frame_slice::<u32>(4);
        if wait {
            let count = flags.len() as u32;
            drop(flags);
            next_frame().await;
            return count;
        }
        flags.iter().sum()
    }
}

fn level<'l>(alloc: &'l SmartAlloc) -> Level<'l> {
    Level { alloc, disk: Disk { blocks: VecDeque::from([[1; 16], [2; 16]]) } }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut tasks: Vec<Task<'_>> = vec![
        Box::pin(level(&alloc).heights()),
        Box::pin(level(&alloc).heights_well()),
        Box::pin(level(&alloc).first()),
        Box::pin(level(&alloc).counted()),
        Box::pin(level(&alloc).checked()),
        Box::pin(level(&alloc).either(true)),
    ];
    let mut context = Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        alloc.begin_frame();
        tasks.retain_mut(|task| match task.as_mut().poll(&mut context) {
            Poll::Ready(sum) => {
                println!("{sum}");
                false
            }
            Poll::Pending => true,
        });
        alloc.end_frame();
    }
}
