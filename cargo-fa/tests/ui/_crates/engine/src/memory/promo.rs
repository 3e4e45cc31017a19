//! What is made in a frame and outlives it.

use framealloc::{FrameRetained, Promoted, RetentionPolicy};

use super::Alloc;

#[derive(Default)]
pub struct NavMesh {
    pub cells: Vec<u32>,
}

/// A mesh that the frame's end will promote.
pub fn mesh_of(alloc: &Alloc, cells: usize) -> FrameRetained<'_, NavMesh> {
    let mut mesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);
    mesh.cells.resize(cells, 0);
    mesh
}

/// Bakes the meshes of a level in one frame, and keeps them.
pub fn finish_level(alloc: &Alloc, sizes: &[usize]) -> Vec<Promoted<NavMesh>> {
    alloc.begin_frame();
    for &size in sizes {
        let mut mesh = mesh_of(alloc, size);
        mesh.cells.push(0);
    }
    let mut kept = Vec::new();
    for promotion in alloc.end_frame_with_promotions() {
        if let Ok(mesh) = promotion.downcast::<NavMesh>() {
            kept.push(mesh);
        }
    }
    kept
}

/// Bakes one mesh for the editor's preview.
pub fn bake_quick(alloc: &Alloc, cells: usize) -> usize {
    alloc.begin_frame();
    let mesh = alloc.frame_retained_value(NavMesh { cells: vec![1; cells] }, RetentionPolicy::PromoteToHeap);
    let baked = mesh.cells.len();
    drop(mesh);
    alloc.end_frame_with_promotions(); //~ FA604
    baked
}
