//! From the world to draw calls.

mod batch;
mod extract;
mod ui;

pub use batch::{Batch, BatchStream, DrawKey, build_batches};
pub use extract::{Extract, Frustum, RenderProxy};
pub use ui::{Hud, Label};

use framealloc::SmartAlloc;

use crate::memory::Alloc;
use crate::schedule::System;
use crate::world::WorldRef;

pub struct Renderer {
    extract: Extract,
    drawn: usize,
    key_checksum: u64,
}

impl Renderer {
    pub fn new(alloc: &'static Alloc, world: WorldRef) -> Self {
        Self { extract: Extract::new(alloc, world), drawn: 0, key_checksum: 0 }
    }

    pub fn drawn(&self) -> usize {
        self.drawn
    }
}

impl System for Renderer {
    system_name!("render");

    fn run(&mut self, alloc: &SmartAlloc) {
        self.extract.refresh();
        let _tag = alloc.tag("render");
        let proxies = self.extract.proxies(alloc);
        let batches = build_batches(alloc, &proxies);
        self.drawn = batches.iter().map(|batch| batch.count as usize).sum();
        self.key_checksum = batches.iter().fold(0, |sum, batch| sum ^ u64::from(batch.material));
        self.extract.note_first(&proxies);
    }
}
