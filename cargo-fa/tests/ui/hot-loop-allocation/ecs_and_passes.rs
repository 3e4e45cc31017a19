// Systems over entities and passes over meshes: what each turn makes anew and need not.
use framealloc::{FrameVec, PoolBox, SmartAlloc, frame_format};
use std::collections::HashMap;

struct Entity {
    position: [f32; 3],
    children: Vec<u32>,
    collider: Option<PoolBox<[f32; 6]>>,
}

struct World {
    alloc: SmartAlloc,
    entities: Vec<Entity>,
    names: HashMap<u32, PoolBox<[u8; 16]>>,
}

impl World {
    fn run(&mut self, frames: usize) {
        for _ in 0..frames {
            self.alloc.begin_frame();
            self.broad_phase();
            self.animate();
            self.spawn_colliders();
            println!("{}", self.passes() + self.tiles());
            self.alloc.end_frame();
        }
    }

    fn broad_phase(&self) {
        for entity in &self.entities {
            let bounds = self.alloc.pool_box([entity.position[0]; 6]); //~ FA602
            println!("{}", bounds[0]);
        }
    }

    fn animate(&self) {
        for entity in &self.entities {
            let mut stack = self.alloc.frame_vec::<u32>(); //~ FA602
            stack.extend(&entity.children);
            let pose = self.alloc.frame_slice_copy(&entity.position);
            let blend = self.alloc.frame_slice::<f32>(64); //~ FA602
            println!("{} {} {}", stack.len(), pose.len(), blend.len());
        }
    }

    fn spawn_colliders(&mut self) {
        for entity in self.entities.iter_mut().filter(|entity| entity.collider.is_none()) {
            entity.collider = Some(self.alloc.pool_box([0.0; 6]));
        }
        for id in 0..self.entities.len() as u32 {
            self.names.entry(id).or_insert_with(|| self.alloc.pool_box([0; 16]));
        }
    }

    fn passes(&self) -> usize {
        let mut drawn = 0;
        for pass in ["shadow", "opaque", "transparent"] {
            let label = frame_format!(self.alloc, "pass {pass}");
            drawn += label.len();
        }
        for _ in 0..4 {
            drawn += self.alloc.frame_slice::<u32>(16).len();
        }
        drawn
    }

    fn tiles(&self) -> usize {
        let mut lights = 0;
        for y in 0..16usize {
            let row = self.alloc.frame_slice::<u32>(y + 1);
            for x in 0..16usize {
                let list = self.alloc.heap_slice::<u32>(x + y); //~ FA602
                lights += list.len() + row.len();
            }
        }
        lights
    }
}

fn lights<'f>(alloc: &'f SmartAlloc, lamps: &[f32]) -> FrameVec<'f, FrameVec<'f, f32>> {
    let mut all = alloc.frame_vec();
    for lamp in lamps {
        let mut faces = alloc.frame_vec::<f32>();
        faces.push(*lamp);
        all.push(faces);
    }
    all
}

fn frame(alloc: &SmartAlloc, lamps: &[f32]) -> f32 {
    let guard = alloc.frame();
    let all = lights(alloc, lamps);
    let mut brightest = 0.0f32;
    let mut rest = lamps;
    while let [lamp, tail @ ..] = rest {
        let falloff = guard.boxed([0.5f32; 8]); //~ FA602
        brightest = brightest.max(lamp * falloff[0]);
        rest = tail;
    }
    lamps.iter().for_each(|lamp| {
        let copy = alloc.heap_box(*lamp); //~ FA602
        println!("{copy}");
    });
    brightest + all.len() as f32
}

fn contacts(alloc: &SmartAlloc, pairs: &[(u32, u32)]) -> usize {
    alloc.begin_frame();
    let mut total = 0;
    for (a, b) in pairs {
        total += solve(alloc, *a, *b);
    }
    alloc.end_frame();
    total
}

fn solve(alloc: &SmartAlloc, a: u32, b: u32) -> usize {
    let manifold = alloc.pool_alloc::<[u32; 4]>(); //~ FA606
    let points = alloc.frame_slice_from_fn(4, |i| a + b + i as u32);
    manifold.len() + points.len()
}

fn load(alloc: &SmartAlloc, files: &[&str]) -> Vec<PoolBox<usize>> {
    let mut loaded = Vec::new();
    for file in files {
        let scratch = alloc.heap_box([0u8; 256]);
        loaded.push(alloc.pool_box(file.len() + scratch.len()));
    }
    loaded
}

fn invariant(alloc: &SmartAlloc, rows: &[&[f32]], width: usize) -> f32 {
    let _frame = alloc.frame();
    let mut sum = 0.0;
    for row in rows {
        let mut line = alloc.frame_vec_with_capacity::<f32>(width); //~ FA602
        line.extend_from_slice(row);
        let exact = alloc.frame_vec_with_capacity::<f32>(row.len());
        sum += line.iter().sum::<f32>() + exact.capacity() as f32;
    }
    sum
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let entity = Entity { position: [1.0; 3], children: vec![1], collider: None };
    let mut world = World { alloc: alloc.clone(), entities: vec![entity], names: HashMap::new() };
    world.run(2);
    println!("{} {}", frame(&alloc, &[1.0]), contacts(&alloc, &[(1, 2)]));
    println!("{} {}", load(&alloc, &["a"]).len(), invariant(&alloc, &[&[1.0]], 4));
}
