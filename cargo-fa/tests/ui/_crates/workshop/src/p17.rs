//! Two pipelines that meet at a barrier, not always as they should.

use std::sync::mpsc::Sender;

use framealloc::{FrameBarrier, SmartAlloc, TransferHandle};

#[derive(Clone, Copy)]
pub struct Contact {
    bodies: [u32; 2],
    depth: f32,
}

pub struct Pipeline<'a> {
    alloc: &'a SmartAlloc,
    barrier: &'a FrameBarrier,
    contacts: Vec<Contact>,
    results: Sender<TransferHandle<[f32; 4]>>,
}

impl Pipeline<'_> {
    fn deepest(&self, threshold: f32) -> f32 {
        let mut depths = self.alloc.frame_vec_with_capacity::<f32>(self.contacts.len());
        depths.extend(self.contacts.iter().map(|contact| contact.depth).filter(|depth| *depth > threshold));
        depths.iter().copied().fold(0.0, f32::max)
    }

    /// Signals only the frames in which something has moved.
    pub fn run_lazily(&self, thresholds: &[f32]) -> f32 {
        let mut deepest = 0.0f32;
        for threshold in thresholds {
            self.alloc.begin_frame();
            let depth = self.deepest(*threshold);
            self.alloc.end_frame();
            if depth > deepest {
                deepest = depth;
                self.barrier.signal_frame_complete();
            }
            self.barrier.wait_all(); //~ FA202
        }
        deepest
    }

    /// Signals and goes on at once.
    pub fn run_ahead(&self, thresholds: &[f32]) -> u32 {
        let mut deep = 0;
        for threshold in thresholds {
            self.alloc.begin_frame();
            if self.deepest(*threshold) > 1.0 {
                deep += 1;
            }
            self.alloc.end_frame();
            self.barrier.signal_frame_complete(); //~ FA202
        }
        deep
    }

    pub fn publish(&self, summary: [f32; 4], quiet: bool) -> Option<f32> {
        let largest = summary.iter().copied().reduce(f32::max)?;
        let handle = self.alloc.frame_box_for_transfer(summary);
        if !quiet {
            self.results.send(handle).ok()?;
        }
        Some(largest)
    }

    pub fn publish_all(&self, summaries: &[[f32; 4]]) -> usize {
        let mut published = 0;
        for summary in summaries {
            if summary[0] < 0.0 {
                continue;
            }
            let handle = self.alloc.frame_box_for_transfer(*summary); //~ FA203
            published += usize::from(size_of_val(&handle) > 0);
        }
        published
    }
}
