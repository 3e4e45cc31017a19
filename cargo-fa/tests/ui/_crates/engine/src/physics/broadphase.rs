//! Which bodies may touch: sweep and prune along one axis.

use framealloc::{FrameBox, FrameVec, SmartAlloc as Alloc};

use crate::math::Aabb;
use crate::world::{World, bounds_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
}

pub struct Broadphase {
    last_count: usize,
    last_pairs: *const Pair,
    history: Vec<usize>,
}

impl Default for Broadphase {
    fn default() -> Self {
        Self { last_count: 0, last_pairs: std::ptr::null(), history: Vec::new() }
    }
}

/// Intervals for one frame.
struct Sweep<'f> {
    bounds: FrameBox<'f, [Aabb]>,
    order: FrameVec<'f, u32>,
}

impl<'f> Sweep<'f> {
    fn new(alloc: &'f Alloc, world: &World) -> Self {
        let bounds = bounds_of(alloc, world);
        let mut order = alloc.frame_vec_with_capacity(bounds.len());
        order.extend(0..bounds.len() as u32);
        order.sort_unstable_by(|&a: &u32, &b| {
            bounds[a as usize].min.x.total_cmp(&bounds[b as usize].min.x)
        });
        Self { bounds, order }
    }

    fn collect(&self, out: &mut FrameVec<'f, Pair>) {
        for (at, &a) in self.order.iter().enumerate() {
            let first = &self.bounds[a as usize];
            for &b in &self.order[at + 1..] {
                let second = &self.bounds[b as usize];
                if second.min.x > first.max.x {
                    break;
                }
                if first.overlaps(second) {
                    out.push(Pair { a, b });
                }
            }
        }
    }
}

impl Broadphase {
    pub fn pairs<'f>(&mut self, alloc: &'f Alloc, world: &World) -> FrameVec<'f, Pair> {
        let sweep = Sweep::new(alloc, world);
        let mut pairs = alloc.frame_vec();
        sweep.collect(&mut pairs);
        self.last_count = pairs.len();
        self.history.push(pairs.len());
        self.last_pairs = pairs.as_ptr(); //~ FA601
        pairs
    }

    pub fn is_stale(&self) -> bool {
        self.last_pairs.is_null()
    }

    pub fn last_count(&self) -> usize {
        self.last_count
    }

    /// Pairs per cell, for the debug view.
    pub fn histogram(&self, alloc: &Alloc, world: &World, cells: usize) -> usize {
        let bounds = bounds_of(alloc, world);
        let mut most = 0;
        for bound in bounds.iter() {
            let mut counts = alloc.frame_vec::<u32>(); //~ FA602
            counts.extend((0..cells).map(|cell| (bound.min.x as usize % (cell + 1)) as u32));
            most = most.max(counts.iter().copied().max().unwrap_or(0) as usize);
        }
        most
    }
}
