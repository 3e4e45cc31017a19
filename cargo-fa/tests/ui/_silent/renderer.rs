// A renderer with retained meshes, a draw queue per frame, staging in a scope and errors that pass through a guard.
use framealloc::{
    AllocConfig, AllocError, FrameBox, FrameVec, PoolBox, Promoted, RetainedId, RetentionPolicy, SmartAlloc,
    frame_format, megabytes,
};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Default)]
struct Mesh {
    vertices: Vec<[f32; 3]>,
}

#[derive(Debug)]
enum Trouble {
    Memory(AllocError),
    NoMesh(u32),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(error) => error.fmt(f),
            Self::NoMesh(id) => write!(f, "no mesh {id}"),
        }
    }
}

impl From<AllocError> for Trouble {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

struct Draw<'f> {
    mesh: u32,
    depth: f32,
    constants: FrameBox<'f, [f32]>,
}

struct Renderer {
    alloc: &'static SmartAlloc,
    meshes: BTreeMap<u32, PoolBox<Mesh>>,
    drawn: usize,
}

impl Renderer {
    fn build(&self, corners: u32) -> RetainedId<Mesh> {
        let mut mesh = self.alloc.frame_retained::<Mesh>(RetentionPolicy::PromoteToPool);
        mesh.vertices.extend((0..corners).map(|corner| [corner as f32, 0.0, 1.0]));
        mesh.id()
    }

    fn load(&mut self, id: u32) {
        self.alloc.begin_frame();
        let names = self.alloc.frame_slice_from_fn(4, |i| i as u32 + id);
        let made = self.build(names[3]);
        drop(names);
        let mut promotions = self.alloc.end_frame_with_promotions();
        if let Some(Promoted::Pool(mesh)) = promotions.take(made) {
            self.meshes.insert(id, mesh);
        }
    }

    fn queue<'f>(
        &self,
        visible: &[(u32, f32)],
        alloc: &'f SmartAlloc,
    ) -> Result<FrameVec<'f, Draw<'f>>, Trouble> {
        let mut queue = alloc.try_frame_vec_with_capacity(visible.len())?;
        for (mesh, depth) in visible {
            if !self.meshes.contains_key(mesh) {
                return Err(Trouble::NoMesh(*mesh));
            }
            let constants = alloc.try_frame_slice_from_fn(16, |i| depth * i as f32)?;
            queue.push(Draw { mesh: *mesh, depth: *depth, constants });
        }
        queue.sort_by(|a, b| a.depth.total_cmp(&b.depth));
        Ok(queue)
    }

    fn draw(&mut self, visible: &[(u32, f32)]) -> Result<usize, Trouble> {
        let frame = self.alloc.frame();
        let queue = self.queue(visible, self.alloc)?;
        let staging = frame.alloc_slice_from_fn(queue.len(), |i| queue[i].constants[1]);
        let mut vertices = 0;
        for draw in queue.iter() {
            let Some(mesh) = self.meshes.get(&draw.mesh) else {
                return Err(Trouble::NoMesh(draw.mesh));
            };
            vertices += mesh.vertices.len();
        }
        self.drawn += staging.len();
        Ok(vertices)
    }
}

fn main() -> Result<(), Trouble> {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(1)));
    let mut renderer = Renderer { alloc, meshes: BTreeMap::new(), drawn: 0 };
    for id in [1, 2, 5] {
        renderer.load(id);
    }
    for number in 0..10 {
        let vertices = renderer.draw(&[(1, 2.0), (5, 1.0)])?;
        let frame = alloc.frame();
        let title = frame_format!(alloc, "frame {number}: {vertices} vertices");
        println!("{title}");
        drop(title);
        drop(frame);
    }
    if let Err(trouble) = renderer.draw(&[(9, 0.0)]) {
        println!("{trouble}, {} drawn", renderer.drawn);
    }
    Ok(())
}
