// Sub-tags by path in one place and by nesting in another; one name is only a phase, one only a variable.
use framealloc::{FrameVec, SmartAlloc as Memory};
use std::rc::Rc;

struct World {
    memory: Rc<Memory>,
    chunks: Vec<[u8; 16]>,
}

impl World {
    fn dirty(&self) -> FrameVec<'_, usize> {
        let _tag = self.memory.tag("world");
        let _inner = self.memory.tag("chunks");
        let mut dirty = self.memory.frame_vec_with_capacity(self.chunks.len());
        dirty.extend(self.chunks.iter().enumerate().filter(|(_, chunk)| chunk[0] > 0).map(|(i, _)| i));
        dirty
    }

    fn lights(&self) -> usize {
        let _phase = self.memory.phase("world/lights");
        self.chunks.len()
    }

    fn replicate(&self) -> usize {
        let ui = self.memory.with_tag("net", |m| m.frame_slice_copy(&self.chunks[0]));
        ui.len()
    }
}

fn main() {
    let world = World { memory: Rc::new(Memory::with_defaults()), chunks: vec![[1; 16]; 4] };
    let memory = Rc::clone(&world.memory);
    let frame = memory.frame();
    println!("{} {} {}", world.dirty().len(), world.lights(), world.replicate());
    drop(frame);
}
