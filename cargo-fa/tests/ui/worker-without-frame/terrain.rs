//! Terrain generation on several threads.
use framealloc::{FrameVec, SmartAlloc, Zeroable};
use std::sync::Arc;
use std::thread::{self, JoinHandle, ScopedJoinHandle};

#[derive(Clone, Copy, Default, Zeroable)]
struct Sample {
    height: f32,
    rock: u32,
}

trait Generator {
    fn generate(&self, alloc: &SmartAlloc, seed: u32) -> f32;
}

struct Noise {
    size: usize,
}

struct Flat;

impl Generator for Noise {
    fn generate(&self, alloc: &SmartAlloc, seed: u32) -> f32 {
        let mut samples = alloc.frame_slice::<Sample>(self.size * self.size); //~ FA204
        for (index, sample) in samples.iter_mut().enumerate() {
            sample.height = (index as f32 * 0.1 + seed as f32).sin();
        }
        smooth(alloc, &samples)
    }
}

impl Generator for Flat {
    fn generate(&self, _: &SmartAlloc, seed: u32) -> f32 {
        seed as f32
    }
}

fn smooth(alloc: &SmartAlloc, samples: &[Sample]) -> f32 {
    let copy = alloc.frame_slice_copy(samples);
    copy.iter().map(|sample| sample.height + sample.rock as f32).sum::<f32>() / copy.len() as f32
}

fn generate<G: Generator + Send + 'static>(alloc: &Arc<SmartAlloc>, generator: G, seed: u32) -> JoinHandle<f32> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || generator.generate(&alloc, seed))
}

fn erode<'s>(scope: &'s thread::Scope<'s, '_>, alloc: &'s SmartAlloc, heights: &'s [f32]) -> ScopedJoinHandle<'s, f32> {
    scope.spawn(move || {
        let lowest = heights.iter().copied().fold(f32::MAX, f32::min);
        let mut drops: FrameVec<'_, f32> = alloc.frame_vec(); //~ FA204
        drops.extend(heights.iter().map(|height| height - lowest));
        drops.iter().sum()
    })
}

fn scatter<'s>(scope: &'s thread::Scope<'s, '_>, alloc: &'s SmartAlloc, heights: &'s [f32]) -> ScopedJoinHandle<'s, f32> {
    scope.spawn(move || {
        alloc.with_tag("scatter", |a| {
            let frame = a.frame();
            let trees = frame.alloc_slice_copy(heights);
            trees.iter().copied().fold(0.0, f32::max)
        })
    })
}

fn rivers(alloc: &Arc<SmartAlloc>, count: u32) -> Vec<JoinHandle<usize>> {
    let mut threads = Vec::new();
    for river in 0..count {
        let alloc = alloc.clone();
        threads.push(thread::spawn(move || {
            if river == 0 {
                return 0;
            }
            let course = alloc.frame_slice_from_fn(river as usize, |step| step * 2); //~ FA204
            course.iter().sum()
        }));
    }
    threads
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let seeds = [generate(&alloc, Noise { size: 32 }, 4), generate(&alloc, Flat, 5)];
    let heights: Vec<f32> = seeds.into_iter().filter_map(|thread| thread.join().ok()).collect();
    thread::scope(|scope| {
        let (eroded, scattered) = (erode(scope, &alloc, &heights), scatter(scope, &alloc, &heights));
        println!("{:?} {:?}", eroded.join().ok(), scattered.join().ok());
    });
    println!("{}", rivers(&alloc, 4).into_iter().filter_map(|river| river.join().ok()).sum::<usize>());
}
