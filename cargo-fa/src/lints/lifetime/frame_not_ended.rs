//! FA603.

use std::collections::BTreeSet;

use crate::flow::body::{Body, BodyId, Callee, Function, Leave, OpId, OpKind, Value};
use crate::flow::{FrameState, Program, State};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A path leaves the function or the turn of a loop without `end_frame`, although other paths end the frame; or no
    /// code of the crate ends it.
    ///
    /// ## Why
    ///
    /// Until the next `begin_frame` the memory of the frame stays taken, its numbers run on, and whoever waits for the
    /// frame's end (promotions, deferred frees, snapshots) waits for nothing.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, input: Result<u32, String>) -> Result<u32, String> {
    ///     alloc.begin_frame();
    ///     let steps = input?;
    ///     alloc.end_frame();
    ///     Ok(steps)
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A guard ends the frame on every path:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, input: Result<u32, String>) -> Result<u32, String> {
    ///     let _frame = alloc.frame();
    ///     let steps = input?;
    ///     Ok(steps)
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Panics inside of functions that are called, frames that other crates end, and a frame that is left open of an allocator
    /// that each turn of a loop makes anew.
    pub FRAME_NOT_ENDED = "FA603", "frame-not-ended", Lifetime, Deny, "a path leaves without ending the frame it began";
    check = check;
}

/// Where frames begin and end in a body.
#[derive(Default)]
struct Boundaries {
    /// Where frames begin.
    begins: BTreeSet<OpId>,
    /// The beginnings of frames that some path ends.
    ended: BTreeSet<OpId>,
    /// Statements that leave, with the beginning of the frame that stays open.
    leaving: BTreeSet<(OpId, OpId)>,
    /// Beginnings that a path without such a statement leaves open.
    falling: BTreeSet<OpId>,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    for (function, id, body) in program.bodies() {
        let found = boundaries(program, function, id);
        for &(left, begun) in &found.leaving {
            let leaving = body.op(left);
            if found.ended.contains(&begun) && !program.fails_test(function, leaving) {
                findings.push(leaves(program, function, leaving.span, how(body, left), span_of(body, begun)));
            }
        }
        for &begun in &found.begins {
            let direct = is_call_of(body, begun, Kind::BeginFrame);
            let ends_anywhere = is_ended_in_some_program(program, function);
            // Both under a condition: perhaps the same one.
            let falls = found.falling.contains(&begun)
                && found.ended.contains(&begun)
                && function.is_on_every_path(id, begun);
            if direct && (falls || !ends_anywhere) {
                findings.push(never_ends(program, function, span_of(body, begun), ends_anywhere));
            }
        }
    }
}

/// Whether some code ends frames that may be in one program with this function.
fn is_ended_in_some_program(program: &Program, function: &Function) -> bool {
    let own = program.index.crate_of_function(function.id);
    program.ending().iter().any(|&ending| program.index.may_meet(ending, own))
}

fn boundaries(program: &Program, function: &Function, id: BodyId) -> Boundaries {
    let body = function.body(id);
    let mut found = Boundaries::default();
    if body.calls().next().is_none() {
        return found;
    }
    program.walk(function, id, |point| {
        if !matches!(point.op.kind, OpKind::Assign(_, Value::Call(_))) {
            return;
        }
        for (alloc, states) in point.after().frames() {
            for state in states {
                match state {
                    FrameState::Open { at, .. }
                        if *at == point.at && !is_call_of(body, *at, Kind::FrameGuard) =>
                    {
                        // Begun again in the next turn: whoever skipped the end left the turn by a statement.
                        for before in point.before.frame(alloc) {
                            if let FrameState::Open { at: earlier, left: Some(left) } = before
                                && leaves_turn(body, left)
                            {
                                found.leaving.insert((left, earlier));
                            }
                        }
                        found.begins.insert(*at);
                    }
                    FrameState::Ended { at } if *at == point.at => {
                        for before in point.before.frame(alloc) {
                            if let FrameState::Open { at: begun, .. } = before {
                                found.ended.insert(begun);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    });
    for state in [program.at_exit(function, id), program.at_panic(function, id)].into_iter().flatten() {
        still_open(state, &mut found);
    }
    found
}

fn still_open(state: &State, found: &mut Boundaries) {
    for (_, states) in state.frames() {
        for state in states {
            match *state {
                FrameState::Open { at, left: Some(left) } => {
                    found.leaving.insert((left, at));
                }
                FrameState::Open { at, left: None } => {
                    found.falling.insert(at);
                }
                _ => {}
            }
        }
    }
}

fn leaves_turn(body: &Body, left: OpId) -> bool {
    matches!(body.op(left).kind, OpKind::Leave(Leave::Continue(_) | Leave::Break(_)))
}

fn is_call_of(body: &Body, at: OpId, kind: Kind) -> bool {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => {
            matches!(&call.callee, Callee::Api { method, guessed: false, .. } if method.kind == kind)
        }
        _ => false,
    }
}

fn span_of(body: &Body, at: OpId) -> Span {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => body.op(at).span,
    }
}

fn how(body: &Body, left: OpId) -> &'static str {
    match &body.op(left).kind {
        OpKind::Leave(Leave::Return) => "this `return` leaves",
        OpKind::Leave(Leave::Closure(_)) => "this way out of the closure leaves",
        OpKind::Leave(Leave::Try) => "this `?` may leave",
        OpKind::Leave(Leave::Break(_)) => "this `break` leaves",
        OpKind::Leave(Leave::Continue(_)) => "this `continue` leaves",
        _ => "this panic leaves",
    }
}

fn leaves(program: &Program, function: &Function, span: Span, how: &str, begun: Span) -> Finding {
    Finding {
        lint: &FRAME_NOT_ENDED,
        confidence: Confidence::Certain,
        message: format!("{how} the frame open"),
        primary: Label { span, text: "on this path nothing ends the frame".to_owned() },
        labels: vec![Label { span: begun, text: "the frame begins here".to_owned() }],
        help: "let a guard end it on every path, `let _frame = alloc.frame();`, or call `end_frame` before leaving"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

fn never_ends(program: &Program, function: &Function, span: Span, elsewhere: bool) -> Finding {
    let message = if elsewhere {
        "a path goes on from here without ending the frame"
    } else {
        "no code of the crate ends the frame that begins here"
    };
    Finding {
        lint: &FRAME_NOT_ENDED,
        confidence: Confidence::Certain,
        message: message.to_owned(),
        primary: Label { span, text: "the frame begins here".to_owned() },
        labels: Vec::new(),
        help: "call `end_frame` when the frame is over, or let a guard do it: `let _frame = alloc.frame();`"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests;
