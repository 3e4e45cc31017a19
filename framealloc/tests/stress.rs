//! Everything that crosses threads at once, for as long as one likes: producers and consumers with a barrier between
//! their frames, beside threads that come and go.
//!
//! As a test it runs for two seconds; `--seconds 60` after `--` runs it longer, which `cargo xtask verify` does. A run
//! is a row of short rounds, each with an allocator of its own, so that threads and allocators end by the thousand:
//! that is where most of what can go wrong between threads does. Each round ends with sums that must be exact: what
//! was made, received and dropped, the checksum of it all, and that nothing is alive.
//!
//! How long is enough? Mistakes of this kind that were built in on purpose showed within a million meetings or
//! transfers, or never: those are the models' to find. A minute makes several millions of both.
#![expect(clippy::print_stdout, reason = "a program whose output is its report")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use framealloc::{AllocConfig, FrameBarrier, PoolBox, SmartAlloc, TransferHandle, kilobytes};

/// The time for a run that nobody asked to be longer.
const SECONDS: u64 = 2;
/// Frames of one round.
const FRAMES: u64 = 100;
/// Values that a producer sends in a frame.
const PER_FRAME: u64 = 16;
/// Producers, and as many consumers.
const PAIRS: u64 = 2;
/// A meeting takes this long only if somebody is waited for in vain.
const HANG: Duration = Duration::from_secs(60);

/// The sums of all first words of the values made and of those dropped; and how many are alive.
static MADE: AtomicU64 = AtomicU64::new(0);
static GONE: AtomicU64 = AtomicU64::new(0);
static ALIVE: AtomicU64 = AtomicU64::new(0);

/// Words that follow from the first, so that anything else among them shows.
struct Payload<const N: usize>([u64; N]);

impl<const N: usize> Payload<N> {
    fn new(seed: u64) -> Self {
        MADE.fetch_add(seed, Ordering::Relaxed);
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self(std::array::from_fn(|index| seed.wrapping_mul(index as u64 + 1)))
    }
}

impl<const N: usize> Drop for Payload<N> {
    fn drop(&mut self) {
        let seed = self.0.first().copied().unwrap_or_default();
        let intact = (1..).zip(&self.0).all(|(factor, &word)| word == seed.wrapping_mul(factor));
        assert!(intact, "a value was overwritten");
        GONE.fetch_add(seed, Ordering::Relaxed);
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What crosses: values without size, small ones, and those with a block of their own.
enum Parcel {
    Nothing(TransferHandle<Payload<0>>),
    Word(TransferHandle<Payload<1>>),
    Words(TransferHandle<Payload<40>>),
    Big(TransferHandle<Payload<1500>>),
}

/// Random numbers; splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn one_in(&mut self, often: u64) -> bool {
        self.next().is_multiple_of(often)
    }
}

/// What the threads of a round say that they have done.
#[derive(Default)]
struct Round {
    made: AtomicU64,
    received: AtomicU64,
    meetings: AtomicU64,
}

impl Round {
    fn make(&self, alloc: &SmartAlloc, random: &mut Random) -> Parcel {
        self.made.fetch_add(1, Ordering::Relaxed);
        let seed = random.next();
        match seed >> 60 {
            0 => Parcel::Big(alloc.frame_box_for_transfer(Payload::new(seed))),
            1 => Parcel::Nothing(alloc.frame_box_for_transfer(Payload::new(0))),
            2..8 => Parcel::Words(alloc.frame_box_for_transfer(Payload::new(seed))),
            _ => Parcel::Word(alloc.frame_box_for_transfer(Payload::new(seed))),
        }
    }

    /// Drops the parcel, or receives it and keeps it for a while, or moves its value out.
    fn accept(&self, parcel: Parcel, random: &mut Random, kept: &mut VecDeque<PoolBox<Payload<40>>>) {
        if random.one_in(10) {
            return drop(parcel);
        }
        self.received.fetch_add(1, Ordering::Relaxed);
        match parcel {
            Parcel::Nothing(handle) => drop(handle.receive()),
            Parcel::Word(handle) => drop(handle.into_inner()),
            Parcel::Words(handle) => kept.push_back(handle.receive()),
            Parcel::Big(handle) => drop(handle.receive()),
        }
        if kept.len() > 100 {
            kept.pop_front();
        }
    }

    fn meet(&self, barrier: &FrameBarrier, random: &mut Random) {
        barrier.signal_frame_complete();
        if random.one_in(4) {
            thread::yield_now();
        }
        let impatient = random.one_in(50);
        if impatient && barrier.wait_all_timeout(Duration::from_micros(random.next() % 50)).is_ok() {
            // There in time.
        } else if random.one_in(2) {
            barrier.wait_all_timeout(HANG).expect("everybody comes");
        } else {
            barrier.wait_all();
        }
        self.meetings.fetch_add(1, Ordering::Relaxed);
    }
}

fn produce(
    round: &Round,
    alloc: &SmartAlloc,
    barrier: &FrameBarrier,
    send: &Sender<Parcel>,
    mut random: Random,
) {
    let _seat = barrier.join();
    for _ in 0..FRAMES {
        alloc.begin_frame();
        let mut sizes = alloc.frame_vec::<u64>();
        for index in 0..PER_FRAME {
            sizes.push(index);
            // A consumer that has gone sends it back, and it is dropped here.
            let _ = send.send(round.make(alloc, &mut random));
        }
        assert_eq!(sizes.iter().sum::<u64>(), PER_FRAME * (PER_FRAME - 1) / 2);
        drop(sizes);
        // fa: allow(FA202) -- whoever meets with an open frame is waited for all the same
        round.meet(barrier, &mut random);
        alloc.end_frame();
    }
}

fn consume(round: &Round, barrier: &FrameBarrier, receive: &Receiver<Parcel>, mut random: Random) {
    let seat = barrier.join();
    let mut kept = VecDeque::new();
    for _ in 0..FRAMES {
        receive.try_iter().for_each(|parcel| round.accept(parcel, &mut random, &mut kept));
        round.meet(barrier, &mut random);
    }
    drop(seat);
    if random.one_in(2) {
        receive.iter().for_each(|parcel| round.accept(parcel, &mut random, &mut kept));
    }
}

thread_local! {
    static LEFT_BEHIND: RefCell<Vec<Parcel>> = const { RefCell::new(Vec::new()) };
}

/// A thread that comes for a few frames, and goes in one of the ways there are.
fn visit(
    round: &Round,
    alloc: &SmartAlloc,
    barrier: &FrameBarrier,
    send: &Sender<Parcel>,
    mut random: Random,
) {
    if random.one_in(2) {
        // So that what is left behind goes after what the library has of the thread.
        LEFT_BEHIND.with_borrow_mut(Vec::clear);
    }
    let seat = barrier.join();
    for _ in 0..random.next() % 4 {
        let _ = send.send(round.make(alloc, &mut random));
        round.meet(barrier, &mut random);
    }
    if random.one_in(2) {
        let parcel = round.make(alloc, &mut random);
        LEFT_BEHIND.with_borrow_mut(|left| left.push(parcel));
    }
    match random.next() % 4 {
        0 => drop(seat),
        1 => std::mem::forget(seat),
        2 => {
            barrier.signal_frame_complete();
            std::mem::forget(seat);
        }
        // As a panic, without its message.
        _ => resume_unwind(Box::new(())),
    }
}

/// What a round has done: transfers and meetings.
fn run_round(seed: u64) -> (u64, u64) {
    let config = AllocConfig::default()
        .with_frame_size(kilobytes(16))
        .with_pool_size(if seed.is_multiple_of(2) { 0 } else { kilobytes(256) });
    let alloc = SmartAlloc::new(config);
    let barrier = FrameBarrier::new(2 * PAIRS as usize);
    let round = Round::default();
    let mut random = Random(seed);
    thread::scope(|threads| {
        let mut others = Vec::new();
        let mut ways = Vec::new();
        for _ in 0..PAIRS {
            let (send, receive) = channel();
            ways.push(send.clone());
            let (round, alloc, barrier) = (&round, &alloc, &barrier);
            let randoms = [Random(random.next()), Random(random.next())];
            let [first, second] = randoms;
            others.push(threads.spawn(move || produce(round, alloc, barrier, &send, first)));
            others.push(threads.spawn(move || consume(round, barrier, &receive, second)));
        }
        while !others.iter().any(thread::ScopedJoinHandle::is_finished) {
            let send = ways[random.next() as usize % ways.len()].clone();
            let own = Random(random.next());
            let (round, alloc, barrier) = (&round, &alloc, &barrier);
            let visitor = threads.spawn(move || visit(round, alloc, barrier, &send, own));
            // A visitor may have gone by a panic.
            let _ = visitor.join();
        }
        drop(ways);
        for other in others {
            if let Err(panic) = other.join() {
                resume_unwind(panic);
            }
        }
    });
    check(&alloc, &barrier, &round);
    (round.made.into_inner(), round.meetings.into_inner())
}

/// All is over: the sums must be exact.
fn check(alloc: &SmartAlloc, barrier: &FrameBarrier, round: &Round) {
    let transfers = alloc.transfer_stats();
    assert_eq!(transfers.made, round.made.load(Ordering::Relaxed), "values made");
    assert_eq!(transfers.received, round.received.load(Ordering::Relaxed), "values received");
    assert_eq!(transfers.in_flight(), 0, "values lost");
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes, stats.parked_bytes), (0, 0, 0), "bytes alive");
    assert_eq!(ALIVE.load(Ordering::Relaxed), 0, "values alive");
    assert_eq!(MADE.load(Ordering::Relaxed), GONE.load(Ordering::Relaxed), "the checksum");
    assert_eq!(barrier.participants(), 0, "everybody has left the barrier");
}

/// The number after `--seconds`; the usual harness's options mean nothing here.
fn seconds() -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--seconds").skip(1);
    arguments.next().map_or(SECONDS, |number| number.parse().expect("a number of seconds"))
}

#[expect(clippy::disallowed_methods, reason = "it runs for a time")]
fn main() {
    let (start, limit) = (Instant::now(), Duration::from_secs(seconds()));
    let (mut rounds, mut transfers, mut meetings) = (0, 0, 0);
    while start.elapsed() < limit {
        let (made, met) = run_round(rounds);
        rounds += 1;
        transfers += made;
        meetings += met;
    }
    println!(
        "test stress ... ok ({rounds} rounds, {transfers} transfers, {meetings} waits at the barrier in {:.1} s)",
        start.elapsed().as_secs_f64()
    );
}
