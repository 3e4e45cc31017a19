//! Frames in which any thread allocates, and tasks.
//!
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::thread;

use framealloc::SharedFrame;

use crate::common::{at_exit, leaked, small};

fn filled<'f>(shared: &'f SharedFrame<'_>, len: usize, seed: u8) -> &'f mut [u8] {
    shared.alloc_slice_from_fn(len, |i| seed.wrapping_add(i as u8))
}

fn check(bytes: &[u8], seed: u8) {
    assert!(bytes.iter().enumerate().all(|(i, &byte)| byte == seed.wrapping_add(i as u8)));
}

#[test]
fn workers_allocate_and_the_first_thread_reads_and_writes() {
    let alloc = small();
    for round in 0..3 {
        let frame = alloc.shared_frame();
        let parts: Vec<_> = thread::scope(|scope| {
            let workers = [0u8, 1].map(|worker| {
                let frame = &frame;
                scope.spawn(move || [5, 90].map(|len| filled(frame, len, worker + round)))
            });
            workers.map(|worker| worker.join().expect("no panic")).into_iter().flatten().collect()
        });
        for (index, part) in parts.into_iter().enumerate() {
            check(part, (index / 2) as u8 + round);
            part.fill(0);
        }
    }
}

#[test]
fn worker_uses_its_memory_again_when_others_have_read_it() {
    let alloc = leaked();
    let (give, frames) = channel::<SharedFrame<'static>>();
    let (done, wait) = channel::<SharedFrame<'static>>();
    let worker = thread::spawn(move || {
        for frame in frames {
            let local = frame.local();
            check(filled(&frame, 50, 1), 1);
            check(local.alloc_slice_copy(&[7, 8, 9]), 7);
            drop(local);
            done.send(frame).expect("the test waits");
        }
    });
    for round in 0..3 {
        give.send(alloc.shared_frame()).expect("the worker waits");
        let frame = wait.recv().expect("the worker sends it back");
        check(filled(&frame, 50, round), round);
        drop(frame);
    }
    drop(give);
    worker.join().expect("no panic");
}

#[test]
fn overlapping_frames_with_scopes_and_frames_between() {
    let alloc = small();
    let one = alloc.shared_frame();
    let in_one = filled(&one, 100, 1);
    alloc.begin_frame();
    let two = alloc.shared_frame();
    let in_two = two.alloc([2u8; 20_000]);
    let more = filled(&two, 30, 5);
    let scope = alloc.scope();
    let in_scope = scope.alloc([3u8; 9]);
    assert_eq!(in_two[19_999], 2);
    check(more, 5);
    drop(two);
    let three = alloc.shared_frame();
    assert_eq!(three.alloc([3u8; 5_000])[4_999], 3);
    assert_eq!(in_scope[8], 3);
    drop(scope);
    alloc.end_frame();
    drop(three);
    check(in_one, 1);
    drop(one);
    std::mem::forget(alloc.shared_frame());
    let four = alloc.shared_frame();
    check(filled(&four, 50, 4), 4);
}

#[test]
fn ended_threads_leave_what_they_made_also_from_late_destructors() {
    let alloc = leaked();
    // Kept where a leak checker looks.
    static FRAME: OnceLock<SharedFrame<'static>> = OnceLock::new();
    let frame = FRAME.get_or_init(|| alloc.shared_frame());
    let (give, take) = channel::<&'static mut [u8]>();
    for seed in 0..2 {
        let give = give.clone();
        thread::spawn(move || {
            if seed == 1 {
                // Then what is put off runs after the library's own end of the thread.
                at_exit(|| ());
            }
            let local = frame.local();
            give.send(filled(frame, 40, seed)).expect("the test waits");
            at_exit(move || {
                local.alloc_slice_copy(&[9u8; 50]);
                drop(local);
                give.send(filled(frame, 40, seed)).expect("the test waits");
            });
        })
        .join()
        .expect("no panic");
        let mine = filled(frame, 40, seed);
        for _ in 0..2 {
            check(take.recv().expect("sent"), seed);
        }
        check(mine, seed);
    }
}

#[test]
fn task_suspends_tags_and_restores_them() {
    let alloc = small();
    alloc.with_tag("physics", |a| {
        drop(a.frame_box([1u64; 2]));
        let guard = a.task(|a| {
            a.with_tag("physics", |a| drop(a.frame_box([1u64; 3])));
            a.tag("physics")
        });
        drop(a.frame_box([1u64; 4]));
        drop(guard);
    });
    assert_eq!(alloc.tag_stats("physics").expect("used").bytes_allocated, 72);
}
