// Job threads made by one function with a flag, and by another without; a pool budget in a worker's helper.
use framealloc::{AllocConfig, SmartAlloc, kilobytes};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

#[derive(Clone)]
struct Jobs {
    memory: Arc<SmartAlloc>,
    size: u32,
}

impl Jobs {
    fn enter(&self) {
        self.memory.set_thread_frame_budget(kilobytes(64));
        self.memory.set_thread_pool_budget(kilobytes(64));
    }

    fn once(&self) -> usize {
        self.memory.begin_frame();
        let list = self.memory.frame_slice_from_fn(8, |i| i as u32 + self.size);
        let len = list.len();
        drop(list);
        self.memory.end_frame();
        len
    }

    fn strict(&self) -> JoinHandle<usize> {
        let jobs = self.clone();
        thread::spawn(move || {
            jobs.enter();
            jobs.once() + jobs.once()
        })
    }

    fn loose(&self) -> JoinHandle<usize> {
        let jobs = self.clone();
        let body = move || jobs.once();
        thread::spawn(body) //~ FA302
    }

    fn idle(&self) -> JoinHandle<u32> {
        let size = self.size;
        thread::spawn(move || size * 2)
    }
}

fn main() {
    let jobs = Jobs { memory: Arc::new(SmartAlloc::new(AllocConfig::default())), size: 3 };
    let (a, b, c) = (jobs.strict(), jobs.loose(), jobs.idle());
    println!("{:?} {:?} {:?}", a.join().ok(), b.join().ok(), c.join().ok());
}
