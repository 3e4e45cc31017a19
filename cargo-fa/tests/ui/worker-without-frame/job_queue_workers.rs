// Workers that take jobs from a channel and format, collect and map in frame memory.
use framealloc::{SmartAlloc, frame_format};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

enum Job {
    Name(u32),
    Count([u8; 8]),
}

struct Pool {
    send: Sender<Job>,
    worker: JoinHandle<usize>,
}

fn one(alloc: &SmartAlloc, job: &Job) -> usize {
    match job {
        Job::Name(id) => {
            let name = frame_format!(alloc, "entity {id}"); //~ FA204
            name.len()
        }
        Job::Count(bytes) => bytes.len(),
    }
}

fn start(alloc: &SmartAlloc) -> Pool {
    let (send, queue): (Sender<Job>, Receiver<Job>) = channel();
    let alloc = alloc.clone();
    let worker = thread::spawn(move || {
        let mut bytes = 0;
        for _ in 0..100 {
            let Ok(job) = queue.recv() else { break };
            bytes += one(&alloc, &job);
        }
        bytes
    });
    Pool { send, worker }
}

fn start_well(alloc: &SmartAlloc) -> Pool {
    let (send, queue): (Sender<Job>, Receiver<Job>) = channel();
    let alloc = alloc.clone();
    let worker = thread::spawn(move || {
        let mut bytes = 0;
        while let Ok(job) = queue.recv() {
            alloc.begin_frame();
            bytes += match job {
                Job::Name(id) => frame_format!(alloc, "{id}").len(),
                Job::Count(counts) => alloc.frame_slice_copy(&counts).len(),
            };
            alloc.end_frame();
        }
        bytes
    });
    Pool { send, worker }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    for pool in [start(&alloc), start_well(&alloc)] {
        for id in 0..4 {
            let _ = pool.send.send(if id % 2 == 0 { Job::Name(id) } else { Job::Count([1; 8]) });
        }
        drop(pool.send);
        println!("{:?}", pool.worker.join().ok());
    }
}
