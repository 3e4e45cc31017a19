//! Tags and phases: what opening and closing one costs, and that allocations inside cost what they cost outside.

use super::inside::{FrameBoxes, Inside, Nothing, OneOfEach, PoolBoxes, ScopeValues};
use crate::case::{Case, Contender, Setup, Target, Timing, Work};
use crate::ours::{self, SmartAlloc};

/// Allocations inside a tag, enough to see a fraction of an instruction in each.
const INSIDE: u64 = 1_000;

/// A thread that has used frame memory only settles the frame's counters.
const FRAME_ONLY: f64 = 60.0;
const WITH_POOL_AND_HEAP: f64 = 110.0;
/// None at all; what is allowed is the spread of the pair's own few instructions over the allocations inside.
const ADDED: f64 = 0.05;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(opened_and_closed("with_tag", around::<WithTag, Nothing>, around::<WithTag, OneOfEach>));
    cases.extend(opened_and_closed("tag guard", around::<TagGuard, Nothing>, around::<TagGuard, OneOfEach>));
    cases.extend(opened_and_closed(
        "phase guard",
        around::<PhaseGuard, Nothing>,
        around::<PhaseGuard, OneOfEach>,
    ));
    cases.extend(opened_and_closed(
        "begin_phase + end_phase",
        around::<BeginEnd, Nothing>,
        around::<BeginEnd, OneOfEach>,
    ));
    cases.push(
        Case::new(
            "tag, phase",
            "a tag in a tag, the inner one",
            vec![Contender::ours(around::<TagGuard, Within<TagGuard>>).without(around::<TagGuard, Nothing>)],
        )
        .timing(Timing::None)
        .target(Target::InstructionsAtMost(FRAME_ONLY)),
    );
    cases.push(added::<FrameBoxes<INSIDE>>("frame_box"));
    cases.push(added::<ScopeValues<INSIDE>>("scope.alloc"));
    cases.push(added::<PoolBoxes<INSIDE>>("pool_box"));
    cases
}

fn opened_and_closed(name: &str, empty: Setup, full: Setup) -> [Case; 2] {
    let case = |suffix: &str, contender: Contender, limit: f64| {
        Case::new("tag, phase", format!("{name}, {suffix}"), vec![contender])
            .timing(Timing::None)
            .target(Target::InstructionsAtMost(limit))
    };
    [
        case("frame counters", Contender::ours(empty).without(alone::<Nothing>), FRAME_ONLY),
        case("with pool and heap", Contender::ours(full).without(alone::<OneOfEach>), WITH_POOL_AND_HEAP),
    ]
}

/// The allocations inside a tag less the same ones beside a tag.
fn added<I: Inside>(name: &str) -> Case {
    Case::new("added in a tag", name, vec![Contender::ours(around::<TagGuard, I>).without(beside::<I>)])
        .batch(INSIDE)
        .timing(Timing::None)
        .target(Target::InstructionsAtMost(ADDED))
}

trait Around: 'static {
    fn run(alloc: &SmartAlloc, inside: impl FnOnce());
}

struct WithTag;
struct TagGuard;
struct PhaseGuard;
struct BeginEnd;

impl Around for WithTag {
    #[inline(always)]
    fn run(alloc: &SmartAlloc, inside: impl FnOnce()) {
        alloc.with_tag("physics", |_| inside());
    }
}

impl Around for TagGuard {
    #[inline(always)]
    fn run(alloc: &SmartAlloc, inside: impl FnOnce()) {
        let _tag = alloc.tag("physics");
        inside();
    }
}

impl Around for PhaseGuard {
    #[inline(always)]
    fn run(alloc: &SmartAlloc, inside: impl FnOnce()) {
        let _phase = alloc.phase("physics");
        inside();
    }
}

impl Around for BeginEnd {
    #[inline(always)]
    fn run(alloc: &SmartAlloc, inside: impl FnOnce()) {
        alloc.begin_phase("physics");
        inside();
        alloc.end_phase();
    }
}

/// Something around nothing, as the inside of something else: in line, since the call would count.
struct Within<A>(std::marker::PhantomData<A>);

impl<A: Around> Inside for Within<A> {
    #[inline(always)]
    fn run(alloc: &SmartAlloc) {
        A::run(alloc, || Nothing::run(alloc));
    }
}

fn around<A: Around, I: Inside>() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        alloc.begin_frame();
        for _ in 0..units {
            A::run(&alloc, || I::run(&alloc));
        }
        alloc.end_frame();
    })
}

fn alone<I: Inside>() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        alloc.begin_frame();
        for _ in 0..units {
            I::run(&alloc);
        }
        alloc.end_frame();
    })
}

fn beside<I: Inside>() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| {
        alloc.begin_frame();
        for _ in 0..units {
            TagGuard::run(&alloc, || ());
            I::run(&alloc);
        }
        alloc.end_frame();
    })
}
