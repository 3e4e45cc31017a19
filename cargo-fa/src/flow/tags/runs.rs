//! Where bodies run: functions where they are called, closures where what they are given to calls them.

use std::collections::{BTreeSet, HashMap};

use super::names::Names;
use super::{Stack, Where, joined, opens_tag};
use crate::flow::body::{BodyId, Call, Callee, Const, Function, OpId, OpKind, Operand, Place, Value};
use crate::flow::program::Program;
use crate::model::FnId;

/// Rounds after which what is known of functions that call each other is used as it is.
const MOST_ROUNDS: usize = 32;

/// One place where a body begins to run.
struct Run {
    target: Where,
    /// The body it is called from; none for a thread or task of its own.
    from: Option<Where>,
    /// What that one has opened itself.
    local: BTreeSet<Stack>,
}

/// What a parameter that is a closure goes through before it is called.
type Called = HashMap<(FnId, usize), BTreeSet<Stack>>;

/// The tags that are open when each body begins.
pub(super) fn entries(
    program: &Program,
    names: &Names<'_>,
    local: &HashMap<(FnId, BodyId, OpId), BTreeSet<Stack>>,
) -> HashMap<Where, BTreeSet<Stack>> {
    let nothing = BTreeSet::from([Stack::new()]);
    let at = |function: &Function, id: BodyId, at: OpId| {
        local.get(&(function.id, id, at)).cloned().unwrap_or_else(|| nothing.clone())
    };
    let called = called_parameters(program, names, &at);
    let mut runs: Vec<Run> = Vec::new();
    let mut known: BTreeSet<Where> = BTreeSet::new();
    for (function, id, body) in program.bodies() {
        for (op, _, call) in body.calls() {
            let before = runs.len();
            runs_of(names, &called, (function, id), call, &at(function, id, op), &mut runs);
            known.extend(runs[before..].iter().map(|run| run.target));
        }
    }
    // A closure of which nothing is known runs where it is written.
    for (function, id, body) in program.bodies() {
        for (op, data) in body.ops() {
            if let OpKind::Assign(_, Value::Closure(child)) = &data.kind
                && known.insert((function.id, *child))
            {
                let from = Some((function.id, id));
                runs.push(Run { target: (function.id, *child), from, local: at(function, id, op) });
            }
        }
    }
    let mut entries: HashMap<Where, BTreeSet<Stack>> = HashMap::new();
    for (function, id, _) in program.bodies() {
        if !known.contains(&(function.id, id)) {
            entries.insert((function.id, id), nothing.clone());
        }
    }
    for _ in 0..MOST_ROUNDS {
        let mut news = false;
        for run in &runs {
            let found = match run.from {
                Some(from) => entries.get(&from).map(|outer| joined(outer, &run.local)).unwrap_or_default(),
                None => run.local.clone(),
            };
            let entry = entries.entry(run.target).or_default();
            let size = entry.len();
            entry.extend(found);
            news |= entry.len() > size;
        }
        if !news {
            break;
        }
    }
    entries
}

fn runs_of(
    names: &Names<'_>,
    called: &Called,
    (function, id): (&Function, BodyId),
    call: &Call,
    local: &BTreeSet<Stack>,
    runs: &mut Vec<Run>,
) {
    let from = Some((function.id, id));
    match &call.callee {
        Callee::Own(callees) => {
            for &callee in callees {
                runs.push(Run { target: (callee, BodyId(0)), from, local: local.clone() });
            }
        }
        Callee::Variable(place) => {
            for target in callables(names, function, &Operand::Copy(function.root(place)), 0) {
                runs.push(Run { target, from, local: local.clone() });
            }
        }
        _ => {}
    }
    let spawns = is_spawn(call);
    for (position, operand) in call.args.iter().enumerate() {
        for target in callables(names, function, operand, 0) {
            if spawns {
                runs.push(Run { target, from: None, local: BTreeSet::from([Stack::new()]) });
                continue;
            }
            let within = through(names, called, function, call, position);
            runs.push(Run { target, from, local: joined(local, &within) });
        }
    }
}

/// What is opened around an argument before it is called.
fn through(
    names: &Names<'_>,
    called: &Called,
    function: &Function,
    call: &Call,
    position: usize,
) -> BTreeSet<Stack> {
    let nothing = BTreeSet::from([Stack::new()]);
    match &call.callee {
        Callee::Api { method, .. } if opens_tag(method.kind) => match call.args.get(1) {
            Some(tag) => {
                let found = names.of_operand(function, tag, call.name_span);
                found.into_iter().map(|one| vec![one.tag]).collect()
            }
            None => nothing,
        },
        Callee::Own(callees) => {
            let all: BTreeSet<Stack> = callees
                .iter()
                .filter_map(|&callee| called.get(&(callee, position)))
                .flatten()
                .cloned()
                .collect();
            if all.is_empty() { nothing } else { all }
        }
        _ => nothing,
    }
}

/// What functions open around the calls of their parameters.
fn called_parameters(
    program: &Program,
    names: &Names<'_>,
    at: &dyn Fn(&Function, BodyId, OpId) -> BTreeSet<Stack>,
) -> Called {
    let mut called = Called::new();
    for _ in 0..4 {
        let before = called.clone();
        for (function, id, body) in program.bodies() {
            let position_of = |place: &Place| {
                let root = function.root(place).whole_local()?;
                function.params.iter().position(|&param| param == root)
            };
            for (op, _, call) in body.calls() {
                if let Callee::Variable(place) = &call.callee
                    && let Some(param) = position_of(place)
                {
                    called.entry((function.id, param)).or_default().extend(at(function, id, op));
                }
                for (position, operand) in call.args.iter().enumerate() {
                    let Some(param) = operand.place().and_then(position_of) else { continue };
                    let passed = match &call.callee {
                        Callee::Api { method, .. } => opens_tag(method.kind) && position > 1,
                        Callee::Own(callees) => {
                            callees.iter().any(|&callee| before.contains_key(&(callee, position)))
                        }
                        _ => false,
                    };
                    if passed {
                        let within = through(names, &before, function, call, position);
                        let all = joined(&at(function, id, op), &within);
                        called.entry((function.id, param)).or_default().extend(all);
                    }
                }
            }
        }
        if called == before {
            break;
        }
    }
    called
}

/// The functions and closures that a value is or holds.
fn callables(names: &Names<'_>, function: &Function, operand: &Operand, steps: usize) -> Vec<Where> {
    match operand {
        Operand::Const(Const::Fn(id)) => vec![(*id, BodyId(0))],
        Operand::Const(_) => Vec::new(),
        Operand::Move(place) | Operand::Copy(place) | Operand::Ref(place, _) => {
            let Some(local) = place.flat().whole_local().filter(|_| steps < 8) else { return Vec::new() };
            let mut found = Vec::new();
            for value in names.assigned(function.id, local) {
                match value {
                    Value::Closure(body) => found.push((function.id, *body)),
                    Value::Use(operand) | Value::Cast(operand) => {
                        found.extend(callables(names, function, operand, steps + 1));
                    }
                    Value::Aggregate(_, fields) => {
                        for (_, operand) in fields {
                            found.extend(callables(names, function, operand, steps + 1));
                        }
                    }
                    _ => {}
                }
            }
            found
        }
    }
}

/// Whether what a call is given runs as a thread or task of its own, which begins without tags.
fn is_spawn(call: &Call) -> bool {
    call.name.starts_with("spawn") && !matches!(call.callee, Callee::Api { .. })
}
