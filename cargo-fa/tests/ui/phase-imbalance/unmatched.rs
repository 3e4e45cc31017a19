// A phase that nobody ends, beside one that is ended and a function without any.
use framealloc::SmartAlloc;
use std::sync::Arc;

struct Profiler {
    memory: Arc<SmartAlloc>,
    frames: u32,
}

impl Profiler {
    fn cull(&mut self, meshes: &[u32]) -> usize {
        self.memory.begin_phase("cull"); //~ FA805
        let visible = self.memory.frame_slice_copy(meshes);
        self.frames += 1;
        visible.len()
    }

    fn sort(&mut self, meshes: &[u32]) -> u32 {
        let mut keys = self.memory.frame_slice_copy(meshes);
        keys.sort_unstable();
        keys[0]
    }

    fn upload(&mut self, meshes: &[u32]) -> usize {
        let memory = &self.memory;
        memory.begin_phase("upload");
        let staging = memory.with_tag("staging", |m| m.frame_slice_copy(meshes));
        memory.end_phase();
        staging.len()
    }
}

fn main() {
    let mut profiler = Profiler { memory: Arc::new(SmartAlloc::with_defaults()), frames: 0 };
    let memory = Arc::clone(&profiler.memory);
    memory.begin_frame();
    println!("{} {}", profiler.sort(&[3, 1]), profiler.upload(&[4]));
    println!("{} {}", profiler.cull(&[1, 2]), profiler.frames);
    memory.end_frame();
}
