//! Culling on rayon's threads: each allocates through a shared frame, the main thread reads it all.
use framealloc::{SharedFrame, SmartAlloc};
use rayon::prelude::*;

#[derive(Clone, Copy)]
struct Sphere {
    centre: [f32; 3],
    radius: f32,
}

struct Camera {
    planes: [[f32; 4]; 6],
}

impl Camera {
    fn sees(&self, sphere: &Sphere) -> bool {
        self.planes.iter().all(|[x, y, z, w]| {
            let [a, b, c] = sphere.centre;
            x * a + y * b + z * c + w > -sphere.radius
        })
    }
}

fn cull<'f>(shared: &'f SharedFrame<'_>, camera: &Camera, part: &[Sphere]) -> &'f mut [Sphere] {
    let count = part.iter().filter(|sphere| camera.sees(sphere)).count();
    let mut seen = part.iter().filter(|sphere| camera.sees(sphere));
    shared.alloc_slice_from_fn(count, |_| *seen.next().expect("counted"))
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scene = vec![Sphere { centre: [0.0; 3], radius: 1.0 }; 4096];
    let camera = Camera { planes: [[0.0, 1.0, 0.0, 0.5]; 6] };
    for frame in 0..30 {
        let shared = alloc.shared_frame();
        let parts: Vec<&mut [Sphere]> = scene.par_chunks(512).map(|part| cull(&shared, &camera, part)).collect();
        let count = parts.iter().map(|part| part.len()).sum::<usize>();
        println!("{frame}: {count} of {}", scene.len());
    }
}
