// Scoped threads, rayon's scope and parallel iterators read frame memory while the frame waits for them.
use framealloc::{SharedFrame, SmartAlloc};
use rayon::prelude::*;
use std::thread;

struct Culling {
    alloc: SmartAlloc,
    spheres: Vec<[f32; 4]>,
}

impl Culling {
    fn scoped(&self) -> usize {
        self.alloc.begin_frame();
        let depths = self.alloc.frame_slice_from_fn(self.spheres.len(), |i| self.spheres[i][2]);
        let (near, far) = depths.split_at(depths.len() / 2);
        let visible = thread::scope(|scope| {
            let a = scope.spawn(|| near.iter().filter(|depth| **depth > 0.0).count());
            let b = scope.spawn(move || far.iter().filter(|depth| **depth > 0.0).count());
            a.join().unwrap() + b.join().unwrap()
        });
        drop(depths);
        self.alloc.end_frame();
        visible
    }

    fn parallel(&self) -> f32 {
        self.alloc.begin_frame();
        let radii = self.alloc.frame_slice_from_fn(self.spheres.len(), |i| self.spheres[i][3]);
        let largest = radii.par_iter().copied().reduce(|| 0.0, f32::max);
        let mut sum = 0.0;
        let values = &radii[..];
        rayon::scope(|scope| {
            scope.spawn(|_| sum = values.iter().sum());
        });
        let (a, b) = rayon::join(|| values.len(), || values.iter().filter(|v| **v > 1.0).count());
        drop(radii);
        self.alloc.end_frame();
        largest + sum + (a + b) as f32
    }

    fn shared(&self) -> usize {
        let shared: SharedFrame<'_> = self.alloc.shared_frame();
        let parts: Vec<&mut [u32]> = self
            .spheres
            .par_chunks(2)
            .map(|chunk| shared.alloc_slice_from_fn(chunk.len(), |i| i as u32))
            .collect();
        parts.iter().map(|part| part.len()).sum()
    }
}

fn main() {
    let culling = Culling { alloc: SmartAlloc::with_defaults(), spheres: vec![[1.0; 4]; 8] };
    for _ in 0..3 {
        println!("{} {} {}", culling.scoped(), culling.parallel(), culling.shared());
    }
}
