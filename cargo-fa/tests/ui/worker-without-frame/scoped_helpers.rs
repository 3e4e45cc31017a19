// Scoped workers in loops, with closures bound to names and allocations in an iterator's closure.
use framealloc::{FrameBox, SmartAlloc};
use std::thread;

struct Terrain {
    alloc: SmartAlloc,
    heights: Vec<f32>,
}

impl Terrain {
    fn normals<'a>(&'a self, rows: &[usize]) -> FrameBox<'a, [f32]> {
        self.alloc.frame_slice_from_fn(rows.len(), |i| self.heights[rows[i]]) //~ FA204
    }

    fn erode(&self) -> f32 {
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for row in 0..4usize {
                workers.push(scope.spawn(move || {
                    let normals = self.normals(&[row, row + 1]);
                    normals.iter().sum::<f32>()
                }));
            }
            workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
        })
    }

    fn smooth(&self) -> f32 {
        let work = |row: usize| {
            let _frame = self.alloc.frame();
            let window = self.alloc.frame_slice_copy(&self.heights[row..row + 2]);
            window.iter().sum::<f32>()
        };
        thread::scope(|scope| {
            let a = scope.spawn(|| work(0));
            let b = scope.spawn(|| work(2));
            a.join().unwrap_or(0.0) + b.join().unwrap_or(0.0)
        })
    }

    fn lengths(&self) -> usize {
        let job = || {
            let rows = 0..4usize;
            rows.map(|row| self.alloc.frame_slice_copy(&self.heights[row..]).len()).sum::<usize>() //~ FA204
        };
        thread::scope(|scope| scope.spawn(job).join().unwrap_or(0))
    }

    fn on_main(&self) -> usize {
        self.alloc.begin_frame();
        let copy = self.alloc.frame_slice_copy(&self.heights);
        let view = &copy[..];
        let longest = thread::scope(|scope| scope.spawn(move || view.len()).join().unwrap_or(0));
        drop(copy);
        self.alloc.end_frame();
        longest
    }
}

fn main() {
    let terrain = Terrain { alloc: SmartAlloc::with_defaults(), heights: vec![1.0; 8] };
    println!("{} {}", terrain.erode(), terrain.smooth());
    println!("{} {}", terrain.lengths(), terrain.on_main());
}
