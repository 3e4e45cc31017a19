//! Which code runs within a frame: between its begin and its end, or called from there.

use std::collections::{BTreeSet, HashMap};

use super::body::{BodyId, Call, Callee, Const, Function, LocalId, OpId, OpKind, Operand, Place, Value};
use super::point::Point;
use super::program::Program;
use super::state::{FrameState, State};
use super::uses::operands;
use crate::model::library::runs_closure;
use crate::model::{FnId, Known};
use crate::source::Span;

/// The schedules of Bevy that run in each update.
const EACH_UPDATE: [&str; 11] = [
    "Main",
    "First",
    "PreUpdate",
    "Update",
    "PostUpdate",
    "Last",
    "FixedFirst",
    "FixedPreUpdate",
    "FixedUpdate",
    "FixedPostUpdate",
    "FixedLast",
];

/// What can run: a body, or whatever a function is given as an argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Body(FnId, BodyId),
    Param(FnId, usize),
}

/// What a call knows of frames.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// A frame is open that was begun here, by this operation's source.
    Open(Span),
    /// Nothing was begun or ended here: as it is where this is called.
    AsAround,
    /// Outside.
    Outside,
}

/// The frame that an operation runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    /// Begun in the same body, by this operation, of this allocator.
    Here(OpId, Place),
    /// Begun by whoever calls, or by Bevy: where.
    Around(Span),
}

/// The bodies that are called within frames.
#[derive(Clone, Debug, Default)]
pub struct FrameCalls {
    called: HashMap<(FnId, BodyId), Span>,
}

impl FrameCalls {
    pub(super) fn of(program: &Program) -> Self {
        let mut edges: HashMap<Node, Vec<(Node, Span, bool)>> = HashMap::new();
        let mut work: Vec<(Node, Span)> = Vec::new();
        for (function, id, body) in program.bodies() {
            let from = Node::Body(function.id, id);
            if id.0 == 0 {
                let guard = function
                    .params
                    .iter()
                    .find(|&&param| function.local(param).ty.peeled().as_known() == Some(Known::Frame));
                work.extend(guard.map(|&param| (from, function.local(param).span)));
            }
            if body.calls().next().is_none() {
                continue;
            }
            let closures = closures(function);
            program.walk(function, id, |point| {
                let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
                let place = of_state(function, id, point.before);
                for target in targets(function, &closures, call) {
                    match place {
                        Where::Open(begun) => work.push((target, begun)),
                        Where::AsAround => {
                            edges.entry(from).or_default().push((target, point.op.span, true));
                        }
                        Where::Outside => {}
                    }
                }
                for (param, argument) in handed_over(function, &closures, call) {
                    edges.entry(param).or_default().push((argument, point.op.span, false));
                }
            });
            work.extend(bevy_systems(program, function, id));
        }
        let mut called: HashMap<Node, Span> = HashMap::new();
        while let Some((node, begun)) = work.pop() {
            if called.contains_key(&node) {
                continue;
            }
            called.insert(node, begun);
            for (next, _, _) in edges.get(&node).into_iter().flatten() {
                work.push((*next, begun));
            }
        }
        let bodies = called.into_iter().filter_map(|(node, begun)| match node {
            Node::Body(function, body) => Some(((function, body), begun)),
            Node::Param(..) => None,
        });
        Self { called: bodies.collect() }
    }

    /// Where the frame begins in which a body is called, if it is.
    #[must_use]
    pub fn around(&self, function: &Function, body: BodyId) -> Option<Span> {
        self.called.get(&(function.id, body)).copied()
    }

    /// The frame in which an operation runs on every path, if it does.
    #[must_use]
    pub fn at(&self, function: &Function, body: BodyId, point: Point<'_>) -> Option<Within> {
        for (alloc, _) in point.before.frames() {
            if let Some(begun) = point.before.certainly_open(alloc) {
                return Some(Within::Here(begun, alloc.clone()));
            }
        }
        match of_state(function, body, point.before) {
            Where::AsAround => self.around(function, body).map(Within::Around),
            _ => None,
        }
    }
}

fn of_state(function: &Function, body: BodyId, state: &State) -> Where {
    for (alloc, _) in state.frames() {
        if let Some(begun) = state.certainly_open(alloc) {
            return Where::Open(function.body(body).op(begun).span);
        }
    }
    let touched =
        state.frames().flat_map(|(_, states)| states).any(|state| !matches!(state, FrameState::Outside));
    if touched { Where::Outside } else { Where::AsAround }
}

/// The closures in the variables of a function.
fn closures(function: &Function) -> HashMap<LocalId, BodyId> {
    let mut closures = HashMap::new();
    for body in &function.bodies {
        for (_, op) in body.ops() {
            if let OpKind::Assign(place, Value::Closure(id)) = &op.kind
                && let Some(local) = place.whole_local()
            {
                closures.insert(local, *id);
            }
        }
    }
    closures
}

impl Program {
    /// The bodies that a call runs before it returns.
    #[must_use]
    pub fn run_by(&self, function: &Function, call: &Call) -> Vec<(FnId, BodyId)> {
        let nodes = targets(function, &closures(function), call).into_iter();
        nodes
            .filter_map(|node| match node {
                Node::Body(function, body) => Some((function, body)),
                Node::Param(..) => None,
            })
            .collect()
    }
}

/// What an operand runs when it is called.
fn callable(function: &Function, closures: &HashMap<LocalId, BodyId>, operand: &Operand) -> Option<Node> {
    match operand {
        Operand::Const(Const::Fn(id)) => Some(Node::Body(*id, BodyId(0))),
        Operand::Const(_) => None,
        _ => variable(function, closures, operand.place()?),
    }
}

fn variable(function: &Function, closures: &HashMap<LocalId, BodyId>, place: &Place) -> Option<Node> {
    let local = function.root(place).whole_local()?;
    match closures.get(&local) {
        Some(&body) => Some(Node::Body(function.id, body)),
        None => function.local(local).param.map(|position| Node::Param(function.id, position)),
    }
}

/// What a call runs before it returns.
fn targets(function: &Function, closures: &HashMap<LocalId, BodyId>, call: &Call) -> Vec<Node> {
    match &call.callee {
        Callee::Own(ids) => ids.iter().map(|&id| Node::Body(id, BodyId(0))).collect(),
        Callee::Variable(place) => variable(function, closures, place).into_iter().collect(),
        Callee::Method(ty) if runs_closure(ty, &call.name).is_some() => {
            call.args[1..].iter().filter_map(|operand| callable(function, closures, operand)).collect()
        }
        _ => Vec::new(),
    }
}

/// The functions and closures that a call gives to functions of the program, with the parameters that take them.
fn handed_over(function: &Function, closures: &HashMap<LocalId, BodyId>, call: &Call) -> Vec<(Node, Node)> {
    let Callee::Own(ids) = &call.callee else { return Vec::new() };
    let mut found = Vec::new();
    for (position, operand) in call.args.iter().enumerate() {
        if let Some(argument) = callable(function, closures, operand) {
            found.extend(ids.iter().map(|&id| (Node::Param(id, position), argument)));
        }
    }
    found
}

/// The functions that a body gives to Bevy to run in each update.
fn bevy_systems(program: &Program, function: &Function, id: BodyId) -> Vec<(Node, Span)> {
    let mut found = Vec::new();
    for (_, op, call) in function.body(id).calls() {
        if &*call.name != "add_systems" || !runs_each_update(program, op.span, call.name_span) {
            continue;
        }
        let Some(systems) = call.args.get(2) else { continue };
        for system in functions_in(function, id, systems) {
            found.push((system, call.name_span));
        }
    }
    found
}

/// Whether the schedule that follows the name of the method is one that runs in each update.
fn runs_each_update(program: &Program, call: Span, name: Span) -> bool {
    let text = &program.files.get(call.file).text;
    let rest = text.get(name.end as usize..call.end as usize).unwrap_or_default();
    let schedule = rest.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let schedule = schedule.split(',').next().unwrap_or_default().trim();
    let schedule = schedule.rsplit("::").next().unwrap_or_default();
    EACH_UPDATE.contains(&schedule)
}

/// The functions that make up a value: in tuples, as arguments and receivers of what configures them.
fn functions_in(function: &Function, id: BodyId, operand: &Operand) -> Vec<Node> {
    let mut found = Vec::new();
    let mut closures = Vec::new();
    let mut seen = BTreeSet::new();
    let mut work: Vec<LocalId> = Vec::new();
    let mut take = |operand: &Operand, work: &mut Vec<LocalId>| match operand {
        Operand::Const(Const::Fn(id)) => found.push(Node::Body(*id, BodyId(0))),
        _ => work.extend(operand.place().and_then(Place::as_local)),
    };
    take(operand, &mut work);
    while let Some(local) = work.pop() {
        if !seen.insert(local) {
            continue;
        }
        for (_, op) in function.body(id).ops() {
            if let OpKind::Assign(place, value) = &op.kind
                && place.as_local() == Some(local)
            {
                // A condition is run as well, but is no system.
                let conditions = matches!(value, Value::Call(call) if matches!(&*call.name, "run_if" | "distributive_run_if" | "after" | "before"));
                if let Value::Closure(child) = value {
                    closures.push(Node::Body(function.id, *child));
                }
                let mut position = 0;
                operands(value, &mut |operand| {
                    if position == 0 || !conditions {
                        take(operand, &mut work);
                    }
                    position += 1;
                });
            }
        }
    }
    found.extend(closures);
    found
}

#[cfg(test)]
mod tests {
    use super::super::program::Program;
    use crate::source::load_files;

    fn called(source: &str) -> Vec<String> {
        let program = Program::whole(load_files(&[("src/lib.rs", source)], false));
        let calls = program.frame_calls();
        let mut found: Vec<String> = program
            .functions()
            .filter(|function| calls.around(function, super::BodyId(0)).is_some())
            .map(|function| program.path(function).to_owned())
            .collect();
        found.sort();
        found
    }

    #[test]
    fn what_is_called_between_begin_and_end() {
        let source = r#"
use framealloc::{Frame, SmartAlloc};
trait Pass { fn run(&self); }
struct Sky; impl Pass for Sky { fn run(&self) { deep(); } }
#[derive(Default)] struct Fog; impl Fog { fn draw(&self) {} }
fn deep() {}
fn before() {} fn after() {} fn guarded() {} fn given() {} fn mapped(n: u8) -> u8 { n } fn loading() {}
fn in_thread() {} fn ended() {}
fn with_guard(_frame: &Frame<'_>) { guarded() }
fn twice(work: impl Fn()) { work(); work(); }
fn frame(alloc: &SmartAlloc, pass: &dyn Pass) {
    before();
    alloc.begin_frame();
    pass.run();
    Fog::default().draw();
    twice(|| given());
    let _ = [1u8].iter().copied().map(mapped).count();
    std::thread::spawn(|| in_thread());
    alloc.end_frame();
    after();
    loading();
}
"#;
        let expected = ["Fog::draw", "Sky::run", "deep", "given", "guarded", "mapped", "twice", "with_guard"]
            .map(String::from);
        let found: Vec<String> = called(source).into_iter().map(|path| path.replace("crate::", "")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn systems_of_each_update() {
        let source = r#"
use bevy_app::{App, Startup, Update};
fn in_closure() {} fn load() {} fn run() {} fn draw() {} fn paused() -> bool { false }
fn main() {
    let mut app = App::new();
    app.add_systems(Startup, load);
    app.add_systems(Update, (run, draw.run_if(paused), || in_closure()).chain());
}
"#;
        assert_eq!(called(source).len(), 3);
    }
}
