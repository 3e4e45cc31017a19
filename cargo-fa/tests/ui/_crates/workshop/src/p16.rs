//! Sound levels, hits and statistics that leave the frame they were made in.

use std::cell::RefCell;
use std::sync::LazyLock;

use framealloc::{FrameBox, FrameMap, FrameVec, SmartAlloc};

static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

thread_local! {
    static LEVELS: RefCell<Option<FrameBox<'static, [f32]>>> = const { RefCell::new(None) };
}

#[derive(Clone, Copy)]
pub struct Ray {
    origin: [f32; 2],
    slope: f32,
}

#[derive(Clone, Copy)]
pub struct Hit {
    distance: f32,
    steep: bool,
}

fn trace(ray: &Ray) -> Option<Hit> {
    let distance = ray.origin[1] / ray.slope;
    (distance > 0.0).then_some(Hit { distance, steep: ray.slope.abs() > 1.0 })
}

pub fn measure(samples: &[f32]) {
    ALLOC.begin_frame();
    let mut levels = ALLOC.frame_slice_copy(samples);
    for level in levels.iter_mut() {
        *level = level.abs().sqrt();
    }
    LEVELS.with_borrow_mut(|slot| *slot = Some(levels)); //~ FA601
    ALLOC.end_frame();
}

pub fn cast<'a>(alloc: &'a SmartAlloc, rays: &[Ray], hits: &mut Vec<FrameBox<'a, Hit>>) -> usize {
    let before = hits.len();
    alloc.begin_frame();
    for ray in rays {
        let Some(hit) = trace(ray) else { continue };
        hits.push(alloc.frame_box(hit)); //~ FA601
    }
    alloc.end_frame();
    hits.len() - before
}

pub fn steep_rays<'a>(alloc: &'a SmartAlloc, rays: &[Ray]) -> FrameVec<'a, u32> {
    alloc.begin_frame();
    let mut steep = alloc.frame_vec_with_capacity(rays.len());
    for (index, ray) in rays.iter().enumerate() {
        if trace(ray).is_some_and(|hit| hit.steep) {
            steep.push(index as u32);
        }
    }
    alloc.end_frame();
    steep //~ FA601
}

pub fn most_hit_column(alloc: &SmartAlloc, rays: &[Ray]) -> Option<i32> {
    let frame = alloc.frame();
    let mut columns: FrameMap<'_, i32, u32> = alloc.frame_map();
    for ray in rays {
        *columns.entry(ray.origin[0] as i32).or_insert(0) += 1;
    }
    drop(frame);
    columns.iter().max_by_key(|(_, count)| **count).map(|(column, _)| *column) //~ FA601
}

pub fn nearest_hit(alloc: &SmartAlloc, rays: &[Ray]) -> Option<Hit> {
    let _frame = alloc.frame();
    let mut found = alloc.frame_vec_with_capacity::<Hit>(rays.len());
    found.extend(rays.iter().filter_map(trace));
    found.iter().copied().min_by(|one, other| one.distance.total_cmp(&other.distance))
}
