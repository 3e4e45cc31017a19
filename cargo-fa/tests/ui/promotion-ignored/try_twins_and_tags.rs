// The `try_` twins, under a tag and through a static.
use framealloc::{AllocError, RetentionPolicy, SmartAlloc};
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

#[derive(Default)]
struct Mesh {
    indices: Vec<u16>,
}

fn build(corners: u16) -> Result<usize, AllocError> {
    MEMORY.with_tag("meshes", |memory| {
        let mut mesh = memory.try_frame_retained::<Mesh>(RetentionPolicy::PromoteToHeap)?; //~ FA604
        mesh.indices.extend(0..corners);
        Ok(mesh.indices.len())
    })
}

fn keep(mesh: Mesh) -> bool {
    let kept = MEMORY.try_frame_retained_value(mesh, RetentionPolicy::PromoteToPool); //~ FA604
    kept.is_ok()
}

fn main() {
    let mut built = 0;
    for corners in 3..9 {
        MEMORY.begin_frame();
        built += build(corners).unwrap_or(0);
        built += usize::from(keep(Mesh::default()));
        MEMORY.end_frame();
    }
    println!("{built}");
}
