// Signals in loops that never wait, and signals that come before the thread has ended its frame.
use framealloc::{FrameBarrier, SmartAlloc};
use std::thread;

fn physics(alloc: &SmartAlloc, barrier: &FrameBarrier, frames: u32) -> u32 {
    let mut sum = 0;
    for number in 0..frames {
        alloc.begin_frame();
        sum += alloc.frame_slice_from_fn(8, |i| i as u32 * number).iter().sum::<u32>();
        alloc.end_frame();
        barrier.signal_frame_complete(); //~ FA202
    }
    sum
}

fn audio(alloc: &SmartAlloc, barrier: &FrameBarrier, frames: u32) -> f32 {
    let mut peak = 0.0;
    for _ in 0..frames {
        alloc.begin_frame();
        let samples = alloc.frame_slice::<f32>(64);
        peak += samples[0];
        drop(samples);
        barrier.signal_frame_complete(); //~ FA202
        alloc.end_frame();
        barrier.wait_all();
    }
    peak
}

fn render(alloc: &SmartAlloc, barrier: &FrameBarrier, frames: u32) -> usize {
    let mut drawn = 0;
    let mut number = 0;
    loop {
        let visible = {
            let frame = alloc.frame();
            frame.alloc_slice_copy(&[1u8, 2, 3]).len()
        };
        drawn += visible;
        barrier.signal_frame_complete();
        number += 1;
        barrier.wait_all();
        if number == frames {
            break drawn;
        }
    }
}

fn guarded(alloc: &SmartAlloc, barrier: &FrameBarrier, frames: u32) -> usize {
    let mut drawn = 0;
    for _ in 0..frames {
        let frame = alloc.frame();
        drawn += frame.alloc_slice_copy(&[1u8, 2, 3]).len();
        barrier.signal_frame_complete(); //~ FA202
        barrier.wait_all();
    }
    drawn
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let barrier = FrameBarrier::new(4);
    thread::scope(|scope| {
        scope.spawn(|| physics(&alloc, &barrier, 3));
        scope.spawn(|| audio(&alloc, &barrier, 3));
        scope.spawn(|| render(&alloc, &barrier, 3));
        scope.spawn(|| guarded(&alloc, &barrier, 3));
    });
}
