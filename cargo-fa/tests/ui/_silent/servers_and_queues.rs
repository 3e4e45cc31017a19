//! Queues that shrink, retries that count, sizes that are checked, barriers and parcels in order.
use framealloc::{AllocError, FrameBarrier, PoolBox, SmartAlloc, TransferHandle};
use std::collections::{BinaryHeap, VecDeque};
use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;

fn breadth(alloc: &SmartAlloc, edges: &[Vec<usize>]) -> usize {
    let frame = alloc.frame();
    let mut open = VecDeque::from([0usize]);
    let mut seen = frame.vec();
    seen.extend(edges.iter().map(|_| false));
    let mut count = 0;
    loop {
        let Some(node) = open.pop_front() else { break };
        let near = frame.alloc_slice_copy(&edges[node]);
        for &mut next in near {
            if !std::mem::replace(&mut seen[next], true) {
                open.push_back(next);
            }
        }
        count += 1;
    }
    count
}

fn best_first(alloc: &SmartAlloc, start: u32) -> u32 {
    let mut open = BinaryHeap::from([start]);
    let mut last = 0;
    while let Some(cost) = open.pop() {
        let costs = alloc.frame_slice_copy(&[cost / 2, cost / 3]);
        open.extend(costs.iter().copied().filter(|cost| *cost > 0));
        last = cost;
    }
    last
}

fn read(alloc: &SmartAlloc, mut input: impl Read) -> std::io::Result<usize> {
    let mut header = [0u8; 4];
    input.read_exact(&mut header)?;
    let length = u32::from_le_bytes(header) as usize;
    if length > 4096 {
        return Ok(0);
    }
    let frame = alloc.frame();
    let body = frame.alloc_slice_from_fn(length, |_| 0u8);
    input.read_exact(body)?;
    Ok(body.iter().filter(|byte| **byte > 0).count())
}

fn serve(alloc: &SmartAlloc, requests: &Receiver<u32>, out: &Sender<u64>) {
    loop {
        match requests.try_recv() {
            Ok(request) => {
                let _frame = alloc.frame();
                let work = alloc.frame_slice_from_fn(request as usize % 64, |index| index as u64);
                let _ = out.send(work.iter().sum());
            }
            Err(TryRecvError::Empty) => thread::yield_now(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

/// What does not fit is sent later.
fn offer(
    alloc: &SmartAlloc,
    out: &SyncSender<TransferHandle<u32>>,
    waiting: &mut VecDeque<TransferHandle<u32>>,
    value: u32,
) -> Result<(), AllocError> {
    let handle = alloc.try_frame_box_for_transfer(value)?;
    match out.try_send(handle) {
        Ok(()) => {}
        Err(TrySendError::Full(handle)) => waiting.push_back(handle),
        Err(TrySendError::Disconnected(handle)) => println!("{} is lost", handle.into_inner()),
    }
    let first = alloc.frame_box_for_transfer(value + 1);
    let rest = if value > 3 { Some(alloc.frame_box_for_transfer(value)) } else { None };
    for handle in [Some(first), rest].into_iter().flatten() {
        waiting.push_back(handle);
    }
    Ok(())
}

fn exchanged(alloc: &SmartAlloc, keep: bool) -> Option<PoolBox<u32>> {
    let mut handles = Vec::with_capacity(2);
    for number in 0..2u32 {
        handles.push(alloc.frame_box_for_transfer(number));
    }
    let last = handles.pop().map(TransferHandle::receive);
    if keep {
        return handles.into_iter().next().map(|handle| handle.receive());
    }
    last
}

fn meet(alloc: &Arc<SmartAlloc>, turns: u32) {
    const WORKERS: usize = 2;
    let barrier = FrameBarrier::new(WORKERS + 1);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| turn(alloc, &barrier, turns));
        }
        turn(alloc, &barrier, turns);
    });
}

fn turn(alloc: &SmartAlloc, barrier: &FrameBarrier, turns: u32) {
    for number in 0..turns {
        let sum = {
            let frame = alloc.frame();
            *frame.alloc(number) + 1
        };
        barrier.signal_frame_complete();
        if sum > turns {
            println!("last");
        }
        barrier.wait_all();
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{} {}", breadth(&alloc, &[vec![1], vec![0]]), best_first(&alloc, 9));
    println!("{}", read(&alloc, &[1u8, 0, 0, 0, 7][..])?);
    let (requests, input) = std::sync::mpsc::channel();
    let (out, sums) = std::sync::mpsc::channel();
    requests.send(3)?;
    drop(requests);
    serve(&alloc, &input, &out);
    println!("{:?}", sums.try_recv());
    let (handles, received) = sync_channel(1);
    let mut waiting = VecDeque::new();
    offer(&alloc, &handles, &mut waiting, 4)?;
    println!("{} {:?}", waiting.len(), received.recv()?.into_inner());
    println!("{:?}", exchanged(&alloc, true).map(|value| *value));
    meet(&alloc, 2);
    Ok(())
}
