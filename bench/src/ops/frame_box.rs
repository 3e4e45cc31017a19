//! `alloc.frame_box(value)`: made, written, dropped. Ours gives its memory back; a bumpalo box keeps it until the
//! arena is reset.

use std::hint::black_box;

use bumpalo::Bump;

use super::{ARENA_BATCH, ARENA_CHUNK};
use crate::case::{Against, Case, Contender, Target, Timing, Work};
use crate::ours::{self, SmartAlloc};
use crate::peers::{Jemalloc, Maker, Mimalloc, On, Snmalloc, System};

const BATCH: u64 = ARENA_BATCH / 32;

type Value = [u64; 4];

pub fn cases() -> Vec<Case> {
    let contenders = vec![
        Contender::ours(framealloc),
        Contender::peer("bumpalo boxed::Box", bumpalo),
        Contender::peer("bump-scope BumpBox", bump_scope),
        Contender::peer("Box on mimalloc", boxed::<On<Mimalloc>>),
        Contender::peer("Box on snmalloc", boxed::<On<Snmalloc>>),
        Contender::peer("Box on jemalloc", boxed::<On<Jemalloc>>),
        Contender::peer("Box on the system's", boxed::<On<System>>),
    ];
    vec![
        Case::new("frame_box", "32 B made, written, dropped", contenders)
            .batch(BATCH)
            .timing(Timing::Launches)
            .target(Target::TimeRatio(1.3, Against::Named("bumpalo boxed::Box")))
            .target(Target::TimeRatio(0.5, Against::Named("Box on mimalloc"))),
    ]
}

fn framealloc() -> Work {
    on(ours::allocator())
}

/// On an allocator that another thread uses too.
pub fn shared() -> Work {
    on(ours::shared())
}

fn on(alloc: SmartAlloc) -> Work {
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            for i in 0..BATCH {
                let mut value = alloc.frame_box([i; 4]);
                value[1] = !i;
                black_box(&mut *value);
            }
            alloc.end_frame();
        }
    })
}

fn bumpalo() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..BATCH {
                let mut value = bumpalo::boxed::Box::new_in([i; 4], &bump);
                value[1] = !i;
                black_box(&mut *value);
            }
            bump.reset();
        }
    })
}

fn bump_scope() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for i in 0..BATCH {
                    let mut value = scope.alloc([i; 4]);
                    value[1] = !i;
                    black_box(&mut *value);
                }
            });
        }
    })
}

pub fn boxed<M: Maker<Value>>() -> Work {
    let maker = M::new();
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..BATCH {
                let mut value = maker.make([i; 4]);
                value[1] = !i;
                black_box(&mut *value);
            }
        }
    })
}

/// Operations in a unit of the loops that other families borrow from here.
pub const fn batch() -> u64 {
    BATCH
}
