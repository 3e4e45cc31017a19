//! `scope.alloc(value)`: a value put into an arena, a reference handed out, nothing dropped.

use std::hint::black_box;

use blink_alloc::Blink;
use bump_scope::alloc::Global;
use bump_scope::settings::BumpSettings;
use bumpalo::Bump;

use super::{ARENA_BATCH, ARENA_CHUNK};
use crate::case::{Against, Case, Contender, Target, Timing, Work};
use crate::ours;

pub fn cases() -> Vec<Case> {
    vec![of_words::<2>(), of_words::<4>(), of_words::<8>(), of_words::<16>(), of_words::<32>()]
}

const fn batch(words: usize) -> u64 {
    ARENA_BATCH / (words as u64 * 8)
}

fn of_words<const WORDS: usize>() -> Case {
    let contenders = vec![
        Contender::ours(framealloc::<WORDS>),
        Contender::peer("bumpalo", bumpalo::<WORDS>),
        Contender::peer("bump-scope", bump_scope::<WORDS>),
        Contender::peer("blink-alloc", blink_alloc::<WORDS>),
        Contender::aside("bumpalo, least alignment 8", bumpalo_aligned::<WORDS>),
        Contender::aside("bump-scope, least alignment 8", bump_scope_aligned::<WORDS>),
    ];
    Case::new("scope.alloc", format!("{} B", WORDS * 8), contenders)
        .batch(batch(WORDS))
        .timing(Timing::Launches)
        .target(Target::InstructionsOfBestPeer)
        .target(Target::TimeRatio(1.05, Against::BestPeer))
}

fn framealloc<const WORDS: usize>() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            let scope = alloc.scope();
            for i in 0..batch(WORDS) {
                black_box(scope.alloc([i; WORDS]));
            }
            drop(scope);
            alloc.end_frame();
        }
    })
}

fn bumpalo<const WORDS: usize>() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..batch(WORDS) {
                black_box(bump.alloc([i; WORDS]));
            }
            bump.reset();
        }
    })
}

fn bumpalo_aligned<const WORDS: usize>() -> Work {
    let mut bump = Bump::<8>::with_min_align_and_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..batch(WORDS) {
                black_box(bump.alloc([i; WORDS]));
            }
            bump.reset();
        }
    })
}

fn bump_scope<const WORDS: usize>() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for i in 0..batch(WORDS) {
                    black_box(scope.alloc([i; WORDS]).into_mut());
                }
            });
        }
    })
}

fn bump_scope_aligned<const WORDS: usize>() -> Work {
    let mut bump = bump_scope::Bump::<Global, BumpSettings<8>>::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for i in 0..batch(WORDS) {
                    black_box(scope.alloc([i; WORDS]).into_mut());
                }
            });
        }
    })
}

fn blink_alloc<const WORDS: usize>() -> Work {
    let mut blink = Blink::with_chunk_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..batch(WORDS) {
                black_box(blink.put_no_drop([i; WORDS]));
            }
            blink.reset();
        }
    })
}
