// A job system over rayon: scopes that wait, spawns that do not, and iterators that only read.
use framealloc::{AllocConfig, FrameVec, SmartAlloc};
use rayon::prelude::*;
use std::sync::Arc;

#[derive(Clone, Copy)]
struct Shared<T>(*const T);

// SAFETY: none, which is the mistake.
unsafe impl<T> Send for Shared<T> {}
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn get(&self) -> &T {
        // SAFETY: none, as above.
        unsafe { &*self.0 }
    }
}

struct Jobs {
    alloc: Arc<SmartAlloc>,
    pool: rayon::ThreadPool,
}

impl Jobs {
    fn cull(&self, planes: &[[f32; 4]]) {
        let visible = self.alloc.frame_box(planes.len());
        let pointer = Shared(&raw const *visible);
        self.pool.spawn(move || println!("{}", pointer.get())); //~ FA201
        rayon::spawn(move || println!("{}", pointer.get())); //~ FA201
    }

    fn cull_fifo(&self, planes: &[[f32; 4]]) {
        let list = self.alloc.frame_slice_copy(planes);
        let first = Shared(list.as_ptr());
        rayon::spawn_fifo(move || println!("{}", first.get()[0])); //~ FA201
    }

    fn skin(&self, bones: &[f32]) -> f32 {
        let palette = self.alloc.frame_slice_copy(bones);
        let sum: f32 = palette.par_iter().map(|bone| bone * 2.0).sum();
        let most = self.pool.install(|| bones.iter().copied().fold(0.0, f32::max));
        sum + most
    }

    fn light(&self, lamps: &[u32]) -> usize {
        let lit = self.alloc.frame_slice_copy(lamps);
        let read = &lit[..];
        let (mut left, mut right) = (0, 0);
        rayon::scope(|scope| {
            scope.spawn(|_| left = read.iter().filter(|lamp| **lamp > 1).count());
            scope.spawn(|_| right = read.len());
        });
        let (a, b) = rayon::join(|| read.len(), || read.iter().max().copied().unwrap_or(0) as usize);
        left + right + a + b
    }

    fn bake(&self) -> usize {
        let shared = self.alloc.shared_frame();
        let doubled: Vec<&mut [u32]> =
            (0..4u32).into_par_iter().map(|n| shared.alloc_slice_from_fn(2, |i| n + i as u32)).collect();
        doubled.iter().map(|pair| pair.len()).sum()
    }
}

fn gather<'a>(alloc: &'a SmartAlloc, words: &[&str]) -> FrameVec<'a, usize> {
    let mut lengths = alloc.frame_vec();
    lengths.extend(words.iter().map(|word| word.len()));
    lengths
}

fn report(alloc: &SmartAlloc, words: &[&str]) {
    let lengths = gather(alloc, words);
    let pointer = Shared(&raw const lengths[0]);
    std::thread::spawn(move || println!("{}", pointer.get())); //~ FA201
    std::thread::scope(|scope| {
        let view = lengths.as_slice();
        scope.spawn(move || println!("{}", view.len()));
    });
}

fn tell(alloc: &SmartAlloc, out: &std::sync::mpsc::Sender<usize>) {
    let lengths = gather(alloc, &["a", "bc"]);
    for length in lengths.iter() {
        out.send(*length).ok();
    }
    out.send(lengths[0]).ok();
    out.send(lengths.len()).ok();
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let jobs = Jobs { alloc: Arc::clone(&alloc), pool };
    jobs.cull(&[[0.0; 4]]);
    jobs.cull_fifo(&[[1.0; 4]]);
    println!("{} {} {}", jobs.skin(&[1.0]), jobs.light(&[1, 2]), jobs.bake());
    report(&alloc, &["a", "bc"]);
    let (out, told) = std::sync::mpsc::channel();
    tell(&alloc, &out);
    println!("{}", told.try_iter().sum::<usize>());
}
