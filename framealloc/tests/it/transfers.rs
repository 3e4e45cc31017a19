//! Values on their way to other threads: they arrive once, are dropped once if they do not, and are counted.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use framealloc::{AllocErrorKind, SmartAlloc, TransferHandle, TransferStats, kilobytes};

use crate::support::{address, config, panics, rounds, small};

/// The numbers in one line: made, received, dropped, in flight.
fn counts(stats: TransferStats) -> (u64, u64, u64, u64) {
    (stats.made, stats.received, stats.dropped, stats.in_flight())
}

/// Counts its drops from any thread.
#[derive(Clone, Debug, Default)]
struct Tally(Arc<AtomicUsize>);

impl Tally {
    fn value(&self) -> Dropped {
        Dropped(self.clone())
    }

    fn dropped(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Dropped(Tally);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_value_arrives_in_the_block_in_which_it_was_made() {
    let alloc = small();
    let handle = alloc.frame_box_for_transfer([7u64; 9]);
    assert_eq!(size_of_val(&handle), size_of::<usize>());
    assert_eq!(counts(alloc.transfer_stats()), (1, 0, 0, 1));
    let boxed = thread::spawn(move || handle.receive()).join().expect("no panic");
    assert_eq!(*boxed, [7; 9]);
    assert_eq!(counts(alloc.transfer_stats()), (1, 1, 0, 0));
    drop(boxed);
    assert_eq!(counts(alloc.transfer_stats()), (1, 1, 0, 0), "a box is no handle");
    let handle = alloc.frame_box_for_transfer(String::from("moved out"));
    assert_eq!(handle.into_inner(), "moved out");
    assert_eq!(counts(alloc.transfer_stats()), (2, 2, 0, 0));
    assert_eq!(alloc.stats().pool_bytes, 0);
}

#[test]
fn a_value_that_does_not_arrive_is_dropped_once_and_counted() {
    let alloc = small();
    let tally = Tally::default();
    let handles: Vec<_> = (0..10).map(|_| alloc.frame_box_for_transfer(tally.value())).collect();
    let (send, receive) = mpsc::channel();
    let other = thread::spawn(move || {
        let mut arrived: Vec<TransferHandle<Dropped>> = receive.iter().take(4).collect();
        drop(arrived.pop());
        drop(arrived.pop().map(TransferHandle::receive));
        drop(arrived.pop().map(TransferHandle::into_inner));
        // The rest goes with the channel.
        arrived.pop()
    });
    for handle in handles {
        // Refused, it comes back and goes here.
        let _ = send.send(handle);
    }
    let last = other.join().expect("no panic");
    drop(send);
    assert_eq!(tally.dropped(), 9);
    assert_eq!(counts(alloc.transfer_stats()), (10, 2, 7, 1));
    drop(last);
    assert_eq!(counts(alloc.transfer_stats()), (10, 2, 8, 0));
}

/// Values of every place: without size, in a page, in a block of their own; aligned as usual and not.
#[repr(align(4096))]
struct OnAPage<const N: usize> {
    bytes: [u8; N],
    _dropped: Dropped,
}

impl<const N: usize> OnAPage<N> {
    fn new(byte: u8, tally: &Tally) -> Self {
        Self { bytes: [byte; N], _dropped: tally.value() }
    }
}

#[derive(Debug)]
struct Sizeless;

static SIZELESS_DROPPED: AtomicUsize = AtomicUsize::new(0);

impl Drop for Sizeless {
    fn drop(&mut self) {
        SIZELESS_DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

#[repr(align(1024))]
#[derive(Clone, Copy)]
struct SizelessOnALine;

#[test]
fn values_without_size_strictly_aligned_and_huge_ones() {
    let alloc = small();
    let dropped = || SIZELESS_DROPPED.load(Ordering::Relaxed);

    drop(alloc.frame_box_for_transfer(Sizeless));
    assert_eq!(dropped(), 1);
    let boxed = alloc.frame_box_for_transfer(Sizeless).receive();
    assert_eq!(dropped(), 1);
    drop(boxed);
    assert_eq!(dropped(), 2);
    let inner = alloc.frame_box_for_transfer(Sizeless).into_inner();
    assert_eq!(dropped(), 2);
    drop(inner);
    assert_eq!(dropped(), 3);
    assert!(address(&*alloc.frame_box_for_transfer(SizelessOnALine).receive()).is_multiple_of(1024));
    assert_eq!(counts(alloc.transfer_stats()), (4, 3, 1, 0));
    assert_eq!(alloc.stats().pool_bytes, 0, "no block is left of what has no size");

    let tally = Tally::default();
    let small_one = alloc.frame_box_for_transfer(OnAPage::<5>::new(3, &tally));
    let big_one = alloc.frame_box_for_transfer(OnAPage::<20_000>::new(4, &tally));
    let unread = alloc.frame_box_for_transfer(OnAPage::<20_000>::new(5, &tally));
    let huge = alloc.frame_box_for_transfer([6u8; kilobytes(100)]);
    thread::spawn(move || {
        let small_one = small_one.receive();
        assert!(address(&*small_one).is_multiple_of(4096) && small_one.bytes == [3; 5]);
        let big_one = big_one.receive();
        assert!(address(&*big_one).is_multiple_of(4096) && big_one.bytes == [4; 20_000]);
        assert!(huge.receive().iter().all(|&byte| byte == 6));
        drop(unread);
    })
    .join()
    .expect("no panic");
    assert_eq!(tally.dropped(), 3);
    assert_eq!(counts(alloc.transfer_stats()), (8, 6, 2, 0));
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

#[test]
fn a_refused_value_is_dropped_and_not_counted() {
    let alloc = SmartAlloc::new(config().with_pool_limit(kilobytes(64)).with_heap_limit(kilobytes(64)));
    let tally = Tally::default();
    let mut handles = Vec::new();
    let error = loop {
        // fa: allow(FA203) -- they are counted
        match alloc.try_frame_box_for_transfer((tally.value(), [0u8; 1000])) {
            Ok(handle) => handles.push(handle),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), AllocErrorKind::PoolLimit);
    assert_eq!(tally.dropped(), 1);
    assert_eq!(counts(alloc.transfer_stats()).0, handles.len() as u64);
    let message = panics(|| alloc.frame_box_for_transfer((tally.value(), [0u8; 100_000])));
    assert!(message.contains("heap limit"), "{message}");
    assert_eq!(tally.dropped(), 2);
    // What has no size takes a block on its way, too.
    alloc.set_thread_pool_budget(0);
    assert!(alloc.try_frame_box_for_transfer(()).is_err());
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("in a destructor");
        }
    }
}

#[test]
fn a_destructor_that_panics_is_counted_and_its_block_given_back() {
    let alloc = small();
    let [unread, read, big] = [1u64, 2, 3].map(|word| alloc.frame_box_for_transfer((Bomb, word)));
    let huge = alloc.frame_box_for_transfer((Bomb, [0u8; 50_000]));
    let sizeless = alloc.frame_box_for_transfer(Bomb);
    thread::spawn(move || {
        assert_eq!(panics(|| drop(unread)), "in a destructor");
        assert_eq!(panics(|| drop(read.receive())), "in a destructor");
        assert_eq!(panics(|| drop(big.into_inner())), "in a destructor");
        assert_eq!(panics(|| drop(huge)), "in a destructor");
        assert_eq!(panics(|| drop(sizeless)), "in a destructor");
    })
    .join()
    .expect("caught");
    assert_eq!(counts(alloc.transfer_stats()), (5, 2, 3, 0));
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

#[test]
fn handles_outlive_their_thread_and_their_allocator() {
    let alloc = small();
    let tally = Tally::default();
    let handles = thread::spawn({
        let (alloc, tally) = (alloc.clone(), tally.clone());
        move || -> Vec<_> {
            (0..6)
                .map(|index| (alloc.frame_box_for_transfer((tally.value(), index)), index))
                .map(|(handle, index)| (handle, alloc.frame_box_for_transfer([index; 4000])))
                .collect()
        }
    })
    .join()
    .expect("no panic");
    assert_eq!(counts(alloc.transfer_stats()), (12, 0, 0, 12), "the thread has gone, its numbers have not");
    let mut handles = handles.into_iter();
    let (first, big) = handles.next().expect("six");
    assert_eq!((first.receive().1, big.receive()[3999]), (0, 0));
    drop(handles.next());
    assert_eq!(counts(alloc.transfer_stats()), (12, 2, 2, 8));
    drop(alloc);
    let (second, big) = handles.next().expect("six");
    assert_eq!((second.receive().1, big.into_inner()[0]), (2, 2));
    thread::spawn(move || drop(handles)).join().expect("no panic");
    assert_eq!(tally.dropped(), 6);
}

#[test]
fn a_value_may_hold_the_last_clone_of_its_allocator() {
    for receive in [false, true] {
        let alloc = small();
        let handle = alloc.frame_box_for_transfer((alloc.clone(), [1u8; 100]));
        let big = alloc.frame_box_for_transfer((alloc.clone(), [1u8; 50_000]));
        drop(alloc);
        thread::spawn(move || {
            if receive {
                assert_eq!(counts(handle.receive().0.transfer_stats()), (2, 1, 0, 1));
                assert_eq!(big.into_inner().1[7], 1);
            }
        })
        .join()
        .expect("no panic");
    }
}

#[test]
fn statistics_are_of_one_allocator_and_never_have_more_ends_than_beginnings() {
    let (alloc, other) = (small(), small());
    let made = rounds(50_000, 200);
    let done = AtomicUsize::new(0);
    thread::scope(|threads| {
        for _ in 0..2 {
            let (send, receive) = mpsc::sync_channel(64);
            let (alloc, done) = (&alloc, &done);
            threads.spawn(move || {
                for index in 0..made {
                    send.send(alloc.frame_box_for_transfer(index)).expect("the other listens");
                }
            });
            threads.spawn(move || {
                for (index, handle) in receive.iter().enumerate() {
                    if index % 3 == 0 { drop(handle) } else { assert_eq!(handle.into_inner(), index) }
                }
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        while done.load(Ordering::Relaxed) < 2 {
            let stats = alloc.transfer_stats();
            assert!(stats.received + stats.dropped <= stats.made, "{stats:?}");
            // A channel has 64 and either end one more. What ends while the sum is made is on its way in it, however
            // long that takes; the next sum has those ends.
            let next = alloc.transfer_stats();
            assert!(stats.made <= next.received + next.dropped + 2 * 66, "{stats:?}, then {next:?}");
            thread::yield_now();
        }
    });
    let dropped = 2 * made.div_ceil(3) as u64;
    assert_eq!(counts(alloc.transfer_stats()), (2 * made as u64, 2 * made as u64 - dropped, dropped, 0));
    assert_eq!(counts(other.transfer_stats()), (0, 0, 0, 0));
}

thread_local! {
    static KEPT: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` in a destructor of a thread that has used `alloc`, after or before the library's own.
fn at_exit(alloc: &SmartAlloc, late: bool, work: impl FnOnce() + Send + 'static) {
    struct Runs(Option<Box<dyn FnOnce()>>);
    impl Drop for Runs {
        fn drop(&mut self) {
            self.0.take().expect("dropped once")();
        }
    }
    thread_local! {
        static RUNS: RefCell<Option<Runs>> = const { RefCell::new(None) };
    }
    let alloc = alloc.clone();
    thread::spawn(move || {
        // Destructors run last registered first.
        if late {
            RUNS.set(None);
        }
        drop(alloc.pool_box(1));
        drop(alloc);
        RUNS.set(Some(Runs(Some(Box::new(work)))));
    })
    .join()
    .expect("the thread ends");
}

#[test]
fn handles_dropped_made_and_received_at_a_threads_end_are_counted() {
    for late in [false, true] {
        let alloc = small();
        let tally = Tally::default();
        let handle = alloc.frame_box_for_transfer(tally.value());
        at_exit(&alloc, late, move || drop(handle));
        assert_eq!(tally.dropped(), 1);
        let stats = alloc.transfer_stats();
        assert_eq!(counts(stats), (1, 0, 1, 0));
        assert_eq!(stats.dropped_at_exit, u64::from(late));

        let handle = alloc.frame_box_for_transfer(5);
        let (send, receive) = mpsc::channel();
        let own = alloc.clone();
        at_exit(&alloc, late, move || {
            let mine = (own.frame_box_for_transfer(6), own.frame_box_for_transfer([7u8; 30_000]));
            let sizeless = own.frame_box_for_transfer(());
            let _ = send.send((handle.into_inner(), mine, sizeless));
        });
        let (five, (six, big), sizeless) = receive.recv().expect("sent");
        assert_eq!(counts(alloc.transfer_stats()), (5, 1, 1, 3));
        assert_eq!((five, six.into_inner(), big.receive()[29_999]), (5, 6, 7));
        let () = sizeless.into_inner();
        assert_eq!(counts(alloc.transfer_stats()), (5, 4, 1, 0));
    }
}

#[test]
fn what_a_thread_keeps_when_it_ends_is_dropped_and_counted() {
    let alloc = small();
    let tally = Tally::default();
    let handles: Vec<_> = (0..5).map(|_| alloc.frame_box_for_transfer(tally.value())).collect();
    thread::spawn(move || {
        // This thread never uses an allocator.
        KEPT.with(|kept| kept.borrow_mut().push(Box::new(move || drop(handles))));
    })
    .join()
    .expect("no panic");
    assert_eq!(tally.dropped(), 5);
    assert_eq!(counts(alloc.transfer_stats()), (5, 0, 5, 0));
}

#[test]
fn threads_that_come_and_go_lose_no_number() {
    let alloc = small();
    let tally = Tally::default();
    let threads = rounds(40, 4);
    let (send, receive) = mpsc::channel::<TransferHandle<Dropped>>();
    let makers: Vec<_> = (0..threads)
        .map(|_| {
            let (alloc, send, tally) = (alloc.clone(), send.clone(), tally.clone());
            thread::spawn(move || {
                for _ in 0..50 {
                    send.send(alloc.frame_box_for_transfer(tally.value())).expect("the test listens");
                }
            })
        })
        .collect();
    drop(send);
    let received = receive.iter().take(threads * 30).map(|handle| drop(handle.receive())).count();
    drop(receive.iter().collect::<Vec<_>>());
    makers.into_iter().for_each(|maker| maker.join().expect("no panic"));
    let stats = alloc.transfer_stats();
    assert_eq!(counts(stats), (threads as u64 * 50, received as u64, threads as u64 * 20, 0));
    assert_eq!(tally.dropped(), threads * 50);
}
