// The binding outlives the frame, the value does not: it is taken, dropped or made anew before each end.
use framealloc::{FrameVec, SmartAlloc};

fn rebound(alloc: &SmartAlloc) -> usize {
    let mut total = 0;
    alloc.begin_frame();
    let mut queue = alloc.frame_vec::<u32>();
    queue.push(1);
    total += queue.len();
    alloc.end_frame();

    alloc.begin_frame();
    queue = alloc.frame_vec::<u32>();
    queue.extend([1, 2, 3]);
    total += queue.len();
    alloc.end_frame();
    total
}

fn shadowed(alloc: &SmartAlloc, input: &[f32]) -> f32 {
    alloc.begin_frame();
    let sorted = alloc.frame_slice_copy(input);
    let sorted = sorted.iter().copied().fold(0.0f32, f32::max);
    alloc.end_frame();
    sorted
}

fn taken(alloc: &SmartAlloc) -> usize {
    let mut pending: Option<FrameVec<'_, u8>> = None;
    let mut sent = 0;
    for turn in 0..8u8 {
        alloc.begin_frame();
        let out = pending.get_or_insert_with(|| alloc.frame_vec());
        out.push(turn);
        if let Some(out) = pending.take() {
            sent += out.len();
        }
        alloc.end_frame();
    }
    sent
}

fn parked(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let weights = alloc.frame_slice_from_fn(16, |i| i as u32);
    let sum = weights.iter().sum();
    alloc.end_frame();
    sum
}

fn one_branch_only(alloc: &SmartAlloc, flush: bool) -> usize {
    alloc.begin_frame();
    let lines = alloc.frame_slice_copy(&[1u8, 2, 3]);
    let count = if flush {
        let count = lines.len();
        alloc.end_frame();
        count
    } else {
        let count = lines.len() * 2;
        alloc.end_frame();
        count
    };
    count
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", rebound(&alloc), shadowed(&alloc, &[1.0, 4.0]));
    println!("{} {} {}", taken(&alloc), parked(&alloc), one_branch_only(&alloc, true));
}
