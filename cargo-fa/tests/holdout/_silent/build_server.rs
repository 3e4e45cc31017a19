// A build server with worker threads: frames around each job, transfers back, a tag per tool, a barrier per batch.
use framealloc::{FrameBarrier, FrameMap, SmartAlloc, TransferHandle, frame_format};
use std::io::{self, BufRead};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Debug)]
enum Outcome {
    Built { size: usize },
    Failed(i32),
}

struct Job {
    name: String,
    source: String,
}

struct Done {
    worker: usize,
    outcome: Outcome,
}

struct Queue {
    jobs: Mutex<Receiver<Job>>,
    memory: SmartAlloc,
    barrier: FrameBarrier,
}

fn count_words<'m>(memory: &'m SmartAlloc, source: &'m str) -> FrameMap<'m, &'m str, u32> {
    let mut words = memory.frame_map();
    for word in source.split_whitespace() {
        *words.entry(word).or_insert(0) += 1;
    }
    words
}

fn build(memory: &SmartAlloc, job: &Job) -> Result<usize, i32> {
    let words = memory.with_tag("parse", |m| count_words(m, &job.source));
    let most = words.values().copied().max().ok_or(2)?;
    if job.name.is_empty() {
        return Err(3);
    }
    let object = memory.with_tag("link", |m| {
        let mut object = m.frame_vec::<u8>();
        for (word, count) in &words {
            object.extend_from_slice(word.as_bytes());
            object.push(*count as u8);
        }
        object
    });
    Ok(object.len() + most as usize)
}

fn worker(id: usize, queue: &Queue, out: &Sender<TransferHandle<Done>>) -> usize {
    let mut built = 0;
    loop {
        let job = match queue.jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => break,
        };
        let Ok(job) = job else { break };
        queue.memory.begin_frame();
        let outcome = match build(&queue.memory, &job) {
            Ok(size) => Outcome::Built { size },
            Err(code) => Outcome::Failed(code),
        };
        queue.memory.end_frame();
        built += 1;
        if out.send(queue.memory.frame_box_for_transfer(Done { worker: id, outcome })).is_err() {
            break;
        }
    }
    queue.barrier.signal_frame_complete();
    queue.barrier.wait_all();
    built
}

fn read_jobs(input: impl BufRead, out: &Sender<Job>) -> io::Result<usize> {
    let mut count = 0;
    for line in input.lines() {
        let line = line?;
        let Some((name, source)) = line.split_once(':') else { continue };
        if out.send(Job { name: name.into(), source: source.into() }).is_err() {
            break;
        }
        count += 1;
    }
    Ok(count)
}

fn main() -> io::Result<()> {
    let memory = SmartAlloc::with_defaults();
    let ((jobs, queue), (out, done)) = (channel(), channel::<TransferHandle<Done>>());
    let queue =
        Arc::new(Queue { jobs: Mutex::new(queue), memory: memory.clone(), barrier: FrameBarrier::new(2) });
    let mut workers = Vec::new();
    for id in 0..2 {
        let (queue, out) = (Arc::clone(&queue), out.clone());
        workers.push(thread::spawn(move || worker(id, &queue, &out)));
    }
    drop(out);
    let read = read_jobs(&b"main:a b a\nlib:c d\n:x\n"[..], &jobs)?;
    drop(jobs);
    for handle in done {
        let Done { worker, outcome } = handle.into_inner();
        let frame = memory.frame();
        let line = frame_format!(memory, "{worker}: {outcome:?}");
        println!("{line}");
        drop(line);
        drop(frame);
    }
    println!("{read} {}", workers.into_iter().filter_map(|worker| worker.join().ok()).sum::<usize>());
    Ok(())
}
