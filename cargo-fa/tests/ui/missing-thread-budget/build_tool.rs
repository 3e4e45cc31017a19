//! A build tool: its main thread keeps to a budget, its helpers do not.
use framealloc::{AllocError, PoolBox, SmartAlloc, megabytes};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

#[derive(Debug)]
struct Shader {
    name: String,
    lines: usize,
}

fn compile(source: &str) -> Result<usize, AllocError> {
    let _frame = MEMORY.frame();
    let tokens = MEMORY.try_frame_slice_copy(source.as_bytes())?;
    Ok(tokens.iter().filter(|byte| **byte == b'\n').count())
}

fn compiler(sources: Vec<String>, out: Sender<PoolBox<Shader>>) {
    for name in sources {
        let lines = compile(&name).unwrap_or(0);
        let shader = MEMORY.pool_box(Shader { name, lines });
        if out.send(shader).is_err() {
            return;
        }
    }
}

trait Task: Send + 'static {
    fn run(self: Box<Self>) -> usize;
}

struct Pack(Vec<u8>);
struct Check(Vec<u8>);

impl Task for Pack {
    fn run(self: Box<Self>) -> usize {
        MEMORY.set_thread_frame_budget(megabytes(2));
        let _frame = MEMORY.frame();
        MEMORY.frame_slice_copy(&self.0).len()
    }
}

impl Task for Check {
    fn run(self: Box<Self>) -> usize {
        let _frame = MEMORY.frame();
        MEMORY.frame_slice_copy(&self.0).iter().map(|byte| usize::from(*byte)).sum()
    }
}

fn collect(shaders: Receiver<PoolBox<Shader>>) -> usize {
    shaders.into_iter().map(|shader| shader.lines + shader.name.len()).sum()
}

fn main() {
    MEMORY.set_thread_frame_budget(megabytes(4));
    let (out, shaders) = channel();
    let other = out.clone();
    let first = thread::spawn(move || compiler(vec!["a.wgsl".into()], out)); //~ FA302
    let second = thread::spawn(move || {
        MEMORY.set_thread_pool_budget(megabytes(1));
        compiler(vec!["b.wgsl".into()], other);
    });
    let packing = thread::spawn(|| Box::new(Pack(vec![1, 2])).run());
    let checking = thread::spawn(|| Box::new(Check(vec![1, 2])).run()); //~ FA302
    println!("{}", thread::spawn(move || collect(shaders)).join().unwrap_or(0));
    println!("{:?} {:?}", packing.join().ok(), checking.join().ok());
    for thread in [first, second] {
        let _ = thread.join();
    }
}
