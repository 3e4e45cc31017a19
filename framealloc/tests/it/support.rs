//! What the tests share: values that count their drops, patterns that show whether memory was touched, a checker for
//! overlapping blocks, random numbers, and allocators of a size that is soon full.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;

use framealloc::{AllocConfig, SmartAlloc, kilobytes};

/// The first chunk of [`small`].
pub(crate) const SMALL: usize = kilobytes(16);

/// An allocator whose first chunk is soon full.
pub(crate) fn small() -> SmartAlloc {
    SmartAlloc::new(config())
}

/// A [`small`] one that lives as long as the program, and that the leak checker finds from here.
pub(crate) fn leaked() -> &'static SmartAlloc {
    static ALL: Mutex<Vec<&'static SmartAlloc>> = Mutex::new(Vec::new());
    let alloc = SmartAlloc::leaked(config());
    ALL.lock().expect("nobody panics here").push(alloc);
    alloc
}

/// The settings of [`small`].
pub(crate) fn config() -> AllocConfig {
    AllocConfig::default().with_frame_size(SMALL).with_pool_size(0)
}

/// So many rounds, and fewer under Miri.
pub(crate) fn rounds(plain: usize, miri: usize) -> usize {
    if cfg!(miri) { miri } else { plain }
}

/// Where a value lies.
pub(crate) fn address<T: ?Sized>(value: &T) -> usize {
    std::ptr::from_ref(value).cast::<()>().addr()
}

/// Runs `work`, which is expected to panic, and returns the message.
#[track_caller]
pub(crate) fn panics<R>(work: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(_) => panic!("no panic came out"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
        },
    }
}

/// How many [`Counted`] values were made and dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drops(Rc<(Cell<usize>, Cell<usize>)>);

impl Drops {
    /// A value that counts here.
    pub(crate) fn value(&self, id: u64) -> Counted {
        self.0.0.set(self.made() + 1);
        Counted { drops: self.clone(), id, alive: ALIVE }
    }

    pub(crate) fn made(&self) -> usize {
        self.0.0.get()
    }

    pub(crate) fn dropped(&self) -> usize {
        self.0.1.get()
    }

    pub(crate) fn alive(&self) -> usize {
        self.made() - self.dropped()
    }
}

const ALIVE: u64 = 0x600D_CA7F_600D_CA7F;
const DEAD: u64 = 0xDEAD_D0D0_DEAD_D0D0;

/// Counts its drops, and notices when it is dropped twice or was overwritten.
#[derive(Debug)]
pub(crate) struct Counted {
    drops: Drops,
    pub(crate) id: u64,
    alive: u64,
}

impl Counted {
    #[track_caller]
    pub(crate) fn check(&self, id: u64) {
        assert_eq!(self.alive, ALIVE, "the value was dropped or overwritten");
        assert_eq!(self.id, id, "the value was overwritten");
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.check(self.id);
        self.drops.value(self.id)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.alive == ALIVE {
            self.alive = DEAD;
            self.drops.0.1.set(self.drops.dropped() + 1);
        } else if !std::thread::panicking() {
            panic!("dropped twice or overwritten");
        }
    }
}

/// Writes bytes that depend on `seed` and their place.
pub(crate) fn fill(bytes: &mut [u8], seed: u64) {
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = pattern(seed, index);
    }
}

/// Fails unless `bytes` are as [`fill`] left them.
#[track_caller]
pub(crate) fn check(bytes: &[u8], seed: u64) {
    if let Some(index) = (0..bytes.len()).find(|&index| bytes[index] != pattern(seed, index)) {
        let (found, length) = (bytes[index], bytes.len());
        panic!("byte {index} of {length} is {found:#x}, not {:#x}: seed {seed}", pattern(seed, index));
    }
}

fn pattern(seed: u64, index: usize) -> u8 {
    (seed.wrapping_mul(0x9E37_79B9).wrapping_add(index as u64).wrapping_mul(31) >> 3) as u8
}

/// The stretches of memory that are in use; fails when two overlap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(Rc<RefCell<BTreeMap<usize, usize>>>);

impl Spans {
    /// A stretch is used from now on.
    #[track_caller]
    pub(crate) fn add(&self, start: usize, size: usize) {
        if size == 0 {
            return;
        }
        let mut spans = self.0.borrow_mut();
        if let Some((&before, &length)) = spans.range(..start + size).next_back() {
            assert!(
                before + length <= start,
                "[{start:#x}, {:#x}) overlaps the living [{before:#x}, {:#x})",
                start + size,
                before + length
            );
        }
        spans.insert(start, size);
    }

    /// A stretch is not used any more.
    #[track_caller]
    pub(crate) fn remove(&self, start: usize, size: usize) {
        if size != 0 {
            assert_eq!(self.0.borrow_mut().remove(&start), Some(size), "the test itself is wrong");
        }
    }

    pub(crate) fn add_value<T: ?Sized>(&self, value: &T) {
        self.add(address(value), size_of_val(value));
    }

    pub(crate) fn remove_value<T: ?Sized>(&self, value: &T) {
        self.remove(address(value), size_of_val(value));
    }
}

/// Random numbers that are the same in every run.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1))
    }

    pub(crate) fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `often` times.
    pub(crate) fn one_in(&mut self, often: usize) -> bool {
        self.below(often) == 0
    }
}
