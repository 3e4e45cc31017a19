// Worker structs with a budget of their own or none; the budget's size is a field, its setting a method.
use framealloc::{SmartAlloc, kilobytes, megabytes};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Worker {
    memory: Arc<SmartAlloc>,
    limit: Option<usize>,
    id: u32,
}

struct Bare {
    memory: Arc<SmartAlloc>,
    id: u32,
}

impl Worker {
    fn prepare(&self) {
        self.memory.set_thread_frame_budget(self.limit.unwrap_or(megabytes(1)));
    }

    fn body(&self) -> u32 {
        self.prepare();
        let _frame = self.memory.frame();
        self.memory.frame_slice_from_fn(8, |i| i as u32 + self.id).iter().sum()
    }

    fn start(self) -> JoinHandle<u32> {
        thread::spawn(move || self.body())
    }
}

impl Bare {
    fn body(&self) -> u32 {
        let _frame = self.memory.frame();
        self.memory.frame_slice_from_fn(8, |i| i as u32 * self.id).iter().sum()
    }

    fn start(self) -> JoinHandle<u32> {
        thread::spawn(move || self.body()) //~ FA302
    }

    fn start_named(self) -> std::io::Result<JoinHandle<u32>> {
        thread::Builder::new().name(format!("bare {}", self.id)).spawn(move || self.body()) //~ FA302
    }
}

fn main() -> std::io::Result<()> {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let worker = Worker { memory: Arc::clone(&memory), limit: Some(kilobytes(64)), id: 1 }.start();
    let bare = Bare { memory: Arc::clone(&memory), id: 2 }.start();
    let named = Bare { memory, id: 3 }.start_named()?;
    println!("{:?} {:?} {:?}", worker.join().ok(), bare.join().ok(), named.join().ok());
    Ok(())
}
