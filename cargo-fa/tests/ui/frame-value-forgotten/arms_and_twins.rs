// Forgotten in one arm, in a closure, out of a `try_` twin, as a set, and within a tuple.
use framealloc::*;
use std::mem;

struct Vision {
    alloc: SmartAlloc,
    kept: Vec<u32>,
}

enum Mode {
    Normal,
    Debug,
}

impl Vision {
    fn scan(&mut self, mode: &Mode, cells: &[u32]) -> usize {
        let mut seen = self.alloc.frame_set::<u32>();
        seen.extend(cells.iter().copied());
        let count = seen.len();
        match mode {
            Mode::Normal => drop(seen),
            Mode::Debug => mem::forget(seen), //~ FA607
        }
        count
    }

    fn raw(&self, count: usize) -> Result<*const f32, AllocError> {
        let slice = self.alloc.try_frame_slice_from_fn(count, |i| i as f32)?;
        let pointer = slice.as_ptr();
        mem::forget(slice); //~ FA607
        Ok(pointer)
    }

    fn view(&self, cells: &[u32]) -> usize {
        self.alloc.with_tag("vision", |a| {
            let copy = a.frame_slice_copy(cells);
            let view: &[u32] = copy.leak(); //~ FA607
            view.len()
        })
    }

    fn keep(&mut self, cells: &[u32]) -> usize {
        let copy = self.alloc.frame_slice_copy(cells);
        let old = mem::replace(&mut self.kept, copy.to_vec());
        mem::forget(old);
        let boxed = self.alloc.pool_box(self.kept.len());
        *Box::leak(Box::new(*boxed))
    }

    fn take(&mut self) -> Vec<u32> {
        mem::take(&mut self.kept)
    }
}

fn main() {
    let mut vision = Vision { alloc: SmartAlloc::with_defaults(), kept: Vec::new() };
    for mode in [Mode::Normal, Mode::Debug] {
        println!("{} {}", vision.scan(&mode, &[1, 2, 2]), vision.view(&[3]));
        println!("{} {}", vision.raw(4).is_ok(), vision.keep(&[5]));
    }
    println!("{:?}", vision.take());
}
