//! Saving of levels: meshes are retained, and not everybody asks for them. Captures that are kept from their end.

use std::mem::{self, ManuallyDrop};

use framealloc::{FrameBox, Promoted, RetentionPolicy, SmartAlloc};

#[derive(Default)]
pub struct NavMesh {
    corners: [[f32; 2]; 4],
    area: f32,
}

#[derive(Clone, Copy)]
pub enum Mode {
    Preview,
    Final,
}

fn measure(corners: &[[f32; 2]; 4]) -> f32 {
    corners.iter().zip(corners.iter().cycle().skip(1)).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

pub fn save(alloc: &SmartAlloc, corners: [[f32; 2]; 4]) -> f32 {
    alloc.begin_frame();
    let mut mesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);
    mesh.corners = corners;
    mesh.area = measure(&mesh.corners);
    let area = mesh.area;
    drop(mesh);
    let _promotions = alloc.end_frame_with_promotions(); //~ FA604
    area
}

pub fn export(alloc: &SmartAlloc, mode: Mode, corners: [[f32; 2]; 4]) -> f32 {
    alloc.begin_frame();
    let area = measure(&corners);
    let mesh = alloc.frame_retained_value(NavMesh { corners, area }, RetentionPolicy::PromoteToHeap);
    drop(mesh);
    match mode {
        Mode::Preview => alloc.end_frame(),
        Mode::Final => {
            alloc.end_frame_with_promotions(); //~ FA604
        }
    }
    area
}

pub fn bake(alloc: &SmartAlloc, corners: [[f32; 2]; 4]) -> Option<Promoted<NavMesh>> {
    alloc.begin_frame();
    let mesh = alloc.frame_retained_value(NavMesh { corners, area: 0.0 }, RetentionPolicy::PromoteToPool);
    let id = mesh.id();
    drop(mesh);
    let mut promotions = alloc.end_frame_with_promotions();
    promotions.take(id)
}

pub struct Capture<'a> {
    alloc: &'a SmartAlloc,
}

impl<'a> Capture<'a> {
    fn pixels(&self, row: &[u8]) -> Option<FrameBox<'a, [u8]>> {
        (!row.is_empty()).then(|| self.alloc.frame_slice_copy(row))
    }

    pub fn checksum(&self, row: &[u8]) -> u64 {
        let Some(pixels) = self.pixels(row) else { return 0 };
        let pixels = ManuallyDrop::new(pixels); //~ FA607
        pixels.iter().map(|pixel| u64::from(*pixel)).sum()
    }

    pub fn freeze(&self, row: &[u8]) -> usize {
        let guard = self.alloc.scope();
        let copied = guard.alloc_slice_copy(row).len();
        if copied > 64 {
            mem::forget(guard); //~ FA607
        }
        copied
    }
}
