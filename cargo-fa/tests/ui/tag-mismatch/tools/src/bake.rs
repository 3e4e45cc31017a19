//! Baking of meshes and light maps.
use framealloc::{PoolBox, SmartAlloc as Memory};

const TAG: &str = "bake";
const OTHER: &str = "import";

struct Baked {
    texels: [u32; 16],
}

fn light(memory: &Memory, path: &str) -> PoolBox<Baked> {
    memory.with_tag("bake/light", |m| m.pool_box(Baked { texels: [path.len() as u32; 16] }))
}

fn import(memory: &Memory, path: &str) -> usize {
    let _tag = memory.tag(OTHER); //~ FA801
    memory.frame_slice_copy(path.as_bytes()).len()
}

fn shadow(memory: &Memory, path: &str) -> usize {
    memory.with_tag("lights/shadow", |m| { //~ FA801
        m.frame_slice_copy(path.as_bytes()).len()
    })
}

fn preview(memory: &Memory, path: &str) -> usize {
    let guard = memory.tag("bake");
    let bytes = memory.frame_slice_copy(path.as_bytes()).len();
    drop(guard);
    let _other = memory.tag("preview"); //~ FA801
    bytes + memory.frame_slice::<u8>(bytes).len()
}

pub fn all(memory: &Memory, paths: &[String]) -> usize {
    let (mut size, mut baked) = (0, Vec::new());
    for path in paths {
        let _frame = memory.frame();
        size += memory.with_tag(TAG, |m| m.frame_slice_copy(path.as_bytes()).len());
        baked.push(light(memory, path));
        size += import(memory, path) + shadow(memory, path) + preview(memory, path);
    }
    size + baked.iter().map(|baked| baked.texels[0] as usize).sum::<usize>()
}
