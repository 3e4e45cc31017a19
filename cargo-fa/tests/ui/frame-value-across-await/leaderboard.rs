//! A leaderboard service with traits, blocks and closures that are asynchronous.
use framealloc::{FrameMap, SmartAlloc};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

type Answer<'a> = Pin<Box<dyn Future<Output = usize> + 'a>>;

trait Service {
    fn answer<'a>(&'a self, request: &'a str) -> Answer<'a>;
}

struct Store {
    scores: Vec<(String, u32)>,
}

impl Store {
    async fn score(&self, name: &str) -> Option<u32> {
        self.scores.iter().find(|(known, _)| known == name).map(|(_, score)| *score)
    }

    async fn save(&mut self, name: &str, score: u32) {
        self.scores.push((name.to_owned(), score));
    }
}

struct Rank {
    alloc: Arc<SmartAlloc>,
    store: Store,
}

struct Echo {
    alloc: Arc<SmartAlloc>,
    store: Store,
}

impl Service for Rank {
    fn answer<'a>(&'a self, request: &'a str) -> Answer<'a> {
        Box::pin(async move {
            let mut seen: FrameMap<'_, &str, u32> = self.alloc.frame_map();
            for name in request.split(',') {
                let Some(score) = self.store.score(name).await else { continue }; //~ FA701
                seen.insert(name, score);
            }
            seen.len()
        })
    }
}

impl Service for Echo {
    fn answer<'a>(&'a self, request: &'a str) -> Answer<'a> {
        // Of the call, not of the future.
        let names = self.alloc.frame_slice_from_fn(1, |_| request.len());
        let size = names[0];
        Box::pin(async move { size + self.store.score(request).await.unwrap_or(0) as usize })
    }
}

async fn import(alloc: &SmartAlloc, store: &mut Store, lines: &[&str]) -> usize {
    let mut count = 0;
    for line in lines {
        let fields = alloc.frame_slice_copy(line.as_bytes());
        let score = fields.iter().filter(|byte| **byte == b'*').count() as u32;
        store.save(line, score).await; //~ FA701
        println!("{} bytes", fields.len());
        count += 1;
    }
    count
}

async fn import_well(alloc: &SmartAlloc, store: &mut Store, lines: &[&str]) -> usize {
    for line in lines {
        let score = {
            let fields = alloc.frame_slice_copy(line.as_bytes());
            fields.iter().filter(|byte| **byte == b'*').count() as u32
        };
        store.save(line, score).await;
    }
    lines.len()
}

async fn merge(alloc: &SmartAlloc, left: &Store, right: &Store) -> u32 {
    let names = alloc.frame_slice_from_fn(left.scores.len(), |index| left.scores[index].1);
    let total = async { names.iter().sum::<u32>() }.await; //~ FA701
    drop(names);
    total + right.score("nobody").await.unwrap_or(0)
}

fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let mut store = Store { scores: vec![("ann".into(), 4)] };
    println!("{:?}", run(import(&alloc, &mut store, &["a*", "b**"])));
    println!("{:?}", run(import_well(&alloc, &mut store, &["a*", "b**"])));
    let rank = Rank { alloc: alloc.clone(), store };
    let echo = Echo { alloc: alloc.clone(), store: Store { scores: Vec::new() } };
    println!("{:?}", run(merge(&alloc, &rank.store, &echo.store)));
    let services: [&dyn Service; 2] = [&rank, &echo];
    for service in services {
        println!("{:?}", run(service.answer("ann,bob")));
    }
}
