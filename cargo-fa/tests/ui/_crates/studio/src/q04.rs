//! Workers that solve, decode and bake, each with a budget of its own.

use std::io;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::{self, JoinHandle};

use framealloc::{SmartAlloc, kilobytes};

fn cap(alloc: &SmartAlloc) {
    alloc.set_thread_frame_budget(kilobytes(256));
}

pub trait Solver: Sync {
    fn gain(&self) -> f32;

    fn solve(&self, alloc: &SmartAlloc, chunk: &[f32]) -> f32 {
        let mut work = alloc.frame_slice_copy(chunk); //~ FA204
        work.iter_mut().for_each(|w| *w *= self.gain());
        work.iter().sum()
    }
}

pub struct Jacobi(pub f32);

impl Solver for Jacobi {
    fn gain(&self) -> f32 {
        self.0 * 0.5
    }
}

pub fn solve_all(alloc: &SmartAlloc, solver: &Jacobi, bodies: &[f32]) -> f32 {
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for chunk in bodies.chunks(64) {
            workers.push(scope.spawn(move || {
                cap(alloc);
                solver.solve(alloc, chunk)
            }));
        }
        workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    })
}

pub struct Decoder {
    alloc: SmartAlloc,
    packets: Receiver<Vec<u8>>,
    out: Sender<u64>,
}

impl Decoder {
    fn decode(&self, packet: &[u8]) -> u64 {
        let mut text = self.alloc.frame_string(); //~ FA204
        for byte in packet.iter().filter(|byte| byte.is_ascii()) {
            text.push(char::from(*byte));
        }
        text.len() as u64
    }

    fn run(self) {
        cap(&self.alloc);
        while let Ok(packet) = self.packets.recv() {
            if self.out.send(self.decode(&packet)).is_err() {
                return;
            }
        }
    }

    pub fn start(self) -> JoinHandle<()> {
        thread::spawn(move || self.run())
    }
}

pub fn bake(alloc: &'static SmartAlloc, texels: Vec<f32>) -> io::Result<f32> {
    let body = move || {
        cap(alloc);
        let tile = alloc.frame_slice_copy(&texels); //~ FA204
        tile.iter().copied().fold(0.0, f32::max)
    };
    let worker = thread::Builder::new().spawn(body)?;
    Ok(worker.join().unwrap_or_default())
}
