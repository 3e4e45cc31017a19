// Helpers, methods and closures that run within a frame and build on the heap what they then throw away.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::Arc;

struct Camera {
    planes: [[f32; 4]; 6],
}

struct Renderer {
    memory: Arc<SmartAlloc>,
    camera: Camera,
    meshes: Vec<[f32; 3]>,
    drawn: usize,
    names: Vec<String>,
}

trait Pass {
    fn execute(&mut self);
}

struct Shadows<'r>(&'r mut Renderer);

impl Pass for Shadows<'_> {
    fn execute(&mut self) {
        let mut casters: Vec<&[f32; 3]> = Vec::with_capacity(16); //~ FA608
        casters.extend(self.0.meshes.iter().filter(|mesh| mesh[1] > 0.0));
        self.0.drawn += casters.len();
    }
}

impl Renderer {
    fn load(&mut self) {
        let paths: Vec<String> = (0..4).map(|i| format!("mesh{i}.bin")).collect();
        for path in &paths {
            self.meshes.push([path.len() as f32; 3]);
        }
        self.names = paths;
    }

    fn visible(&self) -> usize {
        let mut text = String::new(); //~ FA608
        for mesh in &self.meshes {
            if self.camera.planes.iter().all(|plane| plane[0] * mesh[0] + plane[3] >= 0.0) {
                text.push('v');
            }
        }
        text.len()
    }

    fn frame(&mut self) {
        let memory = Arc::clone(&self.memory);
        memory.begin_frame();
        self.drawn = self.visible();
        Shadows(self).execute();
        memory.with_tag("post", |_| {
            let kernel = vec![0.25f32; 9]; //~ FA608
            self.drawn += kernel.iter().filter(|weight| **weight > 0.1).count();
        });
        memory.end_frame();
    }
}

fn main() {
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let camera = Camera { planes: [[1.0; 4]; 6] };
    let mut renderer = Renderer { memory, camera, meshes: Vec::new(), drawn: 0, names: Vec::new() };
    renderer.load();
    for _ in 0..5 {
        renderer.frame();
    }
    println!("{} {}", renderer.drawn, renderer.names.len());
}
