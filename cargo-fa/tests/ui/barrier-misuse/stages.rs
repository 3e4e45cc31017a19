//! A pipeline of stages, each a thread with methods of its own.
use framealloc::{FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

struct Turn {
    alloc: Arc<SmartAlloc>,
    barrier: Arc<FrameBarrier>,
}

impl Turn {
    fn finish(&self) {
        self.alloc.end_frame();
        self.barrier.signal_frame_complete();
    }

    fn meet(&self) {
        self.barrier.wait_all();
    }
}

trait Stage: Send {
    fn run(&mut self, turn: &Turn, frames: u32);
}

struct Decode(u32);
struct Filter;
struct Encode {
    late: u32,
}
struct Write {
    open: bool,
}

impl Stage for Decode {
    fn run(&mut self, turn: &Turn, frames: u32) {
        for _ in 0..frames {
            turn.alloc.begin_frame();
            self.0 += turn.alloc.frame_slice::<u8>(64).len() as u32;
            turn.finish();
            turn.meet();
        }
    }
}

impl Stage for Filter {
    fn run(&mut self, turn: &Turn, frames: u32) {
        for _ in 0..frames {
            turn.alloc.begin_frame();
            let kernel = turn.alloc.frame_slice::<f32>(9);
            turn.barrier.signal_frame_complete(); //~ FA202
            println!("{}", kernel.len());
            drop(kernel);
            turn.alloc.end_frame();
            turn.barrier.wait_all();
        }
    }
}

impl Stage for Encode {
    fn run(&mut self, turn: &Turn, frames: u32) {
        for _ in 0..frames {
            {
                let _frame = turn.alloc.frame();
                println!("{}", turn.alloc.frame_slice::<u8>(64).len());
            }
            turn.barrier.signal_frame_complete();
            if let Err(timeout) = turn.barrier.wait_all_timeout(Duration::from_millis(30)) {
                self.late += timeout.missing() as u32;
            }
        }
    }
}

impl Stage for Write {
    fn run(&mut self, turn: &Turn, frames: u32) {
        for frame in 0..frames {
            turn.alloc.begin_frame();
            let line = framealloc::frame_format!(turn.alloc, "frame {frame}");
            println!("{line}");
            drop(line);
            turn.alloc.end_frame();
            match self.open {
                true => turn.barrier.signal_frame_complete(),
                false => println!("closed"),
            }
            turn.barrier.wait_all(); //~ FA202
        }
    }
}

fn drain(barrier: &FrameBarrier) {
    println!("draining");
    barrier.wait_all(); //~ FA202
}

fn watch(barrier: &FrameBarrier) {
    let mut turns = 0;
    while turns < 100 {
        turns += barrier.participants();
        barrier.signal_frame_complete(); //~ FA202
    }
}

fn main() {
    let turn = Arc::new(Turn { alloc: Arc::new(SmartAlloc::with_defaults()), barrier: Arc::new(FrameBarrier::new(4)) });
    let stages: Vec<Box<dyn Stage>> =
        vec![Box::new(Decode(0)), Box::new(Filter), Box::new(Encode { late: 0 }), Box::new(Write { open: true })];
    let mut threads = Vec::new();
    for mut stage in stages {
        let turn = Arc::clone(&turn);
        threads.push(thread::spawn(move || stage.run(&turn, 100)));
    }
    drain(&turn.barrier);
    watch(&turn.barrier);
    threads.into_iter().for_each(|thread| drop(thread.join()));
}
