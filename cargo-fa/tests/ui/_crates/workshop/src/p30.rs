//! Sparks and a path search: everything ends where it should.

use std::mem;

use framealloc::{PoolBox, RetentionPolicy, SmartAlloc};

const SPARKS: &str = "vfx";

#[derive(Clone, Copy, Default)]
pub struct Spark {
    at: [f32; 2],
    life: f32,
}

#[derive(Default)]
pub struct Palette {
    colours: [u32; 8],
}

/// Counts what it is told to forget; no relative of `std::mem`.
#[derive(Default)]
pub struct Memory {
    forgotten: usize,
}

impl Memory {
    fn forget<T: ?Sized>(&mut self, value: &T) {
        self.forgotten += size_of_val(value);
    }
}

pub struct Effects {
    alloc: SmartAlloc,
    sparks: Vec<Spark>,
    saved: Vec<PoolBox<Spark>>,
    memory: Memory,
    width: usize,
}

impl Effects {
    pub fn tick(&mut self, frames: u32) -> f32 {
        let mut brightest = 0.0f32;
        for frame in 0..frames {
            self.alloc.begin_frame();
            let lives = self.alloc.with_tag(SPARKS, |a| {
                a.frame_slice_from_fn(self.sparks.len(), |i| self.sparks[i].life - frame as f32 * 0.1)
            });
            brightest = lives.iter().copied().fold(brightest, f32::max);
            self.memory.forget(&*lives);
            drop(lives);
            self.alloc.end_frame();
        }
        brightest
    }

    /// What is forgotten here was never in a frame.
    pub fn save(&mut self) {
        let palette = self.alloc.frame_retained::<Palette>(RetentionPolicy::Leak);
        let colours = palette.colours.to_vec();
        drop(palette.into_promoted());
        mem::forget(colours);
        self.alloc.begin_frame();
        let mut alive = self.alloc.frame_vec_with_capacity::<Spark>(self.sparks.len());
        alive.extend(self.sparks.iter().copied().filter(|spark| spark.life > 0.0));
        let first = alive.pop().map(|spark| self.alloc.pool_box(spark));
        drop(alive);
        self.alloc.end_frame();
        self.saved.extend(first);
    }

    /// A search whose list of open cells runs dry.
    pub fn reach(&self, start: usize, cells: usize) -> usize {
        self.alloc.begin_frame();
        let mut seen = self.alloc.frame_slice::<bool>(4096);
        let mut open = self.alloc.frame_vec::<usize>();
        open.push(start % 4096);
        let mut count = 0;
        while let Some(cell) = open.pop() {
            if mem::replace(&mut seen[cell], true) {
                continue;
            }
            count += 1;
            let near = [cell + 1, cell + self.width];
            open.extend(near.into_iter().filter(|near| *near < cells.min(4096)));
        }
        drop((seen, open));
        self.alloc.end_frame();
        count
    }
}
