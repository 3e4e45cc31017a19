//! Scratch allocators.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use framealloc::allocator_api2::alloc::{Allocator, Layout};
use framealloc::{ScratchAllocator, ScratchBox, ScratchConfig};

use crate::common::{Counted, small};

fn growing(bytes: usize) -> ScratchAllocator {
    small().create_scratch_allocator(bytes)
}

fn fixed(bytes: usize) -> ScratchAllocator {
    small().create_scratch_allocator_with(ScratchConfig::new(bytes).fixed())
}

#[test]
fn values_of_every_kind() {
    for scratch in [growing(256), fixed(4096)] {
        for _ in 0..2 {
            scratch.with_scope(|s| {
                let zeroed = s.alloc::<[u64; 4]>();
                let value = s.alloc_value([1u8; 3]);
                let slice = s.alloc_slice_from_fn(30, |index| index as u32);
                let text = s.alloc_str("text");
                let place = s.alloc_uninit::<u64>().write(5);
                let mut vec = s.vec();
                vec.extend(0..50u64);
                let mut string = s.string();
                string.push_str(text);
                let unit = s.boxed(());
                zeroed[3] = u64::MAX;
                slice[29] += 1;
                assert_eq!((value[2], slice[29], *place, vec[49], string.as_str()), (1, 30, 5, 49, "text"));
                drop(unit);
            });
        }
    }
}

#[test]
fn scopes_interleave() {
    for scratch in [growing(128), growing(8192), fixed(8192)] {
        for _ in 0..2 {
            scratch.with_scope(|a| {
                let mut outer = a.vec();
                let first = a.alloc_value([1u64; 5]);
                scratch.with_scope(|b| {
                    let second = b.alloc_value([2u64; 5]);
                    let third = a.alloc_value([3u64; 5]);
                    b.with_scope(|c| {
                        let fourth = c.alloc_value([4u64; 5]);
                        let fifth = b.alloc_value([5u64; 5]);
                        let sixth = a.alloc_value([6u64; 5]);
                        for number in 0..40u64 {
                            outer.push(number);
                            fourth[0] += number;
                        }
                        fifth[1] += fourth[0] + sixth[0];
                        assert_eq!((fourth[0], fifth[1]), (784, 795));
                    });
                    second[0] += third[0];
                    assert_eq!((second[0], third[4]), (5, 3));
                });
                assert_eq!((first[4], outer[39]), (1, 39));
                drop(outer);
                a.alloc_slice::<u8>(300).fill(1);
            });
        }
    }
}

#[test]
fn tips_grow_shrink_and_come_back() {
    growing(4096).with_scope(|s| {
        let mut vec = s.vec_with_capacity::<u64>(1);
        for number in 0..30u64 {
            vec.push(number);
        }
        vec.truncate(5);
        vec.shrink_to_fit();
        let next = s.boxed([1u64; 3]);
        vec.extend(0..10);
        drop(next);
        assert_eq!((vec[4], vec[14]), (4, 9));
        let memory = s.allocator();
        let (small, wide) = (Layout::new::<[u64; 2]>(), Layout::from_size_align(64, 128).expect("valid"));
        // SAFETY: each block is used within its size and given back with its layout.
        unsafe {
            let block = memory.allocate(small).expect("memory");
            block.cast::<u64>().write(8);
            let block = memory.grow(block.cast(), small, wide).expect("memory");
            assert_eq!(block.cast::<u64>().read(), 8);
            memory.deallocate(block.cast(), wide);
        }
    });
}

#[test]
fn grown_memory_settles_and_shrinks() {
    let mut scratch = growing(128);
    for _ in 0..2 {
        scratch.with_scope(|s| {
            let slices = [100usize, 500, 3000, 9000].map(|size| s.alloc_slice::<u8>(size));
            s.with_scope(|inner| inner.alloc_slice::<u8>(20_000).fill(1));
            for slice in slices {
                slice.fill(2);
            }
        });
    }
    scratch.shrink();
    scratch.with_scope(|s| assert_eq!(s.alloc_value([9u8; 200])[199], 9));
}

#[test]
fn panics_reset_and_forgotten_handles_are_gone() {
    let scratch = growing(256);
    let count = Cell::new(0);
    scratch.with_scope(|outer| {
        let kept = outer.alloc_value(3u64);
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            scratch.with_scope(|s| {
                let _boxed = s.boxed(Counted(&count, [7; 4]));
                s.alloc_slice_from_fn(100, |index| if index == 50 { panic!("halfway") } else { index });
            });
        }));
        assert!(unwound.is_err());
        scratch.with_scope(|s| {
            std::mem::forget(s.boxed(Counted(&count, [7; 4])));
            *ScratchBox::leak(s.boxed(1u32)) += 1;
        });
        assert_eq!((*kept, count.get()), (3, 1));
    });
    assert_eq!(scratch.stats().used_bytes, 0);
}

#[test]
fn fixed_chunks_are_exhausted_from_both_ends() {
    let scratch = fixed(512);
    for _ in 0..2 {
        scratch.with_scope(|a| {
            let low = a.alloc_slice::<u8>(100);
            a.with_scope(|b| {
                b.with_scope(|c| {
                    let (from_b, from_a) = (b.alloc_slice::<u8>(64), a.alloc_slice::<u8>(64));
                    let between = c.alloc_slice::<u8>(280);
                    assert!(c.try_alloc_value(1u8).is_err() && a.try_alloc_value(1u8).is_err());
                    for bytes in [from_b, from_a, between] {
                        bytes.fill(1);
                    }
                });
            });
            low.fill(1);
            // What the middle scope had lies above what the outer one still has.
            a.alloc_slice::<u8>(280).fill(2);
        });
    }
}

#[test]
fn wide_alignments() {
    #[derive(Clone, Copy)]
    #[repr(align(256))]
    struct Wide(u8);
    for scratch in [growing(64), fixed(4096)] {
        scratch.with_scope(|s| {
            let values = [1, 2].map(|number| s.alloc_value(Wide(number)));
            let aside = s.with_scope(|_| s.alloc_value(Wide(3)));
            assert_eq!((values[0].0, values[1].0, aside.0), (1, 2, 3));
            assert!(std::ptr::from_ref(aside).addr() % 256 == 0);
        });
    }
}

#[test]
fn moves_between_threads_and_outlives_its_allocator() {
    struct AtExit(RefCell<Option<ScratchAllocator>>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            if let Some(scratch) = self.0.take() {
                scratch.with_scope(|s| assert_eq!(s.alloc_value([1u64; 100])[99], 1));
            }
        }
    }
    thread_local! {
        static KEPT: AtExit = const { AtExit(RefCell::new(None)) };
    }
    let alloc = small();
    let scratch = alloc.create_scratch_allocator(128);
    thread::scope(|scope| {
        let user = scope.spawn(move || {
            scratch.with_scope(|s| s.alloc_slice::<u64>(50).fill(1));
            scratch
        });
        for _ in 0..5 {
            assert_eq!(alloc.scratch_stats()[0].capacity, 128);
        }
        let scratch = user.join().expect("no panic");
        scratch.with_scope(|s| {
            let mut vec = s.vec();
            vec.push(1);
            drop(alloc);
            vec.extend(0..100);
            assert_eq!(vec[100], 99);
        });
        scope.spawn(|| KEPT.with(|kept| *kept.0.borrow_mut() = Some(scratch))).join().expect("no panic");
    });
}
