//! What happens inside a frame, tag or phase whose own cost is asked for. Each is a function that is never inlined:
//! a loop with the pair around it and one without then differ in the pair and in nothing else.

use std::hint::black_box;

use crate::ours::SmartAlloc;

pub trait Inside: 'static {
    fn run(alloc: &SmartAlloc);
}

pub struct Nothing;
pub struct FrameBoxes<const N: u64>;
pub struct ScopeValues<const N: u64>;
pub struct Vector<const N: u64>;
pub struct PoolBoxes<const N: u64>;
/// A box of each kind, so that a tag has the counters of frame, pool and heap to settle.
pub struct OneOfEach;

impl Inside for Nothing {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        black_box(alloc);
    }
}

impl<const N: u64> Inside for FrameBoxes<N> {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        for i in 0..N {
            black_box(&mut *alloc.frame_box([i; 4]));
        }
    }
}

impl<const N: u64> Inside for ScopeValues<N> {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        let scope = alloc.scope();
        for i in 0..N {
            black_box(scope.alloc([i; 4]));
        }
    }
}

impl<const N: u64> Inside for Vector<N> {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        let mut vec = alloc.frame_vec::<u64>();
        for i in 0..N {
            vec.push(i);
        }
        black_box(&mut vec);
    }
}

impl<const N: u64> Inside for PoolBoxes<N> {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        for i in 0..N {
            black_box(&mut *alloc.pool_box([i; 4]));
        }
    }
}

impl Inside for OneOfEach {
    #[inline(never)]
    fn run(alloc: &SmartAlloc) {
        black_box(&mut *alloc.frame_box([1_u64; 4]));
        black_box(&mut *alloc.pool_box([1_u64; 4]));
        black_box(&mut *alloc.heap_box([1_u64; 4]));
    }
}
