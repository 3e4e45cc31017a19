//! Regions of the map that come in piece by piece.

use std::cell::Cell;
use std::rc::Rc;

use framealloc::FrameVec;

use super::{Executor, next_tick};
use crate::memory::Alloc;

#[derive(Clone, Debug, Default)]
pub struct Region {
    pub cells: Vec<u32>,
}

pub struct Streamer {
    alloc: &'static Alloc,
    loaded: Rc<Cell<usize>>,
}

impl Streamer {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, loaded: Rc::default() }
    }

    fn staging(&self, size: u32) -> FrameVec<'static, u32> {
        let mut staging = self.alloc.frame_vec_with_capacity(size as usize);
        staging.extend(0..size);
        staging
    }

    /// A region, staged in frame memory while it waits.
    pub async fn load(&self, size: u32) -> Region {
        let staging = self.staging(size);
        next_tick().await; //~ FA701
        Region { cells: staging.to_vec() }
    }

    /// The same; what waits is a plain vector.
    pub async fn load_copied(&self, size: u32) -> Region {
        let cells = self.staging(size).to_vec();
        next_tick().await;
        Region { cells }
    }

    /// Staged within a block that ends before it waits.
    pub async fn load_scoped(&self, size: u32) -> usize {
        let sum = {
            let frame = self.alloc.frame();
            let numbers = frame.alloc_slice_from_fn(size as usize, |i| i);
            numbers.iter().sum::<usize>()
        };
        sum + next_tick().await as usize
    }

    /// The frame is open while it waits.
    pub async fn load_framed(&self, size: u32) -> usize {
        self.alloc.begin_frame();
        let count = self.staging(size).len();
        next_tick().await; //~ FA702
        self.alloc.end_frame();
        count
    }

    /// A guard is open while it waits.
    pub async fn load_guarded(&self, size: u32) -> usize {
        let frame = self.alloc.frame();
        let count = frame.alloc_slice_from_fn(size as usize, |i| i).len();
        next_tick().await; //~ FA701
        drop(frame);
        count
    }

    /// Each turn waits between its frames.
    pub async fn load_turns(&self, turns: u32) -> usize {
        let mut count = 0;
        for turn in 0..turns {
            self.alloc.begin_frame();
            let staging = self.staging(turn);
            count += staging.len();
            drop(staging);
            self.alloc.end_frame();
            next_tick().await;
        }
        count
    }

    /// Starts tasks.
    pub fn start(&self, executor: &Executor, size: u32) {
        let loaded = Rc::clone(&self.loaded);
        let cells = self.staging(size).to_vec();
        executor.spawn(async move {
            next_tick().await;
            loaded.set(loaded.get() + cells.len());
        });

        let loaded = Rc::clone(&self.loaded);
        let staging = self.staging(size);
        executor.spawn(async move { loaded.set(loaded.get() + staging.len()) }); //~ FA703
    }

    pub fn loaded(&self) -> usize {
        self.loaded.get()
    }
}
