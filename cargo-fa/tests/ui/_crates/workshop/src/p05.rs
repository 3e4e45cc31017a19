//! Chunks of a voxel world on their way from the generator; each handle goes somewhere.

use std::collections::VecDeque;
use std::sync::mpsc::{SendError, Sender};

use framealloc::{PoolBox, SmartAlloc, TransferHandle};

#[derive(Clone, Copy)]
pub struct Chunk {
    origin: [i32; 2],
    heights: [u8; 64],
}

pub struct ChunkStream {
    alloc: SmartAlloc,
    waiting: VecDeque<TransferHandle<Chunk>>,
    sender: Sender<TransferHandle<Chunk>>,
    resident: Vec<PoolBox<Chunk>>,
    skipped: u32,
}

fn in_sight(chunk: &Chunk, eye: [i32; 2]) -> bool {
    chunk.origin.iter().zip(eye).all(|(at, eye)| (at - eye).abs() < 8)
}

impl ChunkStream {
    pub fn enqueue(&mut self, chunk: Chunk) {
        let handle = self.alloc.frame_box_for_transfer(chunk);
        self.waiting.push_back(handle);
    }

    /// Sent on one of the two ways.
    pub fn offer(&mut self, chunk: Chunk, eye: [i32; 2]) {
        let near = in_sight(&chunk, eye);
        let handle = self.alloc.frame_box_for_transfer(chunk);
        if near {
            if let Err(SendError(back)) = self.sender.send(handle) {
                self.waiting.push_back(back);
            }
        } else {
            self.skipped += 1;
        }
    }

    pub fn adopt(&mut self, chunk: Chunk) {
        let handle = self.alloc.frame_box_for_transfer(chunk);
        self.resident.push(handle.receive());
    }

    pub fn batch(&self, chunks: &[Chunk]) -> Vec<TransferHandle<Chunk>> {
        chunks.iter().map(|chunk| self.alloc.frame_box_for_transfer(*chunk)).collect()
    }

    fn make(&self, origin: [i32; 2]) -> TransferHandle<Chunk> {
        self.alloc.frame_box_for_transfer(Chunk { origin, heights: [0; 64] })
    }

    /// Makes one and drops it, so that the pool has a block of that size.
    pub fn warm_up(&self) {
        let handle = self.make([0, 0]);
        drop(handle);
        let _ = self.alloc.frame_box_for_transfer([0u64; 8]); // fa: allow(FA203) -- warms the pool
    }

    pub fn flush(&mut self) -> usize {
        let before = self.waiting.len();
        while let Some(handle) = self.waiting.pop_front() {
            let Err(SendError(back)) = self.sender.send(handle) else { continue };
            self.waiting.push_front(back);
            break;
        }
        before - self.waiting.len()
    }
}
