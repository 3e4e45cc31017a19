//! FA301.

mod limits;

use std::collections::BTreeSet;

use crate::flow::body::{
    BodyId, Bound, Call, Callee, ContextId, Function, INDEX, Leave, Loop, LoopId, LoopKind, Op, OpId, OpKind,
    Operand, Place, Value,
};
use crate::flow::{Program, Stack, operands};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{FnId, Known, Ty};
use crate::source::Span;

use limits::Limits;

declare_lint! {
    /// A loop without an end takes frame or pool memory in each turn, and nothing in it gives any back.
    ///
    /// ## Why
    ///
    /// Frame memory comes back when a frame ends. A server that answers requests, or a tool that reads lines, may never
    /// end the one it is in: its memory grows with each message until there is none.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// # use std::sync::mpsc::Receiver;
    /// fn serve(alloc: &SmartAlloc, inbox: &Receiver<Vec<u8>>) {
    ///     while let Ok(packet) = inbox.recv() {
    ///         let mut sorted = alloc.frame_slice_copy(&packet);
    ///         sorted.sort_unstable();
    ///     }
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A frame for each turn:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// # use std::sync::mpsc::Receiver;
    /// fn serve(alloc: &SmartAlloc, inbox: &Receiver<Vec<u8>>) {
    ///     while let Ok(packet) = inbox.recv() {
    ///         let _frame = alloc.frame();
    ///         let mut sorted = alloc.frame_slice_copy(&packet);
    ///         sorted.sort_unstable();
    ///     }
    /// }
    /// ```
    ///
    /// A counter or length that ends the loop bounds it. So does a comparison with the time that has elapsed, and a budget or
    /// limit, with which the loop meets an error; that of a tag counts for what is made under the tag. Taking what waits
    /// already (`try_recv`) within a frame is bounded by what waits; how much a read returned bounds nothing.
    ///
    /// ## What it cannot see
    ///
    /// Bounds that the other side of a channel or socket keeps, and iterators of other crates. A limit in a configuration is
    /// taken for that of every allocator of the programs that it may be in.
    pub UNBOUNDED_FRAME_LOOP = "FA301", "unbounded-frame-loop", Budgets, Warn, "a loop without an end takes memory in each turn";
    check = check, whole;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let limits = Limits::of(program);
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for function in program.functions() {
        for (number, turn) in function.loops.iter().enumerate() {
            let Bound::Unbounded(why) = turn.bound else { continue };
            let id = LoopId(number as u32);
            if is_bounded(program, function, id) || is_drained_in_frame(program, function, id) {
                continue;
            }
            let mut search = Search { program, grows: Vec::new(), frames: false, seen: BTreeSet::new() };
            search.body(function, turn.body, Some(turn), false);
            if search.frames {
                continue;
            }
            for growth in search.grows {
                let limited = limits.bound(growth.pool, (function.id, turn.body), &growth.tags);
                if !limited && told.insert(growth.span) {
                    findings.push(finding(program, turn, why, &growth));
                }
            }
        }
    }
}

/// Whether a counter or a length ends a loop.
fn is_bounded(program: &Program, function: &Function, id: LoopId) -> bool {
    let turn = function.a_loop(id);
    if !turn.has_exit {
        return false;
    }
    let body = function.body(turn.body);
    let inside = || body.ops().map(|(_, op)| op).filter(|op| function.is_within(op.context, turn.context));
    let lengths: BTreeSet<Place> = inside().filter_map(length).collect();
    let counters = counters(program, function, turn);
    let counts = |operand: &Operand| {
        operand.place().is_some_and(|place| {
            let (flat, root) = (place.flat(), function.root(place));
            lengths.contains(&flat) || counters.contains(&flat) || counters.contains(&root)
        })
    };
    inside().any(|op| match &op.kind {
        OpKind::Assign(_, Value::Compare(operands)) => operands.iter().any(counts),
        OpKind::Assign(_, Value::Call(call)) => matches!(&*call.name, "is_empty" | "is_full"),
        _ => false,
    })
}

/// Where an operation puts a length or a time.
fn length(op: &Op) -> Option<Place> {
    match &op.kind {
        OpKind::Assign(place, Value::Call(call))
            if matches!(
                &*call.name,
                "len" | "capacity" | "count" | "elapsed" | "frame_used" | "position"
            ) =>
        {
            Some(place.flat())
        }
        _ => None,
    }
}

/// Numbers that a loop counts, and what is computed of them.
fn counters(program: &Program, function: &Function, turn: &Loop) -> BTreeSet<Place> {
    let body = function.body(turn.body);
    let inside = || body.ops().map(|(_, op)| op).filter(|op| function.is_within(op.context, turn.context));
    let mut found: BTreeSet<Place> = BTreeSet::new();
    let counted_range = matches!(turn.bound, Bound::Unbounded("a range without an end"));
    for op in inside() {
        let OpKind::Assign(to, value) = &op.kind else { continue };
        match value {
            // `n += 1`
            Value::Compute(parts) if program.ty_of(function, to) == Ty::unit() => {
                found.extend(parts.first().and_then(Operand::place).map(Place::flat));
            }
            // `n = n + 1`
            Value::Use(_)
                if to.whole_local().is_none_or(|local| is_outer(function, local, turn.context))
                    && program.ty_of(function, to) == Ty::Scalar =>
            {
                found.insert(to.flat());
            }
            // The number of the turn.
            Value::Use(operand) if counted_range && turn.kind == LoopKind::For => {
                let of_range =
                    operand.place().is_some_and(|place| place.fields.iter().any(|field| &**field == INDEX));
                if of_range {
                    found.insert(to.flat());
                }
            }
            _ => {}
        }
    }
    loop {
        let known = found.len();
        for op in inside() {
            let OpKind::Assign(to, value @ (Value::Use(_) | Value::Compute(_) | Value::Cast(_))) = &op.kind
            else {
                continue;
            };
            let mut counts = false;
            operands(value, &mut |operand| {
                counts |= operand.place().is_some_and(|place| found.contains(&place.flat()));
            });
            if counts {
                found.insert(to.flat());
            }
        }
        if found.len() == known {
            return found;
        }
    }
}

fn is_outer(function: &Function, local: crate::flow::body::LocalId, context: ContextId) -> bool {
    let data = function.local(local);
    data.name.is_some() && !function.is_within(data.context, context)
}

/// Whether a loop within a frame takes only what waits already, without waiting for more.
fn is_drained_in_frame(program: &Program, function: &Function, id: LoopId) -> bool {
    let turn = function.a_loop(id);
    let head = first_line(program, turn.span);
    let text = &program.files.get(turn.span.file).text;
    let head = text.get(turn.span.start as usize..head as usize).unwrap_or_default();
    // `loop { match inbox.try_recv() { .. Err(_) => break } }`
    let inside =
        || function.body(turn.body).ops().filter(|(_, op)| function.is_within(op.context, turn.context));
    let tries =
        |op: &Op| matches!(&op.kind, OpKind::Assign(_, Value::Call(call)) if &*call.name == "try_recv");
    let breaks = |op: &Op| matches!(op.kind, OpKind::Leave(Leave::Break(left)) if left == id);
    let stops = turn.kind == LoopKind::Loop
        && inside().any(|(_, op)| tries(op))
        && inside().any(|(_, op)| breaks(op));
    if !head.contains("try_recv") && !head.contains("try_iter") && !stops {
        return false;
    }
    let frames = program.frame_calls();
    let mut within = false;
    program.walk(function, turn.body, |point| {
        if function.is_within(point.op.context, turn.context) {
            within |= frames.at(function, turn.body, point).is_some();
        }
    });
    within
}

/// A call that takes memory for good.
struct Growth {
    span: Span,
    item: String,
    pool: bool,
    guessed: bool,
    /// Those that are open there.
    tags: BTreeSet<Stack>,
}

/// What a loop and what it calls take.
struct Search<'a> {
    program: &'a Program,
    grows: Vec<Growth>,
    /// A frame or guard begins or ends in it.
    frames: bool,
    seen: BTreeSet<(FnId, BodyId)>,
}

impl Search<'_> {
    /// Looks at a loop, or at a body that it runs; `guarded` says that this is given a guard that came with the turn.
    fn body(&mut self, function: &Function, id: BodyId, turn: Option<&Loop>, guarded: bool) {
        let within = turn.map(|turn| turn.context);
        let inside = |op: &Op| within.is_none_or(|context| function.is_within(op.context, context));
        for (at, op, call) in function.body(id).calls() {
            if !inside(op) {
                continue;
            }
            // What is done on the way out of the loop is done once.
            let again = turn.is_none_or(|turn| goes_on(function, id, at, turn));
            let guarded = guarded || within.is_some_and(|context| takes_own_guard(function, call, context));
            if let Callee::Api { method, .. } = &call.callee {
                match method.kind {
                    Kind::BeginFrame
                    | Kind::EndFrame
                    | Kind::EndFrameWithPromotions
                    | Kind::FrameGuard
                    | Kind::ScopeGuard
                    | Kind::SharedFrame => self.frames = true,
                    Kind::FrameAlloc if guarded && call.types.first().is_some_and(is_guard) => {}
                    Kind::FrameAlloc if again => self.add(function, (id, at), call, false),
                    Kind::PoolAlloc if again && self.piles_up(function, id, op, within) => {
                        self.add(function, (id, at), call, true);
                    }
                    _ => {}
                }
            }
            for (callee, body) in self.program.run_by(function, call) {
                let inner = self.program.summary(callee);
                if !again {
                    self.frames |= inner.begins_frame || inner.ends_frame;
                } else if self.seen.insert((callee, body))
                    && let Some(inner) = self.program.function(callee)
                {
                    self.body(inner, body, None, guarded);
                }
            }
        }
    }

    fn add(&mut self, function: &Function, (id, at): (BodyId, OpId), call: &Call, pool: bool) {
        let guessed = matches!(call.callee, Callee::Api { guessed: true, .. });
        let item = self.program.path(function).to_owned();
        let tags = self.program.tags().at(function, id, at);
        self.grows.push(Growth { span: call.name_span, item, pool, guessed, tags });
    }

    /// Whether a pool value is put into a collection that is there before the loop and from which the loop takes nothing.
    fn piles_up(&self, function: &Function, id: BodyId, op: &Op, within: Option<ContextId>) -> bool {
        let OpKind::Assign(place, _) = &op.kind else { return false };
        let fate = self.program.fate(function, id, place);
        let outside = |local| {
            let data = function.local(local);
            let known = data.ty.peeled().as_known();
            let collects = data.ty.is_unknown() || known.is_some_and(Known::is_collection);
            let context = within.unwrap_or(function.body(id).context);
            collects && is_outer(function, local, context)
        };
        let takes = function.body(id).calls().any(|(_, op, call)| {
            within.is_none_or(|context| function.is_within(op.context, context))
                && matches!(
                    &*call.name,
                    "pop"
                        | "pop_front"
                        | "pop_back"
                        | "remove"
                        | "swap_remove"
                        | "truncate"
                        | "drain"
                        | "clear"
                        | "retain"
                )
        });
        let keeps = fate.collected || within.is_some() && fate.locals.keys().any(|&local| outside(local));
        keeps && !takes
    }
}

/// Whether a call is given a guard that came with the turn of a loop, or what may be one.
fn takes_own_guard(function: &Function, call: &Call, context: ContextId) -> bool {
    call.args.iter().filter_map(|arg| arg.place()?.as_local()).any(|local| {
        let data = function.local(local);
        function.is_within(data.context, context) && (data.ty.is_unknown() || is_guard(&data.ty))
    })
}

fn is_guard(ty: &Ty) -> bool {
    ty.peeled().as_known().is_some_and(Known::is_guard)
}

/// Whether another turn of a loop follows a call, and what it gave was there.
fn goes_on(function: &Function, id: BodyId, at: OpId, turn: &Loop) -> bool {
    let body = function.body(id);
    let made = match &body.op(at).kind {
        OpKind::Assign(place, _) => place.whole_local(),
        _ => None,
    };
    let refused =
        |op: &Op| matches!(&op.kind, OpKind::Empty(place) if place.whole_local() == made && made.is_some());
    let mut seen = BTreeSet::new();
    let mut work = vec![(at.block, at.index as usize + 1)];
    while let Some((block, first)) = work.pop() {
        let block = body.block(block);
        if block.ops.iter().skip(first).any(refused) {
            continue;
        }
        for &next in &block.next {
            if next == turn.head {
                return true;
            }
            if seen.insert(next) {
                work.push((next, 0));
            }
        }
    }
    false
}

fn first_line(program: &Program, span: Span) -> u32 {
    let text = &program.files.get(span.file).text;
    let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let line = inside.lines().next().unwrap_or_default().trim_end_matches([' ', '{']);
    span.start + line.len() as u32
}

fn finding(program: &Program, turn: &Loop, why: &str, growth: &Growth) -> Finding {
    let what = if growth.pool { "pool" } else { "frame" };
    let head = Span { end: first_line(program, turn.span), ..turn.span };
    let help = if growth.pool {
        "give back what is not needed, end the loop at a length, or set a limit: `set_thread_pool_budget`"
    } else {
        "run each turn in a frame of its own, `let _frame = alloc.frame();`, or set `set_thread_frame_budget`"
    };
    Finding {
        lint: &UNBOUNDED_FRAME_LOOP,
        confidence: if growth.guessed { Confidence::Possible } else { Confidence::Certain },
        message: format!("a loop without an end takes {what} memory in each turn"),
        primary: Label { span: growth.span, text: "taken in each turn and not given back".to_owned() },
        labels: vec![Label { span: head, text: format!("for as long as this runs: {why}") }],
        help: help.to_owned(),
        fix: None,
        item: growth.item.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::UNBOUNDED_FRAME_LOOP;
    use crate::lints::testing::check;

    #[test]
    fn loops_that_take_and_never_give_back() {
        check(
            &UNBOUNDED_FRAME_LOOP,
            r#"
use framealloc::{PoolBox, SharedFrame, SmartAlloc};
use std::sync::mpsc::Receiver;
fn one_guard(alloc: &SmartAlloc, inbox: &Receiver<u32>) {
    let frame = alloc.shared_frame();
    for n in inbox { fill(&frame, n); }
}
fn fill(frame: &SharedFrame<'_>, n: u32) { println!("{}", frame.alloc(n)); } //~ FA301
struct Log { alloc: SmartAlloc, kept: Vec<PoolBox<u32>>, open: bool }
impl Log {
    fn keep(&mut self, b: PoolBox<u32>) { self.kept.push(b) }
    fn run(&mut self, inbox: &Receiver<u32>) {
        loop {
            let Ok(n) = inbox.recv() else { return };
            let b = self.alloc.pool_box(n); //~ FA301
            self.keep(b);
        }
    }
    fn flag(&mut self) {
        while self.open {
            self.one();
            let stop = |n: u32| self.alloc.frame_box(n); //~ FA301
            if *stop(1) == 7 { self.open = false; }
        }
    }
    fn one(&self) { self.two() }
    fn two(&self) { let v = self.alloc.frame_vec::<u8>(); println!("{}", v.len()); } //~ FA301
    fn key(&self, inbox: &Receiver<u8>) {
        for key in inbox.iter() {
            let copy = self.alloc.try_frame_box(key); //~ FA301
            if key == b'q' || copy.is_err() { break; }
        }
    }
}
"#,
        );
    }

    #[test]
    fn a_loop_that_is_over_when_nothing_is_left() {
        check(
            &UNBOUNDED_FRAME_LOOP,
            r#"
use framealloc::SmartAlloc;
use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
fn otherwise(alloc: &SmartAlloc, items: &[u32]) {
    let mut items = items.iter();
    loop { let Some(n) = items.next() else { break }; alloc.frame_box(*n); }
}
fn branch(alloc: &SmartAlloc, mut open: Vec<u32>) {
    loop { if let Some(n) = open.pop() { alloc.frame_box(n); } else { return; } }
}
fn arms(alloc: &SmartAlloc, mut open: VecDeque<u32>) {
    loop { match open.pop_front() { Some(n) => drop(alloc.frame_box(n)), None => break } }
}
fn received(alloc: &SmartAlloc, input: &Receiver<u32>) {
    loop { let Ok(n) = input.recv() else { break }; alloc.frame_box(n); } //~ FA301
}
fn retried(alloc: &SmartAlloc) -> usize {
    loop {
        if let Ok(list) = alloc.try_frame_slice::<u8>(4) { return list.len(); }
        std::thread::yield_now();
    }
}
fn at_last(alloc: &SmartAlloc, input: &Receiver<u32>) -> usize {
    loop {
        match input.recv() { Ok(n) => println!("{n}"), Err(_) => { let text = alloc.frame_string(); return text.len(); } }
    }
}
fn goes_on_anyway(alloc: &SmartAlloc) {
    loop {
        match alloc.try_frame_box(1) { Ok(b) => println!("{b}"), Err(_) => break } //~ FA301
    }
}
fn other_way(alloc: &SmartAlloc, mut open: Vec<u32>, input: &Receiver<u32>) {
    loop {
        if let Some(0) = open.pop() { break; }
        let Ok(n) = input.recv() else { continue };
        alloc.frame_box(n); //~ FA301
    }
}
"#,
        );
    }

    #[test]
    fn a_tag_whose_budget_is_not_known_for_sure_may_be_any() {
        let program = |set: &str| {
            format!(
                "use framealloc::SmartAlloc;\nuse std::sync::mpsc::Receiver;\n{set}\n\
                 fn feed(alloc: &SmartAlloc, inbox: &Receiver<u8>) {{\n    for n in inbox {{\n        \
                 alloc.with_tag(\"a\", |alloc| drop(alloc.frame_box(n)));\n    }}\n}}\n"
            )
        };
        let fires = |set: &str| program(set).replace("frame_box(n)));", "frame_box(n))); //~ FA301");
        check(&UNBOUNDED_FRAME_LOOP, &fires(""));
        check(
            &UNBOUNDED_FRAME_LOOP,
            &fires("fn set(alloc: &SmartAlloc) { alloc.set_tag_budget(\"b\", 1); }"),
        );
        check(
            &UNBOUNDED_FRAME_LOOP,
            &program("fn set(alloc: &SmartAlloc) { alloc.set_tag_budget(\"a\", 1); }"),
        );
        // Whoever calls it says which.
        check(
            &UNBOUNDED_FRAME_LOOP,
            &program("pub fn set(alloc: &SmartAlloc, tag: &str) { alloc.set_tag_budget(tag, 1); }"),
        );
    }

    #[test]
    fn loops_with_a_bound() {
        check(
            &UNBOUNDED_FRAME_LOOP,
            r#"
use framealloc::{PoolBox, SharedFrame, SmartAlloc};
use std::sync::mpsc::{Receiver, Sender};
fn counter(alloc: &SmartAlloc, inbox: &Receiver<u32>) {
    let mut seen = 0;
    loop {
        let b = alloc.frame_box(inbox.recv().unwrap_or(0));
        seen += 1;
        if seen >= 10 || *b == 3 { break; }
    }
}
fn length(alloc: &SmartAlloc, inbox: &Receiver<u32>) -> usize {
    let mut list = alloc.frame_vec();
    while let Ok(n) = inbox.recv() { list.push(alloc.frame_box(n)); if list.len() > 100 { break; } }
    list.len()
}
fn framed(alloc: &SmartAlloc, inbox: &Receiver<u32>) { while let Ok(n) = inbox.recv() { turn(alloc, n); } }
fn turn(alloc: &SmartAlloc, n: u32) { let _frame = alloc.frame(); println!("{:?}", alloc.frame_box(n)); }
fn replaced(alloc: &SmartAlloc, inbox: &Receiver<u32>, newest: &mut Option<PoolBox<u32>>) {
    while let Ok(n) = inbox.recv() { *newest = Some(alloc.pool_box(n)); }
}
fn temporary(alloc: &SmartAlloc, inbox: &Receiver<u32>) {
    for n in inbox { let mut all = Vec::new(); all.push(alloc.pool_box(n)); println!("{}", all.len()); }
}
fn queue(alloc: &SmartAlloc, inbox: &Receiver<u32>) {
    let mut all = Vec::new();
    for n in inbox { all.push(alloc.pool_box(n)); while all.len() > 8 { all.pop(); } }
}
fn guards(work: Receiver<SharedFrame<'static>>, done: Sender<SharedFrame<'static>>) {
    for frame in work { fill(&frame); let _ = done.send(frame); }
}
fn fill(frame: &SharedFrame<'_>) { println!("{:?}", frame.alloc_slice_copy(&[1, 2])); }
fn guards_here(work: Receiver<SharedFrame<'static>>, done: Sender<SharedFrame<'static>>) {
    while let Ok(frame) = work.recv() { println!("{}", frame.alloc(3)); let _ = done.send(frame); }
}
fn slice(alloc: &SmartAlloc, all: &[u32]) { for n in all { println!("{:?}", alloc.frame_box(*n)); } }
fn drained(alloc: &SmartAlloc, inbox: &Receiver<u32>) {
    let _frame = alloc.frame();
    while let Ok(n) = inbox.try_recv() { println!("{:?}", alloc.frame_box(n)); }
}
"#,
        );
    }
}
