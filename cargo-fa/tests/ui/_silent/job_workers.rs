// Workers with frames of their own, in step through a barrier, each with a budget; the main thread gathers transfers.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc, TransferHandle, kilobytes, megabytes};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

const WORKERS: usize = 3;
const FRAMES: usize = 20;

#[derive(Clone, Copy)]
struct Job {
    first: u32,
    count: u32,
}

struct Shared {
    alloc: SmartAlloc,
    barrier: FrameBarrier,
    jobs: Mutex<Vec<Job>>,
    next: AtomicUsize,
}

impl Shared {
    fn take(&self) -> Option<Job> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.jobs.lock().ok()?.get(index).copied()
    }

    fn rewind(&self) {
        self.next.store(0, Ordering::Relaxed);
    }
}

fn primes(alloc: &SmartAlloc, job: Job) -> u64 {
    let scope = alloc.scope();
    let marks = scope.alloc_slice_from_fn(job.count as usize, |i| u64::from(job.first) + i as u64);
    let is_prime = |n: u64| n > 1 && (2..).take_while(|d| d * d <= n).all(|d| n % d != 0);
    marks.iter().filter(|n| is_prime(**n)).count() as u64
}

fn worker(shared: &Shared, out: &Sender<TransferHandle<[u64; 8]>>) {
    shared.alloc.set_thread_frame_budget(megabytes(1));
    for _ in 0..FRAMES {
        let mut found = [0u64; 8];
        shared.alloc.begin_frame();
        while let Some(job) = shared.take() {
            found[job.first as usize % 8] += primes(&shared.alloc, job);
        }
        shared.alloc.end_frame();
        if out.send(shared.alloc.frame_box_for_transfer(found)).is_err() {
            println!("nobody listens");
        }
        shared.barrier.signal_frame_complete();
        shared.barrier.wait_all();
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(512)));
    alloc.set_thread_frame_budget(kilobytes(512));
    let jobs = (0..64).map(|i| Job { first: i * 100, count: 100 }).collect();
    let shared = Arc::new(Shared {
        alloc,
        barrier: FrameBarrier::new(WORKERS + 1),
        jobs: Mutex::new(jobs),
        next: AtomicUsize::new(0),
    });
    let (send, receive) = channel();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (shared, send) = (Arc::clone(&shared), send.clone());
            thread::spawn(move || worker(&shared, &send))
        })
        .collect();
    drop(send);
    let mut total = 0;
    for _ in 0..FRAMES {
        shared.alloc.begin_frame();
        let mut seen = shared.alloc.frame_vec::<u64>();
        for handle in receive.try_iter() {
            seen.extend(handle.into_inner());
        }
        total += seen.iter().sum::<u64>();
        drop(seen);
        shared.alloc.end_frame();
        shared.barrier.signal_frame_complete();
        shared.barrier.wait_all();
        shared.rewind();
    }
    for worker in workers {
        let _ = worker.join();
    }
    total += receive.try_iter().flat_map(|handle| handle.into_inner()).sum::<u64>();
    println!("{total} {}", shared.alloc.transfer_stats().received);
}
