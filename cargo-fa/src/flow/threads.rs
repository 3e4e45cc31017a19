//! What goes to other threads: work that is spawned, and values that are sent.

mod library;
mod visit;

use std::collections::{BTreeMap, BTreeSet};

use super::body::{
    Aggregate, Base, BodyId, BodyKind, Call, Callee, Const, Function, LocalId, OpKind, Operand, Place, Value,
};
use super::program::Program;
use super::state::OriginKind;
use super::uses::places;
use crate::model::{Def, FnId, Known, Ty};
use crate::source::Span;

use library::{of_method, of_path};
pub use visit::{Running, each_call, each_call_around, each_call_of_all};

/// How far the definition of a variable is followed.
const MOST_STEPS: usize = 16;
/// Rounds over the program after which no more functions that hand on their parameters are looked for.
const MOST_ROUNDS: usize = 8;

/// How a call hands its argument to other threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handing {
    /// As the work of a new thread that may outlive the call.
    Thread,
    /// As the work of a new thread that a scope waits for.
    ScopedThread,
    /// As a task of threads that are there.
    Pool,
    /// As a task that a scope of a pool waits for.
    ScopedPool,
    /// As a message.
    Channel,
}

impl Handing {
    /// Whether somebody waits for the other thread before what it borrowed ends.
    #[must_use]
    pub fn is_scoped(self) -> bool {
        matches!(self, Self::ScopedThread | Self::ScopedPool)
    }

    /// Whether a thread is made for it.
    #[must_use]
    pub fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::ScopedThread)
    }
}

/// Work of another body or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// A closure or async block of the function that it is named in.
    Body(BodyId),
    /// A function.
    Fn(FnId),
}

/// A call that hands an argument to other threads.
#[derive(Clone, Debug)]
pub struct Handed {
    /// How.
    pub how: Handing,
    /// Which argument.
    pub position: usize,
    /// What it is, when it is work.
    pub job: Option<Job>,
    /// The closure that the thread runs and that runs the work, when a function of the program has one of its own.
    pub within: Option<(FnId, BodyId)>,
}

/// How a function hands on a parameter.
type HandedOn = (Handing, Option<(FnId, BodyId)>);

/// Which functions of a program hand their parameters to other threads, themselves or through others.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    params: BTreeMap<FnId, BTreeMap<usize, HandedOn>>,
}

impl Threads {
    /// Looks through the program.
    pub(super) fn of(program: &Program) -> Self {
        let mut threads = Self::default();
        for _ in 0..MOST_ROUNDS {
            let mut found: Vec<(FnId, usize, HandedOn)> = Vec::new();
            for (function, id, body) in program.bodies() {
                if !body.calls().any(|(_, _, call)| !threads.places(program, function, call).is_empty()) {
                    continue;
                }
                let flow = program.flow(function);
                program.walk(function, id, |point| {
                    let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
                    for (position, (how, within)) in threads.places(program, function, call) {
                        let Some(operand) = call.args.get(position) else { continue };
                        let Some(place) = operand.place() else { continue };
                        let within = within.or_else(|| match job(function, operand) {
                            Some(Job::Body(body)) => Some((function.id, body)),
                            _ => None,
                        });
                        for origin in point.before.held(&function.referred(place)).into_keys() {
                            // What is of a frame by its type is told where it is handed on.
                            let origin = flow.origin(origin);
                            if let OriginKind::Param(param) = origin.kind
                                && !owns_frame(program, &origin.ty)
                            {
                                found.push((function.id, param, (how, within)));
                            }
                        }
                    }
                });
            }
            let mut news = false;
            for (function, param, handed) in found {
                let known = threads.params.entry(function).or_default();
                if known.get(&param).is_none_or(|&(before, _)| before > handed.0) {
                    known.insert(param, handed);
                    news = true;
                }
            }
            if !news {
                break;
            }
        }
        threads
    }

    /// What a call hands to other threads.
    #[must_use]
    pub fn handed(&self, program: &Program, function: &Function, call: &Call) -> Vec<Handed> {
        let all = self.places(program, function, call).into_iter();
        let with_job = all.map(|(position, (how, within))| {
            let job = call.args.get(position).and_then(|operand| job(function, operand));
            Handed { how, position, job, within }
        });
        with_job.collect()
    }

    fn places(&self, program: &Program, function: &Function, call: &Call) -> Vec<(usize, HandedOn)> {
        let directly = |(how, position)| (position, (how, None));
        match &call.callee {
            Callee::Own(callees) => {
                let known = callees.iter().filter_map(|callee| self.params.get(callee)).flatten();
                let mut all: BTreeMap<usize, HandedOn> = known.map(|(&param, &how)| (param, how)).collect();
                for &callee in callees.iter().filter(|&&callee| queues_work(program, callee)) {
                    for stored in &program.summary(callee).stores {
                        let work = call.args.get(stored.from).and_then(|operand| job(function, operand));
                        if matches!(work, Some(Job::Body(_))) {
                            all.entry(stored.from).or_insert((Handing::Channel, None));
                        }
                    }
                }
                all.into_iter().collect()
            }
            Callee::Path(path) => of_path(path).map(directly).into_iter().collect(),
            Callee::Method(ty) => of_method(program, function, call, ty).map(directly).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a function that stores what it is given stores it for other threads: it asks for what is `Send`, or says so
/// in its name.
fn queues_work(program: &Program, id: FnId) -> bool {
    let data = program.index.function(id);
    if program.summary(id).stores.is_empty() {
        return false;
    }
    let named = ["spawn", "execute", "submit"].iter().any(|name| data.name.starts_with(name));
    let Some(body) = data.syntax.body else { return false };
    let signature = Span { end: body.start, ..data.span };
    named
        || signature.end > signature.start
            && program.files.get(data.span.file).slice(signature).contains("Send")
}

/// Whether a type owns a frame value, whatever is in it otherwise.
#[must_use]
pub fn owns_frame(program: &Program, ty: &Ty) -> bool {
    fn owns(program: &Program, ty: &Ty, depth: usize) -> bool {
        let any = |types: &[Ty]| types.iter().any(|ty| owns(program, ty, depth + 1));
        match ty {
            _ if depth > 4 => false,
            Ty::Adt(Def::Known(known), args) => {
                (known.is_frame_value() && *known != Known::LocalFrame)
                    || (known.holds_parameters() && any(args))
            }
            Ty::Adt(Def::Item(id), args) => {
                let fields = program.index.struct_fields(*id, args);
                fields.iter().any(|(_, ty)| owns(program, ty, depth + 1))
            }
            Ty::Tuple(types) => any(types),
            Ty::Array(of) | Ty::Slice(of) => owns(program, of, depth + 1),
            _ => false,
        }
    }
    owns(program, ty, 0)
}

/// The closure or function that an operand is, through variables and boxes.
#[must_use]
pub fn job(function: &Function, operand: &Operand) -> Option<Job> {
    follow(function, operand, 0)
}

fn follow(function: &Function, operand: &Operand, depth: usize) -> Option<Job> {
    let place = match operand {
        Operand::Const(Const::Fn(id)) => return Some(Job::Fn(*id)),
        Operand::Const(_) => return None,
        Operand::Move(place) | Operand::Copy(place) | Operand::Ref(place, _) => place,
    };
    let local = function.referred(place).whole_local()?;
    if depth > MOST_STEPS {
        return None;
    }
    assigned(function, local).find_map(|value| match value {
        Value::Closure(body) => Some(Job::Body(*body)),
        Value::Use(operand) | Value::Cast(operand) => follow(function, operand, depth + 1),
        Value::Aggregate(Aggregate::Wrap, fields) => {
            fields.iter().find_map(|(_, operand)| follow(function, operand, depth + 1))
        }
        // A copy of a closure is the closure.
        Value::Call(call) if &*call.name == "clone" => follow(function, call.args.first()?, depth + 1),
        _ => None,
    })
}

/// The closures and functions that an operand may be: those of an array, when it comes out of one.
#[must_use]
pub fn jobs(function: &Function, operand: &Operand) -> Vec<Job> {
    follow_all(function, operand, 0)
}

fn follow_all(function: &Function, operand: &Operand, depth: usize) -> Vec<Job> {
    if let Some(job) = follow(function, operand, 0) {
        return vec![job];
    }
    let local = operand.place().and_then(|place| function.referred(place).whole_local());
    let Some(local) = local.filter(|_| depth <= MOST_STEPS) else { return Vec::new() };
    let mut found = Vec::new();
    for value in assigned(function, local) {
        match value {
            Value::Use(operand) | Value::Cast(operand) => {
                found.extend(follow_all(function, operand, depth + 1));
            }
            Value::Aggregate(Aggregate::Array | Aggregate::Wrap, fields) => {
                found.extend(fields.iter().flat_map(|(_, operand)| follow_all(function, operand, depth + 1)));
            }
            _ => {}
        }
    }
    found
}

/// What is assigned to a variable, anywhere in its function.
fn assigned(function: &Function, local: LocalId) -> impl Iterator<Item = &Value> {
    function.bodies.iter().flat_map(|body| body.ops()).filter_map(move |(_, op)| match &op.kind {
        OpKind::Assign(place, value) if place.whole_local() == Some(local) => Some(value),
        _ => None,
    })
}

/// A variable and those that it was moved or copied from, as they are.
pub fn sources(function: &Function, local: LocalId) -> impl Iterator<Item = LocalId> {
    let mut next = Some(local);
    let chain = std::iter::from_fn(move || {
        let local = next?;
        next = assigned(function, local).find_map(|value| match value {
            Value::Use(operand) => operand.place().and_then(Place::whole_local),
            _ => None,
        });
        Some(local)
    });
    chain.take(MOST_STEPS)
}

/// The places outside a closure that it mentions, with those of closures in it.
#[must_use]
pub fn captured(function: &Function, id: BodyId) -> BTreeSet<Place> {
    let inside = |mut body: BodyId| loop {
        if body == id {
            return true;
        }
        match function.body(body).parent {
            Some(parent) => body = parent,
            None => return false,
        }
    };
    let mut found = BTreeSet::new();
    for (number, body) in function.bodies.iter().enumerate() {
        if !inside(BodyId(number as u32)) {
            continue;
        }
        for (_, op) in body.ops() {
            places(&op.kind, &mut |place, _| {
                if let Base::Local(local) = place.base
                    && !inside(function.local(local).body)
                {
                    found.insert(place.clone());
                }
            });
        }
    }
    found
}

/// Whether a value is a future, a box of one, or a closure that makes one.
#[must_use]
pub fn is_future(function: &Function, operand: &Operand, ty: &Ty) -> bool {
    fn holds(ty: &Ty) -> bool {
        match ty {
            Ty::Future(_) => true,
            Ty::Adt(_, args) => args.iter().any(holds),
            Ty::Bounds(bounds) | Ty::Param(_, bounds) => bounds.iter().any(holds),
            Ty::Ref(_, to) | Ty::Callable(to) => holds(to),
            _ => false,
        }
    }
    let is_async = |id: BodyId| match function.body(id).kind {
        BodyKind::Async { .. } => true,
        BodyKind::Fn { .. } | BodyKind::Closure { .. } => false,
    };
    holds(ty) || matches!(job(function, operand), Some(Job::Body(id)) if is_async(id))
}

/// Whether a type is a guard or value of a frame that several threads may use.
#[must_use]
pub fn is_shared_frame(known: Option<Known>) -> bool {
    matches!(known, Some(Known::SharedFrame | Known::LocalFrame))
}

#[cfg(test)]
mod tests;
