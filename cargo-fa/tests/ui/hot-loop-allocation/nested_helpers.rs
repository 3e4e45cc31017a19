// The loop is two calls below the frame; one loop allocates before it starts, one keeps a scratch of its own.
use framealloc::{SmartAlloc, kilobytes};
use std::rc::Rc;

struct Mesh {
    triangles: Vec<[u32; 3]>,
}

struct Scene {
    memory: Rc<SmartAlloc>,
    meshes: Vec<Mesh>,
}

impl Scene {
    fn frame(&self) -> usize {
        self.memory.begin_frame();
        let raster = self.raster();
        let baked = self.bake();
        let traced = self.trace();
        self.memory.end_frame();
        raster + baked + traced
    }

    fn raster(&self) -> usize {
        self.meshes.iter().map(|mesh| rasterise(&self.memory, mesh)).sum()
    }

    fn bake(&self) -> usize {
        let mut lit = 0;
        let mut texels = self.memory.frame_vec::<u8>();
        for mesh in &self.meshes {
            texels.clear();
            texels.resize(mesh.triangles.len(), 1);
            lit += texels.len();
        }
        lit
    }

    fn trace(&self) -> usize {
        let scratch = self.memory.create_scratch_allocator(kilobytes(16));
        let mut hits = 0;
        for mesh in &self.meshes {
            hits += scratch.with_scope(|s| s.alloc_slice::<u8>(mesh.triangles.len()).len());
        }
        hits
    }
}

fn rasterise(memory: &SmartAlloc, mesh: &Mesh) -> usize {
    let mut covered = 0;
    for triangle in &mesh.triangles {
        let edges = memory.pool_box([*triangle; 2]); //~ FA602
        let spans = memory.frame_uninit::<[u32; 64]>(); //~ FA602
        covered += edges.len() + spans.write([triangle[0]; 64]).len();
    }
    covered
}

fn main() {
    let triangles = (0..16).map(|i| [i, i + 1, i + 2]).collect();
    let scene = Scene { memory: Rc::new(SmartAlloc::with_defaults()), meshes: vec![Mesh { triangles }] };
    for _ in 0..3 {
        println!("{}", scene.frame());
    }
}
