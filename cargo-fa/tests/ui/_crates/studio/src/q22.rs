//! A minimap that keeps copies, promotions and pooled values, never the frame's own.

use std::cell::Cell;

use framealloc::{FrameBox, FrameVec, PoolBox, Promoted, RetentionPolicy, SmartAlloc};

thread_local! {
    static BRIGHTEST: Cell<u32> = const { Cell::new(0) };
}

#[derive(Default)]
pub struct Overview {
    cells: [u32; 16],
}

/// Lives no longer than the frame it is made in.
struct Pass<'f> {
    cells: Option<FrameBox<'f, [u32]>>,
    marks: FrameVec<'f, u32>,
}

impl<'f> Pass<'f> {
    fn set(&mut self, cells: FrameBox<'f, [u32]>) {
        self.marks.extend(cells.iter().filter(|cell| **cell > 9).copied());
        self.cells = Some(cells);
    }
}

pub struct Minimap {
    alloc: &'static SmartAlloc,
    cells: Vec<u32>,
    best: Option<PoolBox<u32>>,
    overview: Option<Promoted<Overview>>,
}

impl Minimap {
    fn pass(&self, world: &[u32]) -> Pass<'static> {
        let mut pass = Pass { cells: None, marks: self.alloc.frame_vec() };
        pass.set(self.alloc.frame_slice_copy(world));
        pass
    }

    pub fn update(&mut self, world: &[u32]) -> usize {
        self.alloc.begin_frame();
        let pass = self.pass(world);
        let brightest = pass.marks.iter().max().copied().unwrap_or(0);
        self.cells = pass.marks.to_vec();
        BRIGHTEST.with(|cell| cell.set(brightest));
        self.best = Some(self.alloc.pool_box(brightest));
        let count = pass.cells.as_ref().map_or(0, |cells| cells.len());
        self.alloc.end_frame();
        count
    }

    /// The frame's handle goes before the frame; the promotion stays.
    pub fn overview(&mut self, world: &[u32]) -> bool {
        self.alloc.begin_frame();
        let mut overview = self.alloc.frame_retained::<Overview>(RetentionPolicy::PromoteToPool);
        for (cell, seen) in overview.cells.iter_mut().zip(world) {
            *cell = *seen;
        }
        let id = overview.id();
        drop(overview);
        let mut promotions = self.alloc.end_frame_with_promotions();
        self.overview = promotions.take(id);
        self.overview.is_some()
    }

    /// Returns what the caller's frame owns.
    pub fn darkest(&self, world: &[u32]) -> Option<FrameBox<'static, u32>> {
        let pass = self.pass(world);
        let cells = pass.cells.as_deref()?;
        cells.iter().min().map(|cell| self.alloc.frame_box(*cell))
    }
}
