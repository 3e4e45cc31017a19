//! Loops that look as if they had no end, and what bounds them.

use std::sync::mpsc::Receiver;

use framealloc::{AllocConfig, PoolBox, SmartAlloc, kilobytes, megabytes};

#[derive(Clone, Copy)]
pub struct Event {
    code: u32,
    weight: f32,
}

/// Its allocator has ceilings, so that a flood is refused.
pub struct Inbox {
    alloc: SmartAlloc,
    events: Receiver<Event>,
    kept: Vec<PoolBox<Event>>,
}

impl Inbox {
    pub fn new(events: Receiver<Event>) -> Self {
        let config = AllocConfig::default().with_frame_limit(megabytes(4)).with_pool_limit(kilobytes(256));
        Self { alloc: SmartAlloc::new(config), events, kept: Vec::new() }
    }

    pub fn drain(&mut self) {
        while let Ok(event) = self.events.recv() {
            self.kept.push(self.alloc.pool_box(event));
        }
    }
}

pub struct Replay {
    alloc: SmartAlloc,
    links: Vec<[usize; 2]>,
}

impl Replay {
    pub fn new(links: Vec<[usize; 2]>) -> Self {
        Self { alloc: SmartAlloc::with_defaults(), links }
    }

    /// A whole frame in each turn.
    pub fn run(&self, events: &Receiver<Event>) -> f32 {
        let mut total = 0.0;
        loop {
            let Ok(event) = events.recv() else { break };
            self.alloc.begin_frame();
            let weights = self.alloc.frame_slice_from_fn(16, |i| event.weight * i as f32);
            total += weights.iter().sum::<f32>();
            drop(weights);
            self.alloc.end_frame();
        }
        total
    }

    pub fn guarded(&self, events: &Receiver<Event>) -> u32 {
        let mut codes = 0u32;
        while let Ok(event) = events.recv() {
            let frame = self.alloc.frame();
            let spread = frame.alloc_slice_from_fn(8, |i| event.code.rotate_left(i as u32));
            codes ^= spread.iter().fold(0u32, |all, code| all ^ *code);
        }
        codes
    }

    /// At most 64, however many come.
    pub fn first_few(&self, events: &Receiver<Event>) -> u32 {
        let mut few = Vec::with_capacity(64);
        while few.len() < 64 {
            let Ok(event) = events.try_recv() else { break };
            few.push(self.alloc.frame_box(event));
        }
        few.iter().map(|event| event.code).max().unwrap_or(0)
    }

    /// The vector grows, but nothing is asked for in the loop.
    pub fn collect(&self, events: &Receiver<Event>) -> usize {
        let mut all = self.alloc.frame_vec::<Event>();
        while let Ok(event) = events.try_recv() {
            all.push(event);
        }
        all.len()
    }
}

fn main() {}
