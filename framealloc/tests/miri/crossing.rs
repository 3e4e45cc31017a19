//! Barriers and transfers between threads.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use framealloc::FrameBarrier;

use crate::common::small;

/// Written by its thread before a frame's signal, read by all after the wait: a race if the barrier lets any
/// through too early.
struct Notes([[UnsafeCell<u64>; 2]; 3]);

// SAFETY: that the barrier keeps the threads apart is what the test finds out.
unsafe impl Sync for Notes {}

#[test]
fn barrier_orders_what_threads_write() {
    let notes = Notes(std::array::from_fn(|_| std::array::from_fn(|_| UnsafeCell::new(0))));
    let barrier = FrameBarrier::new(3);
    thread::scope(|threads| {
        for own in 0..3 {
            let (notes, barrier) = (&notes, &barrier);
            threads.spawn(move || {
                for frame in 1..=4u64 {
                    let turn = frame as usize % 2;
                    // SAFETY: this thread's own; others read it after the wait and before the next but one.
                    unsafe { *notes.0[own][turn].get() = frame };
                    barrier.signal_frame_complete();
                    if own == 1 {
                        while barrier.wait_all_timeout(Duration::from_micros(1)).is_err() {}
                    } else {
                        barrier.wait_all();
                    }
                    for others in &notes.0 {
                        // SAFETY: as above.
                        assert_eq!(unsafe { *others[turn].get() }, frame);
                    }
                }
            });
        }
    });
}

#[test]
fn barrier_and_guards_go_in_any_order_and_threads_with_them() {
    let barrier = Arc::new(FrameBarrier::new(2));
    let other = thread::spawn({
        let barrier = Arc::clone(&barrier);
        move || {
            std::mem::forget(barrier.join());
            barrier.signal_frame_complete();
        }
    });
    barrier.signal_frame_complete();
    barrier.wait_all();
    other.join().expect("no panic");
    let guard = barrier.join();
    drop(barrier);
    drop(guard);
}

#[repr(align(64))]
struct Sizeless;

#[test]
fn transfers_of_every_place_arrive_or_are_dropped() {
    let alloc = small();
    let (send, receive) = channel();
    let other = thread::spawn(move || {
        let mut sum = 0;
        for (word, big, sizeless) in receive.iter().take(3) {
            let (word, big): (framealloc::TransferHandle<Box<u64>>, _) = (word, big);
            let big: framealloc::TransferHandle<[u64; 1200]> = big;
            let sizeless: framealloc::TransferHandle<Sizeless> = sizeless;
            let word = word.receive();
            sum += **word + big.into_inner()[1199];
            drop((word, sizeless.receive()));
        }
        sum
    });
    for index in 0..4 {
        let word = alloc.frame_box_for_transfer(Box::new(index));
        let big = alloc.frame_box_for_transfer([10 * index; 1200]);
        // The last goes with the channel, or comes back.
        let _ = send.send((word, big, alloc.frame_box_for_transfer(Sizeless)));
    }
    assert_eq!(other.join().expect("no panic"), 33);
    drop(send);
    let stats = alloc.transfer_stats();
    assert_eq!((stats.made, stats.received, stats.dropped), (12, 9, 3));
}

#[test]
fn transfers_outlive_their_thread_and_their_allocator() {
    let alloc = small();
    let handles = thread::spawn({
        let alloc = alloc.clone();
        move || {
            let word = alloc.frame_box_for_transfer(Box::new(1));
            let sizeless = alloc.frame_box_for_transfer(Sizeless);
            (word, sizeless, alloc.frame_box_for_transfer((alloc.clone(), [0u64; 1200])))
        }
    })
    .join()
    .expect("no panic");
    drop(alloc);
    thread::spawn(move || {
        let (word, sizeless, last) = handles;
        assert_eq!(**word.receive(), 1);
        drop(sizeless);
        drop(last);
    })
    .join()
    .expect("no panic");
}
