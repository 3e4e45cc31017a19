// Type aliases, glob imports, a macro of the crate, tuples and an `Option` on the way to the thread.
use framealloc::*;
use std::sync::mpsc;
use std::thread;

type Bytes<'a> = FrameBox<'a, [u8]>;

struct Parcel<T> {
    inner: Option<T>,
}
// SAFETY: claimed, not true.
unsafe impl<T> Send for Parcel<T> {}

impl<T> Parcel<T> {
    fn new(inner: T) -> Self {
        Self { inner: Some(inner) }
    }

    fn take(&mut self) -> Option<T> {
        self.inner.take()
    }
}

macro_rules! bytes {
    ($alloc:expr, $len:expr) => {
        $alloc.frame_slice::<u8>($len)
    };
}

fn pair(alloc: &'static SmartAlloc) -> (Bytes<'static>, u32) {
    let mut bytes = alloc.frame_slice::<u8>(32);
    bytes[0] = 3;
    (bytes, 7)
}

fn hash(alloc: &'static SmartAlloc) -> u32 {
    let (bytes, seed) = pair(alloc);
    let mut parcel = Parcel::new(bytes);
    let worker = thread::spawn(move || { //~ FA201
        let bytes = parcel.take();
        bytes.map_or(0, |bytes| bytes.iter().map(|byte| u32::from(*byte)).sum())
    });
    seed + worker.join().unwrap_or(0)
}

fn seed_only(alloc: &'static SmartAlloc) -> u32 {
    let (bytes, seed) = pair(alloc);
    let worker = thread::spawn(move || seed * 2);
    worker.join().unwrap_or(0) + bytes.len() as u32
}

fn queued(alloc: &SmartAlloc) -> usize {
    let (send, receive) = mpsc::channel::<FrameVec<'_, u16>>();
    let mut samples = alloc.frame_vec_with_capacity(16);
    samples.extend(0..16u16);
    let half = samples.split_off(8);
    send.send(half).ok(); //~ FA201
    drop(send);
    samples.len() + receive.iter().map(|half| half.len()).sum::<usize>()
}

fn told(alloc: &SmartAlloc) -> usize {
    let (send, receive) = mpsc::channel::<usize>();
    let block = bytes!(alloc, 16);
    send.send(block.len()).ok();
    send.send(usize::from(block[0])).ok();
    drop(send);
    receive.iter().sum()
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(kilobytes(64)));
    for _ in 0..3 {
        alloc.begin_frame();
        println!("{} {} {} {}", hash(alloc), seed_only(alloc), queued(alloc), told(alloc));
        alloc.end_frame();
    }
}
