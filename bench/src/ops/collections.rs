//! Collections in the frame: a vector and a map grown from empty, and a formatted string.

use std::hint::black_box;

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec as VecIn;
use blink_alloc::BlinkAlloc;
use bumpalo::Bump;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::ARENA_CHUNK;
use crate::case::{Against, Case, Contender, Target, Work};
use crate::ours::{self, frame_format};
use crate::peers::BlinkRef;

/// Elements pushed or inserted.
const ELEMENTS: u64 = 1_000;

/// Collections made between two resets.
const PER_FRAME: u64 = 16;

/// Units to count: each holds thousands of instructions, so that a few show them all.
const COUNTED: u64 = 8;

pub fn cases() -> Vec<Case> {
    [vec(), format(), map()].map(|case| Case { counted_units: COUNTED, ..case }).into()
}

fn vec() -> Case {
    let contenders = vec![
        Contender::ours(vec_framealloc),
        Contender::peer("bumpalo collections::Vec", vec_bumpalo),
        Contender::peer("bumpalo, Vec of allocator-api2", vec_bumpalo_api2),
        Contender::peer("bump-scope BumpVec", vec_bump_scope),
        Contender::peer("bump-scope, Vec of allocator-api2", vec_bump_scope_api2),
        Contender::peer("blink-alloc, Vec of allocator-api2", vec_blink_alloc),
        Contender::aside("bump-scope MutBumpVec, alone in its arena", vec_bump_scope_alone),
        Contender::aside("Vec on the system's", vec_std),
    ];
    Case::new("frame_vec", "1,000 pushes of u64, from empty", contenders)
        .batch(PER_FRAME)
        .target(Target::TimeRatio(1.05, Against::BestPeer))
}

#[inline(always)]
fn fill_vec<A: Allocator>(mut vec: VecIn<u64, A>) {
    for i in 0..ELEMENTS {
        vec.push(black_box(i));
    }
    black_box(&mut vec);
}

fn vec_framealloc() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            for _ in 0..PER_FRAME {
                fill_vec(alloc.frame_vec::<u64>());
            }
            alloc.end_frame();
        }
    })
}

fn vec_bumpalo() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                let mut vec = bumpalo::collections::Vec::new_in(&bump);
                for i in 0..ELEMENTS {
                    vec.push(black_box(i));
                }
                black_box(&mut vec);
            }
            bump.reset();
        }
    })
}

fn vec_bumpalo_api2() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                fill_vec(VecIn::new_in(&bump));
            }
            bump.reset();
        }
    })
}

fn vec_bump_scope() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for _ in 0..PER_FRAME {
                    let mut vec = bump_scope::BumpVec::new_in(&scope);
                    for i in 0..ELEMENTS {
                        vec.push(black_box(i));
                    }
                    black_box(&mut vec);
                }
            });
        }
    })
}

fn vec_bump_scope_api2() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for _ in 0..PER_FRAME {
                    fill_vec(VecIn::new_in(&scope));
                }
            });
        }
    })
}

fn vec_bump_scope_alone() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|mut scope| {
                for _ in 0..PER_FRAME {
                    let mut vec = bump_scope::MutBumpVec::new_in(&mut scope);
                    for i in 0..ELEMENTS {
                        vec.push(black_box(i));
                    }
                    black_box(&mut vec);
                }
            });
        }
    })
}

fn vec_blink_alloc() -> Work {
    let mut blink = BlinkAlloc::with_chunk_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                fill_vec(VecIn::new_in(BlinkRef(&blink)));
            }
            blink.reset();
        }
    })
}

fn vec_std() -> Work {
    Box::new(|units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                let mut vec = Vec::new();
                for i in 0..ELEMENTS {
                    vec.push(black_box(i));
                }
                black_box(&mut vec);
            }
        }
    })
}

fn format() -> Case {
    let contenders = vec![
        Contender::ours(format_framealloc),
        Contender::peer("bumpalo format!", format_bumpalo),
        Contender::peer("bump-scope bump_format!", format_bump_scope),
        Contender::aside("format! on the system's", format_std),
    ];
    Case::new("frame_format!", "a line of UI text", contenders)
        .batch(PER_FRAME)
        .target(Target::TimeRatio(1.05, Against::BestPeer))
}

/// What a line of a game's overlay shows.
struct Unit {
    name: &'static str,
    health: u32,
    full: u32,
    at: [f32; 2],
}

fn unit(i: u64) -> Unit {
    black_box(Unit { name: "Skirmisher", health: (i % 100) as u32, full: 100, at: [12.5 + i as f32, -3.25] })
}

fn format_framealloc() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            for i in 0..PER_FRAME {
                let Unit { name, health, full, at: [x, y] } = unit(i);
                black_box(&frame_format!(alloc, "{name} #{i}: {health}/{full} HP at ({x:.1}, {y:.1})"));
            }
            alloc.end_frame();
        }
    })
}

fn format_bumpalo() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for i in 0..PER_FRAME {
                let Unit { name, health, full, at: [x, y] } = unit(i);
                // This macro wants an argument beside the captured ones.
                black_box(
                    &bumpalo::format!(in &bump, "{name} #{i}: {health}/{full} HP at ({x:.1}, {:.1})", y),
                );
            }
            bump.reset();
        }
    })
}

fn format_bump_scope() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for i in 0..PER_FRAME {
                    let Unit { name, health, full, at: [x, y] } = unit(i);
                    black_box(&bump_scope::bump_format!(
                        in &scope,
                        "{name} #{i}: {health}/{full} HP at ({x:.1}, {y:.1})"
                    ));
                }
            });
        }
    })
}

fn format_std() -> Work {
    Box::new(|units| {
        for _ in 0..units {
            for i in 0..PER_FRAME {
                let Unit { name, health, full, at: [x, y] } = unit(i);
                black_box(&format!("{name} #{i}: {health}/{full} HP at ({x:.1}, {y:.1})"));
            }
        }
    })
}

fn map() -> Case {
    let contenders = vec![
        Contender::ours(map_framealloc),
        Contender::peer("hashbrown in bumpalo", map_bumpalo),
        Contender::peer("hashbrown in bump-scope", map_bump_scope),
        Contender::peer("hashbrown in blink-alloc", map_blink_alloc),
        Contender::aside("hashbrown on the system's", map_system),
    ];
    Case::new("frame_map", "1,000 inserts of u64, from empty", contenders)
        .batch(PER_FRAME)
        .target(Target::TimeRatio(1.05, Against::BestPeer))
}

/// The same hasher with the same seed for all of them.
fn hasher() -> FixedState {
    FixedState::default()
}

#[inline(always)]
fn fill_map<A: Allocator>(mut map: HashMap<u64, u64, FixedState, A>) {
    for i in 0..ELEMENTS {
        map.insert(black_box(i), i);
    }
    black_box(&mut map);
}

fn map_framealloc() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            for _ in 0..PER_FRAME {
                fill_map(alloc.frame_map::<u64, u64>());
            }
            alloc.end_frame();
        }
    })
}

fn map_bumpalo() -> Work {
    let mut bump = Bump::with_capacity(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                fill_map(HashMap::with_hasher_in(hasher(), &bump));
            }
            bump.reset();
        }
    })
}

fn map_bump_scope() -> Work {
    let mut bump: bump_scope::Bump = bump_scope::Bump::with_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            bump.scoped(|scope| {
                for _ in 0..PER_FRAME {
                    fill_map(HashMap::with_hasher_in(hasher(), &scope));
                }
            });
        }
    })
}

fn map_blink_alloc() -> Work {
    let mut blink = BlinkAlloc::with_chunk_size(ARENA_CHUNK);
    Box::new(move |units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                fill_map(HashMap::with_hasher_in(hasher(), BlinkRef(&blink)));
            }
            blink.reset();
        }
    })
}

fn map_system() -> Work {
    Box::new(|units| {
        for _ in 0..units {
            for _ in 0..PER_FRAME {
                fill_map(HashMap::with_hasher(hasher()));
            }
        }
    })
}
