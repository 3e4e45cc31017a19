// Loops with an end: a counter, a length, a stack that shrinks, a retry limit, a frame in a helper.
use framealloc::{FrameVec, SmartAlloc};
use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

struct Node {
    children: Vec<usize>,
    cost: u32,
}

fn walk(alloc: &SmartAlloc, nodes: &[Node]) -> u32 {
    let mut stack = vec![0usize];
    let mut total = 0;
    while let Some(index) = stack.pop() {
        let children = alloc.frame_slice_copy(&nodes[index].children);
        stack.extend(children.iter());
        total += nodes[index].cost;
    }
    total
}

fn retry(alloc: &SmartAlloc, seed: u32) -> Option<u32> {
    let mut attempts = 0;
    loop {
        let guess = alloc.frame_box(seed + attempts);
        if *guess % 7 == 0 {
            return Some(*guess);
        }
        attempts += 1;
        if attempts > 10 {
            return None;
        }
    }
}

fn fill(alloc: &SmartAlloc, want: usize) -> usize {
    let mut blocks: FrameVec<'_, usize> = alloc.frame_vec();
    while blocks.len() < want {
        let block = alloc.frame_slice::<u8>(64);
        blocks.push(block.len());
    }
    blocks.iter().sum()
}

fn shrink(alloc: &SmartAlloc, queue: &mut VecDeque<u32>) -> u32 {
    let mut sum = 0;
    while !queue.is_empty() {
        let value = queue.pop_front().unwrap_or(0);
        sum += *alloc.frame_box(value);
    }
    sum
}

fn tick(alloc: &SmartAlloc, input: &[u8]) -> usize {
    let frame = alloc.frame();
    frame.alloc_slice_copy(input).len()
}

fn game(alloc: &SmartAlloc, input: &Receiver<Vec<u8>>) -> usize {
    let mut bytes = 0;
    loop {
        let Ok(keys) = input.recv() else { return bytes };
        bytes += tick(alloc, &keys);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let nodes = [Node { children: vec![1], cost: 2 }, Node { children: vec![], cost: 3 }];
    let (send, input) = std::sync::mpsc::channel();
    send.send(vec![1, 2]).unwrap();
    drop(send);
    println!("{} {:?} {}", walk(&alloc, &nodes), retry(&alloc, 3), fill(&alloc, 8));
    println!("{} {}", shrink(&alloc, &mut VecDeque::from([1, 2])), game(&alloc, &input));
}
