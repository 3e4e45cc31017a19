//! Worker threads that take jobs from a channel.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::memory::Alloc;

pub type Job = Box<dyn FnOnce(&Alloc) + Send>;

pub struct JobPool {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl JobPool {
    pub fn new(alloc: &'static Alloc, threads: usize) -> Self {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = (0..threads)
            .map(|_| {
                let waiting = Arc::clone(&waiting);
                thread::spawn(move || work(alloc, &waiting))
            })
            .collect();
        Self { jobs: Some(jobs), threads }
    }

    pub fn spawn(&self, job: impl FnOnce(&Alloc) + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // A pool that is shutting down takes no more.
            let _ = jobs.send(Box::new(job));
        }
    }
}

/// Each job has a frame to itself.
fn work(alloc: &Alloc, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().expect("nobody panics with it").recv();
        let Ok(job) = next else { break };
        let _frame = alloc.frame();
        let ticket = alloc.frame_box(0u32);
        job(alloc);
        drop(ticket);
    }
}

impl Drop for JobPool {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Sums what it is sent, a frame for each message.
pub fn start_sampler(alloc: Arc<Alloc>, samples: Receiver<Vec<f32>>) -> JoinHandle<f32> {
    thread::spawn(move || {
        let mut total = 0.0;
        while let Ok(batch) = samples.recv() {
            alloc.begin_frame();
            let copy = alloc.frame_slice_copy(&batch);
            total += copy.iter().sum::<f32>();
            drop(copy);
            alloc.end_frame();
        }
        total
    })
}

/// Builds the index of a level in the background.
pub fn start_indexer(alloc: Arc<Alloc>, names: Vec<String>) -> JoinHandle<usize> {
    thread::spawn(move || index_names(&alloc, &names))
}

fn index_names(alloc: &Alloc, names: &[String]) -> usize {
    let lengths = alloc.frame_slice_from_fn(names.len(), |i| names[i].len()); //~ FA204
    lengths.iter().copied().max().unwrap_or(0)
}
