//! Work that is joined before the frame goes on, and copies that go through channels.
use framealloc::{FrameBarrier, PoolBox, SmartAlloc, TransferHandle};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

fn halves(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    let frame = alloc.frame();
    let copy = frame.alloc_slice_copy(items);
    let (left, right) = copy.split_at(copy.len() / 2);
    let (a, b) = rayon::join(|| left.iter().sum::<u32>(), || right.iter().sum::<u32>());
    a + b
}

fn mapped(alloc: &SmartAlloc, items: &[u32]) -> Vec<u32> {
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(items);
    let view: &[u32] = &copy;
    let doubled: Vec<u32> = view.par_iter().map(|item| item * 2).collect();
    let parts = thread::scope(|scope| {
        let threads: Vec<_> = view.chunks(2).map(|chunk| scope.spawn(move || chunk.iter().sum::<u32>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0)).collect::<Vec<_>>()
    });
    drop(copy);
    alloc.end_frame();
    doubled.into_iter().chain(parts).collect()
}

fn send_copies(alloc: &SmartAlloc, items: &[u32], out: &Sender<u32>, lists: &Sender<Vec<u32>>) {
    let _frame = alloc.frame();
    let sorted = alloc.frame_slice_copy(items);
    for item in sorted.iter() {
        if out.send(*item).is_err() {
            return;
        }
    }
    sorted.iter().copied().for_each(|item| drop(out.send(item)));
    let _ = out.send(sorted[0]);
    if let Some(last) = sorted.last() {
        let _ = out.send(*last);
    }
    let _ = lists.send(sorted.to_vec());
    let _ = lists.send(sorted.iter().map(|item| item + 1).collect());
    let count = sorted.len();
    let out = out.clone();
    thread::spawn(move || out.send(count as u32));
}

/// Handles in a list that is emptied by somebody.
fn queue(alloc: &SmartAlloc, out: &Sender<TransferHandle<u32>>) -> usize {
    let mut pending = Vec::new();
    for number in 0..4u32 {
        pending.push(alloc.frame_box_for_transfer(number));
    }
    flush(&mut pending, out);
    let made: Vec<_> = (0..3u32).map(|number| alloc.frame_box_for_transfer(number)).collect();
    for handle in made {
        let _ = out.send(handle);
    }
    let mut later = vec![alloc.frame_box_for_transfer(7)];
    while let Some(handle) = later.pop() {
        let _ = out.send(handle);
    }
    let pairs = [alloc.frame_box_for_transfer(8), alloc.frame_box_for_transfer(9)];
    pairs.into_iter().for_each(|handle| drop(out.send(handle)));
    let mut rest = Vec::new();
    rest.push(alloc.frame_box_for_transfer(10));
    let received: Vec<PoolBox<u32>> = rest.into_iter().map(|handle| handle.receive()).collect();
    received.len()
}

fn flush(pending: &mut Vec<TransferHandle<u32>>, out: &Sender<TransferHandle<u32>>) {
    for handle in pending.drain(..) {
        let _ = out.send(handle);
    }
}

#[derive(Default)]
struct Outbox {
    queued: Vec<TransferHandle<u32>>,
}

impl Outbox {
    fn fill(&mut self, alloc: &SmartAlloc) {
        let mut batch = Vec::new();
        batch.push(alloc.frame_box_for_transfer(1));
        batch.push(alloc.frame_box_for_transfer(2));
        self.queued.append(&mut batch);
        let mut more = vec![alloc.frame_box_for_transfer(3)];
        std::mem::swap(&mut self.queued, &mut more);
        self.queued.extend(more);
    }
}

type Work = fn(&SmartAlloc, &FrameBarrier);

fn step(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    alloc.begin_frame();
    println!("{}", alloc.frame_box(1));
    alloc.end_frame();
    barrier.signal_frame_complete();
    barrier.wait_all();
}

fn step_twice(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    for _ in 0..2 {
        let frame = alloc.frame();
        println!("{}", frame.alloc(2));
        drop(frame);
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
}

/// Threads from a table of functions.
fn table(alloc: &Arc<SmartAlloc>) {
    let barrier = Arc::new(FrameBarrier::new(4));
    let mut threads = Vec::new();
    let table: [Work; 3] = [step, step_twice, step];
    for work in table {
        let (alloc, barrier) = (Arc::clone(alloc), Arc::clone(&barrier));
        threads.push(thread::spawn(move || work(&alloc, &barrier)));
    }
    let (other, last) = (Arc::clone(alloc), Arc::clone(&barrier));
    threads.push(thread::spawn(move || step(&other, &last)));
    for thread in threads {
        let _ = thread.join();
    }
}

fn listen(numbers: Receiver<u32>, lists: Receiver<Vec<u32>>) -> usize {
    numbers.iter().count() + lists.iter().map(|list| list.len()).sum::<usize>()
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{} {:?}", halves(&alloc, &[1, 2, 3]), mapped(&alloc, &[1, 2, 3]));
    let (out, numbers) = channel();
    let (lists, copies) = channel();
    send_copies(&alloc, &[3, 1], &out, &lists);
    drop((out, lists));
    println!("{}", listen(numbers, copies));
    let (handles, received) = channel();
    println!("{}", queue(&alloc, &handles));
    drop(handles);
    println!("{}", received.into_iter().map(|handle| handle.into_inner()).sum::<u32>());
    let mut outbox = Outbox::default();
    outbox.fill(&alloc);
    println!("{}", outbox.queued.len());
    table(&alloc);
}
