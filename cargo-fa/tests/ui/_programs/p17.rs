//! Cut scenes as tasks: cues wait for each other, each turn's lists are in the frame.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use async_channel::{Receiver, Sender};
use async_executor::LocalExecutor;
use framealloc::{FrameVec, PoolBox, SmartAlloc, TransferHandle};
use futures_lite::future;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Cue {
    at: u32,
    actor: u8,
}

struct Shot {
    cues: [Cue; 8],
    used: usize,
}

struct Director<'a> {
    alloc: &'a SmartAlloc,
    cues: RefCell<Vec<Cue>>,
    out: Sender<TransferHandle<Shot>>,
    missed: Cell<u32>,
}

async fn turns(count: u32) {
    for _ in 0..count {
        future::yield_now().await;
    }
}

fn due<'a>(alloc: &'a SmartAlloc, cues: &[Cue], now: u32) -> FrameVec<'a, Cue> {
    let mut due = alloc.frame_vec();
    due.extend(cues.iter().copied().filter(|cue| cue.at <= now));
    due.sort_unstable_by_key(|cue| cue.at);
    due
}

impl<'a> Director<'a> {
    /// The list is gone before the wait: its block ends.
    async fn wait_for_actors(&self, now: u32) -> u32 {
        let longest = {
            let frame = self.alloc.frame();
            let mut actors = frame.vec();
            actors.extend(self.cues.borrow().iter().map(|cue| cue.actor));
            actors.iter().copied().max().map_or(0, u32::from)
        };
        turns(longest % 4).await;
        now + longest
    }

    /// Dropped by hand before the wait, on both ways.
    async fn settle(&self, now: u32) -> bool {
        let list = due(self.alloc, &self.cues.borrow(), now);
        let count = list.len() as u32;
        if list.is_empty() {
            drop(list);
            turns(1).await;
            return false;
        }
        drop(list);
        turns(count).await;
        true
    }

    /// What crosses the wait is in the pool.
    async fn shot(&self, now: u32) -> io::Result<PoolBox<Shot>> {
        let mut shot = self.alloc.pool_box(Shot { cues: [Cue { at: 0, actor: 0 }; 8], used: 0 });
        {
            let list = due(self.alloc, &self.cues.borrow(), now);
            for (to, from) in shot.cues.iter_mut().zip(list.iter()) {
                *to = *from;
            }
            shot.used = list.len().min(8);
        }
        turns(2).await;
        if shot.used == 0 {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(shot)
    }

    /// Frames are ended before each wait and begun anew after it.
    async fn play(&self, last: u32) -> u32 {
        let mut played = 0;
        for now in 0..last {
            self.alloc.begin_frame();
            let first = due(self.alloc, &self.cues.borrow(), now).first().copied();
            self.alloc.end_frame();
            match first {
                Some(cue) => {
                    turns(u32::from(cue.actor) % 3).await;
                    played += 1;
                }
                None => self.missed.set(self.missed.get() + 1),
            }
        }
        played
    }

    /// The handle moves into the channel; no frame value is left when the send waits.
    async fn publish(&self, now: u32) -> Result<(), async_channel::SendError<TransferHandle<Shot>>> {
        let shot = match self.shot(now).await {
            Ok(shot) => shot.into_inner(),
            Err(_) => return Ok(()),
        };
        let handle = self.alloc.frame_box_for_transfer(shot);
        self.out.send(handle).await
    }
}

async fn collect(shots: Receiver<TransferHandle<Shot>>, total: Rc<Cell<usize>>) {
    while let Ok(handle) = shots.recv().await {
        let shot = handle.receive();
        total.set(total.get() + shot.used);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let executor = LocalExecutor::new();
    let (out, shots) = async_channel::bounded(4);
    let total = Rc::new(Cell::new(0));
    executor.spawn(collect(shots, total.clone())).detach();
    let cues = (0..20).map(|i| Cue { at: i * 3 % 17, actor: (i % 5) as u8 }).collect();
    let director = Director { alloc: &alloc, cues: RefCell::new(cues), out, missed: Cell::new(0) };
    let summary = future::block_on(executor.run(async {
        let mut settled = 0;
        for now in 0..10 {
            settled += u32::from(director.settle(now).await);
            if director.publish(now).await.is_err() {
                break;
            }
        }
        let weight = {
            let frame = alloc.frame();
            let weights = frame.boxed([1u32, 2, 3]);
            weights.iter().sum::<u32>()
        };
        (settled, weight, director.wait_for_actors(3).await, director.play(20).await)
    }));
    println!("{summary:?}, {} missed, {} in shots", director.missed.get(), total.get());
}
