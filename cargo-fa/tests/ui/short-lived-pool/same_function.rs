// Pool and heap values that begin and end their lives in one frame of one function.
use framealloc::SmartAlloc;

#[derive(Clone, Copy, Default)]
struct Ray {
    origin: [f32; 3],
    direction: [f32; 3],
}

fn pick(alloc: &SmartAlloc, at: [f32; 3], meshes: &[[f32; 3]]) -> Option<usize> {
    let _frame = alloc.frame();
    let ray = alloc.pool_box(Ray { origin: at, direction: [0.0, 0.0, 1.0] }); //~ FA606
    let distances =
        alloc.frame_slice_from_fn(meshes.len(), |i| (meshes[i][0] - ray.origin[0]).abs() + ray.direction[0]);
    distances.iter().position(|distance| *distance < 0.5)
}

fn blur(alloc: &SmartAlloc, pixels: &mut [u8]) {
    alloc.begin_frame();
    let kernel = alloc.heap_box([0.25f32; 4]); //~ FA606
    for pixel in pixels.iter_mut() {
        *pixel = (f32::from(*pixel) * kernel[0]) as u8;
    }
    drop(kernel);
    let histogram = alloc.frame_slice::<u32>(256);
    pixels[0] = histogram.len() as u8;
    drop(histogram);
    alloc.end_frame();
}

fn count_lines(alloc: &SmartAlloc, text: &str) -> usize {
    alloc.begin_frame();
    let state = alloc.pool_alloc::<[usize; 4]>(); //~ FA606
    let lines = text.lines().count() + state[0];
    alloc.pool_free(state);
    alloc.end_frame();
    lines
}

fn kept_until_later(alloc: &SmartAlloc, kept: &mut Vec<framealloc::PoolBox<Ray>>) -> usize {
    alloc.begin_frame();
    let ray = alloc.pool_box(Ray::default());
    let copy = alloc.frame_box(*ray);
    let axes = copy.origin.len();
    kept.push(ray);
    drop(copy);
    alloc.end_frame();
    axes
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut pixels = [200u8; 16];
    blur(&alloc, &mut pixels);
    let mut kept = Vec::new();
    println!("{:?} {}", pick(&alloc, [0.0; 3], &[[0.1; 3]]), count_lines(&alloc, "a\nb"));
    println!("{} {}", kept_until_later(&alloc, &mut kept), pixels[0]);
}
