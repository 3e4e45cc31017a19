//! What goes to other threads: work that is spawned, and values that are sent.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{
    Aggregate, Base, BodyId, BodyKind, Call, Callee, Const, Function, LocalId, Op, OpId, OpKind, Operand,
    Place, Value,
};
use super::program::Program;
use super::state::OriginKind;
use super::uses::{operands, places};
use crate::model::{Def, FnId, Known, Ty};
use crate::source::Span;

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
    #[must_use]
    pub fn of(program: &Program) -> Self {
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

/// A function of a library, and which argument it hands on.
fn of_path(path: &str) -> Option<(Handing, usize)> {
    let mut names = path.rsplit("::");
    let (last, before) = (names.next()?, names.next().unwrap_or(""));
    match (before, last) {
        ("thread", "spawn") => Some((Handing::Thread, 0)),
        ("Builder", "spawn") => Some((Handing::Thread, 1)),
        ("rayon" | "rayon_core", "spawn" | "spawn_fifo" | "spawn_broadcast") => Some((Handing::Pool, 0)),
        ("task" | "tokio" | "unblock" | "blocking", "spawn_blocking" | "unblock") => Some((Handing::Pool, 0)),
        ("Sender" | "SyncSender" | "UnboundedSender", "send" | "try_send") => Some((Handing::Channel, 1)),
        _ => None,
    }
}

/// A method of a library, and which argument it hands on.
fn of_method(program: &Program, function: &Function, call: &Call, ty: &Ty) -> Option<(Handing, usize)> {
    let chain = program.index.chain(ty);
    let last = |ty: &Ty| match ty {
        Ty::Adt(Def::Foreign(path), _) => path.rsplit("::").next().map(str::to_owned),
        Ty::Adt(Def::Known(known), _) => Some(known.name().to_owned()),
        _ => None,
    };
    let names: Vec<String> = chain.iter().filter_map(last).collect();
    let any = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    match &*call.name {
        "send" | "try_send" | "send_timeout" | "send_deadline" | "blocking_send" | "send_async"
        | "force_send"
            if any(&|name| name.ends_with("Sender")) =>
        {
            Some((Handing::Channel, 1))
        }
        "spawn_scoped" | "spawn_scoped_unchecked" => Some((Handing::ScopedThread, 2)),
        "spawn" | "spawn_unchecked" | "spawn_fifo" | "spawn_broadcast" | "spawn_blocking" | "execute"
            if call.args.len() == 2 =>
        {
            let how = if any(&|name| name == "Builder") {
                Handing::Thread
            } else if any(&|name| matches!(name, "Scope" | "ScopeFifo" | "ScopedThreadBuilder")) {
                let of_pool = chain
                    .iter()
                    .any(|ty| matches!(ty, Ty::Adt(Def::Foreign(path), _) if path.starts_with("rayon")));
                if of_pool { Handing::ScopedPool } else { Handing::ScopedThread }
            } else if any(&|name| name.ends_with("Pool") || name.ends_with("Executor") || name == "Handle") {
                Handing::Pool
            } else if is_of_scope(function, call.args.first()?) {
                Handing::ScopedPool
            } else if made_by(function, call.args.first()?, 0).is_some_and(|path| path.contains("ThreadPool"))
            {
                Handing::Pool
            } else {
                return None;
            };
            Some((how, 1))
        }
        _ => None,
    }
}

/// The function at the beginning of a chain of methods that made a value of unknown type.
fn made_by<'a>(function: &'a Function, operand: &Operand, depth: usize) -> Option<&'a str> {
    let local = function.root(operand.place()?).whole_local()?;
    if depth > MOST_STEPS {
        return None;
    }
    assigned(function, local).find_map(|value| match value {
        Value::Use(operand) => made_by(function, operand, depth + 1),
        Value::Call(call) => match &call.callee {
            Callee::Path(path) => Some(path.as_str()),
            Callee::Method(_) => made_by(function, call.args.first()?, depth + 1),
            _ => None,
        },
        _ => None,
    })
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

/// Whether a value is what a `pool.scope(|scope| ..)` gives its closure.
fn is_of_scope(function: &Function, receiver: &Operand) -> bool {
    let Some(local) = receiver.place().map(|place| function.root(place)).and_then(|place| place.as_local())
    else {
        return false;
    };
    let body = function.local(local).body;
    if !function.body(body).params.contains(&local) {
        return false;
    }
    let takes = |call: &Call| {
        call.name.contains("scope") && call.args.iter().any(|arg| job(function, arg) == Some(Job::Body(body)))
    };
    function.bodies.iter().any(|body| body.calls().any(|(_, _, call)| takes(call)))
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

/// Visits, before a thread's work, what the function that spawns the thread has it do: setting up, and opening a frame.
pub fn each_call_around(program: &Program, threads: &Threads, handed: &Handed, each: &mut dyn FnMut(&Call)) {
    let Some((id, body)) = handed.within else { return };
    if let Some(function) = program.function(id) {
        each_call(program, threads, (function, Job::Body(body)), &mut |_, _, call, _| each(call));
    }
}

/// Something that runs: a body of a function.
pub type Running<'a> = (&'a Function, BodyId);

/// Visits the calls of what runs in one thread: a job, the closures in it and the functions that it calls, in the order of
/// the source. What it hands to other threads runs there.
pub fn each_call(
    program: &Program,
    threads: &Threads,
    start: (&Function, Job),
    each: &mut dyn FnMut(Running<'_>, OpId, &Call, Span),
) {
    let mut visit = Visit { program, threads, seen: BTreeSet::new(), alternatives: None, each };
    visit.job(start.0, start.1);
}

/// The same, but where a trait has several implementations, of which one runs, none is visited; it returns them.
pub fn each_call_of_all(
    program: &Program,
    threads: &Threads,
    start: (&Function, Job),
    each: &mut dyn FnMut(Running<'_>, OpId, &Call, Span),
) -> BTreeSet<FnId> {
    let alternatives = Some(BTreeSet::new());
    let mut visit = Visit { program, threads, seen: BTreeSet::new(), alternatives, each };
    visit.job(start.0, start.1);
    visit.alternatives.unwrap_or_default()
}

/// What runs in one thread, one after the other.
struct Visit<'a> {
    program: &'a Program,
    threads: &'a Threads,
    seen: BTreeSet<(FnId, BodyId)>,
    /// Implementations of which one runs, when they are not to be visited.
    alternatives: Option<BTreeSet<FnId>>,
    each: &'a mut dyn FnMut(Running<'_>, OpId, &Call, Span),
}

impl Visit<'_> {
    fn job(&mut self, function: &Function, job: Job) {
        let Self { program, threads, .. } = *self;
        let (function, id) = match job {
            Job::Body(id) => (function, id),
            Job::Fn(id) => match program.function(id) {
                Some(function) => (function, BodyId(0)),
                None => return,
            },
        };
        if !self.seen.insert((function.id, id)) {
            return;
        }
        let body = function.body(id);
        let mut elsewhere: BTreeSet<Job> = BTreeSet::new();
        for (_, _, call) in body.calls() {
            elsewhere
                .extend(threads.handed(program, function, call).into_iter().filter_map(|handed| handed.job));
        }
        // Arguments end before the call that they are for.
        let mut ops: Vec<(OpId, &Op)> = body.ops().collect();
        ops.sort_by_key(|(_, op)| op.span.end);
        for (at, op) in ops {
            let OpKind::Assign(_, value) = &op.kind else { continue };
            match value {
                Value::Call(call) => {
                    match &call.callee {
                        Callee::Own(callees) => {
                            if let Some(alternatives) =
                                self.alternatives.as_mut().filter(|_| callees.len() > 1)
                            {
                                alternatives.extend(callees);
                                continue;
                            }
                            for &callee in callees {
                                self.job(function, Job::Fn(callee));
                            }
                        }
                        Callee::Variable(place) => {
                            let called = follow(function, &Operand::Ref(place.clone(), false), 0);
                            if let Some(job) = called {
                                self.job(function, job);
                            }
                        }
                        _ => {}
                    }
                    (self.each)((function, id), at, call, op.span);
                }
                Value::Closure(child) if !elsewhere.contains(&Job::Body(*child)) => {
                    let is_async = matches!(function.body(*child).kind, BodyKind::Async { .. });
                    if !is_async {
                        self.job(function, Job::Body(*child));
                    }
                }
                _ => {}
            }
            // Functions and closures of outside that are given to others: `rows.map(work)`.
            operands(value, &mut |operand| {
                let given = match operand {
                    Operand::Const(Const::Fn(_)) => follow(function, operand, 0),
                    Operand::Const(_) => None,
                    _ => follow(function, operand, 0).filter(|job| matches!(job, Job::Body(_))),
                };
                if let Some(job) = given
                    && !elsewhere.contains(&job)
                {
                    self.job(function, job);
                }
            });
        }
    }
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
mod tests {
    use super::*;
    use crate::flow::body::Bound;
    use crate::source::load_files;

    fn program(source: &str) -> Program {
        Program::whole(load_files(&[("src/lib.rs", source)], false))
    }

    fn all(program: &Program) -> Vec<(String, Handing, Option<Job>)> {
        let threads = Threads::of(program);
        let mut found = Vec::new();
        for (function, _, body) in program.bodies() {
            for (_, _, call) in body.calls() {
                for handed in threads.handed(program, function, call) {
                    found.push((program.path(function).to_owned(), handed.how, handed.job));
                }
            }
        }
        found
    }

    #[test]
    fn calls_hand_work_and_values_to_threads() {
        let program = program(
            "use std::thread; use std::sync::mpsc::Sender;
             fn work() {}
             fn thread_one() { thread::spawn(work); }
             fn builder() { let _ = thread::Builder::new().name(\"a\".into()).spawn(|| 1); }
             fn scoped() { thread::scope(|s| { let job = || 2; s.spawn(job); }); }
             fn rayon_scope() { rayon::scope(|s| s.spawn(|_| work())); }
             fn pool_scope(pool: &rayon::ThreadPool) { pool.scope(|s| s.spawn(|_| work())); }
             fn pool(pool: &rayon::ThreadPool) { pool.spawn(work); }
             fn made() { rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap().spawn(work); }
             fn send(out: &Sender<u8>, n: u8) { out.send(n).unwrap(); }
             fn by_path(out: &Sender<u8>, n: u8) { Sender::send(out, n).unwrap(); }
             struct World; impl World { fn spawn(&self, n: u8) {} }
             fn own(w: &World) { w.spawn(3); }",
        );
        let found: Vec<(String, Handing)> = all(&program).into_iter().map(|(f, how, _)| (f, how)).collect();
        let found: Vec<(&str, Handing)> = found.iter().map(|(f, how)| (f.as_str(), *how)).collect();
        let expected = [
            ("thread_one", Handing::Thread),
            ("builder", Handing::Thread),
            ("scoped", Handing::ScopedThread),
            ("rayon_scope", Handing::ScopedPool),
            ("pool_scope", Handing::ScopedPool),
            ("pool", Handing::Pool),
            ("made", Handing::Pool),
            ("send", Handing::Channel),
            ("by_path", Handing::Channel),
        ];
        assert_eq!(found, expected);
        assert!(all(&program)[..7].iter().all(|(_, _, job)| job.is_some()));
    }

    #[test]
    fn a_function_hands_on_what_its_callers_give_it() {
        let program = program(
            "fn outer(n: u8, job: impl FnOnce() + Send + 'static) { inner(Box::new(job)); }
             fn inner(job: Box<dyn FnOnce() + Send>) { std::thread::spawn(job); }
             fn caller() { outer(1, || println!(\"x\")); }",
        );
        let found = all(&program);
        let caller = found.iter().find(|(function, ..)| function == "caller").unwrap();
        assert_eq!((caller.1, caller.2), (Handing::Thread, Some(Job::Body(BodyId(1)))));
    }

    #[test]
    fn what_runs_in_a_thread_is_visited_in_order_and_what_it_spawns_is_not() {
        let program = program(
            "fn a() {} fn b(_: ()) {} fn c() {} fn d() {} fn deep() { c(); }
             fn start() { std::thread::spawn(|| { b(a()); Some(1).map(|_| deep()); std::thread::spawn(d); }); }",
        );
        let threads = Threads::of(&program);
        let start = program.functions().find(|function| program.path(function) == "start").unwrap();
        let mut names = Vec::new();
        each_call(&program, &threads, (start, Job::Body(BodyId(1))), &mut |_, _, call, _| {
            names.push(call.name.to_string());
        });
        assert_eq!(names, ["a", "b", "c", "deep", "map", "spawn"]);
    }

    #[test]
    fn a_closed_range_has_its_end_too() {
        let program = program("fn f() { for _ in 1..=4 {} for _ in 0..4 {} }");
        let function = program.functions().next().unwrap();
        let bounds: Vec<Bound> = function.loops.iter().map(|it| it.bound.clone()).collect();
        assert_eq!(bounds, [Bound::Literal(4), Bound::Literal(4)]);
    }
}
