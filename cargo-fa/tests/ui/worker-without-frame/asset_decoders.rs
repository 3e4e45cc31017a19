//! Threads that decode assets, with and without frames of their own.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::sync::Arc;
use std::thread::{self, Builder, JoinHandle};

fn palette<'a>(alloc: &'a SmartAlloc, pixels: &[u8]) -> FrameVec<'a, u8> {
    let mut palette = alloc.frame_vec_with_capacity(pixels.len()); //~ FA204
    palette.extend(pixels.iter().copied().filter(|pixel| *pixel != 0));
    palette
}

fn histogram<'a>(alloc: &'a SmartAlloc, pixels: &[u8]) -> FrameBox<'a, [u32]> {
    let mut bins = alloc.frame_slice::<u32>(16);
    for pixel in pixels {
        bins[usize::from(*pixel >> 4)] += 1;
    }
    bins
}

fn decode(alloc: Arc<SmartAlloc>, pixels: Vec<u8>) -> JoinHandle<usize> {
    thread::spawn(move || {
        let palette = palette(&alloc, &pixels);
        palette.len()
    })
}

fn compress(alloc: Arc<SmartAlloc>, pixels: Vec<u8>) -> std::io::Result<JoinHandle<u32>> {
    Builder::new().name("compress".into()).spawn(move || {
        let blocks = alloc.frame_slice_copy(&pixels); //~ FA204
        blocks.iter().map(|block| u32::from(*block)).sum()
    })
}

fn count(alloc: &Arc<SmartAlloc>, pixels: &[u8]) -> u32 {
    let (alloc, pixels) = (alloc.clone(), pixels.to_vec());
    let worker = thread::spawn(move || {
        let _frame = alloc.frame();
        histogram(&alloc, &pixels).iter().sum()
    });
    worker.join().unwrap_or_default()
}

fn mips(alloc: &SmartAlloc, pixels: &[u8]) -> usize {
    thread::scope(|scope| {
        let halves = pixels.split_at(pixels.len() / 2);
        let first = scope.spawn(move || {
            let row = alloc.frame_slice_copy(halves.0); //~ FA204
            row.len()
        });
        let second = scope.spawn(move || {
            alloc.begin_frame();
            let row = alloc.frame_slice_copy(halves.1);
            let len = row.len();
            drop(row);
            alloc.end_frame();
            len
        });
        // No frame memory at all in this one.
        let third = scope.spawn(move || *alloc.pool_box(halves.0.len()));
        first.join().unwrap() + second.join().unwrap() + third.join().unwrap()
    })
}

fn main() -> std::io::Result<()> {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let pixels = vec![3u8; 1000];
    println!("{:?}", decode(alloc.clone(), pixels.clone()).join().ok());
    println!("{:?}", compress(alloc.clone(), pixels.clone())?.join().ok());
    println!("{} {}", count(&alloc, &pixels), mips(&alloc, &pixels));
    Ok(())
}
