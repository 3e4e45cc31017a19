//! Culling, on one thread and on many.

use std::sync::Mutex;
use std::thread;

use rayon::prelude::*;

use super::JobPool;
use crate::math::{Aabb, Vec3};
use crate::memory::{Alloc, Carry};

fn in_sight(bounds: &Aabb, eye: Vec3) -> bool {
    (bounds.min - eye).length() < 50.0
}

/// Scoped threads read one slice of the frame.
pub fn cull_scoped(alloc: &Alloc, bounds: &[Aabb], eye: Vec3) -> usize {
    let copy = alloc.frame_slice_copy(bounds);
    let all: &[Aabb] = &copy;
    let half = all.len() / 2;
    thread::scope(|s| {
        let left = s.spawn(move || all[..half].iter().filter(|each| in_sight(each, eye)).count());
        let right = all[half..].iter().filter(|each| in_sight(each, eye)).count();
        right + left.join().unwrap_or(0)
    })
}

/// Rayon reads it.
pub fn cull_parallel(alloc: &Alloc, bounds: &[Aabb], eye: Vec3) -> usize {
    let copy = alloc.frame_slice_copy(bounds);
    let near = copy.par_iter().filter(|each| in_sight(each, eye)).count();
    let shared = alloc.shared_frame();
    let sizes: Vec<&mut [f32]> = bounds
        .par_chunks(64)
        .map(|chunk| shared.alloc_slice_from_fn(chunk.len(), |i| chunk[i].max.x - chunk[i].min.x))
        .collect();
    near + sizes.iter().filter(|part| part.iter().any(|size| *size > 10.0)).count()
}

/// Leaves the counting to others, and returns at once.
pub fn cull_detached(alloc: &'static Alloc, pool: &JobPool, bounds: &[Aabb], eye: Vec3) {
    let owned = bounds.to_vec();
    pool.spawn(move |a| {
        let near = a.frame_slice_from_fn(owned.len(), |i| in_sight(&owned[i], eye));
        record(near.iter().filter(|near| **near).count());
    });

    let carried = Carry::new(alloc.frame_slice_copy(bounds));
    pool.spawn(move |_| { //~ FA201
        let bounds = carried.open();
        record(bounds.iter().filter(|each| in_sight(each, eye)).count());
    });

    let far = Carry::new(alloc.frame_slice_copy(bounds));
    rayon::spawn(move || record(far.open().iter().filter(|each| !in_sight(each, eye)).count())); //~ FA201
}

static COUNTS: Mutex<Vec<usize>> = Mutex::new(Vec::new());

fn record(count: usize) {
    COUNTS.lock().expect("nobody panics with it").push(count);
}
