// An async client on an executor of its own: what crosses an await or goes to a task is owned.
use framealloc::{AllocConfig, PoolBox, SmartAlloc, frame_format};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default, Clone)]
struct Executor {
    queue: Rc<RefCell<VecDeque<Task>>>,
}

impl Executor {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.queue.borrow_mut().push_back(Box::pin(task));
    }

    fn run(&self) -> usize {
        let mut context = Context::from_waker(Waker::noop());
        let mut done = 0;
        let rounds = self.queue.borrow().len();
        for _ in 0..rounds {
            let Some(mut task) = self.queue.borrow_mut().pop_front() else { break };
            if task.as_mut().poll(&mut context).is_ready() {
                done += 1;
            } else {
                self.queue.borrow_mut().push_back(task);
            }
        }
        done
    }
}

struct Api;

impl Api {
    async fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        ready(if path.is_empty() { Err("no path".into()) } else { Ok(path.as_bytes().to_vec()) }).await
    }
}

#[derive(Default)]
struct Cache {
    blobs: Vec<PoolBox<[u8; 32]>>,
    lines: Vec<String>,
}

struct Client {
    alloc: &'static SmartAlloc,
    api: Api,
    cache: RefCell<Cache>,
}

impl Client {
    async fn fetch(&self, id: u32) -> Result<usize, String> {
        let path = {
            let path = frame_format!(self.alloc, "/items/{id}");
            path.to_string()
        };
        let body = self.api.get(&path).await?;
        let scope = self.alloc.scope();
        let sorted = scope.alloc_slice_copy(&body);
        sorted.sort_unstable();
        let mut blob = self.alloc.pool_alloc::<[u8; 32]>();
        for (slot, byte) in blob.iter_mut().zip(sorted.iter()) {
            *slot = *byte;
        }
        self.cache.borrow_mut().blobs.push(blob);
        Ok(body.len())
    }

    async fn refresh(&self, ids: Vec<u32>) -> usize {
        let mut bytes = 0;
        for id in ids {
            match self.fetch(id).await {
                Ok(read) => bytes += read,
                Err(error) => self.cache.borrow_mut().lines.push(error),
            }
        }
        let count = {
            self.alloc.begin_frame();
            let lengths = self.alloc.frame_slice_from_fn(4, |i| i + bytes);
            let count = lengths.len();
            drop(lengths);
            self.alloc.end_frame();
            count
        };
        ready(count + bytes).await
    }

    fn tick(&self, turn: u32) -> usize {
        self.alloc.begin_frame();
        let mut sizes = self.alloc.frame_vec::<usize>();
        sizes.extend(self.cache.borrow().blobs.iter().map(|blob| blob.len()));
        let total = sizes.iter().sum::<usize>() + turn as usize;
        drop(sizes);
        self.alloc.end_frame();
        total
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let executor = Executor::default();
    let client = Rc::new(Client { alloc, api: Api, cache: RefCell::default() });
    for turn in 0..4 {
        let (task_client, ids) = (Rc::clone(&client), vec![turn, turn + 1]);
        executor.spawn(async move {
            let bytes = task_client.refresh(ids).await;
            task_client.cache.borrow_mut().lines.push(format!("{bytes} bytes"));
        });
        let done = executor.run();
        println!("{done} done, {} bytes cached", client.tick(turn));
    }
    println!("{:?}", client.cache.borrow().lines);
}
