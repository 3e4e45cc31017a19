// Futures made by trait methods; a value from a helper, a guard behind an alias, and a value moved into a task's end.
use framealloc::{FrameMap, SmartAlloc as Mem};
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

trait Stage {
    fn run<'a>(&'a mut self, mem: &'a Mem) -> Pin<Box<dyn Future<Output = usize> + 'a>>;
}

struct Decode {
    blocks: Vec<u32>,
}

struct Sum;

async fn io(count: usize) -> usize {
    ready(count).await
}

fn histogram<'m>(mem: &'m Mem, blocks: &[u32]) -> FrameMap<'m, u32, u32> {
    let mut map = mem.frame_map();
    for block in blocks {
        *map.entry(*block).or_insert(0) += 1;
    }
    map
}

impl Stage for Decode {
    fn run<'a>(&'a mut self, mem: &'a Mem) -> Pin<Box<dyn Future<Output = usize> + 'a>> {
        Box::pin(async move {
            let counts = histogram(mem, &self.blocks);
            let read = io(counts.len()).await; //~ FA701
            self.blocks.retain(|block| counts.contains_key(block));
            read + self.blocks.len()
        })
    }
}

impl Stage for Sum {
    fn run<'a>(&'a mut self, mem: &'a Mem) -> Pin<Box<dyn Future<Output = usize> + 'a>> {
        let size = {
            let guard = mem.scope();
            guard.alloc_slice_copy(&[1u8, 2, 3]).len()
        };
        Box::pin(async move { io(size).await })
    }
}

async fn staged(mem: &Mem) -> usize {
    let guard = mem.scope();
    let values = guard.alloc_slice_from_fn(8, |i| i);
    let sum: usize = values.iter().sum();
    let read = io(sum).await; //~ FA701
    drop(guard);
    let rest = io(read).await;
    read + rest
}

async fn reassigned(mem: &Mem) -> usize {
    let mut text = mem.frame_string();
    text.push('x');
    let len = text.len();
    drop(text);
    let read = io(len).await;
    text = mem.frame_string();
    text.push('y');
    read + text.len()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn main() {
    let mem = Mem::with_defaults();
    println!("{} {}", block_on(Decode { blocks: vec![1, 1] }.run(&mem)), block_on(Sum.run(&mem)));
    println!("{} {}", block_on(staged(&mem)), block_on(reassigned(&mem)));
}
