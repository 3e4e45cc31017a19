//! `alloc.pool_box(value)` and its drop, in the orders in which programs free.

use std::hint::black_box;
use std::sync::LazyLock;

use super::value::{FirstWritten, Value, Written};
use crate::case::{Against, Case, Contender, Setup, Target, Work};
use crate::peers::{FreeList, Jemalloc, Maker, Mimalloc, On, Places, Pool, Snmalloc, System};

/// Boxes alive at once.
const HELD: u64 = 1_000;

/// Enough of them for what is held.
const PLACES: usize = (HELD as usize).next_power_of_two();

const FLOOR: &str = "free list by hand";

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(of::<Written<2>>("16 B"));
    cases.extend(of::<Written<8>>("64 B"));
    cases.extend(of::<FirstWritten<32>>("256 B"));
    cases.extend(of::<FirstWritten<128>>("1 KiB"));
    // Shown, without targets: here the memory is measured as much as the allocators.
    cases.extend(of::<Written<128>>("1 KiB").map(|case| Case { targets: Vec::new(), ..case }));
    cases
}

fn of<V: Value>(size: &str) -> [Case; 4] {
    [
        case::<InTurn, V>(size, "in turn", 0.55),
        case::<LastFirst, V>(size, "last in, first out", 0.65),
        case::<FirstFirst, V>(size, "first in, first out", 0.65),
        case::<Shuffled, V>(size, "shuffled", 0.65),
    ]
}

fn case<O: Order, V: Value>(size: &str, order: &str, of_general: f64) -> Case {
    let peer = |name, setup: Setup| Contender::peer(name, setup);
    let contenders = vec![
        Contender::ours(work::<Pool, O, V>),
        Contender::aside(FLOOR, work::<FreeList<V>, O, V>),
        Contender::aside("values put round a circle, no allocator", work::<Places<V, PLACES>, O, V>),
        peer("Box on mimalloc", work::<On<Mimalloc>, O, V>),
        peer("Box on snmalloc", work::<On<Snmalloc>, O, V>),
        peer("Box on jemalloc", work::<On<Jemalloc>, O, V>),
        peer("Box on the system's", work::<On<System>, O, V>),
    ];
    Case::new("pool_box", format!("{}, {order}", V::named(size)), contenders)
        .batch(HELD)
        .target(Target::TimeRatio(of_general, Against::Named("Box on mimalloc")))
        .target(Target::TimeRatio(of_general, Against::Named("Box on snmalloc")))
        .target(Target::TimeRatio(1.5, Against::Named(FLOOR)))
}

/// One unit: a thousand boxes made and dropped.
trait Order: 'static {
    fn run<T, M: Maker<T>>(maker: &M, value: impl Fn(u64) -> T);
}

struct InTurn;
struct LastFirst;
struct FirstFirst;
struct Shuffled;

impl Order for InTurn {
    #[inline(always)]
    fn run<T, M: Maker<T>>(maker: &M, value: impl Fn(u64) -> T) {
        for i in 0..HELD {
            black_box(&mut *maker.make(value(i)));
        }
    }
}

#[inline(always)]
fn hold<'a, T, M: Maker<T>>(maker: &'a M, value: impl Fn(u64) -> T) -> Vec<M::Handle<'a>> {
    let mut held = Vec::with_capacity(HELD as usize);
    for i in 0..HELD {
        held.push(maker.make(value(i)));
    }
    black_box(held)
}

impl Order for LastFirst {
    #[inline(always)]
    fn run<T, M: Maker<T>>(maker: &M, value: impl Fn(u64) -> T) {
        let mut held = hold(maker, value);
        while let Some(handle) = held.pop() {
            drop(handle);
        }
    }
}

impl Order for FirstFirst {
    #[inline(always)]
    fn run<T, M: Maker<T>>(maker: &M, value: impl Fn(u64) -> T) {
        for handle in hold(maker, value) {
            drop(handle);
        }
    }
}

impl Order for Shuffled {
    #[inline(always)]
    fn run<T, M: Maker<T>>(maker: &M, value: impl Fn(u64) -> T) {
        let mut held: Vec<Option<M::Handle<'_>>> = Vec::with_capacity(HELD as usize);
        for i in 0..HELD {
            held.push(Some(maker.make(value(i))));
        }
        for &place in black_box(&*SHUFFLED) {
            drop(held[usize::from(place)].take());
        }
    }
}

/// The same order for everyone and in every round.
static SHUFFLED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut places: Vec<u16> = (0..HELD as u16).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for last in (1..places.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        places.swap(last, (state % (last as u64 + 1)) as usize);
    }
    places
});

fn work<M: Maker<V>, O: Order, V: Value>() -> Work {
    let maker = M::new();
    Box::new(move |units| {
        for _ in 0..units {
            O::run(&maker, V::new);
        }
    })
}

/// The loop that the two-thread measurement borrows.
pub fn in_turn<M: Maker<Written<8>>>() -> Work {
    work::<M, InTurn, _>()
}

pub const fn batch() -> u64 {
    HELD
}
