// The temporary is in a method or helper that a frame calls.
use framealloc::{AllocConfig, SmartAlloc};
use std::sync::Arc;

struct Camera {
    yaw: f32,
}

struct Renderer {
    memory: Arc<SmartAlloc>,
    camera: Camera,
    drawn: usize,
}

trait Pass {
    fn run(&mut self) -> f32;
}

impl Pass for Renderer {
    fn run(&mut self) -> f32 {
        let view = self.memory.pool_box([self.camera.yaw; 16]); //~ FA606
        self.drawn += 1;
        view.iter().sum()
    }
}

impl Renderer {
    fn skybox(&self) -> f32 {
        let faces = self.memory.heap_slice::<f32>(6); //~ FA606
        faces[0] + self.camera.yaw
    }

    fn startup(&self) -> f32 {
        let probe = self.memory.pool_box([1.0f32; 4]);
        probe[0]
    }

    fn frame(&mut self) -> f32 {
        self.memory.begin_frame();
        let a = self.run();
        let b = self.skybox();
        let c = fog(&self.memory, self.camera.yaw);
        self.memory.end_frame();
        a + b + c
    }
}

fn fog(memory: &SmartAlloc, density: f32) -> f32 {
    memory.with_tag("fog", |m| {
        let curve = m.pool_box([density; 32]); //~ FA606
        curve[3]
    })
}

fn main() {
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let mut renderer = Renderer { memory, camera: Camera { yaw: 0.5 }, drawn: 0 };
    println!("{}", renderer.startup());
    for _ in 0..4 {
        println!("{}", renderer.frame());
    }
}
