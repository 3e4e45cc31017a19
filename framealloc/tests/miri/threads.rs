//! Threads that inherit, end, and free in their destructors.
//!
//! fa: allow(FA204) -- a thread that never begins a frame is tried
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA606) -- blocks are taken and given back to see them counted

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use framealloc::{FrameBox, SmartAlloc};

use crate::common::{at_exit, leaked, parked, small};

#[test]
fn threads_inherit_what_threads_before_them_had() {
    let alloc = small();
    for number in 0..3u64 {
        thread::scope(|scope| {
            scope.spawn(|| {
                let frame = alloc.frame();
                assert_eq!(frame.alloc([number; 8])[7], number);
                assert_eq!(*alloc.frame_box(number), number);
                drop(frame);
                alloc.begin_frame();
            });
        });
    }
    thread::scope(|scope| {
        let readers = [0, 1].map(|_| {
            let alloc = &alloc;
            let shared = alloc.frame_slice_copy(&[1u32, 2, 3]);
            let sum = shared.iter().sum::<u32>();
            scope.spawn(move || {
                let own = alloc.frame_slice_copy(&[sum]);
                assert_eq!(own[0], 6);
            })
        });
        readers.into_iter().for_each(|reader| reader.join().expect("no panic"));
    });
}

#[test]
fn values_are_read_by_other_threads() {
    let alloc = small();
    alloc.begin_frame();
    let slice = alloc.frame_slice_from_fn(10, |index| index);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(slice.iter().sum::<usize>(), 45));
        }
    });
    drop(slice);
    alloc.end_frame();
}

/// Runs `work` on a thread that ends; `late` says whether what it puts off to its end runs after the library's own
/// end of the thread.
fn on_a_thread(alloc: &'static SmartAlloc, late: bool, work: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        if late {
            at_exit(|| ());
        }
        alloc.begin_frame();
        alloc.end_frame();
        work();
    })
    .join()
    .expect("no panic");
}

#[test]
fn handles_in_thread_local_variables_outlive_the_thread_state() {
    static RUN: AtomicUsize = AtomicUsize::new(0);
    for late in [false, true] {
        let alloc = leaked();
        on_a_thread(alloc, late, move || {
            let boxed = alloc.frame_box([1u64; 10]);
            let mut vec = alloc.frame_vec_with_capacity::<u64>(4);
            vec.push(2);
            let scope = Box::new(alloc.scope());
            let pool = alloc.pool_box(3u64);
            let heap = alloc.heap_box([4u64; 20]);
            at_exit(move || {
                vec.extend([5, 6, 7, 8, 9]);
                assert_eq!((boxed[9], vec[5], *pool, heap[19]), (1, 9, 3, 4));
                assert_eq!(*scope.alloc([6u64; 4]), [6; 4]);
                drop((scope, boxed, vec, pool, heap));
                RUN.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(parked(alloc), 0);
        // The state is inherited.
        on_a_thread(alloc, false, move || assert_eq!(*alloc.frame_box(1u64), 1));
    }
    assert_eq!(RUN.load(Ordering::Relaxed), 2);
}

#[test]
fn destructors_of_a_thread_may_allocate() {
    for late in [false, true] {
        let alloc = leaked();
        on_a_thread(alloc, late, move || {
            at_exit(move || {
                alloc.begin_frame();
                let boxes: Vec<_> = (0..3u64).map(|number| alloc.frame_box([number; 20])).collect();
                let pool: Vec<_> = (0..3u64).map(|number| alloc.pool_box(number)).collect();
                let heap = alloc.heap_box([1u64; 50]);
                let scope = alloc.scope();
                assert_eq!(*scope.alloc(9u64), 9);
                drop(scope);
                let kept = alloc.frame_box(5u8);
                alloc.end_frame();
                assert_eq!((boxes[2][19], *pool[2], heap[49], *kept), (2, 2, 1, 5));
            });
        });
        on_a_thread(alloc, false, move || assert_eq!(*alloc.pool_box(1u64), 1));
    }
}

#[test]
fn empty_handle_keeps_its_state_from_being_inherited() {
    let alloc = leaked();
    let (ended, wait_for_end) = channel();
    let (allocated, wait_for_heir) = channel::<()>();
    let ends = thread::spawn(move || {
        // First used before the library, so it runs after the thread has given up its state.
        at_exit(|| ());
        let empty: FrameBox<'static, [u32]> = alloc.frame_slice(0);
        let unit = alloc.frame_box(());
        at_exit(move || {
            ended.send(()).expect("the test waits");
            wait_for_heir.recv().expect("the heir says so");
            let mut vec = empty.into_vec();
            vec.extend(0..20);
            let mapped = unit.map(|()| [1u64; 4]);
            assert_eq!((vec[19], mapped[3]), (19, 1));
        });
    });
    wait_for_end.recv().expect("the thread ends");
    let heir = thread::spawn(move || {
        let kept = alloc.frame_box(1u64);
        allocated.send(()).expect("the thread waits");
        for number in 0..20u64 {
            assert_eq!(*alloc.frame_box(number), number);
        }
        drop(kept);
    });
    ends.join().expect("no panic");
    heir.join().expect("no panic");
}

#[test]
fn allocator_goes_before_the_threads_destructors_have_run() {
    let alloc = Arc::new(small());
    let (gone, wait_for_end) = channel();
    let user = {
        let alloc = Arc::clone(&alloc);
        thread::spawn(move || {
            let boxed = alloc.pool_box(1u64);
            let heap = alloc.heap_box([1u64; 9]);
            drop(alloc.frame_box(2u64));
            drop(alloc);
            gone.send(()).expect("the test waits");
            at_exit(move || drop((boxed, heap)));
        })
    };
    wait_for_end.recv().expect("the thread lets go");
    drop(alloc);
    user.join().expect("no panic");
}

#[test]
fn threads_use_two_allocators_side_by_side() {
    let (one, two) = (small(), small());
    thread::scope(|scope| {
        for seed in 0..2u64 {
            let (one, two) = (&one, &two);
            scope.spawn(move || {
                one.begin_frame();
                two.begin_frame();
                let first = one.frame_box([seed; 5]);
                let second = two.frame_box([seed + 1; 5]);
                one.end_frame();
                let pools = (one.pool_box(seed), two.pool_box(seed + 1));
                assert_eq!((first[4], second[4], *pools.0, *pools.1), (seed, seed + 1, seed, seed + 1));
                drop((first, second));
                two.end_frame();
            });
        }
    });
    assert_eq!((parked(&one), parked(&two)), (0, 0));
}
