//! Asynchronous loading: frames and their values are gone before each await.

use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::Pin;

use framealloc::{FrameVec, PoolBox, SmartAlloc};

pub struct Disk;

impl Disk {
    pub async fn read(&self, block: u32) -> u32 {
        ready(block.rotate_left(3)).await
    }
}

#[derive(Default)]
pub struct Jobs<'j> {
    waiting: RefCell<Vec<Pin<Box<dyn Future<Output = u32> + 'j>>>>,
}

impl<'j> Jobs<'j> {
    pub fn spawn(&self, job: impl Future<Output = u32> + 'j) {
        self.waiting.borrow_mut().push(Box::pin(job));
    }
}

fn consume(blocks: FrameVec<'_, u32>) -> u32 {
    blocks.into_iter().fold(0, |sum, block| sum ^ block)
}

pub struct Loader<'e> {
    alloc: &'e SmartAlloc,
    disk: &'e Disk,
}

impl<'e> Loader<'e> {
    fn blocks(&self, first: u32) -> FrameVec<'e, u32> {
        let mut blocks = self.alloc.frame_vec();
        blocks.extend(first..first + 8);
        blocks
    }

    pub async fn scoped(&self, first: u32) -> u32 {
        let key = {
            let scope = self.alloc.scope();
            let key = scope.alloc_slice_copy(&[first, 7]);
            key[0] * key[1]
        };
        self.disk.read(key).await + key
    }

    pub async fn moved(&self, first: u32) -> u32 {
        let blocks = self.blocks(first);
        let key = consume(blocks);
        let read = self.disk.read(key).await;
        let blocks = self.blocks(read);
        blocks.iter().sum()
    }

    pub async fn framed(&self, first: u32) -> u32 {
        self.alloc.begin_frame();
        let blocks = self.blocks(first);
        let last = blocks.last().copied();
        drop(blocks);
        self.alloc.end_frame();
        let Some(last) = last else { return 0 };
        let read = self.disk.read(last).await;
        self.alloc.begin_frame();
        let sum = self.blocks(read).iter().sum();
        self.alloc.end_frame();
        sum
    }

    /// A pooled value may wait as long as it likes, and go along with a task.
    pub async fn pooled(&self, jobs: &Jobs<'e>, first: u32) -> u32 {
        let total: PoolBox<u32> = self.alloc.pool_box(self.blocks(first).iter().sum());
        let read = self.disk.read(*total).await;
        let disk = self.disk;
        jobs.spawn(async move { disk.read(*total).await + read });
        read
    }
}
