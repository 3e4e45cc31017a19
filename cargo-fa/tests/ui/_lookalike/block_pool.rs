//! A pool of blocks, with guards, tags and promotions of its own.
use std::collections::HashMap;

#[derive(Default)]
struct Pool {
    taken: usize,
}

impl Pool {
    fn frame(&mut self) -> Guard<'_> {
        Guard { pool: self }
    }

    fn scope(&mut self) -> Guard<'_> {
        self.frame()
    }

    fn with_tag<R>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> R) -> R {
        println!("{name}");
        work(self)
    }

    fn heap_slice(&mut self, len: usize) -> Vec<u8> {
        self.taken += len;
        vec![0; len]
    }

    fn end_frame_with_promotions(&mut self) -> Vec<u32> {
        vec![self.taken as u32]
    }
}

struct Guard<'p> {
    pool: &'p mut Pool,
}

struct Cache {
    blocks: HashMap<u32, Vec<u8>>,
    last: Option<Vec<u8>>,
}

fn fill(pool: &mut Pool, cache: &mut Cache, lines: &[&str]) -> usize {
    for (id, line) in (0u32..).zip(lines) {
        let size = line.parse().unwrap_or(0);
        let block = pool.with_tag("blocks", |pool| pool.heap_slice(size));
        cache.blocks.insert(id, block);
        let other = pool.heap_slice(16);
        cache.last = Some(other);
    }
    pool.end_frame_with_promotions();
    let guard = pool.scope();
    guard.pool.taken += 1;
    std::mem::forget(guard);
    cache.blocks.len()
}

fn main() {
    let mut pool = Pool::default();
    let mut cache = Cache { blocks: HashMap::new(), last: None };
    println!("{} {}", fill(&mut pool, &mut cache, &["3", "x"]), pool.taken);
    println!("{:?}", cache.last.map(|last| last.len()));
    std::mem::forget(pool.frame());
}
