//! Values used after the frame that they belong to.
use framealloc::{Frame, FrameBox, FrameString, FrameVec, SmartAlloc, frame_format};

struct Tick {
    number: u64,
    entities: Vec<[f32; 2]>,
}

fn hud_line<'a>(alloc: &'a SmartAlloc, tick: &Tick) -> FrameString<'a> {
    frame_format!(alloc, "tick {} with {}", tick.number, tick.entities.len())
}

fn print_status(alloc: &SmartAlloc, tick: &Tick) {
    alloc.begin_frame();
    let line = hud_line(alloc, tick);
    let length = line.len();
    alloc.end_frame();
    println!("{length} bytes");
    println!("{line}"); //~ FA601
}

fn centre(alloc: &SmartAlloc, tick: &Tick) -> [f32; 2] {
    let frame = alloc.frame();
    let sums: FrameBox<'_, [f32; 2]> = alloc.frame_box(tick.entities.iter().fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]));
    drop(frame);
    let count = tick.entities.len() as f32;
    [sums[0] / count, 0.0] //~ FA601
}

fn highest(alloc: &SmartAlloc, tick: &Tick) -> f32 {
    let frame: Frame<'_> = alloc.frame();
    let heights = frame.alloc_slice_from_fn(tick.entities.len(), |index| tick.entities[index][1]);
    let (start, len) = (heights.as_ptr(), heights.len());
    drop(frame);
    let heights = unsafe { std::slice::from_raw_parts(start, len) }; //~ FA601
    heights.iter().copied().fold(f32::MIN, f32::max)
}

fn nearest_to<'a>(alloc: &'a SmartAlloc, tick: &Tick, to: [f32; 2]) -> FrameVec<'a, f32> {
    alloc.begin_frame();
    let mut distances = alloc.frame_vec_with_capacity(tick.entities.len());
    for entity in &tick.entities {
        distances.push((entity[0] - to[0]).hypot(entity[1] - to[1]));
    }
    alloc.end_frame();
    distances //~ FA601
}

fn twice(alloc: &SmartAlloc, tick: &Tick) -> usize {
    alloc.begin_frame();
    let ids = alloc.frame_slice_from_fn(tick.entities.len(), |index| index);
    let kept = ids.to_vec();
    alloc.end_frame();
    alloc.begin_frame();
    // Another value under the same name.
    let ids = alloc.frame_slice_copy(&kept);
    let sum = ids.iter().sum::<usize>();
    alloc.end_frame();
    sum + kept.len()
}

fn largest(alloc: &SmartAlloc, tick: &Tick) -> Option<f32> {
    let best = {
        let _frame = alloc.frame();
        let xs = alloc.frame_slice_from_fn(tick.entities.len(), |index| tick.entities[index][0]);
        xs.iter().copied().reduce(f32::max)
    };
    best.filter(|x| x.is_finite())
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let tick = Tick { number: 9, entities: vec![[1.0, 2.0], [3.0, 4.0]] };
    print_status(&alloc, &tick);
    println!("{:?} {}", centre(&alloc, &tick), highest(&alloc, &tick));
    println!("{} {:?}", twice(&alloc, &tick), largest(&alloc, &tick));
    println!("{}", nearest_to(&alloc, &tick, [0.0; 2]).len());
}
