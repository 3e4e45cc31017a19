// A helper makes the handle, its caller lets it fall; `try_` twins, tags, an `if let` that only looks.
use framealloc::{AllocError, SmartAlloc, TransferHandle};
use std::sync::Arc;

struct Mesh {
    vertices: [f32; 12],
}

fn cook(alloc: &SmartAlloc, scale: f32) -> TransferHandle<Mesh> {
    alloc.frame_box_for_transfer(Mesh { vertices: [scale; 12] })
}

fn probe(alloc: &Arc<SmartAlloc>) -> usize {
    let mut failed = 0;
    if let Ok(_handle) = alloc.try_frame_box_for_transfer([0u8; 64]) { //~ FA203
        println!("there is room");
    } else {
        failed += 1;
    }
    failed
}

fn tagged(alloc: &SmartAlloc, scale: f32) -> usize {
    alloc.with_tag("cook", |a| {
        let handle = a.frame_box_for_transfer(Mesh { vertices: [scale; 12] }); //~ FA203
        size_of_val(&handle)
    })
}

fn sum(alloc: &SmartAlloc) -> f32 {
    let mesh = cook(alloc, 2.0).receive();
    mesh.vertices.iter().sum()
}

fn checked(alloc: &SmartAlloc) -> Result<f32, AllocError> {
    let handle = alloc.try_frame_box_for_transfer(Mesh { vertices: [1.0; 12] })?;
    Ok(handle.into_inner().vertices[0])
}

fn tried(alloc: &SmartAlloc, retry: bool) -> Result<(), AllocError> {
    let handle = alloc.try_frame_box_for_transfer(Mesh { vertices: [1.0; 12] })?; //~ FA203
    if retry {
        println!("again, at {} bytes", size_of_val(&handle));
    }
    Ok(())
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{} {}", probe(&alloc), tagged(&alloc, 2.0));
    println!("{} {:?} {:?}", sum(&alloc), checked(&alloc).ok(), tried(&alloc, true).is_ok());
}
