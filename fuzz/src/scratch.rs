//! Random programs on scratch allocators, growing and fixed: scopes that nest and are used in any order, through the
//! public interface that is safe, against a model.
//!
//! Checked all along: nothing that is alive overlaps, alignment, contents; at the end of the outermost scope nothing is
//! held, and a fixed allocator has never taken more than it began with.

#![no_main]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use arbitrary::Arbitrary;
use framealloc::{ScratchAllocator, ScratchBox, ScratchConfig, ScratchScope, ScratchVec, SmartAlloc};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Program {
    capacity: u16,
    fixed: bool,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    Open,
    /// Through the scope of this number, which need not be the innermost.
    OpenThrough(u8),
    Close,
    /// Closes by a panic.
    Unwind,
    Bytes(u8, u16),
    Large(u8, u8),
    Wide(u8),
    Boxed(u8),
    Unbox(u8, u8),
    Forget(u8, u8),
    Push(u8, u8),
    Truncate(u8, u8),
    Shrink(u8),
    /// Of the allocator; ignored while a scope is open.
    ShrinkAll,
    Check,
}

/// More bytes than this are not asked for in one program.
const MOST_BYTES: usize = 4 << 20;

/// A value of an alignment that blocks do not have by themselves.
#[derive(Clone, Copy)]
#[repr(align(256))]
struct Wide(u64);

/// A scope and what it has made; without its lifetime, which could not be that of two scopes.
trait Level {
    fn act(&self, step: Step, state: &State<'_>);
    fn check(&self);
    fn ranges(&self, all: &mut Vec<(usize, usize)>);
    fn nest(&self, inner: &mut dyn FnMut(&ScratchScope<'_>));
}

struct Open<'s> {
    scope: &'s ScratchScope<'s>,
    bytes: RefCell<Vec<(&'s mut [u8], u8)>>,
    wides: RefCell<Vec<(&'s mut Wide, u64)>>,
    boxes: RefCell<Vec<(ScratchBox<'s, Option<Box<u64>>>, u64)>>,
    words: RefCell<ScratchVec<'s, u32>>,
}

impl<'s> Open<'s> {
    fn new(scope: &'s ScratchScope<'s>) -> Self {
        let words = RefCell::new(ScratchVec::new_in(scope.allocator_fallible()));
        Self { scope, bytes: RefCell::default(), wides: RefCell::default(), boxes: RefCell::default(), words }
    }

    fn bytes(&self, size: usize, state: &State<'_>) {
        let Some(seed) = state.take(size) else { return };
        if let Ok(slice) = self.scope.try_alloc_slice::<u8>(size) {
            assert!(slice.iter().all(|&byte| byte == 0), "zeroed");
            slice.fill(seed as u8);
            self.bytes.borrow_mut().push((slice, seed as u8));
        }
    }

    fn unbox(&self, which: u8) -> Option<(ScratchBox<'s, Option<Box<u64>>>, u64)> {
        let mut boxes = self.boxes.borrow_mut();
        let index = usize::from(which).checked_rem(boxes.len())?;
        Some(boxes.swap_remove(index))
    }
}

impl Level for Open<'_> {
    fn act(&self, step: Step, state: &State<'_>) {
        match step {
            Step::Bytes(_, size) => self.bytes(usize::from(size) / 8, state),
            Step::Large(_, kilobytes) => self.bytes(usize::from(kilobytes) * 1024, state),
            Step::Wide(_) => {
                let Some(seed) = state.take(512) else { return };
                if let Ok(wide) = self.scope.try_alloc_value(Wide(seed)) {
                    assert!(std::ptr::from_ref(&*wide).addr().is_multiple_of(256));
                    self.wides.borrow_mut().push((wide, seed));
                }
            }
            Step::Boxed(_) => {
                let Some(seed) = state.take(8) else { return };
                if let Ok(boxed) = self.scope.try_boxed(Some(Box::new(seed))) {
                    self.boxes.borrow_mut().push((boxed, seed));
                }
            }
            Step::Unbox(_, which) => {
                if let Some((boxed, seed)) = self.unbox(which) {
                    assert_eq!(ScratchBox::into_inner(boxed).as_deref(), Some(&seed));
                }
            }
            Step::Forget(_, which) => {
                if let Some((boxed, seed)) = self.unbox(which) {
                    // The inner box is freed, the outer one's memory left to the scope.
                    let inner = ScratchBox::leak(boxed).take();
                    assert_eq!(inner.as_deref(), Some(&seed));
                }
            }
            Step::Push(_, count) => {
                let mut words = self.words.borrow_mut();
                let count = usize::from(count);
                if state.take(count * 8).is_some() && words.try_reserve(count).is_ok() {
                    let next = words.len() as u32;
                    words.extend(next..next + count as u32);
                }
            }
            Step::Truncate(_, left) => self.words.borrow_mut().truncate(usize::from(left)),
            Step::Shrink(_) => self.words.borrow_mut().shrink_to_fit(),
            _ => {}
        }
    }

    fn check(&self) {
        for (slice, seed) in &*self.bytes.borrow() {
            assert!(slice.iter().all(|byte| byte == seed), "contents of bytes");
        }
        assert!(self.wides.borrow().iter().all(|(wide, seed)| wide.0 == *seed), "contents of wide values");
        assert!(
            self.boxes.borrow().iter().all(|(boxed, seed)| boxed.as_deref() == Some(seed)),
            "contents of boxes"
        );
        let words = self.words.borrow();
        assert!(words.iter().enumerate().all(|(index, &word)| word == index as u32), "contents of words");
    }

    fn ranges(&self, all: &mut Vec<(usize, usize)>) {
        all.extend(self.bytes.borrow().iter().map(|(slice, _)| (slice.as_ptr().addr(), slice.len())));
        all.extend(self.wides.borrow().iter().map(|(wide, _)| (std::ptr::from_ref(&**wide).addr(), 256)));
        all.extend(self.boxes.borrow().iter().map(|(boxed, _)| (std::ptr::from_ref(&**boxed).addr(), 8)));
        let words = self.words.borrow();
        all.push((words.as_ptr().addr(), words.capacity() * 4));
    }

    fn nest(&self, inner: &mut dyn FnMut(&ScratchScope<'_>)) {
        self.scope.with_scope(inner);
    }
}

/// What is left of the program.
struct State<'p> {
    steps: RefCell<std::slice::Iter<'p, Step>>,
    bytes: RefCell<usize>,
    seed: RefCell<u64>,
}

impl State<'_> {
    /// A seed, unless the program has asked for too much.
    fn take(&self, bytes: usize) -> Option<u64> {
        let mut left = self.bytes.borrow_mut();
        *left = left.checked_sub(bytes)?;
        let mut seed = self.seed.borrow_mut();
        *seed += 1;
        Some(*seed)
    }
}

/// Ends a scope in another way than by its end.
struct Unwinding;

fn run_scope(scope: &ScratchScope<'_>, scratch: &ScratchAllocator, outer: &[&dyn Level], state: &State<'_>) {
    let open = Open::new(scope);
    let mut all = outer.to_vec();
    all.push(&open);
    loop {
        let step = state.steps.borrow_mut().next().copied();
        match step {
            None | Some(Step::Close) => break,
            Some(Step::Unwind) => resume_unwind(Box::new(Unwinding)),
            Some(Step::Open) if all.len() < 12 => {
                caught(|| scratch.with_scope(|inner| run_scope(inner, scratch, &all, state)));
            }
            Some(Step::OpenThrough(which)) if all.len() < 12 => {
                let through = all[usize::from(which) % all.len()];
                caught(|| through.nest(&mut |inner| run_scope(inner, scratch, &all, state)));
            }
            Some(Step::Check) => check(&all),
            Some(step) => {
                let (Step::Bytes(level, _)
                | Step::Large(level, _)
                | Step::Wide(level)
                | Step::Boxed(level)
                | Step::Unbox(level, _)
                | Step::Forget(level, _)
                | Step::Push(level, _)
                | Step::Truncate(level, _)
                | Step::Shrink(level)) = step
                else {
                    continue;
                };
                all[usize::from(level) % all.len()].act(step, state);
            }
        }
    }
    check(&all);
}

fn caught(work: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(work))
        && !panic.is::<Unwinding>()
    {
        resume_unwind(panic);
    }
}

fn check(all: &[&dyn Level]) {
    let mut ranges = Vec::new();
    for level in all {
        level.check();
        level.ranges(&mut ranges);
    }
    ranges.retain(|&(_, size)| size != 0);
    ranges.sort_unstable();
    for pair in ranges.windows(2) {
        assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:x?} overlap");
    }
}

fuzz_target!(|program: Program| {
    let alloc = SmartAlloc::with_defaults();
    let config = ScratchConfig::new(usize::from(program.capacity));
    let config = if program.fixed { config.fixed() } else { config };
    let mut scratch = alloc.create_scratch_allocator_with(config);
    drop(alloc);
    let reserved = scratch.stats().reserved_bytes;
    let state = State {
        steps: RefCell::new(program.steps.iter()),
        bytes: RefCell::new(MOST_BYTES),
        seed: RefCell::new(0),
    };
    loop {
        let step = state.steps.borrow_mut().next().copied();
        match step {
            None => break,
            Some(Step::ShrinkAll) => {
                scratch.shrink();
                assert_eq!(scratch.stats().reserved_bytes, reserved);
            }
            Some(_) => {
                caught(|| scratch.with_scope(|scope| run_scope(scope, &scratch, &[], &state)));
                let stats = scratch.stats();
                assert_eq!(stats.used_bytes, 0);
                assert!(!program.fixed || (stats.reserved_bytes == reserved && stats.growths == 0));
                assert!(stats.reserved_bytes <= reserved + 8 * MOST_BYTES, "{stats:?}");
            }
        }
    }
});
