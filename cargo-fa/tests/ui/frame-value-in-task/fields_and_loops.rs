// A task per chunk, per arm and from a struct's field; the scheduler is a field of the engine.
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

type Task<'t> = Pin<Box<dyn Future<Output = usize> + 't>>;

#[derive(Default)]
struct Scheduler<'t> {
    ready: RefCell<Vec<Task<'t>>>,
}

impl<'t> Scheduler<'t> {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = usize> + 't,
    {
        self.ready.borrow_mut().push(Box::pin(future));
    }

    fn poll(&self) -> usize {
        let mut context = Context::from_waker(Waker::noop());
        let tasks = self.ready.take();
        tasks.into_iter().map(|mut task| usize::from(task.as_mut().poll(&mut context).is_ready())).sum()
    }
}

struct Batch<'a> {
    meshes: FrameVec<'a, u32>,
    layer: u8,
}

enum Work {
    Static(usize),
    Skinned(usize),
}

struct Engine<'a> {
    alloc: &'a SmartAlloc,
    scheduler: Scheduler<'a>,
}

impl<'a> Engine<'a> {
    fn submit(&self, work: &[Work]) {
        for item in work {
            match item {
                Work::Static(count) => {
                    let mut meshes = self.alloc.frame_vec_with_capacity(*count);
                    meshes.extend(0..*count as u32);
                    let batch = Batch { meshes, layer: 1 };
                    self.scheduler.spawn(async move { batch.meshes.len() + usize::from(batch.layer) }); //~ FA703
                }
                Work::Skinned(count) => {
                    let bones = *count * 4;
                    self.scheduler.spawn(async move { bones });
                }
            }
        }
    }

    fn tagged(&self, seed: u32) {
        let noise: FrameBox<'a, [u32]> =
            self.alloc.with_tag("noise", |a| a.frame_slice_from_fn(16, |i| i as u32 ^ seed));
        let alias = noise;
        self.scheduler.spawn(async move { alias.len() }); //~ FA703
        let fresh = self.alloc;
        self.scheduler.spawn(async move { fresh.frame_slice_from_fn(16, |i| i as u32 ^ seed).len() });
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let engine = Engine { alloc: &alloc, scheduler: Scheduler::default() };
    for seed in 0..3 {
        alloc.begin_frame();
        engine.submit(&[Work::Static(4), Work::Skinned(2)]);
        engine.tagged(seed);
        println!("{}", engine.scheduler.poll());
        alloc.end_frame();
    }
}
