//! A job system: jobs are trait objects, workers are threads, frames are forgotten.
use framealloc::{SmartAlloc, frame_format};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

trait Job: Send {
    fn execute(&self, alloc: &SmartAlloc) -> usize;
}

struct Skin {
    bones: Vec<f32>,
}

struct Occlude(u32);

impl Job for Skin {
    fn execute(&self, alloc: &SmartAlloc) -> usize {
        let matrices = alloc.frame_slice_from_fn(self.bones.len(), |index| [self.bones[index]; 12]);
        matrices.len()
    }
}

impl Job for Occlude {
    fn execute(&self, alloc: &SmartAlloc) -> usize {
        let depth = alloc.frame_box([self.0; 16]);
        depth.len()
    }
}

type Queue = Arc<Mutex<VecDeque<Box<dyn Job>>>>;

fn take(queue: &Queue) -> Option<Box<dyn Job>> {
    queue.lock().ok()?.pop_front()
}

/// One frame for each job.
fn worker(alloc: SmartAlloc, queue: Queue) -> usize {
    let mut done = 0;
    while let Some(job) = take(&queue) {
        alloc.begin_frame();
        done += job.execute(&alloc);
        alloc.end_frame();
    }
    done
}

struct Reporter {
    alloc: SmartAlloc,
    names: Vec<String>,
}

impl Reporter {
    fn line(&self) -> usize {
        let names = self.alloc.frame_slice_from_fn(self.names.len(), |index| self.names[index].len()); //~ FA204
        let line = frame_format!(self.alloc, "{} names", names.len());
        line.len()
    }

    fn quiet(&self) -> usize {
        self.names.len()
    }
}

struct Logger {
    alloc: Arc<SmartAlloc>,
}

impl Logger {
    fn start(self, lines: Vec<String>) -> thread::JoinHandle<usize> {
        thread::spawn(move || {
            let mut length = 0;
            for line in &lines {
                let upper = frame_format!(self.alloc, "[{line}]"); //~ FA204
                length += upper.len();
            }
            length
        })
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let queue = Queue::default();
    queue.lock().unwrap().push_back(Box::new(Skin { bones: vec![0.0; 40] }));
    queue.lock().unwrap().push_back(Box::new(Occlude(4)));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (alloc, queue) = (alloc.clone(), queue.clone());
            thread::spawn(move || worker(alloc, queue))
        })
        .collect();
    let reporter = Reporter { alloc: alloc.clone(), names: vec!["a".into()] };
    println!("{}", reporter.quiet());
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(reporter.line()));
    let logger = Logger { alloc: Arc::new(alloc) };
    println!("{:?} {:?}", result.recv(), logger.start(vec!["x".into()]).join().ok());
    println!("{}", workers.into_iter().filter_map(|worker| worker.join().ok()).sum::<usize>());
}
