// Pathfinding threads that answer queries in frames, and one that precomputes a table without any.
use framealloc::{AllocConfig, FrameMap, SmartAlloc, frame_format};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

enum Query {
    Path { from: u32, to: u32 },
    Name(u32),
}

struct Finder {
    memory: SmartAlloc,
    answered: usize,
}

impl Finder {
    fn costs(&self, from: u32) -> FrameMap<'_, u32, u32> {
        let mut costs = self.memory.frame_map();
        costs.insert(from, 0);
        costs
    }

    fn answer(&mut self, query: Query) {
        self.answered += match query {
            Query::Path { from, to } => {
                let costs = self.costs(from);
                costs.len() + to as usize
            }
            Query::Name(id) => frame_format!(self.memory, "path {id}").len(),
        };
    }

    fn run(mut self, queries: Receiver<Query>) -> usize {
        while let Ok(query) = queries.recv() {
            self.memory.begin_frame();
            self.answer(query);
            self.memory.end_frame();
        }
        self.answered
    }
}

fn precompute(memory: SmartAlloc, corners: Vec<[f32; 2]>) -> JoinHandle<f32> {
    thread::spawn(move || {
        let mut sum = 0.0;
        for corner in &corners {
            let rays = memory.try_frame_slice_from_fn(8, |i| corner[0] * i as f32); //~ FA204
            sum += rays.map_or(0.0, |rays| rays[7]);
        }
        let sorted = memory.frame_slice_copy(&corners);
        sum + sorted[0][1]
    })
}

fn main() {
    let memory = SmartAlloc::new(AllocConfig::default());
    let (send, queries) = channel();
    let finder = Finder { memory: memory.clone(), answered: 0 };
    let worker = thread::spawn(move || finder.run(queries));
    for to in 0..4 {
        let _ = send.send(if to == 2 { Query::Name(to) } else { Query::Path { from: 0, to } });
    }
    drop(send);
    let table = precompute(memory, vec![[1.0, 2.0]; 3]);
    println!("{:?} {:?}", worker.join().ok(), table.join().ok());
}
