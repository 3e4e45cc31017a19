//! `TrackingAllocator`: what it adds to each call of the allocator behind it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

use framealloc::TrackingAllocator;

use crate::case::{Case, Contender, Target, Timing, Work};

const BATCH: u64 = 1_000;
const LAYOUT: Layout = Layout::new::<[u64; 4]>();

static TRACKED: TrackingAllocator = TrackingAllocator::system();

pub fn cases() -> Vec<Case> {
    let contender = Contender::ours(|| work(&TRACKED)).without(|| work(&System));
    // Each is two calls: for memory, and to give it back.
    vec![
        Case::new("TrackingAllocator", "added to a call", vec![contender])
            .batch(2 * BATCH)
            .timing(Timing::None)
            .target(Target::InstructionsAtMost(12.0)),
    ]
}

fn work(allocator: &'static impl GlobalAlloc) -> Work {
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..BATCH {
                // SAFETY: the size is not zero, and the block is given back as it was asked for.
                unsafe {
                    let block = black_box(allocator.alloc(LAYOUT));
                    allocator.dealloc(block, LAYOUT);
                }
            }
        }
    })
}
