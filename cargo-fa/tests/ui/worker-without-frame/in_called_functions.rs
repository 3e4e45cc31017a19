// The allocation is in a function, a method or a trait's method that the thread calls.
use framealloc::{FrameVec, SmartAlloc};
use std::sync::OnceLock;
use std::thread::{self, Builder};

static MEMORY: OnceLock<SmartAlloc> = OnceLock::new();

fn memory() -> &'static SmartAlloc {
    MEMORY.get_or_init(SmartAlloc::with_defaults)
}

fn neighbours(count: u32) -> FrameVec<'static, u32> {
    let mut list = memory().frame_vec_with_capacity(8); //~ FA204
    list.extend(0..count.min(8));
    list
}

struct Flock {
    size: u32,
}

trait Task {
    fn run(&self) -> usize;
}

impl Task for Flock {
    fn run(&self) -> usize {
        let velocities = memory().frame_slice_from_fn(16, |i| i as u32 + self.size); //~ FA204
        velocities.len()
    }
}

struct Herd {
    size: u32,
}

impl Herd {
    fn run(&self) -> usize {
        let frame = memory().frame();
        let heads = frame.alloc_slice_from_fn(4, |i| i as u32 * self.size);
        heads.len() + self.count()
    }

    fn count(&self) -> usize {
        memory().frame_slice::<u8>(16).len()
    }
}

fn worker_main() -> usize {
    let mut total = 0;
    for count in 1..5 {
        total += neighbours(count).len();
    }
    total
}

fn main() -> std::io::Result<()> {
    let a = thread::spawn(worker_main);
    let flock = Flock { size: 3 };
    let b = Builder::new().name("flock".into()).spawn(move || flock.run())?;
    let herd = Herd { size: 2 };
    let c = thread::spawn(move || herd.run());
    println!("{:?} {:?} {:?}", a.join().ok(), b.join().ok(), c.join().ok());
    Ok(())
}
