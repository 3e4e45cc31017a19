// `for` over lines, over a channel, over `repeat` and over an open range.
use framealloc::{SmartAlloc, frame_format};
use std::io::{self, BufRead};
use std::iter;
use std::sync::mpsc::{Receiver, channel};

fn console(alloc: &SmartAlloc) -> io::Result<usize> {
    let mut bytes = 0;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let echo = frame_format!(alloc, "> {line}"); //~ FA301
        bytes += echo.len();
    }
    Ok(bytes)
}

fn jobs(alloc: &SmartAlloc, queue: Receiver<u32>) -> u64 {
    let mut sum = 0;
    for job in queue {
        let steps = alloc.frame_slice_from_fn(8, |i| u64::from(job) * i as u64); //~ FA301
        sum += steps.iter().sum::<u64>();
    }
    sum
}

fn heartbeat(alloc: &SmartAlloc, queue: &Receiver<u32>) -> u32 {
    let mut beats = 0;
    for weight in iter::repeat(3u32) {
        let beat = alloc.frame_box(weight); //~ FA301
        beats += *beat;
        if queue.try_recv().is_err() {
            break;
        }
    }
    beats
}

fn numbered(alloc: &SmartAlloc, queue: &Receiver<u32>) -> usize {
    let mut bytes = 0;
    for number in 0.. {
        let name = frame_format!(alloc, "job {number}"); //~ FA301
        bytes += name.len();
        if queue.recv().is_err() {
            break;
        }
    }
    bytes
}

fn first_hundred(alloc: &SmartAlloc) -> usize {
    let mut bytes = 0;
    for number in 0..100 {
        bytes += frame_format!(alloc, "slot {number}").len();
    }
    for number in 0.. {
        bytes += frame_format!(alloc, "spare {number}").len();
        if number >= 16 {
            break;
        }
    }
    bytes
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let (send, queue) = channel();
    send.send(4).unwrap();
    drop(send);
    println!("{} {}", heartbeat(&alloc, &queue), numbered(&alloc, &queue));
    println!("{} {} {}", jobs(&alloc, queue), first_hundred(&alloc), console(&alloc)?);
    Ok(())
}
