//! FA805.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{Base, Body, BodyId, Call, Callee, Function, Leave, Op, OpId, OpKind, Place, Value};
use crate::flow::{Program, forward};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::FnId;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A path begins a phase and leaves without `end_phase`, or ends one that it did not begin.
    ///
    /// ## Why
    ///
    /// Phases nest. One that stays open takes in all that comes after it, and the next `end_phase` ends the wrong one:
    /// from there on the report is about something else.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn shadows(alloc: &SmartAlloc, lights: &[f32]) -> usize {
    ///     alloc.begin_phase("shadows");
    ///     if lights.is_empty() {
    ///         return 0;
    ///     }
    ///     alloc.end_phase();
    ///     lights.len()
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A guard ends the phase on every path:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn shadows(alloc: &SmartAlloc, lights: &[f32]) -> usize {
    ///     let _phase = alloc.phase("shadows");
    ///     if lights.is_empty() {
    ///         return 0;
    ///     }
    ///     lights.len()
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Panics inside of functions that are called. Functions of one type of which one begins and one ends are a pair, as
    /// is a function that begins with one that ends where a caller uses both.
    pub PHASE_IMBALANCE = "FA805", "phase-imbalance", Architecture, Warn, "a phase is begun and not ended, or the reverse";
    check = check;
}

/// Deeper than this, phases are begun in a loop.
const DEEPEST: usize = 8;
/// More ways through a function than this are not told apart.
const MOST_WAYS: usize = 32;

/// A phase that is open on a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Begun {
    at: OpId,
    /// The first statement that left its surroundings.
    left: Option<OpId>,
}

/// What a path has done: the phases it has begun and not ended, innermost last, of each allocator.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    open: BTreeMap<Place, Vec<Begun>>,
    /// Ends without a beginning.
    owed: BTreeMap<Place, usize>,
}

/// What a call does to phases.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Begins,
    Ends,
}

/// What a function does on each path to the phases of one of its parameters, or of a static.
type Effects = BTreeMap<FnId, (Place, Effect)>;

/// What is wrong in a body.
#[derive(Default)]
struct Report {
    /// Statements that leave, with the phase that stays open.
    leaving: BTreeSet<(OpId, OpId)>,
    /// Beginnings that a path without such a statement leaves open.
    falling: BTreeSet<OpId>,
    /// Beginnings that are ended on some path.
    ended: BTreeSet<OpId>,
    /// For each end, whether it found a phase, or none.
    ends: BTreeMap<OpId, BTreeSet<bool>>,
    /// Calls of functions that begin, and of functions that end, that match something.
    matched: BTreeSet<OpId>,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let effects = accepted(program);
    for (function, id, body) in program.bodies() {
        if id == BodyId(0) && effects.contains_key(&function.id) {
            continue;
        }
        if !touches(body, &effects) {
            continue;
        }
        let report = follow(program, function, id, &effects).0;
        judge(program, (function, id), &report, findings);
    }
}

fn touches(body: &Body, effects: &Effects) -> bool {
    body.calls().any(|(_, _, call)| match &call.callee {
        Callee::Api { method, .. } => matches!(method.kind, Kind::BeginPhase | Kind::EndPhase),
        Callee::Own(callees) => callees.iter().any(|callee| effects.contains_key(callee)),
        _ => false,
    })
}

/// Functions that begin a phase, or end one, on all paths, and that are meant so: a caller has both, or the type has both.
fn accepted(program: &Program) -> Effects {
    let mut effects = Effects::new();
    for _ in 0..3 {
        let before = effects.len();
        for function in program.functions() {
            let body = function.body(BodyId(0));
            if effects.contains_key(&function.id) || !touches(body, &effects) {
                continue;
            }
            if let Some(effect) = effect_of(program, function, &effects) {
                effects.insert(function.id, effect);
            }
        }
        if effects.len() == before {
            break;
        }
    }
    let mut meant: BTreeSet<FnId> = BTreeSet::new();
    for (function, id, body) in program.bodies() {
        let calls_some = body.calls().any(|(_, _, call)| matches!(&call.callee, Callee::Own(callees) if callees.iter().any(|callee| effects.contains_key(callee))));
        if !calls_some {
            continue;
        }
        for at in follow(program, function, id, &effects).0.matched {
            if let OpKind::Assign(_, Value::Call(call)) = &body.op(at).kind
                && let Callee::Own(callees) = &call.callee
            {
                meant.extend(callees);
            }
        }
    }
    let owner = |id: FnId| program.index.function(id).self_ty().and_then(|ty| ty.peeled().as_item());
    // Who does both begins and ends for itself, and has miscounted.
    let does_one = |id: FnId| {
        program.function(id).is_some_and(|function| {
            let calls = function.body(BodyId(0)).calls();
            let done: Vec<Effect> = calls
                .filter_map(|(_, _, call)| Some(effect_here(program, function, &effects, call)?.1))
                .collect();
            done.windows(2).all(|two| two[0] == two[1])
        })
    };
    let pairs: BTreeSet<FnId> = effects
        .iter()
        .filter(|(id, (_, effect))| {
            let owner_of = owner(**id).filter(|_| does_one(**id));
            owner_of.is_some()
                && effects
                    .iter()
                    .any(|(other, (_, opposite))| owner(*other) == owner_of && opposite != effect)
        })
        .map(|(id, _)| *id)
        .collect();
    effects.retain(|id, _| meant.contains(id) || pairs.contains(id));
    effects
}

/// What a function does to the phases of one allocator that its caller has as well, if that is the same on all paths.
fn effect_of(program: &Program, function: &Function, effects: &Effects) -> Option<(Place, Effect)> {
    let (report, exit) = follow(program, function, BodyId(0), effects);
    if !report.leaving.is_empty() {
        return None;
    }
    let mut found: Option<(Place, Effect)> = None;
    for path in exit? {
        let open: usize = path.open.values().map(Vec::len).sum();
        let owed: usize = path.owed.values().sum();
        let one = match (open, owed) {
            (1, 0) => {
                path.open.iter().find(|(_, open)| !open.is_empty()).map(|(place, _)| (place, Effect::Begins))
            }
            (0, 1) => path.owed.iter().find(|(_, owed)| **owed > 0).map(|(place, _)| (place, Effect::Ends)),
            _ => None,
        };
        let (place, effect) = one?;
        let shared = match place.base {
            Base::Local(local) => function.params.contains(&local),
            Base::Static(_) | Base::Result(_) => true,
        };
        let same = found.as_ref().is_none_or(|known| known == &(place.clone(), effect));
        if !shared || !same {
            return None;
        }
        found = Some((place.clone(), effect));
    }
    found
}

/// Follows all paths of a body; also what they have done at its end.
fn follow(
    program: &Program,
    function: &Function,
    id: BodyId,
    effects: &Effects,
) -> (Report, Option<BTreeSet<Path>>) {
    let body = function.body(id);
    let mut report = Report::default();
    let start = BTreeSet::from([Path::default()]);
    let join = |known: &mut BTreeSet<Path>, other: &BTreeSet<Path>| {
        let size = known.len();
        known.extend(other.iter().cloned());
        known.len() > size
    };
    let entries = forward(body, start, join, |paths, at, op| {
        if let Some(after) = step(program, function, body, effects, &mut report, paths, at, op) {
            *paths = after;
        }
    });
    for block in [body.exit, body.panic] {
        for path in entries.get(block.0 as usize).and_then(Option::as_ref).into_iter().flatten() {
            for begun in path.open.values().flatten() {
                match begun.left {
                    Some(left) => drop(report.leaving.insert((left, begun.at))),
                    None => drop(report.falling.insert(begun.at)),
                }
            }
        }
    }
    let exit = entries.get(body.exit.0 as usize).cloned().flatten();
    (report, exit)
}

#[expect(clippy::too_many_arguments, reason = "a step of the data flow and what it reads")]
fn step(
    program: &Program,
    function: &Function,
    body: &Body,
    effects: &Effects,
    report: &mut Report,
    paths: &BTreeSet<Path>,
    at: OpId,
    op: &Op,
) -> Option<BTreeSet<Path>> {
    if paths.len() > MOST_WAYS {
        return None;
    }
    match &op.kind {
        OpKind::Leave(how) => {
            let leaves = |begun: OpId| match how {
                Leave::Break(id) | Leave::Continue(id) => {
                    function.is_within(body.op(begun).context, function.a_loop(*id).context)
                }
                Leave::Closure(id) => function.is_within(body.op(begun).context, *id),
                Leave::Return | Leave::Try | Leave::Panic => true,
            };
            let left = paths.iter().cloned().map(|mut path| {
                for begun in path.open.values_mut().flatten() {
                    if begun.left.is_none() && leaves(begun.at) {
                        begun.left = Some(at);
                    }
                }
                path
            });
            Some(left.collect())
        }
        OpKind::Drop(place, _) => {
            let ty = program.ty_of(function, place);
            let dropped = program.index.drop_of(&ty)?;
            if !matches!(effects.get(&dropped), Some((_, Effect::Ends))) {
                return None;
            }
            let makes = |begun: &Begun| match &body.op(begun.at).kind {
                OpKind::Assign(_, Value::Call(call)) => call.result.as_item() == ty.as_item(),
                _ => false,
            };
            let ended = paths.iter().cloned().map(|mut path| {
                let innermost = path.open.values_mut().find_map(|open| {
                    let found = open.iter().rposition(makes)?;
                    Some(open.remove(found))
                });
                report.matched.extend(innermost.map(|begun| begun.at));
                report.ended.extend(innermost.map(|begun| begun.at));
                path
            });
            Some(ended.collect())
        }
        OpKind::Assign(_, Value::Call(call)) => {
            let (place, effect, helper) = effect_here(program, function, effects, call)?;
            let mut after = BTreeSet::new();
            for path in paths {
                let mut path = path.clone();
                match effect {
                    Effect::Begins => begin(&mut path, &place, body, at, report),
                    Effect::Ends => end(&mut path, &place, body, at, report),
                }
                after.insert(path);
            }
            if helper
                && effect == Effect::Ends
                && report.ends.get(&at).is_some_and(|found| found.contains(&true))
            {
                report.matched.insert(at);
            }
            Some(after)
        }
        _ => None,
    }
}

/// What a call does, to the phases of which allocator, and whether a function of the program does it.
fn effect_here(
    program: &Program,
    function: &Function,
    effects: &Effects,
    call: &Call,
) -> Option<(Place, Effect, bool)> {
    match &call.callee {
        Callee::Api { method, guessed: false, .. } => {
            let effect = match method.kind {
                Kind::BeginPhase => Effect::Begins,
                Kind::EndPhase => Effect::Ends,
                _ => return None,
            };
            Some((function.root(call.args.first()?.place()?), effect, false))
        }
        Callee::Own(callees) => {
            let (place, effect) = callees.iter().find_map(|callee| effects.get(callee))?;
            let callee = program.function(*callees.first()?)?;
            let seen = match place.base {
                Base::Static(_) | Base::Result(_) => place.clone(),
                Base::Local(local) => {
                    let position = callee.params.iter().position(|&param| param == local)?;
                    let mut seen = call.args.get(position)?.place()?.clone();
                    seen.fields.extend(place.fields.iter().cloned());
                    seen
                }
            };
            Some((function.root(&seen), *effect, true))
        }
        _ => None,
    }
}

fn begin(path: &mut Path, place: &Place, body: &Body, at: OpId, report: &mut Report) {
    let open = path.open.entry(place.clone()).or_default();
    // Begun again in the next turn: whoever skipped the end left the turn by a statement, or fell out of it.
    if let Some(again) = open.iter().position(|begun| begun.at == at) {
        match open[again].left {
            Some(left)
                if matches!(body.op(left).kind, OpKind::Leave(Leave::Continue(_) | Leave::Break(_))) =>
            {
                report.leaving.insert((left, at));
            }
            _ => drop(report.falling.insert(at)),
        }
        open.truncate(again);
    }
    open.push(Begun { at, left: None });
    if open.len() > DEEPEST {
        open.remove(0);
    }
}

fn end(path: &mut Path, place: &Place, body: &Body, at: OpId, report: &mut Report) {
    let open = path.open.entry(place.clone()).or_default();
    match open.pop() {
        Some(begun) => {
            report.ends.entry(at).or_default().insert(true);
            report.ended.insert(begun.at);
            if is_helper(body, begun.at) {
                report.matched.insert(begun.at);
            }
        }
        None => {
            report.ends.entry(at).or_default().insert(false);
            let owed = path.owed.entry(place.clone()).or_default();
            *owed = (*owed + 1).min(DEEPEST);
        }
    }
    if open.is_empty() {
        path.open.remove(place);
    }
}

fn is_helper(body: &Body, at: OpId) -> bool {
    matches!(&body.op(at).kind, OpKind::Assign(_, Value::Call(call)) if matches!(call.callee, Callee::Own(_)))
}

fn judge(
    program: &Program,
    (function, id): (&Function, BodyId),
    report: &Report,
    findings: &mut Vec<Finding>,
) {
    let body = function.body(id);
    let mut told: BTreeSet<OpId> = BTreeSet::new();
    for &(left, begun) in &report.leaving {
        if told.insert(left) && !program.fails_test(function, body.op(left)) {
            findings.push(leaves(program, function, body, left, begun));
        }
    }
    let found_by_leaving: BTreeSet<OpId> = report.leaving.iter().map(|&(_, begun)| begun).collect();
    for &begun in &report.falling {
        // Both under a condition: perhaps the same one.
        let ended = report.ended.contains(&begun);
        let perhaps = ended && !function.is_on_every_path(id, begun);
        let told = !ended && found_by_leaving.contains(&begun);
        if !perhaps && !told {
            findings.push(stays_open(program, function, body, begun, ended));
        }
    }
    for (&at, found) in &report.ends {
        if !found.contains(&false) {
            continue;
        }
        // The only end of a phase that a condition begins, itself under a condition.
        let perhaps = found.contains(&true) && !function.is_on_every_path(id, at);
        if !perhaps {
            findings.push(unmatched(program, function, body, at));
        }
    }
}

fn span_of(body: &Body, at: OpId) -> Span {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => body.op(at).span,
    }
}

const HELP: &str = "let a guard end it on every path, `let _phase = alloc.phase(\"..\");`";

fn leaves(program: &Program, function: &Function, body: &Body, left: OpId, begun: OpId) -> Finding {
    let how = match &body.op(left).kind {
        OpKind::Leave(Leave::Return) => "this `return` leaves",
        OpKind::Leave(Leave::Closure(_)) => "this way out of the closure leaves",
        OpKind::Leave(Leave::Try) => "this `?` may leave",
        OpKind::Leave(Leave::Break(_)) => "this `break` leaves",
        OpKind::Leave(Leave::Continue(_)) => "this `continue` leaves",
        _ => "this panic leaves",
    };
    Finding {
        lint: &PHASE_IMBALANCE,
        confidence: Confidence::Certain,
        message: format!("{how} the phase open"),
        primary: Label { span: body.op(left).span, text: "on this path nothing ends the phase".to_owned() },
        labels: vec![Label { span: span_of(body, begun), text: "the phase begins here".to_owned() }],
        help: format!("{HELP}, or call `end_phase` before leaving"),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

fn stays_open(program: &Program, function: &Function, body: &Body, begun: OpId, ended: bool) -> Finding {
    let message = if ended {
        "a path goes on from here without ending the phase"
    } else {
        "nothing ends the phase that begins here"
    };
    Finding {
        lint: &PHASE_IMBALANCE,
        confidence: Confidence::Certain,
        message: message.to_owned(),
        primary: Label { span: span_of(body, begun), text: "the phase begins here".to_owned() },
        labels: Vec::new(),
        help: format!("{HELP}, or call `end_phase` on each path"),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

fn unmatched(program: &Program, function: &Function, body: &Body, at: OpId) -> Finding {
    Finding {
        lint: &PHASE_IMBALANCE,
        confidence: Confidence::Certain,
        message: "a phase is ended here that was not begun".to_owned(),
        primary: Label { span: span_of(body, at), text: "it ends the phase of a caller, or none".to_owned() },
        labels: Vec::new(),
        help: format!("take it away, or begin the phase in the same function; {HELP}"),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests;
