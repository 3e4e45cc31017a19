// An asset server: async methods, async blocks and a helper that takes the value along.
use framealloc::{AllocConfig, FrameString, SmartAlloc, frame_format};
use std::collections::HashMap;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

type Load<'a> = Pin<Box<dyn Future<Output = usize> + 'a>>;

struct Assets {
    memory: &'static SmartAlloc,
    loaded: HashMap<u32, Vec<u8>>,
}

async fn disk(path: String) -> Vec<u8> {
    ready(path.into_bytes()).await
}

impl Assets {
    fn path(&self, id: u32) -> FrameString<'static> {
        frame_format!(self.memory, "assets/{id}.bin")
    }

    async fn load(&mut self, id: u32) -> usize {
        let path = self.path(id);
        let data = disk(path.to_string()).await; //~ FA701
        println!("{path} has {} bytes", data.len());
        self.loaded.insert(id, data);
        self.loaded.len()
    }

    async fn reload(&mut self, id: u32) -> usize {
        let path = self.path(id).to_string();
        let data = disk(path).await;
        self.loaded.insert(id, data).map_or(0, |old| old.len())
    }

    fn later(&self, id: u32) -> Load<'_> {
        Box::pin(async move {
            let mut known = self.memory.frame_set::<u32>();
            known.extend(self.loaded.keys());
            let fresh = !known.contains(&id);
            let data = disk("later".to_string()).await; //~ FA701
            drop(known);
            data.len() + usize::from(fresh)
        })
    }

    fn soon(&self, id: u32) -> Load<'_> {
        let known = self.memory.frame_slice_from_fn(8, |i| i as u32);
        let fresh = !known.contains(&id);
        Box::pin(async move { disk("soon".to_string()).await.len() + usize::from(fresh) })
    }
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
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let mut assets = Assets { memory, loaded: HashMap::new() };
    println!("{} {}", block_on(assets.load(1)), block_on(assets.reload(1)));
    println!("{} {}", block_on(assets.later(2)), block_on(assets.soon(3)));
}
