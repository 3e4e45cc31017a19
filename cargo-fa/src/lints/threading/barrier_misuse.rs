//! FA202.

use std::collections::BTreeSet;

use super::barrier_turns::{Early, Said, Turns, Unit, Wait, is_conditional};
use crate::flow::body::{
    Body, BodyId, Bound, Call, Callee, Const, Function, Op, OpId, OpKind, Operand, Value,
};
use crate::flow::threads::{self, Job, Threads};
use crate::flow::{FrameState, OriginKind, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Edit, Finding, Fix, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{FnId, Known};
use crate::source::Span;

declare_lint! {
    /// A frame barrier is used in an order, or for a number of threads, that does not work out.
    ///
    /// A turn is: end the frame, `signal_frame_complete`, `wait_all`. What is found: a wait that this thread has not
    /// signalled for, a signal in a loop that nobody waits after, a signal while this thread's frame is still open, and a
    /// `FrameBarrier::new` with another number than the function spawns.
    ///
    /// ## Why
    ///
    /// A thread that waits without having signalled would wait for itself, and panics; so does one that signals twice
    /// and never waits. One that signals before its frame ends lets the others go on while it still writes. A barrier
    /// with more seats than threads is never complete, and with fewer some thread finds none.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::{FrameBarrier, SmartAlloc};
    /// fn run(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    ///     loop {
    ///         alloc.begin_frame();
    ///         alloc.end_frame();
    ///         barrier.wait_all();
    ///     }
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::{FrameBarrier, SmartAlloc};
    /// fn run(alloc: &SmartAlloc, barrier: &FrameBarrier) {
    ///     loop {
    ///         alloc.begin_frame();
    ///         alloc.end_frame();
    ///         barrier.signal_frame_complete();
    ///         barrier.wait_all();
    ///     }
    /// }
    /// ```
    ///
    /// `wait_all_timeout` is a wait like `wait_all`: it needs a signal before it, and may be repeated, or followed by
    /// `wait_all`, when it ran out of time.
    ///
    /// ## What it cannot see
    ///
    /// Counts that are computed, threads that other functions spawn, and which of several barriers in a collection is
    /// which.
    pub BARRIER_MISUSE = "FA202", "barrier-misuse", Threading, Warn, "a frame barrier is used in an order or for a number that does not work out";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let threads = program.threads();
    let turns = Turns::of(program, threads);
    let mut told: BTreeSet<(Unit, OpId)> = BTreeSet::new();
    unsignalled(program, &turns, findings);
    for (function, id, body) in program.bodies() {
        in_open_frames(program, &turns, function, id, body, &mut told, findings);
    }
    for early in &turns.unwaited {
        if let Some(function) = program.function(early.unit.0)
            && !waits_elsewhere(program, function, early)
            && told.insert((early.unit, early.signal))
        {
            let span = span_of(function.body(early.unit.1).op(early.signal));
            findings.push(finding(
                program,
                function,
                "this loop signals and never waits".to_owned(),
                Label { span, text: "the next turn begins before the others are done".to_owned() },
                Vec::new(),
                "call `wait_all` after the signal, before the next frame begins",
            ));
        }
    }
    for (function, id, body) in program.bodies() {
        counts(program, threads, function, id, body, findings);
    }
}

/// Whether a signal without a wait after it may be right: the loop waits where its next turn begins, or signals and waits
/// under conditions that may go together.
fn waits_elsewhere(program: &Program, function: &Function, early: &Early) -> bool {
    let body = function.body(early.unit.1);
    let signal = body.op(early.signal);
    let Some(around) = function.loops_around(signal.context).first().map(|&it| function.a_loop(it)) else {
        return true;
    };
    let waits: Vec<Span> = body
        .calls()
        .filter(|(_, op, call)| function.is_within(op.context, around.context) && waits(program, call))
        .map(|(_, op, _)| op.span)
        .collect();
    let before = waits.iter().any(|span| span.end <= signal.span.start);
    before || !waits.is_empty() && is_conditional(function, early.unit.1, early.signal)
}

fn waits(program: &Program, call: &Call) -> bool {
    match &call.callee {
        Callee::Api { method, .. } => method.kind == Kind::Wait,
        Callee::Own(callees) => callees.iter().any(|&callee| program.summary(callee).waits),
        _ => false,
    }
}

/// Waits that their thread has not signalled for.
fn unsignalled(program: &Program, turns: &Turns<'_>, findings: &mut Vec<Finding>) {
    let callers = turns.callers(program);
    let of = |unit: Unit| callers.get(&unit).copied().unwrap_or((true, false));
    for wait in &turns.waits {
        let Some(function) = program.function(wait.unit.0) else { continue };
        let (good, bad) = of(wait.unit);
        // Conditions that go together are not understood: who signalled if .. also waits if ..
        let perhaps = wait.said.has(Said::SIGNALLED);
        if perhaps && (wait.optional || is_conditional(function, wait.unit.1, wait.at)) {
            continue;
        }
        let wrong = if wait.called.is_empty() {
            // That some callers are right makes those wrong who are not.
            wait.said.has(Said::NOTHING) || wait.said.has(Said::CALLERS) && bad && !good
        } else {
            let mixed = wait.called.iter().any(|&unit| of(unit) == (true, true));
            mixed
                && !perhaps
                && (wait.said.has(Said::NOTHING) || wait.said.has(Said::CALLERS) && bad && !good)
        };
        if wrong {
            let mut found = finding(
                program,
                function,
                "this thread waits for a frame that it has not signalled".to_owned(),
                Label {
                    span: wait.span,
                    text: "on a path here, nothing was signalled in this turn".to_owned(),
                },
                Vec::new(),
                "call `signal_frame_complete` after `end_frame` and before the wait, on every path",
            );
            found.fix = signal_first(program, function, wait);
            findings.push(found);
        }
    }
}

/// The signal before a wait that stands on a line of its own, when no path signals.
fn signal_first(program: &Program, function: &Function, wait: &Wait) -> Option<Fix> {
    if wait.said.has(Said::SIGNALLED) || wait.said.has(Said::TIMED_OUT) || !wait.called.is_empty() {
        return None;
    }
    let span = function.body(wait.unit.1).op(wait.at).span;
    let file = program.files.get(span.file);
    let text = file.slice(span);
    let barrier = text.strip_suffix(".wait_all()")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let line = file.line(file.line_column(span.start).0);
    if !barrier.bytes().all(plain) || line.trim() != format!("{text};") {
        return None;
    }
    let indent = &line[..line.len() - line.trim_start().len()];
    let replacement = format!("{barrier}.signal_frame_complete();\n{indent}");
    let before = Span { end: span.start, ..span };
    Some(Fix { title: "signal before the wait".to_owned(), edits: vec![Edit { span: before, replacement }] })
}

/// Signals while the frame of their thread is open.
fn in_open_frames(
    program: &Program,
    turns: &Turns<'_>,
    function: &Function,
    id: BodyId,
    body: &Body,
    told: &mut BTreeSet<(Unit, OpId)>,
    findings: &mut Vec<Finding>,
) {
    let unit = (function.id, id);
    if !body.calls().any(|(_, _, call)| signals(program, call)) {
        return;
    }
    let mut report = |signal: OpId, frame: Option<OpId>, end: Option<OpId>| {
        if !told.insert((unit, signal)) {
            return;
        }
        let mut labels = Vec::new();
        labels.extend(
            frame.map(|at| Label { span: span_of(body.op(at)), text: "the frame begins here".to_owned() }),
        );
        labels.extend(
            end.map(|at| Label { span: span_of(body.op(at)), text: "the frame ends only here".to_owned() }),
        );
        let span = span_of(body.op(signal));
        findings.push(finding(
            program,
            function,
            "this thread signals before its frame has ended".to_owned(),
            Label { span, text: "the others may go on while this frame is open".to_owned() },
            labels,
            "end the frame, or drop its guard, before the signal",
        ));
    };
    program.walk(function, id, |point| {
        let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
        if signals(program, call) {
            let open = point.before.frames().find_map(|(alloc, _)| point.before.certainly_open(alloc));
            // A guard that was moved away may have ended it.
            let guarded = open.is_some_and(|open| is_guard(body, open));
            let held = || {
                point.before.places().flat_map(|(_, held)| held.keys()).any(|&origin| {
                    let origin = program.flow(function).origin(origin);
                    matches!(origin.kind, OriginKind::Guard(_)) && origin.op == open
                })
            };
            if let Some(open) = open
                && (!guarded || held())
            {
                report(point.at, Some(open), None);
            }
        }
        // A function that ends the frame of its caller.
        if let Callee::Api { method, .. } = &call.callee
            && matches!(method.kind, Kind::EndFrame | Kind::EndFrameWithPromotions)
            && let Some(place) = call.args.first().and_then(Operand::place)
        {
            let outside = BTreeSet::from([FrameState::Outside]);
            if point.before.frame(&function.root(place)) != outside {
                return;
            }
            for (early, end) in &turns.before_ends {
                if early.unit == unit && *end == point.at {
                    report(early.signal, None, Some(*end));
                }
            }
        }
    });
}

fn is_guard(body: &Body, at: OpId) -> bool {
    matches!(&body.op(at).kind, OpKind::Assign(_, Value::Call(call))
        if matches!(&call.callee, Callee::Api { method, .. } if method.kind == Kind::FrameGuard))
}

/// A signal, or a call of a function that signals and does not end the frame itself.
fn signals(program: &Program, call: &Call) -> bool {
    match &call.callee {
        Callee::Api { method, .. } => method.kind == Kind::Signal,
        Callee::Own(callees) => {
            !callees.is_empty()
                && callees.iter().all(|&callee| {
                    let summary = program.summary(callee);
                    summary.signals && !summary.ends_frame && !summary.begins_frame
                })
        }
        _ => false,
    }
}

/// How many threads take part, at least and at most.
#[derive(Clone, Copy, Default)]
struct Count {
    least: u128,
    most: u128,
    spawned: u128,
}

/// A barrier for another number of threads than the function spawns.
fn counts(
    program: &Program,
    threads: &Threads,
    function: &Function,
    id: BodyId,
    body: &Body,
    findings: &mut Vec<Finding>,
) {
    let made: Vec<(&Op, &Call)> = body
        .calls()
        .filter(|(_, _, call)| &*call.name == "new" && call.result.as_known() == Some(Known::FrameBarrier))
        .map(|(_, op, call)| (op, call))
        .collect();
    let [(op, call)] = made.as_slice() else { return };
    let Some(&Operand::Const(Const::Int(number))) = call.args.first() else { return };
    if !function.loops_around(op.context).is_empty() {
        return;
    }
    let Some(count) = participants(program, threads, function, id, body) else { return };
    if count.spawned > 0 && !(count.least..=count.most).contains(&number) {
        let spawned = count.least;
        let plural = if spawned == 1 { "thread takes" } else { "threads take" };
        findings.push(finding(
            program,
            function,
            format!("this barrier is for {number}, and {spawned} {plural} part"),
            Label {
                span: call.name_span,
                text: if number > count.most {
                    "it is never complete"
                } else {
                    "not all of them find a seat"
                }
                .to_owned(),
            },
            Vec::new(),
            "make it for the number of threads that signal, the one that spawns them included if it does",
        ));
    }
}

fn participants(
    program: &Program,
    threads: &Threads,
    function: &Function,
    id: BodyId,
    body: &Body,
) -> Option<Count> {
    let mut count = Count::default();
    let itself = takes_part(program, threads, function, Job::Body(id));
    for (at, op, call) in body.calls() {
        let handed = threads.handed(program, function, call);
        if handed.is_empty() {
            // Neither threads of other functions nor those that come and go are counted.
            let of_others = match &call.callee {
                Callee::Own(callees) => callees.iter().any(|&callee| spawns(program, threads, callee)),
                _ => matches!(&*call.name, "excuse" | "leave"),
            };
            if of_others {
                return None;
            }
            continue;
        }
        for handed in handed.into_iter().filter(|handed| handed.how != threads::Handing::Channel) {
            let part = takes_part(program, threads, function, handed.job?);
            if part.alternatives || part.unknown && !part.signals {
                return None;
            }
            // One of several branches.
            if is_conditional(function, id, at) {
                return None;
            }
            let times = times(function, id, op)?;
            count.spawned += if part.signals || part.waits { times } else { 0 };
            count.least += if part.signals { times } else { 0 };
            count.most += if part.signals || part.waits { times } else { 0 };
        }
    }
    count.least += u128::from(itself.signals);
    count.most += u128::from(itself.signals || itself.waits);
    Some(count)
}

/// What a job has to do with barriers.
#[derive(Default)]
struct Part {
    signals: bool,
    waits: bool,
    /// It calls a function that is not known.
    unknown: bool,
    /// It calls one of several functions.
    alternatives: bool,
}

fn takes_part(program: &Program, threads: &Threads, function: &Function, job: Job) -> Part {
    let mut part = Part::default();
    threads::each_call(
        program,
        threads,
        (function, job),
        &mut |(function, _), _, call, _| match &call.callee {
            Callee::Api { method, .. } => {
                part.signals |= method.kind == Kind::Signal;
                part.waits |= method.kind == Kind::Wait;
            }
            Callee::Variable(place) => {
                let jobs = threads::jobs(function, &Operand::Ref(place.clone(), false));
                part.unknown |= jobs.is_empty();
                part.alternatives |= jobs.len() > 1;
            }
            _ => {}
        },
    );
    part
}

/// Whether a function of the program spawns threads, itself or through others.
fn spawns(program: &Program, threads: &Threads, start: FnId) -> bool {
    let mut found = false;
    let mut seen = BTreeSet::new();
    let mut left = vec![start];
    while let Some(id) = left.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(function) = program.function(id) else { continue };
        for body in &function.bodies {
            for (_, _, call) in body.calls() {
                let handed = threads.handed(program, function, call);
                found |= handed.iter().any(|handed| handed.how != threads::Handing::Channel);
                if let Callee::Own(callees) = &call.callee {
                    left.extend(callees);
                }
            }
        }
    }
    found
}

/// How often an operation runs, when its loops say so.
fn times(function: &Function, id: BodyId, op: &Op) -> Option<u128> {
    let mut times = 1u128;
    for a_loop in function.loops_around(op.context) {
        let a_loop = function.a_loop(a_loop);
        match a_loop.bound {
            Bound::Literal(turns) if a_loop.body == id && !a_loop.has_exit => {
                times = times.checked_mul(turns)?;
            }
            _ => return None,
        }
    }
    Some(times)
}

fn span_of(op: &Op) -> Span {
    match &op.kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => op.span,
    }
}

fn finding(
    program: &Program,
    function: &Function,
    message: String,
    primary: Label,
    labels: Vec<Label>,
    help: &str,
) -> Finding {
    Finding {
        lint: &BARRIER_MISUSE,
        confidence: Confidence::Certain,
        message,
        primary,
        labels,
        help: help.to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests;
