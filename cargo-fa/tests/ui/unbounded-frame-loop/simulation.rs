//! Simulations that run until they settle, or for ever.
use framealloc::{FrameVec, SmartAlloc};
use std::iter::repeat;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};

static STOP: AtomicBool = AtomicBool::new(false);

struct Graph {
    edges: Vec<Vec<usize>>,
}

fn relax(alloc: &SmartAlloc, energy: &[f32]) -> f32 {
    let mut seed = 1u32;
    let mut last = f32::MAX;
    while !STOP.load(Ordering::Relaxed) {
        let forces = alloc.frame_slice_from_fn(energy.len(), |index| energy[index] * seed as f32); //~ FA301
        last = forces.iter().sum::<f32>();
        seed = seed.wrapping_mul(1_664_525);
    }
    last
}

fn reach(alloc: &SmartAlloc, graph: &Graph, from: usize) -> usize {
    let mut open: FrameVec<'_, usize> = alloc.frame_vec();
    let mut seen = vec![false; graph.edges.len()];
    open.push(from);
    let mut reached = 0;
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        reached += 1;
        let next = alloc.frame_slice_copy(&graph.edges[node]);
        open.extend(next.iter().copied());
    }
    reached
}

fn accepts(key: &[u8]) -> bool {
    key.starts_with(b"ok")
}

fn ever(alloc: &SmartAlloc, key: &[u8]) -> u64 {
    for round in 0u64.. {
        let padded = alloc.frame_slice_from_fn(key.len(), |index| key[index] ^ round as u8); //~ FA301
        if accepts(&padded) {
            return round;
        }
    }
    0
}

fn demo(alloc: &SmartAlloc, names: &[&str]) {
    for name in repeat(names).flatten() {
        let upper = alloc.frame_box(name.to_uppercase()); //~ FA301
        println!("{}", upper.as_str());
    }
}

fn poll(alloc: &SmartAlloc, inbox: &Receiver<u64>) -> usize {
    let mut bits = 0;
    loop {
        let value = match inbox.try_recv() {
            Ok(value) => value,
            Err(TryRecvError::Empty) => continue,
            Err(TryRecvError::Disconnected) => break,
        };
        alloc.begin_frame();
        bits += alloc.frame_slice_copy(&value.to_le_bytes()).iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
        alloc.end_frame();
    }
    bits
}

fn halve(alloc: &SmartAlloc, mut values: Vec<f32>) -> f32 {
    while values.len() > 1 {
        let sums = alloc.frame_slice_from_fn(values.len() / 2, |index| values[index * 2] + values[index * 2 + 1]);
        values = sums.to_vec();
    }
    values[0]
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (sender, inbox) = std::sync::mpsc::channel();
    drop(sender);
    let graph = Graph { edges: vec![vec![1], vec![0, 2], vec![]] };
    println!("{} {}", reach(&alloc, &graph, 0), poll(&alloc, &inbox));
    println!("{} {}", halve(&alloc, vec![1.0; 8]), ever(&alloc, b"key"));
    println!("{}", relax(&alloc, &[1.0, 2.0]));
    demo(&alloc, &["one", "two"]);
}
