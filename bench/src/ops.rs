//! Every case, one file per family. A contender's work sets its state up once and then runs a loop in a closure
//! that is called through a pointer, so that nothing of the loop is folded into its caller.

mod beyond;
mod collections;
mod filter;
mod frame_box;
mod frames;
mod heap;
mod inside;
mod pool;
mod remote;
mod scope;
mod snapshots;
mod tags;
mod threads;
mod tracking;
mod transfer;
mod value;

use std::hint::black_box;

use crate::case::{Case, Contender, Work};

/// Bytes that a batch of an arena fills before it is reset: stays in the second-level cache for every size of
/// value, so that the allocator is measured and not the memory.
const ARENA_BATCH: u64 = 160 * 1024;

/// What the peers' arenas reserve, so that none of them grows while it is measured.
const ARENA_CHUNK: usize = 1 << 20;

pub fn all() -> Vec<Case> {
    let mut cases = vec![empty_loop()];
    cases.extend(scope::cases());
    cases.extend(frame_box::cases());
    cases.extend(collections::cases());
    cases.extend(frames::cases());
    cases.extend(tags::cases());
    cases.extend(pool::cases());
    cases.extend(remote::cases());
    cases.extend(transfer::cases());
    cases.extend(beyond::cases());
    cases.extend(heap::cases());
    cases.extend(threads::cases());
    cases.extend(filter::cases());
    cases.extend(tracking::cases());
    cases.extend(snapshots::cases());
    cases
}

/// The loop around every operation: what of each number below is not the allocator's.
fn empty_loop() -> Case {
    Case::new("loop", "empty", vec![Contender::aside("the loop alone", nothing)]).batch(1_000)
}

fn nothing() -> Work {
    Box::new(|units| {
        for _ in 0..units {
            for i in 0..1_000_u64 {
                black_box(i);
            }
        }
    })
}
