// A multi-threaded executor wants `Send`: a wrapper claims it for the future, another for a pointer.
use framealloc::{AllocConfig, FrameBox, SmartAlloc};
use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Waker};
use std::thread;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Forced<T>(T);
// SAFETY: claimed, not true.
unsafe impl<T> Send for Forced<T> {}

impl<T> Forced<T> {
    fn open(self) -> T {
        self.0
    }
}

#[derive(Clone)]
struct Handle {
    queue: Sender<Task>,
}

impl Handle {
    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let _ = self.queue.send(Box::pin(future));
    }
}

fn work(queue: Receiver<Task>) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let mut done = 0;
    for mut task in queue {
        done += usize::from(task.as_mut().poll(&mut context).is_ready());
    }
    done
}

fn bake(alloc: &'static SmartAlloc, handle: &Handle, rays: usize) {
    alloc.begin_frame();
    let hits: FrameBox<'static, [f32]> = alloc.frame_slice_from_fn(rays, |i| i as f32);
    let forced = Forced(hits);
    handle.spawn(async move { //~ FA703
        let hits = forced.open();
        println!("{}", hits.len());
    });
    alloc.end_frame();
}

fn bake_owned(alloc: &'static SmartAlloc, handle: &Handle, rays: usize) {
    alloc.begin_frame();
    let hits = alloc.frame_slice_from_fn(rays, |i| i as f32);
    let average = hits.iter().sum::<f32>() / rays as f32;
    let forced = Forced(hits.to_vec());
    handle.spawn(async move { println!("{} {average}", forced.open().len()) });
    drop(hits);
    alloc.end_frame();
}

fn probe(alloc: &'static SmartAlloc, handle: &Handle) {
    let frame = alloc.frame();
    let matrix = alloc.frame_alloc::<[f32; 16]>();
    let pointer = Forced(&raw const *matrix);
    handle.spawn(async move { //~ FA703
        let pointer = pointer.open();
        // SAFETY: none.
        println!("{}", unsafe { (*pointer)[0] });
    });
    drop(matrix);
    drop(frame);
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let (queue, tasks) = channel();
    let worker = thread::spawn(move || work(tasks));
    let handle = Handle { queue };
    for rays in 1..4 {
        bake(alloc, &handle, rays);
        bake_owned(alloc, &handle, rays);
        probe(alloc, &handle);
    }
    drop(handle);
    println!("{:?}", worker.join().ok());
}
