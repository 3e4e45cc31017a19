//! `begin_frame` and `end_frame`: the pair's own cost, whatever the frame held.

use super::inside::{FrameBoxes, Inside, Nothing, ScopeValues, Vector};
use crate::case::{Case, Contender, Target, Timing, Work};
use crate::ours;

const FAMILY: &str = "begin_frame + end_frame";
const EMPTY: &str = "begin_frame + end_frame/empty";
const LIMIT: f64 = 60.0;

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(FAMILY, "empty", vec![pair::<Nothing>()])
            .timing(Timing::None)
            .target(Target::InstructionsAtMost(LIMIT)),
        filled::<FrameBoxes<10_000>>("after 10,000 frame boxes"),
        filled::<ScopeValues<10_000>>("after 10,000 values in a scope"),
        filled::<Vector<10_000>>("after a vector of 10,000"),
    ]
}

fn filled<I: Inside>(name: &str) -> Case {
    let case = Case::new(FAMILY, name, vec![pair::<I>()])
        .timing(Timing::None)
        .target(Target::InstructionsAtMost(LIMIT))
        .target(Target::InstructionsLike(EMPTY));
    // A unit is a whole frame here: a few show every instruction of the pair.
    Case { counted_units: 20, ..case }
}

fn pair<I: Inside>() -> Contender {
    Contender::ours(with::<I>).without(without::<I>)
}

fn with<I: Inside>() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        for _ in 0..units {
            alloc.begin_frame();
            I::run(&alloc);
            alloc.end_frame();
        }
    })
}

fn without<I: Inside>() -> Work {
    let alloc = ours::allocator();
    // Once, and not where it is counted: what is inside belongs to a frame here, too.
    alloc.begin_frame();
    Box::new(move |units| {
        for _ in 0..units {
            I::run(&alloc);
        }
    })
}
