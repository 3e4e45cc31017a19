// Tasks of an asset system: those that carry frame values, and those that carry copies.
use framealloc::{AllocConfig, FrameBox, FrameVec, PoolBox, SmartAlloc};
use std::future::Future;
use std::pin::Pin;

type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
struct Executor {
    tasks: Vec<Task>,
}

impl Executor {
    fn spawn(&mut self, task: impl Future<Output = ()> + 'static) {
        self.tasks.push(Box::pin(task));
    }

    fn spawn_local<F: Future<Output = ()> + 'static>(&mut self, task: F) -> usize {
        self.tasks.push(Box::pin(task));
        self.tasks.len()
    }
}

struct Assets {
    alloc: &'static SmartAlloc,
    executor: Executor,
}

struct Decode {
    pixels: FrameVec<'static, u8>,
    width: usize,
}

async fn write(bytes: FrameBox<'static, [u8]>) {
    println!("{}", bytes.len());
}

async fn upload(bytes: PoolBox<[u8; 4]>) {
    println!("{}", bytes.len());
}

impl Assets {
    fn decode(&mut self, bytes: &[u8]) {
        let mut pixels = self.alloc.frame_vec();
        pixels.extend_from_slice(bytes);
        self.executor.spawn(async move { //~ FA703
            println!("{}", pixels.len());
        });
    }

    fn decode_struct(&mut self, bytes: &[u8]) {
        let mut pixels = self.alloc.frame_vec();
        pixels.extend_from_slice(bytes);
        let job = Decode { pixels, width: 4 };
        let task = async move { println!("{}", job.pixels.len() / job.width) };
        self.executor.spawn_local(task); //~ FA703
    }

    fn decode_fn(&mut self, bytes: &[u8]) {
        let block = self.alloc.frame_slice_copy(bytes);
        self.executor.spawn(write(block)); //~ FA703
        let page = self.alloc.pool_box([1; 4]);
        self.executor.spawn(upload(page));
    }

    fn length_only(&mut self, bytes: &[u8]) {
        let block = self.alloc.frame_slice_copy(bytes);
        let len = block.len();
        self.executor.spawn(async move { println!("{len}") });
        let owned = block.to_vec();
        self.executor.spawn(async move { println!("{}", owned.len()) });
    }

    fn made_inside(&mut self) {
        let alloc = self.alloc;
        self.executor.spawn(async move {
            let block = alloc.frame_slice::<u8>(4);
            println!("{}", block.len());
        });
    }

    fn pointer(&mut self) {
        let block = self.alloc.frame_slice::<u8>(4);
        let (start, len) = (block.as_ptr(), block.len());
        self.executor.spawn(async move { //~ FA703
            // SAFETY: none, the frame may be over.
            println!("{}", unsafe { std::slice::from_raw_parts(start, len) }.len());
        });
    }

    fn nested(&mut self) {
        let alloc = self.alloc;
        let number = alloc.frame_box(1u32);
        let inner = async move { println!("{number}") };
        self.executor.spawn(async move { inner.await }); //~ FA703
    }

    fn boxed(&mut self) {
        let number = self.alloc.frame_box(1u32);
        let task: Task = Box::pin(async move { println!("{number}") });
        self.executor.spawn(task); //~ FA703
    }

    fn each(&mut self, names: &[&str]) {
        for name in names {
            let copy = self.alloc.frame_slice_copy(name.as_bytes());
            let sum: u32 = copy.iter().map(|byte| u32::from(*byte)).sum();
            let alloc = self.alloc;
            if sum > 9 {
                self.executor.spawn(async move { println!("{} {}", copy.len(), alloc.stats().parked_bytes) }); //~ FA703
            }
        }
    }
}

fn spawn(executor: &mut Executor, task: impl Future<Output = ()> + 'static) {
    executor.spawn(task);
}

fn through_helper(alloc: &'static SmartAlloc, executor: &mut Executor) {
    let list = alloc.frame_vec::<u32>();
    spawn(executor, async move { println!("{}", list.len()) }); //~ FA703
}

async fn awaited_here(alloc: &SmartAlloc) {
    let list = alloc.frame_vec::<u32>().len();
    async move { println!("{list}") }.await;
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut assets = Assets { alloc, executor: Executor::default() };
    assets.decode(&[1]);
    assets.decode_struct(&[1]);
    assets.decode_fn(&[1]);
    assets.length_only(&[1]);
    assets.made_inside();
    assets.pointer();
    assets.nested();
    assets.boxed();
    assets.each(&["a"]);
    through_helper(alloc, &mut assets.executor);
    drop(awaited_here(alloc));
}
