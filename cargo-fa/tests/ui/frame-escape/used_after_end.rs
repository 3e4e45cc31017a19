// Values of a frame read after the `end_frame` that ended it, with copies that are right beside them.
use framealloc::{SmartAlloc, frame_format};

struct Contact {
    a: u32,
    b: u32,
    depth: f32,
}

fn deepest(alloc: &SmartAlloc, bodies: &[[f32; 2]]) -> f32 {
    alloc.begin_frame();
    let mut contacts = alloc.frame_vec::<Contact>();
    for (i, pair) in bodies.windows(2).enumerate() {
        let depth = pair[1][0] - pair[0][0];
        contacts.push(Contact { a: i as u32, b: i as u32 + 1, depth });
    }
    alloc.end_frame();
    contacts.iter().map(|c| c.depth).fold(0.0, f32::max) //~ FA601
}

fn report(alloc: &SmartAlloc, frame: u64) {
    alloc.begin_frame();
    let line = frame_format!(alloc, "frame {frame}: nothing to report");
    let length = line.len();
    let owned = line.as_str().to_owned();
    alloc.end_frame();
    println!("{owned} ({length} bytes)");
}

fn nearest(alloc: &SmartAlloc, points: &[f32]) -> Option<f32> {
    alloc.begin_frame();
    let distances = alloc.frame_slice_from_fn(points.len(), |i| points[i].abs());
    let best = distances.iter().copied().min_by(f32::total_cmp);
    let copied = distances.to_vec();
    alloc.end_frame();
    copied.first().copied().or(best)
}

fn checksum(alloc: &SmartAlloc, packet: &[u8]) -> u32 {
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(packet);
    let sum = copy.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    if sum == 0 {
        alloc.end_frame();
        return copy.len() as u32; //~ FA601
    }
    alloc.end_frame();
    sum
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let bodies = [[0.0, 1.0], [0.5, 1.5], [2.0, 0.0]];
    println!("{}", deepest(&alloc, &bodies));
    report(&alloc, 7);
    println!("{:?} {}", nearest(&alloc, &[3.0, -1.0]), checksum(&alloc, &[0, 0]));
}
