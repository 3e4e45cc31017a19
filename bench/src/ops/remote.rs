//! A `pool_box` made on one thread and dropped on another: what a loader thread or a job system does all day.

use std::hint::{black_box, spin_loop};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::case::{Against, Case, Contender, Target, Work};
use crate::ours;
use crate::peers::{BoxOn, Fixed, Jemalloc, Mimalloc, Snmalloc, System};

/// Boxes that cross at once, so that the channel is a small part of the time.
const BATCH: usize = 256;
/// Batches on their way.
const IN_FLIGHT: usize = 8;
/// Looks at an empty channel before the thread sleeps: longer than the other side needs for a batch, so that no
/// wake-up is measured, yet short enough that waiting threads leave the cores to other contenders.
const LOOKS: u32 = 20_000;

pub fn cases() -> Vec<Case> {
    vec![of_words::<2>(), of_words::<8>(), of_words::<32>()]
}

fn of_words<const WORDS: usize>() -> Case {
    let contenders = vec![
        Contender::ours(framealloc::<WORDS>),
        Contender::aside("the way alone, numbers for boxes", numbers),
        Contender::peer("Box on mimalloc", boxed::<Mimalloc, WORDS>),
        Contender::peer("Box on snmalloc", boxed::<Snmalloc, WORDS>),
        Contender::peer("Box on jemalloc", boxed::<Jemalloc, WORDS>),
        Contender::peer("Box on the system's", boxed::<System, WORDS>),
    ];
    Case::new("pool_box across threads", format!("{} B", WORDS * 8), contenders)
        .batch(BATCH as u64)
        .no_instructions()
        .turn(Duration::from_millis(20))
        .target(Target::TimeRatio(0.65, Against::Named("Box on mimalloc")))
        .target(Target::TimeRatio(0.65, Against::Named("Box on snmalloc")))
}

fn framealloc<const WORDS: usize>() -> Work {
    let alloc = ours::allocator();
    across(move |i| alloc.pool_box([i; WORDS]))
}

fn boxed<A: Fixed + 'static, const WORDS: usize>() -> Work {
    across(|i| BoxOn::<[u64; WORDS], A>::new([i; WORDS]))
}

fn numbers() -> Work {
    across(|i| i)
}

/// The calling thread makes, a thread of its own drops; the vectors that carry the boxes go round, so that the
/// harness allocates nothing.
fn across<H: Send + 'static>(make: impl Fn(u64) -> H + 'static) -> Work {
    let (full, arriving) = sync_channel::<Vec<H>>(IN_FLIGHT);
    let (empty, returning) = sync_channel::<Vec<H>>(IN_FLIGHT);
    thread::spawn(move || {
        while let Some(mut batch) = next(&arriving) {
            batch.drain(..).for_each(drop_one);
            send(&empty, batch);
        }
    });
    let mut carriers: Vec<Vec<H>> = (0..IN_FLIGHT).map(|_| Vec::with_capacity(BATCH)).collect();
    Box::new(move |units| {
        for _ in 0..units {
            let mut batch = match carriers.pop() {
                Some(batch) => batch,
                None => next(&returning).expect("the dropping thread ends after this one"),
            };
            for i in 0..BATCH as u64 {
                batch.push(make(i));
            }
            send(&full, black_box(batch));
        }
        // A round ends when everything is dropped.
        while carriers.len() < IN_FLIGHT {
            carriers.push(next(&returning).expect("the dropping thread ends after this one"));
        }
    })
}

/// Numbers are looked at as well: a vector of them would be emptied at once.
fn drop_one<H>(handle: H) {
    drop(black_box(handle));
}

/// There are no more vectors than places in the channel: sending never waits. The other end is gone only when the
/// process ends.
fn send<T>(channel: &SyncSender<T>, value: T) {
    let _ = channel.try_send(value);
}

/// The next value; `None` when the other end is gone.
pub(super) fn next<T>(channel: &Receiver<T>) -> Option<T> {
    for look in 0..LOOKS {
        match channel.try_recv() {
            Ok(value) => return Some(value),
            Err(TryRecvError::Disconnected) => return None,
            // On a machine with fewer free cores than threads the other side needs this one.
            Err(TryRecvError::Empty) if look % 256 == 255 => thread::yield_now(),
            Err(TryRecvError::Empty) => spin_loop(),
        }
    }
    channel.recv().ok()
}
