// The handle itself moves, in a wrapper whose `Send` is a lie, on a leaked allocator.
use framealloc::{AllocConfig, FrameBox, FrameVec, SmartAlloc};
use std::thread::{self, JoinHandle};

struct AssertSend<T>(T);
// SAFETY: claimed, not true.
unsafe impl<T> Send for AssertSend<T> {}

impl<T> AssertSend<T> {
    fn into_inner(self) -> T {
        self.0
    }
}

struct Meshlet {
    indices: FrameVec<'static, u32>,
    error: f32,
}
// SAFETY: claimed, not true.
unsafe impl Send for Meshlet {}

fn simplify(alloc: &'static SmartAlloc, indices: &[u32]) -> JoinHandle<usize> {
    let mut list = alloc.frame_vec::<u32>();
    list.extend_from_slice(indices);
    let meshlet = Meshlet { indices: list, error: 0.5 };
    thread::spawn(move || { //~ FA201
        let meshlet = meshlet;
        meshlet.indices.len() + meshlet.error as usize
    })
}

fn compress(alloc: &'static SmartAlloc, bytes: &[u8]) -> JoinHandle<usize> {
    let job: AssertSend<FrameBox<'static, [u8]>> = AssertSend(alloc.frame_slice_copy(bytes));
    thread::spawn(|| job.into_inner().len()) //~ FA201
}

fn checksum(alloc: &'static SmartAlloc, bytes: &[u8]) -> JoinHandle<u32> {
    let copy = alloc.pool_box([bytes.len() as u32; 8]);
    thread::spawn(move || copy.iter().sum())
}

fn resample(alloc: &'static SmartAlloc, samples: &[f32]) -> JoinHandle<f32> {
    let window = alloc.frame_slice_copy(samples);
    let owned = AssertSend(window.to_vec());
    thread::spawn(move || owned.into_inner().iter().sum())
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    alloc.begin_frame();
    let a = simplify(alloc, &[1, 2, 3]);
    let b = compress(alloc, &[0; 16]);
    let c = checksum(alloc, &[0; 4]);
    let d = resample(alloc, &[0.5; 4]);
    println!("{:?} {:?} {:?} {:?}", a.join().ok(), b.join().ok(), c.join().ok(), d.join().ok());
    alloc.end_frame();
}
