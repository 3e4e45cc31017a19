//! Two threads at once: what one thread does must not cost the other anything.

use std::hint::black_box;
use std::time::Duration;

use super::{frame_box, pool};
use crate::case::{Case, Contender, Target, Timing, Work};
use crate::peers::{Mimalloc, On, SharedPool};

const LIMIT: f64 = 1.9;
/// Two cores of a shared or hyper-threaded machine are seldom two whole ones.
const CEILING: &str = "arithmetic alone: what this machine gives";

const STEPS: u64 = 5_000;

pub fn cases() -> Vec<Case> {
    vec![
        two(
            "frame_box, 32 B",
            frame_box::batch(),
            vec![
                Contender::ours(frame_box::shared),
                Contender::peer("Box on mimalloc", frame_box::boxed::<On<Mimalloc>>),
                Contender::aside(CEILING, arithmetic),
            ],
        ),
        two(
            "pool_box, 64 B, in turn",
            pool::batch(),
            vec![
                Contender::ours(pool::in_turn::<SharedPool>),
                Contender::peer("Box on mimalloc", pool::in_turn::<On<Mimalloc>>),
                Contender::aside(CEILING, arithmetic),
            ],
        ),
    ]
}

fn two(name: &str, batch: u64, contenders: Vec<Contender>) -> Case {
    Case::new("two threads at once", name, contenders)
        .batch(batch)
        .no_instructions()
        .turn(Duration::from_millis(8))
        .timing(Timing::TwoThreads)
        .target(Target::Speedup(LIMIT))
}

fn arithmetic() -> Work {
    Box::new(|units| {
        for _ in 0..units {
            let mut state = black_box(1_u64);
            for _ in 0..STEPS {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
            }
            black_box(state);
        }
    })
}
