//! Memory beside the frame's own: retained values, scratch scopes, shared frames. What each costs beyond what it is
//! built on.

use std::hint::black_box;

use framealloc::{FrameBarrier, RetentionPolicy};

use crate::case::{Case, Contender, Target, Timing, Work};
use crate::ours::{self, SmartAlloc};

/// Values in a loop, so that what is around it is spread thin.
const VALUES: u64 = 1_000;
/// Retained in one frame.
const RETAINED: u64 = 16;

pub fn cases() -> Vec<Case> {
    vec![
        // 60 for making it, 100 for listing and taking it.
        row("retained value", "made, listed, taken, beyond a pool_box", 160.0, RETAINED, taken, pooled),
        alone("retained value", "made and not taken, beyond a pool_box", RETAINED, retained, pooled),
        row("scratch", "scope opened and closed", 40.0, VALUES, scratch_scopes, nothing),
        row("scratch", "a value, beyond one of a frame's scope", 8.0, VALUES, scratch_values, scope_values),
        row(
            "shared frame",
            "a value, beyond one of a frame's scope",
            8.0,
            VALUES,
            shared_values,
            scope_values,
        ),
        alone("scope", "opened and closed", VALUES, scopes, nothing),
        alone("barrier", "signalled and passed by its only thread", VALUES, barrier, nothing),
    ]
}

fn row(
    family: &'static str,
    name: &'static str,
    most: f64,
    batch: u64,
    with: fn() -> Work,
    without: fn() -> Work,
) -> Case {
    alone(family, name, batch, with, without).target(Target::InstructionsAtMost(most))
}

fn alone(
    family: &'static str,
    name: &'static str,
    batch: u64,
    with: fn() -> Work,
    without: fn() -> Work,
) -> Case {
    let contender = Contender::ours(with).without(without);
    Case::new(family, name, vec![contender]).batch(batch).timing(Timing::None)
}

/// So many units of `inside` within one frame each.
fn in_frames(inside: impl Fn(&SmartAlloc) + 'static) -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            inside(&alloc);
            alloc.end_frame();
        }
    })
}

fn nothing() -> Work {
    in_frames(|_| {
        for i in 0..VALUES {
            black_box(i);
        }
    })
}

fn pooled() -> Work {
    in_frames(|alloc| {
        for i in 0..RETAINED {
            black_box(&mut *alloc.pool_box([i; 4]));
        }
    })
}

fn retained() -> Work {
    in_frames(|alloc| {
        for i in 0..RETAINED {
            black_box(&mut *alloc.frame_retained_value([i; 4], RetentionPolicy::PromoteToPool));
        }
        drop(alloc.end_frame_with_promotions());
        alloc.begin_frame();
    })
}

fn taken() -> Work {
    in_frames(|alloc| {
        for i in 0..RETAINED {
            black_box(&mut *alloc.frame_retained_value([i; 4], RetentionPolicy::PromoteToPool));
        }
        for promotion in alloc.end_frame_with_promotions() {
            black_box(promotion.downcast::<[u64; 4]>().is_ok());
        }
        alloc.begin_frame();
    })
}

fn scratch_scopes() -> Work {
    let alloc = ours::allocator();
    let scratch = alloc.create_scratch_allocator(1 << 20);
    in_frames(move |_| {
        for i in 0..VALUES {
            scratch.with_scope(|_| black_box(i));
        }
    })
}

fn scratch_values() -> Work {
    let alloc = ours::allocator();
    let scratch = alloc.create_scratch_allocator(1 << 20);
    in_frames(move |_| {
        scratch.with_scope(|scope| {
            for i in 0..VALUES {
                black_box(scope.alloc_value([i; 2]));
            }
        });
    })
}

fn scope_values() -> Work {
    in_frames(|alloc| {
        let scope = alloc.scope();
        for i in 0..VALUES {
            black_box(scope.alloc([i; 2]));
        }
    })
}

fn shared_values() -> Work {
    in_frames(|alloc| {
        let shared = alloc.shared_frame();
        for i in 0..VALUES {
            black_box(shared.alloc([i; 2]));
        }
    })
}

fn scopes() -> Work {
    in_frames(|alloc| {
        for i in 0..VALUES {
            let scope = alloc.scope();
            black_box(i);
            drop(scope);
        }
    })
}

fn barrier() -> Work {
    let barrier = FrameBarrier::new(1);
    in_frames(move |_| {
        for i in 0..VALUES {
            barrier.signal_frame_complete();
            barrier.wait_all();
            black_box(i);
        }
    })
}
