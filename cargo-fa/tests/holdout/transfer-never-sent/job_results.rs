// Results of jobs: one worker sends, one only measures, one gives up before it sends.
use framealloc::{AllocConfig, SmartAlloc, TransferHandle};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

#[derive(Clone, Copy)]
struct Hit {
    distance: f32,
}

type Hits = TransferHandle<[Hit; 4]>;

trait Worker {
    fn work(&self, memory: &SmartAlloc, out: &Sender<Hits>) -> usize;
}

struct Tracer {
    rays: u32,
}

struct Estimator {
    rays: u32,
}

struct Patient {
    limit: f32,
}

impl Worker for Tracer {
    fn work(&self, memory: &SmartAlloc, out: &Sender<Hits>) -> usize {
        let hits = memory.frame_box_for_transfer([Hit { distance: self.rays as f32 }; 4]);
        let moved = hits;
        usize::from(out.send(moved).is_ok())
    }
}

impl Worker for Estimator {
    fn work(&self, memory: &SmartAlloc, _out: &Sender<Hits>) -> usize {
        let hits = memory.with_tag("estimate", |m| m.frame_box_for_transfer([Hit { distance: 1.0 }; 4])); //~ FA203
        let bytes = size_of_val(&hits);
        bytes * self.rays as usize
    }
}

impl Worker for Patient {
    fn work(&self, memory: &SmartAlloc, out: &Sender<Hits>) -> usize {
        let hits = memory.frame_box_for_transfer([Hit { distance: self.limit }; 4]);
        if self.limit < 0.0 {
            return 0;
        }
        match out.send(hits) {
            Ok(()) => 1,
            Err(lost) => lost.0.receive().len(),
        }
    }
}

fn run(worker: &dyn Worker, memory: &SmartAlloc, out: &Sender<Hits>) -> usize {
    worker.work(memory, out)
}

fn main() {
    let memory = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let (out, hits) = channel::<Hits>();
    let reader = thread::spawn(move || hits.iter().map(|hits| hits.receive()[0].distance).sum::<f32>());
    let done = run(&Tracer { rays: 8 }, &memory, &out)
        + run(&Estimator { rays: 8 }, &memory, &out)
        + run(&Patient { limit: 2.0 }, &memory, &out);
    drop(out);
    println!("{done} {:?}", reader.join().ok());
}
