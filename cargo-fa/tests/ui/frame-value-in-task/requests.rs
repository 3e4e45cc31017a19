//! Requests of a client, each in a task of a set.
use framealloc::{FrameMap, FrameVec, SmartAlloc};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

struct JoinSet<'s, T> {
    tasks: Vec<Pin<Box<dyn Future<Output = T> + 's>>>,
}

impl<'s, T> JoinSet<'s, T> {
    fn spawn<F: Future<Output = T> + 's>(&mut self, task: F) -> usize {
        self.tasks.push(Box::pin(task));
        self.tasks.len()
    }

    fn join(self) -> Vec<T> {
        let mut context = Context::from_waker(Waker::noop());
        let ready = |mut task: Pin<Box<dyn Future<Output = T> + 's>>| match task.as_mut().poll(&mut context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        };
        self.tasks.into_iter().filter_map(ready).collect()
    }
}

struct Client<'c> {
    alloc: &'c SmartAlloc,
    retries: u32,
}

async fn get(path: &str) -> usize {
    path.len()
}

impl<'c> Client<'c> {
    fn paths(&self, count: u32) -> FrameVec<'c, u32> {
        let mut paths = self.alloc.frame_vec();
        paths.extend(0..count);
        paths
    }

    fn all(&self, set: &mut JoinSet<'c, usize>) {
        let paths = self.paths(self.retries);
        set.spawn(async move { //~ FA703
            let mut total = get("index").await;
            for path in paths {
                total += path as usize;
            }
            total
        });
    }

    fn retry(&self, set: &mut JoinSet<'c, usize>) -> bool {
        let mut seen: FrameMap<'c, u32, bool> = self.alloc.frame_map();
        seen.insert(self.retries, true);
        match self.retries {
            0 => false,
            retries => set.spawn(async move { seen.len() + retries as usize }) > 0, //~ FA703
        }
    }

    fn each(&self, set: &mut JoinSet<'c, usize>) {
        let paths = self.paths(3);
        for path in paths.iter().copied() {
            set.spawn(async move { get("item").await + path as usize });
        }
        let count = paths.len();
        set.spawn(async move { count });
    }

    fn tagged(&self, set: &mut JoinSet<'c, usize>) {
        self.alloc.with_tag("net", |a| {
            let sizes = a.frame_slice::<usize>(4);
            set.spawn(async move { sizes.iter().sum() }); //~ FA703
        });
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let client = Client { alloc: &alloc, retries: 3 };
    let mut set = JoinSet { tasks: Vec::new() };
    let _frame = alloc.frame();
    client.all(&mut set);
    println!("{}", client.retry(&mut set));
    client.each(&mut set);
    client.tagged(&mut set);
    println!("{:?}", set.join());
}
