//! Random programs on pool and heap boxes of several threads and allocators, against a model: nothing that is alive
//! overlaps, alignment, contents, destructors run once, whichever thread drops a box and whether or not its
//! allocator and its thread are still there.

#![no_main]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use arbitrary::Arbitrary;
use framealloc::{AllocConfig, AllocError, HeapBox, PoolBox, SmartAlloc};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Program {
    /// Pages of 64 KiB that an allocator may have; none for no limit.
    limits: [Option<u8>; 2],
    reserved: [bool; 2],
    steps: Vec<Step>,
}

/// Numbers choose among what there is, modulo how many there are.
#[derive(Arbitrary, Debug)]
enum Step {
    Make {
        second: bool,
        kind: Kind,
        count: u8,
    },
    Drop(u8),
    DropNewest(u8),
    /// Another thread drops some.
    DropElsewhere(u8),
    /// Another thread makes some and ends.
    MakeElsewhere {
        second: bool,
        kind: Kind,
        count: u8,
    },
    /// Another thread drops some while this one makes and drops others of the same kind.
    DropMeanwhile {
        second: bool,
        kind: Kind,
        count: u8,
    },
    /// Another thread ends while a thread-local variable of it still has some.
    EndWith {
        second: bool,
        kind: Kind,
        count: u8,
    },
    Frame {
        second: bool,
    },
    Budget {
        second: bool,
        bytes: u16,
    },
    Lift {
        second: bool,
    },
    /// The allocator goes, and another takes its place.
    Replace {
        second: bool,
    },
    Look,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Empty,
    Tiny,
    Small,
    Lined,
    Middle,
    Paged,
    Largest,
    TooLarge,
    Heap,
    HeapSlice(u16),
}

/// Values alive, in all threads.
static ALIVE: AtomicI64 = AtomicI64::new(0);

fn pattern(seed: u32, index: usize) -> u8 {
    (seed.wrapping_mul(0x9E37_79B1).rotate_left(index as u32 % 32) as u8) ^ (index as u8)
}

struct Value<const N: usize> {
    seed: u32,
    bytes: [u8; N],
}

impl<const N: usize> Value<N> {
    fn new(seed: u32) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self { seed, bytes: std::array::from_fn(|index| pattern(seed, index)) }
    }
}

impl<const N: usize> Drop for Value<N> {
    fn drop(&mut self) {
        for (index, &byte) in self.bytes.iter().enumerate() {
            assert_eq!(byte, pattern(self.seed, index), "contents of a value");
        }
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Nothing;

impl Drop for Nothing {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[repr(align(64))]
struct Lined(Value<150>);

#[repr(align(4096))]
struct Paged(Value<10>);

/// A box of a type that is not named here; dropped with its contents checked.
trait Kept: Send {
    /// Where its value lies, how large it is and how it is aligned.
    fn place(&self) -> (usize, usize, usize);
}

impl<T: Send> Kept for PoolBox<T> {
    fn place(&self) -> (usize, usize, usize) {
        (std::ptr::from_ref(&**self).addr(), size_of::<T>(), align_of::<T>())
    }
}

impl<T: Send> Kept for HeapBox<T> {
    fn place(&self) -> (usize, usize, usize) {
        (std::ptr::from_ref(&**self).addr(), size_of::<T>(), align_of::<T>())
    }
}

impl Kept for HeapBox<[u64]> {
    fn place(&self) -> (usize, usize, usize) {
        (self.as_ptr().addr(), size_of_val(&**self), 8)
    }
}

fn make(alloc: &SmartAlloc, kind: Kind, seed: u32) -> Option<Box<dyn Kept>> {
    fn keep<T: Kept + 'static>(made: Result<T, AllocError>) -> Option<Box<dyn Kept>> {
        made.ok().map(|made| Box::new(made) as Box<dyn Kept>)
    }
    match kind {
        Kind::Empty => {
            ALIVE.fetch_add(1, Ordering::Relaxed);
            keep(alloc.try_pool_box(Nothing))
        }
        Kind::Tiny => keep(alloc.try_pool_box(Value::<2>::new(seed))),
        Kind::Small => keep(alloc.try_pool_box(Value::<80>::new(seed))),
        Kind::Lined => {
            let made = alloc.try_pool_box(Lined(Value::new(seed)));
            assert!(made.as_ref().map_or(true, |made| made.0.seed == seed));
            keep(made)
        }
        Kind::Middle => keep(alloc.try_pool_box(Value::<1000>::new(seed))),
        Kind::Paged => {
            let made = alloc.try_pool_box(Paged(Value::new(seed)));
            assert!(made.as_ref().map_or(true, |made| made.0.seed == seed));
            keep(made)
        }
        Kind::Largest => keep(alloc.try_pool_box(Value::<8000>::new(seed))),
        Kind::TooLarge => keep(alloc.try_pool_box(Value::<9000>::new(seed))),
        Kind::Heap => keep(alloc.try_heap_box(Value::<500>::new(seed))),
        Kind::HeapSlice(len) => {
            let made = alloc.try_heap_slice::<u64>(usize::from(len % 2000));
            assert!(made.as_ref().map_or(true, |slice| slice.iter().all(|&word| word == 0)));
            keep(made)
        }
    }
}

fn make_many(alloc: &SmartAlloc, kind: Kind, count: u8, seed: u32) -> Vec<Box<dyn Kept>> {
    (0..u32::from(count % 64)).filter_map(|number| make(alloc, kind, seed ^ number << 16)).collect()
}

/// Dropped after the library's own thread-local variables, being used before them.
struct Late(std::cell::RefCell<Vec<Box<dyn Kept>>>, std::cell::RefCell<Option<(SmartAlloc, Kind)>>);

impl Drop for Late {
    fn drop(&mut self) {
        let mut kept = self.0.borrow_mut();
        let more = self.1.borrow_mut().take().map(|(alloc, kind)| make_many(&alloc, kind, 9, 99));
        kept.clear();
        drop(more);
    }
}

thread_local! {
    static LATE: Late = const { Late(std::cell::RefCell::new(Vec::new()), std::cell::RefCell::new(None)) };
}

struct Model {
    allocs: [SmartAlloc; 2],
    configs: [AllocConfig; 2],
    boxes: Vec<Box<dyn Kept>>,
    seed: u32,
    /// Threads are not spawned without end.
    threads: u32,
}

impl Model {
    fn step(&mut self, step: &Step) {
        self.seed = self.seed.wrapping_add(1);
        let seed = self.seed;
        match *step {
            Step::Make { second, kind, count } => {
                if self.boxes.len() < 2000 {
                    let made = make_many(&self.allocs[usize::from(second)], kind, count, seed);
                    self.boxes.extend(made);
                }
            }
            Step::Drop(number) => {
                if !self.boxes.is_empty() {
                    let index = usize::from(number) * 7 % self.boxes.len();
                    drop(self.boxes.swap_remove(index));
                }
            }
            Step::DropNewest(count) => {
                let keep = self.boxes.len().saturating_sub(usize::from(count));
                self.boxes.truncate(keep);
            }
            Step::Frame { second } => {
                let alloc = &self.allocs[usize::from(second)];
                alloc.begin_frame();
                alloc.end_frame();
            }
            Step::Budget { second, bytes } => {
                let alloc = &self.allocs[usize::from(second)];
                alloc.set_thread_pool_budget(usize::from(bytes) * 4);
                alloc.set_thread_heap_budget(usize::from(bytes));
            }
            Step::Lift { second } => {
                let alloc = &self.allocs[usize::from(second)];
                alloc.set_thread_pool_budget(usize::MAX);
                alloc.set_thread_heap_budget(usize::MAX);
            }
            Step::Replace { second } => {
                let index = usize::from(second);
                self.allocs[index] = SmartAlloc::new(self.configs[index].clone());
            }
            Step::Look => self.look(),
            _ if self.threads >= 8 => {}
            _ => self.with_thread(step, seed),
        }
    }

    fn with_thread(&mut self, step: &Step, seed: u32) {
        self.threads += 1;
        match *step {
            Step::DropElsewhere(count) => {
                let from = self.boxes.len().saturating_sub(usize::from(count));
                let away = self.boxes.split_off(from);
                join(std::thread::spawn(move || drop(away)));
            }
            Step::MakeElsewhere { second, kind, count } => {
                let alloc = self.allocs[usize::from(second)].clone();
                self.boxes.extend(join(std::thread::spawn(move || make_many(&alloc, kind, count, seed))));
            }
            Step::DropMeanwhile { second, kind, count } => {
                let alloc = &self.allocs[usize::from(second)];
                let away = make_many(alloc, kind, count, seed);
                let here = make_many(alloc, kind, count, seed ^ 1);
                let other = std::thread::spawn(move || drop(away));
                drop(here);
                let made = make_many(alloc, kind, count, seed ^ 2);
                join(other);
                self.boxes.extend(made);
            }
            Step::EndWith { second, kind, count } => {
                let alloc = self.allocs[usize::from(second)].clone();
                let from = self.boxes.len().saturating_sub(usize::from(count % 8));
                let mut kept = self.boxes.split_off(from);
                join(std::thread::spawn(move || {
                    LATE.with(|late| {
                        kept.extend(make_many(&alloc, kind, count, seed));
                        *late.0.borrow_mut() = kept;
                        *late.1.borrow_mut() = Some((alloc, kind));
                    });
                }));
            }
            _ => {}
        }
    }

    fn look(&self) {
        let mut places = BTreeMap::new();
        for boxed in &self.boxes {
            let (address, size, align) = boxed.place();
            assert!(address.is_multiple_of(align));
            if size != 0 {
                assert!(places.insert(address, size).is_none(), "two boxes in one place");
            }
        }
        let overlap = places.iter().zip(places.iter().skip(1)).find(|(one, next)| one.0 + one.1 > *next.0);
        assert!(overlap.is_none(), "two boxes overlap: {overlap:x?}");
    }
}

fn join<T>(thread: std::thread::JoinHandle<T>) -> T {
    thread.join().expect("no panic")
}

fuzz_target!(|program: Program| {
    let before = ALIVE.load(Ordering::Relaxed);
    let config = |index: usize| {
        let reserved = if program.reserved[index] { 1 << 17 } else { 0 };
        let mut config = AllocConfig::default().with_frame_size(4096).with_pool_size(reserved);
        if let Some(pages) = program.limits[index] {
            config = config.with_pool_limit((usize::from(pages % 6) << 16).max(reserved).max(1 << 16));
        }
        config
    };
    let configs = [config(0), config(1)];
    let allocs = configs.clone().map(SmartAlloc::new);
    let mut model = Model { allocs, configs, boxes: Vec::new(), seed: 0, threads: 0 };
    for step in &program.steps {
        model.step(step);
    }
    model.look();
    let Model { allocs, mut boxes, .. } = model;
    // Some of the boxes outlive their allocators.
    let outlive = boxes.split_off(boxes.len() / 2);
    drop(boxes);
    for alloc in &allocs {
        alloc.set_thread_pool_budget(usize::MAX);
    }
    drop(allocs);
    drop(outlive);
    assert_eq!(ALIVE.load(Ordering::Relaxed), before, "destructors run once");
});
