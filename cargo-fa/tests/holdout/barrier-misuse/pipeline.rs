// A pipeline of three stages in one function: a count that is wrong, and one stage with a wrong order.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc, kilobytes};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder};

static STOP: AtomicBool = AtomicBool::new(false);

fn stage(alloc: &SmartAlloc, barrier: &FrameBarrier, input: &[f32]) -> f32 {
    let mut result = 0.0;
    while !STOP.load(Ordering::Relaxed) {
        {
            let frame = alloc.frame();
            let copy = frame.alloc_slice_copy(input);
            copy.sort_by(f32::total_cmp);
            result += copy[0];
        }
        barrier.signal_frame_complete();
        barrier.wait_all();
        STOP.store(true, Ordering::Relaxed);
    }
    result
}

fn last_stage(alloc: &SmartAlloc, barrier: &FrameBarrier) -> usize {
    let mut bytes = 0;
    'turns: loop {
        alloc.begin_frame();
        let out = alloc.frame_slice::<u8>(16);
        bytes += out.len();
        drop(out);
        barrier.signal_frame_complete(); //~ FA202
        barrier.wait_all();
        alloc.end_frame();
        if STOP.load(Ordering::Relaxed) {
            break 'turns;
        }
    }
    bytes
}

fn main() -> std::io::Result<()> {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64))));
    let barrier = Arc::new(FrameBarrier::new(5)); //~ FA202
    let (a, b) = (Arc::clone(&alloc), Arc::clone(&barrier));
    let decode = Builder::new().name("decode".into()).spawn(move || stage(&a, &b, &[3.0, 1.0]))?;
    let (a, b) = (Arc::clone(&alloc), Arc::clone(&barrier));
    let filter = Builder::new().name("filter".into()).spawn(move || stage(&a, &b, &[2.0]))?;
    let (a, b) = (Arc::clone(&alloc), Arc::clone(&barrier));
    let encode = thread::spawn(move || last_stage(&a, &b));
    println!("{:?} {:?} {:?}", decode.join().ok(), filter.join().ok(), encode.join().ok());
    Ok(())
}
