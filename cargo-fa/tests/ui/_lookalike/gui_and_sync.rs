// A GUI's `Frame`, a video encoder's `begin_frame`, an own barrier, beside a correct use of framealloc.
use framealloc::SmartAlloc;
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;

struct Ui {
    depth: u32,
    widgets: Vec<String>,
}

impl Ui {
    fn frame(&mut self, build: impl FnOnce(&mut Ui)) -> u32 {
        self.depth += 1;
        build(self);
        self.depth
    }

    fn scope(&mut self, name: &str) -> &mut Self {
        self.widgets.push(name.to_owned());
        self
    }

    fn tag(&mut self, name: &str) -> &mut Self {
        self.widgets.push(name.to_owned());
        self
    }
}

#[derive(Default)]
struct Encoder {
    frames: Vec<Vec<u8>>,
}

impl Encoder {
    fn begin_frame(&mut self) {
        self.frames.push(Vec::new());
    }

    fn end_frame(&mut self) -> usize {
        self.frames.last().map_or(0, Vec::len)
    }

    fn alloc(&mut self, bytes: usize) -> &mut [u8] {
        let frame = self.frames.last_mut().expect("a frame was begun");
        frame.resize(bytes, 0);
        frame
    }
}

#[derive(Default)]
struct Gate {
    done: Mutex<u32>,
    changed: Condvar,
}

impl Gate {
    fn signal_frame_complete(&self) {
        if let Ok(mut done) = self.done.lock() {
            *done += 1;
        }
        self.changed.notify_all();
    }

    fn wait_all(&self) {
        if let Ok(done) = self.done.lock() {
            drop(self.changed.wait_while(done, |done| *done == 0));
        }
    }
}

fn encode(encoder: &mut Encoder, sizes: &[usize]) -> Option<usize> {
    let mut bytes = 0;
    for size in sizes {
        encoder.begin_frame();
        if *size == 0 {
            return None;
        }
        bytes += encoder.alloc(*size).len();
        encoder.begin_frame();
        encoder.end_frame();
    }
    Some(bytes)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut ui = Ui { depth: 0, widgets: Vec::new() };
    let gate = Arc::new(Gate::default());
    let waiter = {
        let gate = Arc::clone(&gate);
        thread::spawn(move || {
            gate.wait_all();
            gate.signal_frame_complete();
        })
    };
    gate.signal_frame_complete();
    let _ = waiter.join();
    for turn in 0..3usize {
        alloc.begin_frame();
        let sizes = alloc.frame_slice_from_fn(3, |i| i + turn);
        let bytes = encode(&mut Encoder::default(), &sizes);
        let depth = ui.frame(|ui| {
            ui.scope("panel").tag("red");
        });
        println!("{bytes:?} {depth}");
        drop(sizes);
        alloc.end_frame();
    }
    let barrier = Barrier::new(1);
    barrier.wait();
    println!("{}", ui.widgets.len());
}
