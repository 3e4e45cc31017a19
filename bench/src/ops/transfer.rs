//! A value made on one thread and received on another through the standard library's channel, one at a time.

use std::hint::black_box;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::remote::next;
use crate::case::{Against, Case, Contender, Target, Work};
use crate::ours;
use crate::peers::{BoxOn, Fixed, Jemalloc, Mimalloc, Snmalloc, System};

/// Values on their way until the sender waits for all of them: the channel itself knows no bound.
const BATCH: u64 = 1024;

pub fn cases() -> Vec<Case> {
    vec![of_words::<2>(), of_words::<8>()]
}

fn of_words<const WORDS: usize>() -> Case {
    let contenders = vec![
        Contender::ours(framealloc::<WORDS>),
        Contender::aside("the channel alone, with numbers", numbers),
        Contender::peer("Box on mimalloc", boxed::<Mimalloc, WORDS>),
        Contender::peer("Box on snmalloc", boxed::<Snmalloc, WORDS>),
        Contender::peer("Box on jemalloc", boxed::<Jemalloc, WORDS>),
        Contender::peer("Box on the system's", boxed::<System, WORDS>),
    ];
    Case::new("transfer through a channel", format!("{} B", WORDS * 8), contenders)
        .batch(BATCH)
        .no_instructions()
        .turn(Duration::from_millis(20))
        .target(Target::TimeRatio(0.8, Against::Named("Box on mimalloc")))
}

fn framealloc<const WORDS: usize>() -> Work {
    let alloc = ours::allocator();
    across(
        move |i| alloc.frame_box_for_transfer([i; WORDS]),
        |handle| {
            black_box(handle.receive()[0]);
        },
    )
}

fn boxed<A: Fixed + 'static, const WORDS: usize>() -> Work {
    across(
        |i| BoxOn::<[u64; WORDS], A>::new([i; WORDS]),
        |boxed| {
            black_box(boxed[0]);
        },
    )
}

fn numbers() -> Work {
    across(
        |i| i,
        |number| {
            black_box(number);
        },
    )
}

/// The calling thread makes and sends, a thread of its own receives, reads and drops. A batch ends when that says so.
fn across<H: Send + 'static>(make: impl Fn(u64) -> H + 'static, take: impl Fn(H) + Send + 'static) -> Work {
    let (send, receive) = channel::<H>();
    let (done, all_done) = channel::<()>();
    thread::spawn(move || {
        let mut taken = 0;
        while let Some(handle) = next(&receive) {
            take(handle);
            taken += 1;
            if taken % BATCH == 0 && done.send(()).is_err() {
                return;
            }
        }
    });
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..BATCH {
                send.send(make(i)).expect("the receiving thread ends after this one");
            }
            next(&all_done).expect("the receiving thread ends after this one");
        }
    })
}
