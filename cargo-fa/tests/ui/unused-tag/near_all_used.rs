// Each tag is used somewhere: by guard, in a closure, by nesting, as a `const`, in a thread, under a condition.
use framealloc::{PoolBox, SmartAlloc, frame_format};
use std::thread;

const BOOT: &str = "boot";

struct Link {
    alloc: SmartAlloc,
    queue: Vec<PoolBox<[u8; 4]>>,
}

impl Link {
    fn start(&mut self) {
        let hello = self.alloc.with_tag(BOOT, |a| a.pool_box(*b"helo"));
        self.queue.push(hello);
    }

    fn turn(&mut self, number: u32) -> usize {
        self.alloc.begin_frame();
        let out = self.alloc.with_tag("net", |a| a.with_tag("out", |a| frame_format!(a, "{number}").len()));
        let read = if number > 1 {
            let _tag = self.alloc.tag("net/in");
            self.alloc.frame_slice_copy(&*self.queue[0]).len()
        } else {
            0
        };
        self.alloc.end_frame();
        out + read
    }

    fn think(&self) -> usize {
        let alloc = self.alloc.clone();
        let worker = thread::spawn(move || {
            let frame = alloc.frame();
            let _tag = alloc.tag("ai");
            let plans = alloc.with_tag("plans", |a| a.frame_slice::<u32>(8).len());
            frame.alloc_slice_copy(&[1u8, 2]).len() + plans
        });
        worker.join().unwrap_or(0)
    }
}

fn main() {
    let mut link = Link { alloc: SmartAlloc::with_defaults(), queue: Vec::new() };
    link.start();
    for number in 0..3 {
        println!("{} {}", link.turn(number), link.think());
    }
}
