//! A dedicated server's console: commands and spectators, for as long as it runs.

use std::io::BufRead;
use std::mem::forget;
use std::sync::mpsc::Receiver;

use framealloc::{FrameBox, PoolBox, SmartAlloc, TransferHandle};

#[derive(Clone, Copy)]
pub struct Spectator {
    id: u32,
    camera: [f32; 3],
}

pub struct Console {
    alloc: SmartAlloc,
    spectators: Receiver<Spectator>,
    watching: Vec<PoolBox<Spectator>>,
    snapshots: u32,
}

fn distance(spectator: &Spectator) -> f32 {
    spectator.camera.iter().map(|at| at * at).sum::<f32>().sqrt()
}

impl Console {
    pub fn new(spectators: Receiver<Spectator>) -> Self {
        Self { alloc: SmartAlloc::default(), spectators, watching: Vec::new(), snapshots: 0 }
    }

    fn note<'a>(alloc: &'a SmartAlloc, spectator: Spectator) -> FrameBox<'a, f32> {
        alloc.frame_box(distance(&spectator))
    }

    /// Admits whoever comes until the lobby closes.
    pub fn admit(&mut self) {
        loop {
            match self.spectators.recv() {
                Ok(spectator) if spectator.id == 0 => continue,
                Ok(spectator) => {
                    let seat = self.alloc.pool_box(spectator); //~ FA301
                    self.watching.push(seat);
                }
                Err(_) => break,
            }
        }
    }

    pub fn echo(&self, input: impl BufRead) -> usize {
        let mut lengths = Vec::new();
        for line in input.lines().map_while(Result::ok) {
            lengths.push(self.alloc.frame_box([line.len(), line.trim().len()])); //~ FA301
        }
        lengths.iter().filter(|lengths| lengths[0] != lengths[1]).count()
    }

    pub fn remember(&self) -> usize {
        let ids = self.alloc.frame_slice_from_fn(self.watching.len(), |i| self.watching[i].id);
        let even = ids.iter().filter(|id| **id % 2 == 0).count();
        forget(ids); //~ FA607
        even
    }

    pub fn nearest(&self) -> f32 {
        let mut nearest = f32::INFINITY;
        for spectator in &self.watching {
            nearest = nearest.min(*Self::note(&self.alloc, **spectator));
        }
        nearest
    }

    fn make(&self, spectator: Spectator) -> TransferHandle<Spectator> {
        self.alloc.frame_box_for_transfer(spectator)
    }

    pub fn snapshot(&mut self, spectator: Spectator) -> bool {
        if spectator.id == 0 {
            return false;
        }
        let _handle = self.alloc.frame_box_for_transfer(spectator); //~ FA203
        self.snapshots += 1;
        true
    }

    pub fn replace(&mut self, spectator: Spectator) {
        let handle = self.make(spectator);
        self.watching.push(handle.receive());
    }
}
