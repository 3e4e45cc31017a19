//! A ray tracer: tiles are traced by a pool, a preview by a thread, the denoiser by another.

use std::sync::mpsc;
use std::thread;

use framealloc::{AllocConfig, FrameVec, SmartAlloc, kilobytes, megabytes};
use rayon::prelude::*;

type Rgb = [f32; 3];

#[derive(Clone, Copy)]
struct Sphere {
    at: [f32; 3],
    radius: f32,
    color: Rgb,
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

impl Sphere {
    fn hit(&self, ray: [f32; 3]) -> Option<f32> {
        let along = dot(self.at, ray);
        let aside = dot(self.at, self.at) - along * along;
        (along > 0.0 && aside < self.radius * self.radius).then_some(along)
    }
}

struct Scene {
    spheres: Vec<Sphere>,
    width: usize,
    height: usize,
}

impl Scene {
    fn ray(&self, pixel: usize) -> [f32; 3] {
        let (x, y) = ((pixel % self.width) as f32, (pixel / self.width) as f32);
        let ray = [x / self.width as f32 - 0.5, y / self.height as f32 - 0.5, 1.0];
        let length = dot(ray, ray).sqrt();
        ray.map(|part| part / length)
    }

    fn trace(&self, pixel: usize) -> Rgb {
        let ray = self.ray(pixel);
        let hits = self.spheres.iter().filter_map(|sphere| Some((sphere.hit(ray)?, sphere.color)));
        hits.min_by(|a, b| a.0.total_cmp(&b.0)).map_or([0.0; 3], |(_, color)| color)
    }

    /// Sorted by depth, in the frame of the caller.
    fn candidates<'a>(&self, alloc: &'a SmartAlloc, pixel: usize) -> FrameVec<'a, (f32, Rgb)> {
        let ray = self.ray(pixel);
        let mut hits = alloc.frame_vec_with_capacity(self.spheres.len());
        hits.extend(self.spheres.iter().filter_map(|sphere| Some((sphere.hit(ray)?, sphere.color))));
        hits.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        hits
    }
}

struct Pixels(*mut Rgb, usize);

// SAFETY: the pixels are written by one thread only.
unsafe impl Send for Pixels {}

impl Pixels {
    fn fill(self, color: Rgb) {
        // SAFETY: so many there are.
        let pixels = unsafe { std::slice::from_raw_parts_mut(self.0, self.1) };
        pixels.fill(color);
    }
}

/// Right: rayon only borrows the slice while it is here.
fn image(alloc: &SmartAlloc, scene: &Scene) -> f32 {
    let _frame = alloc.frame();
    let mut pixels = alloc.frame_slice::<Rgb>(scene.width * scene.height);
    pixels.par_iter_mut().enumerate().for_each(|(at, pixel)| *pixel = scene.trace(at));
    pixels.par_iter().map(|pixel| pixel[0]).sum()
}

fn clear(alloc: &'static SmartAlloc, count: usize) {
    alloc.begin_frame();
    let mut pixels = alloc.frame_slice::<Rgb>(count);
    let sky = Pixels(pixels.as_mut_ptr(), pixels.len());
    let cleared = thread::spawn(move || sky.fill([0.1, 0.2, 0.4])); //~ FA201
    if cleared.join().is_err() {
        eprintln!("the sky fell");
    }
    alloc.end_frame();
}

fn background(alloc: &'static SmartAlloc, scene: &'static Scene, done: mpsc::Sender<f32>) {
    alloc.begin_frame();
    let pixels = alloc.frame_slice::<Rgb>(scene.width);
    let row: &'static mut [Rgb] = pixels.leak(); //~ FA607
    rayon::spawn(move || {
        for (at, pixel) in row.iter_mut().enumerate() {
            *pixel = scene.trace(at);
        }
        let _ = done.send(row.iter().map(|pixel| pixel[2]).sum());
    });
    alloc.end_frame();
}

fn preview(alloc: &'static SmartAlloc, scene: &'static Scene) -> thread::JoinHandle<usize> {
    thread::spawn(move || { //~ FA302
        let mut deepest = 0;
        for pixel in (0..scene.width * scene.height).step_by(16) {
            let frame = alloc.frame();
            let hits = scene.candidates(alloc, pixel);
            deepest = deepest.max(hits.len());
            drop(hits);
            drop(frame);
        }
        deepest
    })
}

fn denoise(alloc: &'static SmartAlloc, scene: &'static Scene) -> thread::JoinHandle<f32> {
    thread::spawn(move || {
        alloc.set_thread_frame_budget(kilobytes(512));
        let luma = alloc.frame_slice_from_fn(scene.width, |x| dot(scene.trace(x), [0.3, 0.6, 0.1])); //~ FA204
        let smooth = luma.windows(3).map(|window| window.iter().sum::<f32>() / 3.0);
        smooth.fold(0.0, f32::max)
    })
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(4)));
    alloc.set_thread_frame_budget(megabytes(8));
    let spheres = (0..20u8).map(|i| {
        let at = [f32::from(i % 5) - 2.0, f32::from(i / 5) - 2.0, 6.0 + f32::from(i)];
        Sphere { at, radius: 0.6, color: [0.5, 0.5, f32::from(i) / 20.0] }
    });
    let scene: &'static Scene =
        Box::leak(Box::new(Scene { spheres: spheres.collect(), width: 160, height: 90 }));
    let (done, rows) = mpsc::channel();
    let (previewed, denoised) = (preview(alloc, scene), denoise(alloc, scene));
    for _ in 0..3 {
        clear(alloc, scene.width);
        background(alloc, scene, done.clone());
        println!("{}", image(alloc, scene));
    }
    drop(done);
    println!("{:?} {:?} {:?}", previewed.join().ok(), denoised.join().ok(), rows.iter().sum::<f32>());
}
