//! Frame values that are sent to other threads behind the compiler's back.
use framealloc::{FrameBox, PoolBox, SmartAlloc};
use std::sync::LazyLock;
use std::sync::mpsc::channel;
use std::thread;

static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

struct Sendable<T>(T);

unsafe impl<T> Send for Sendable<T> {}

impl<T> Sendable<T> {
    fn get(self) -> T {
        self.0
    }
}

fn sum_elsewhere(values: &[f32]) -> Option<f32> {
    let copy = ALLOC.frame_slice_copy(values);
    let wrapped = Sendable(copy);
    let worker = thread::spawn(move || { //~ FA201
        let copy: FrameBox<'static, [f32]> = wrapped.get();
        copy.iter().sum::<f32>()
    });
    worker.join().ok()
}

fn sum_here(values: &[f32]) -> f32 {
    let copy = ALLOC.frame_slice_copy(values);
    let (left, right) = copy.split_at(copy.len() / 2);
    thread::scope(|scope| {
        let left = scope.spawn(|| left.iter().sum::<f32>());
        right.iter().sum::<f32>() + left.join().unwrap_or(0.0)
    })
}

fn pointer_elsewhere(count: usize) -> Option<usize> {
    let numbers = ALLOC.frame_slice_from_fn(count, |index| index);
    let (start, len) = (Sendable(numbers.as_ptr()), numbers.len());
    let worker = thread::Builder::new().spawn(move || { //~ FA201
        let start = start.get();
        (0..len).map(|index| unsafe { *start.add(index) }).sum::<usize>()
    });
    worker.ok()?.join().ok()
}

fn pool_elsewhere(count: usize) -> Option<usize> {
    let boxed: PoolBox<[usize; 4]> = ALLOC.pool_box([count; 4]);
    let parcel = ALLOC.frame_box_for_transfer(count);
    let worker = thread::spawn(move || boxed.iter().sum::<usize>() + parcel.into_inner());
    worker.join().ok()
}

fn through_a_channel(values: &[u32]) -> u32 {
    let (sender, receiver) = channel();
    let worker = thread::spawn(move || receiver.recv().map_or(0, |value: Sendable<FrameBox<'static, u32>>| *value.get()));
    for value in values {
        let boxed = ALLOC.frame_box(*value);
        if sender.send(Sendable(boxed)).is_err() { //~ FA201
            break;
        }
    }
    drop(sender);
    worker.join().unwrap_or(0)
}

fn copies_through_a_channel(values: &[u32]) -> Vec<u32> {
    let (sender, receiver) = channel();
    for value in values {
        let boxed = ALLOC.frame_box(*value);
        let _ = sender.send(*boxed);
    }
    drop(sender);
    thread::spawn(move || receiver.into_iter().collect()).join().unwrap_or_default()
}

fn main() {
    ALLOC.begin_frame();
    let values = [1.0, 2.0];
    println!("{:?} {} {:?}", sum_elsewhere(&values), sum_here(&values), pointer_elsewhere(4));
    println!("{:?} {} {:?}", pool_elsewhere(3), through_a_channel(&[1, 2]), copies_through_a_channel(&[3, 4]));
    ALLOC.end_frame();
}
