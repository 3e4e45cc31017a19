//! Streaming of map tiles over the net.

use std::cell::Cell;
use std::future::ready;

use framealloc::{FrameBox, SmartAlloc, frame_format};

pub struct Net {
    pending: Cell<u32>,
}

impl Net {
    pub async fn fetch(&self, id: u32) -> u32 {
        self.pending.set(self.pending.get() + 1);
        let size = ready(id * 64).await;
        self.pending.set(self.pending.get() - 1);
        size
    }
}

struct Batch<'f> {
    ids: FrameBox<'f, [u32]>,
    level: u32,
}

impl Batch<'_> {
    fn weight(&self) -> u32 {
        self.ids.iter().map(|id| id << self.level).sum()
    }
}

pub async fn path(alloc: &SmartAlloc, net: &Net, id: u32) -> u32 {
    let scope = alloc.scope();
    let path = scope.alloc_slice_copy(&[id >> 8, id & 0xff]);
    let size = net.fetch(id).await; //~ FA701
    path[0] + path[1] + size
}

pub async fn all(alloc: &SmartAlloc, net: &Net, ids: &[u32]) -> u32 {
    alloc.begin_frame();
    let mut sum = 0;
    for id in ids.iter().filter(|id| **id != 0) {
        sum += net.fetch(*id).await; //~ FA702
    }
    alloc.end_frame();
    sum
}

pub async fn named(alloc: &SmartAlloc, net: &Net, id: u32) -> usize {
    alloc.begin_frame();
    let name = Some(id).filter(|id| *id != 0).map(|id| frame_format!(alloc, "tile-{id}"));
    let size = net.fetch(id).await as usize; //~ FA701 FA702
    let length = name.as_ref().map_or(0, |name| name.len());
    alloc.end_frame();
    length + size
}

/// Shadowing drops nothing: the slice moved into the batch.
pub async fn batch(alloc: &SmartAlloc, net: &Net, ids: &[u32]) -> u32 {
    let batch = alloc.frame_slice_copy(ids);
    let batch = Batch { ids: batch, level: 1 };
    let mut size = net.fetch(0).await; //~ FA701
    size += batch.weight();
    drop(batch);
    size + net.fetch(1).await
}
