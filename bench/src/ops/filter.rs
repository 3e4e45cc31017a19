//! The behaviour filter: what an allocation costs while it is on, and that it costs nothing once it is off.

use std::hint::black_box;

use crate::case::{Case, Contender, Setup, Target, Timing, Work};
use crate::ours::{self, SmartAlloc};

const ON: &str = "behaviour filter on";
const BATCH: u64 = 1_000;
/// Instructions that making a value may take while it is noted with its call site.
const LIMIT: f64 = 250.0;

pub fn cases() -> Vec<Case> {
    vec![
        made::<FrameBox>(),
        made::<PoolBox>(),
        // What the allocator below does is not the library's.
        made_by("heap_box beside Box", Contender::ours(making::<HeapBox>).without(making_std)),
        made_and_dropped::<FrameBox>(),
        made_and_dropped::<FrameSliceCopy>(),
        made_and_dropped::<PoolBox>(),
        made_and_dropped::<HeapBox>(),
        off::<FrameBox>(),
        off::<FrameSliceCopy>(),
        off::<PoolBox>(),
        off::<HeapBox>(),
        off::<EmptyFrame>(),
    ]
}

/// Something that a program does.
trait Call: 'static {
    const NAME: &'static str;
    fn run(alloc: &SmartAlloc, number: u64);
}

/// Something of which there may be many at once.
trait Make: Call {
    type Made<'a>;
    fn make(alloc: &SmartAlloc, number: u64) -> Self::Made<'_>;
}

struct FrameBox;
struct FrameSliceCopy;
struct PoolBox;
struct HeapBox;
struct EmptyFrame;

impl Call for FrameBox {
    const NAME: &'static str = "frame_box";
    fn run(alloc: &SmartAlloc, number: u64) {
        black_box(&mut *alloc.frame_box([number; 4]));
    }
}

impl Call for FrameSliceCopy {
    const NAME: &'static str = "frame_slice_copy";
    fn run(alloc: &SmartAlloc, number: u64) {
        black_box(&mut *alloc.frame_slice_copy(black_box(&[number; 4])));
    }
}

impl Call for PoolBox {
    const NAME: &'static str = "pool_box";
    fn run(alloc: &SmartAlloc, number: u64) {
        black_box(&mut *alloc.pool_box([number; 4]));
    }
}

impl Call for HeapBox {
    const NAME: &'static str = "heap_box";
    fn run(alloc: &SmartAlloc, number: u64) {
        black_box(&mut *alloc.heap_box([number; 4]));
    }
}

impl Make for FrameBox {
    type Made<'a> = framealloc::FrameBox<'a, [u64; 4]>;
    fn make(alloc: &SmartAlloc, number: u64) -> Self::Made<'_> {
        alloc.frame_box([number; 4])
    }
}

impl Make for PoolBox {
    type Made<'a> = framealloc::PoolBox<[u64; 4]>;
    fn make(alloc: &SmartAlloc, number: u64) -> Self::Made<'_> {
        alloc.pool_box([number; 4])
    }
}

impl Make for HeapBox {
    type Made<'a> = framealloc::HeapBox<[u64; 4]>;
    fn make(alloc: &SmartAlloc, number: u64) -> Self::Made<'_> {
        alloc.heap_box([number; 4])
    }
}

impl Call for EmptyFrame {
    const NAME: &'static str = "begin_frame + end_frame";
    fn run(alloc: &SmartAlloc, _: u64) {
        alloc.end_frame();
        alloc.begin_frame();
    }
}

/// Made alone, many of them.
fn made<C: Make>() -> Case {
    made_by(C::NAME, Contender::ours(making::<C>))
}

fn made_by(name: &str, contender: Contender) -> Case {
    Case::new(ON, format!("{name}, made"), vec![contender])
        .batch(BATCH)
        .tidies()
        .timing(Timing::None)
        .target(Target::InstructionsAtMost(LIMIT))
}

/// Shown, without a target: the drop is noted too.
fn made_and_dropped<C: Call>() -> Case {
    Case::new(ON, format!("{}, made and dropped", C::NAME), vec![Contender::ours(watched::<C>)])
        .batch(BATCH)
        .timing(Timing::None)
}

/// What is left of the filter when it was on and is off, beside an allocator that never had it on.
fn off<C: Call>() -> Case {
    let setup: Setup = watched_before::<C>;
    Case::new("behaviour filter off", C::NAME, vec![Contender::ours(setup).without(never_watched::<C>)])
        .batch(BATCH)
        .timing(Timing::None)
        .target(Target::InstructionsAtMost(0.0))
}

fn making<C: Make>() -> Work {
    let alloc: &'static SmartAlloc = Box::leak(Box::new(ours::allocator()));
    alloc.enable_behavior_filter();
    alloc.begin_frame();
    let mut made = Vec::with_capacity(BATCH as usize);
    Box::new(move |units| {
        if units == 0 {
            made.clear();
            alloc.end_frame();
            alloc.begin_frame();
        }
        (0..units * BATCH).for_each(|number| made.push(C::make(alloc, number)));
    })
}

fn making_std() -> Work {
    let mut made = Vec::with_capacity(BATCH as usize);
    Box::new(move |units| {
        if units == 0 {
            made.clear();
        }
        (0..units * BATCH).for_each(|number| made.push(Box::new([number; 4])));
    })
}

fn watched<C: Call>() -> Work {
    let alloc = ours::allocator();
    alloc.enable_behavior_filter();
    run::<C>(alloc)
}

fn watched_before<C: Call>() -> Work {
    let alloc = ours::allocator();
    alloc.enable_behavior_filter();
    run::<C>(alloc.clone())(1);
    alloc.disable_behavior_filter();
    run::<C>(alloc)
}

fn never_watched<C: Call>() -> Work {
    let alloc = ours::allocator();
    run::<C>(alloc.clone())(1);
    run::<C>(alloc)
}

fn run<C: Call>(alloc: SmartAlloc) -> Work {
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            for number in 0..BATCH {
                C::run(&alloc, number);
            }
            alloc.end_frame();
        }
    })
}
