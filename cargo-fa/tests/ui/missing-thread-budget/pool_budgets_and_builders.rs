// Pool budgets in a crate whose threads are built by `Builder`; allocations through traits and fields.
use framealloc::{AllocConfig, PoolBox, SmartAlloc, kilobytes};
use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

trait Actor: Send + 'static {
    fn act(&mut self) -> usize;
}

struct Spawner {
    alloc: Arc<SmartAlloc>,
    orcs: Vec<PoolBox<[u16; 8]>>,
}

struct Timer {
    ticks: usize,
}

impl Actor for Spawner {
    fn act(&mut self) -> usize {
        let orc = self.alloc.pool_box([7; 8]);
        self.orcs.push(orc);
        self.orcs.len()
    }
}

impl Actor for Timer {
    fn act(&mut self) -> usize {
        self.ticks += 1;
        self.ticks
    }
}

fn start_spawner(mut spawner: Spawner) -> io::Result<JoinHandle<usize>> {
    Builder::new().name("spawner".into()).spawn(move || spawner.act()) //~ FA302
}

fn start_budgeted(mut spawner: Spawner) -> io::Result<JoinHandle<usize>> {
    Builder::new().name("budgeted".into()).spawn(move || {
        spawner.alloc.set_thread_pool_budget(kilobytes(16));
        spawner.act()
    })
}

fn start_timer(mut timer: Timer) -> io::Result<JoinHandle<usize>> {
    Builder::new().name("timer".into()).spawn(move || timer.act())
}

fn main() -> io::Result<()> {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let spawner = Spawner { alloc: alloc.clone(), orcs: Vec::new() };
    let other = Spawner { alloc, orcs: Vec::new() };
    let (a, b, c) = (start_spawner(spawner)?, start_budgeted(other)?, start_timer(Timer { ticks: 0 })?);
    println!("{:?} {:?} {:?}", a.join().ok(), b.join().ok(), c.join().ok());
    Ok(())
}
