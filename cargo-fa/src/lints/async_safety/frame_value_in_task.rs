//! FA703.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{
    BodyId, BodyKind, Call, Callee, Context, ContextKind, Function, OpKind, Operand, Value,
};
use crate::flow::{Flow, Origin, OriginId, OriginKind, Point, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::{Def, FnId, Known, Ty};

declare_lint! {
    /// A task is spawned that holds a frame value.
    ///
    /// ## Why
    ///
    /// The executor runs a task when it likes, mostly when the frame is over. Until then the value keeps what its frame
    /// used from being used again. What a raw pointer or an `unsafe` lifetime smuggles in is another frame's memory by
    /// then.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// # struct Executor;
    /// # impl Executor { fn spawn(&self, task: impl Future<Output = ()> + 'static) { drop(task); } }
    /// fn log(alloc: &'static SmartAlloc, executor: &Executor) {
    ///     let names = alloc.frame_slice_copy(&[1, 2, 3]);
    ///     executor.spawn(async move { println!("{} names", names.len()) });
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// Give the task a copy, or what is made to last:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// # struct Executor;
    /// # impl Executor { fn spawn(&self, task: impl Future<Output = ()> + 'static) { drop(task); } }
    /// fn log(alloc: &'static SmartAlloc, executor: &Executor) {
    ///     let names = alloc.pool_box([1, 2, 3]);
    ///     executor.spawn(async move { println!("{} names", names.len()) });
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Functions of other crates that spawn under another name.
    pub FRAME_VALUE_IN_TASK = "FA703", "frame-value-in-task", Async, Deny, "a task that is spawned holds a frame value";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let spawning = spawning_parameters(program);
    for (function, id, body) in program.bodies() {
        if !body.calls().any(|(_, _, call)| is_spawn(call) || passes_on(&spawning, call, None)) {
            continue;
        }
        let flow = program.flow(function);
        program.walk(function, id, |point| {
            let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
            if is_scoped(program, function, point, call) {
                return;
            }
            let origin = tasks(&spawning, function, call)
                .find_map(|operand| frame_value(function, flow, point, operand));
            if let Some(origin) = origin {
                findings.push(finding(program, function, call, origin));
            }
        });
    }
}

/// The arguments of a call that become tasks.
fn tasks<'a>(
    spawning: &'a BTreeSet<(FnId, usize)>,
    function: &'a Function,
    call: &'a Call,
) -> impl Iterator<Item = &'a Operand> {
    let first = usize::from(call.is_method);
    call.args.iter().enumerate().filter_map(move |(position, operand)| {
        let spawned = position >= first && is_spawn(call) || passes_on(spawning, call, Some(position));
        let ty = call.types.get(position).unwrap_or(&Ty::Unknown);
        (spawned && (is_future(ty, 0) || makes_future(function, operand))).then_some(operand)
    })
}

fn is_spawn(call: &Call) -> bool {
    call.name.starts_with("spawn") && !matches!(call.callee, Callee::Api { .. })
}

/// Whether a call gives an argument to a function of the program that spawns it.
fn passes_on(spawning: &BTreeSet<(FnId, usize)>, call: &Call, position: Option<usize>) -> bool {
    let Callee::Own(callees) = &call.callee else { return false };
    let hit = |position| callees.iter().any(|&callee| spawning.contains(&(callee, position)));
    match position {
        Some(position) => hit(position),
        None => (0..call.args.len()).any(hit),
    }
}

/// Whether a value is a future, or makes one when it is called.
fn is_future(ty: &Ty, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    let inner = |types: &[Ty]| types.iter().any(|ty| is_future(ty, depth + 1));
    match ty {
        Ty::Future(_) => true,
        Ty::Callable(result) => is_future(result, depth + 1),
        Ty::Param(_, bounds) | Ty::Bounds(bounds) => inner(bounds),
        Ty::Adt(Def::Known(Known::Pin | Known::Box | Known::Option), args) => inner(args),
        _ => false,
    }
}

/// Whether a value is a closure that returns an async block.
fn makes_future(function: &Function, operand: &Operand) -> bool {
    let Some(local) = operand.place().and_then(|place| function.root(place).whole_local()) else {
        return false;
    };
    function.bodies.iter().flat_map(|body| body.ops()).any(|(_, op)| match &op.kind {
        OpKind::Assign(place, Value::Closure(body)) if place.whole_local() == Some(local) => {
            is_async(function, *body)
        }
        _ => false,
    })
}

fn is_async(function: &Function, id: BodyId) -> bool {
    matches!(function.body(id).kind, BodyKind::Async { .. })
}

fn frame_value<'a>(
    function: &Function,
    flow: &'a Flow,
    point: Point<'_>,
    operand: &Operand,
) -> Option<&'a Origin> {
    let place = operand.place()?;
    let held = point.before.held(&function.referred(place));
    let mut ids: Vec<OriginId> = held.into_keys().collect();
    ids.sort();
    ids.into_iter().map(|id| flow.origin(id)).find(|origin| is_frame_value(origin))
}

fn is_frame_value(origin: &Origin) -> bool {
    match origin.kind {
        OriginKind::Frame | OriginKind::Guard(_) => true,
        // A parameter that is a future itself, or holds no more than its type says, is the caller's.
        OriginKind::Param(_) => owns_frame_value(origin.ty.peeled()),
        _ => false,
    }
}

fn owns_frame_value(ty: &Ty) -> bool {
    match ty.as_known() {
        Some(Known::Option | Known::Vec | Known::Box) => {
            ty.arg(0).as_known().is_some_and(|known| known.is_frame_value() || known.is_guard())
        }
        Some(known) => known.is_frame_value() || known.is_guard(),
        None => false,
    }
}

/// Parameters that are futures, or make them, and end up in a task.
fn spawning_parameters(program: &Program) -> BTreeSet<(FnId, usize)> {
    let mut found: BTreeSet<(FnId, usize)> = BTreeSet::new();
    loop {
        let mut news = BTreeSet::new();
        for (function, id, body) in program.bodies() {
            if !body.calls().any(|(_, _, call)| is_spawn(call) || passes_on(&found, call, None)) {
                continue;
            }
            let flow = program.flow(function);
            program.walk(function, id, |point| {
                let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
                for operand in tasks(&found, function, call) {
                    let Some(place) = operand.place() else { continue };
                    for origin in point.before.held(&function.referred(place)).into_keys() {
                        let origin = flow.origin(origin);
                        if let OriginKind::Param(position) = origin.kind
                            && is_future(&origin.ty, 0)
                            && !found.contains(&(function.id, position))
                        {
                            news.insert((function.id, position));
                        }
                    }
                }
            });
        }
        if news.is_empty() {
            return found;
        }
        found.extend(news);
    }
}

/// Whether the tasks of this call end with a scope around it, so that they may borrow.
fn is_scoped(program: &Program, function: &Function, point: Point<'_>, call: &Call) -> bool {
    if !call.is_method {
        return false;
    }
    let receiver = call.types.first().map(Ty::peeled);
    if let Some(Ty::Adt(Def::Foreign(path), _)) = receiver
        && path.rsplit("::").next().is_some_and(|last| last.ends_with("Scope"))
    {
        return true;
    }
    // The parameter of a closure that a method named `scope` is given.
    let Some(local) = call.args.first().and_then(Operand::place).and_then(|place| place.as_local()) else {
        return false;
    };
    let home = function.local(local).body;
    let declared_in_closure = function.body(home).params.contains(&local);
    let around = |context: &Context| matches!(&context.kind, ContextKind::Inline(name) if is_scope(name));
    function.around(point.op.context).any(|(_, context)| around(context))
        || declared_in_closure && is_given_to_scope(function, home)
        || is_own_scope(program, receiver)
}

fn is_scope(name: &str) -> bool {
    name == "scope" || name.starts_with("scope_") || name == "in_place_scope"
}

fn is_given_to_scope(function: &Function, closure: BodyId) -> bool {
    let mut made: BTreeMap<_, BodyId> = BTreeMap::new();
    for body in &function.bodies {
        for (_, op) in body.ops() {
            let OpKind::Assign(place, value) = &op.kind else { continue };
            match value {
                Value::Closure(id) => {
                    made.extend(place.whole_local().map(|local| (local, *id)));
                }
                Value::Call(call) if is_scope(&call.name) => {
                    let given = call.args.iter().filter_map(Operand::place);
                    let mut locals = given.filter_map(|place| place.whole_local());
                    if locals.any(|local| made.get(&local) == Some(&closure)) {
                        return true;
                    }
                }
                _ => {}
            }
        }
    }
    false
}

fn is_own_scope(program: &Program, receiver: Option<&Ty>) -> bool {
    let Some(item) = receiver.and_then(Ty::as_item) else { return false };
    program.index.item(item).name.ends_with("Scope")
}

fn finding(program: &Program, function: &Function, call: &Call, origin: &Origin) -> Finding {
    let what =
        if matches!(origin.kind, OriginKind::Guard(_)) { "a guard of a frame" } else { "a frame value" };
    Finding {
        lint: &FRAME_VALUE_IN_TASK,
        confidence: if origin.guessed { Confidence::Possible } else { Confidence::Certain },
        message: format!("`{}` is given a task that holds {what}", call.name),
        primary: Label { span: call.name_span, text: "the task may run when the frame is over".to_owned() },
        labels: vec![Label { span: origin.span, text: format!("{what} comes from here") }],
        help: "give the task a copy (`to_vec`, `to_owned`), make the value with `pool_box` or \
               `frame_box_for_transfer`, or allocate within the task"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_VALUE_IN_TASK;
    use crate::lints::testing::check;

    const EXECUTOR: &str = r#"
use framealloc::{FrameVec, SmartAlloc};
use std::pin::Pin;
pub struct Executor;
impl Executor { pub fn spawn(&self, task: impl Future<Output = usize>) { drop(task); } }
pub fn spawn_local(task: impl Future<Output = usize>) { drop(task); }
pub fn block_on(task: impl Future<Output = usize>) -> usize { drop(task); 0 }
"#;

    #[test]
    fn tasks_with_frame_values() {
        let source = r#"
fn block(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_vec::<u8>();
    e.spawn(async move { v.len() }); //~ FA703
}
async fn count(v: FrameVec<'_, u8>, more: usize) -> usize { v.len() + more }
fn call(a: &SmartAlloc) { spawn_local(count(a.frame_vec(), 2)); } //~ FA703
fn named(a: &SmartAlloc) {
    let future = count(a.frame_vec(), 2);
    spawn_local(future); //~ FA703
}
fn boxed(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_vec::<u8>();
    let task: Pin<Box<dyn Future<Output = usize> + '_>> = Box::pin(async move { v.len() });
    e.spawn(task); //~ FA703
}
fn nested(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_vec::<u8>();
    e.spawn(async move { let inner = async move { v.len() }; inner.await }); //~ FA703
}
fn parameter(v: FrameVec<'_, u8>) { spawn_local(async move { v.len() }); } //~ FA703
fn launch(e: &Executor, task: impl Future<Output = usize>) { again(e, task); }
fn again(e: &Executor, task: impl Future<Output = usize>) { e.spawn(task); }
fn two_deep(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_slice_copy(&[1u8]);
    launch(e, async move { v.len() }); //~ FA703
}
fn arm(a: &SmartAlloc, e: &Executor, n: Option<u8>) {
    let pair = (a.frame_box(1u8), 2usize);
    if let Some(n) = n {
        e.spawn(async move { *pair.0 as usize + n as usize }); //~ FA703
    }
}
fn reference(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_vec::<u8>();
    let slice = &v[..];
    e.spawn(async move { slice.len() }); //~ FA703
}
"#;
        check(&FRAME_VALUE_IN_TASK, &(EXECUTOR.to_owned() + source));
    }

    #[test]
    fn tasks_with_what_lasts() {
        let source = r#"
fn copies(a: &SmartAlloc, e: &Executor) {
    let v = a.frame_vec::<u8>();
    let (owned, len, first) = (v.to_vec(), v.len(), v[0]);
    e.spawn(async move { owned.len() + len + first as usize });
}
fn pools(a: &SmartAlloc, e: &Executor) {
    let b = a.pool_box(1u8);
    let h = a.frame_box_for_transfer(2u8);
    e.spawn(async move { *b as usize + h.into_inner() as usize });
}
fn within(a: &'static SmartAlloc, e: &Executor) { e.spawn(async move { a.frame_vec::<u8>().len() }); }
fn awaited(a: &SmartAlloc) -> usize { let v = a.frame_vec::<u8>(); block_on(async { v.len() }) }
struct World; impl World { fn spawn(&mut self, _: (&[u8], usize)) {} }
fn entities(a: &SmartAlloc, w: &mut World) { let v = a.frame_vec::<u8>(); w.spawn((&v, 1)); }
fn spawn_enemy(v: FrameVec<'_, u8>) -> usize { v.len() }
fn no_task(a: &SmartAlloc) -> usize { spawn_enemy(a.frame_vec()) }
struct Pool; struct Scope;
impl Pool { fn scope(&self, work: impl FnOnce(&Scope)) { work(&Scope) } }
impl Scope { fn spawn(&self, task: impl Future<Output = usize>) { drop(task); } }
fn scoped(a: &SmartAlloc, p: &Pool) { let v = a.frame_vec::<u8>(); p.scope(|s| s.spawn(async { v.len() })); }
fn dropped(a: &SmartAlloc, e: &Executor) { let v = a.frame_vec::<u8>(); let n = v.len(); drop(v); e.spawn(async move { n }); }
"#;
        check(&FRAME_VALUE_IN_TASK, &(EXECUTOR.to_owned() + source));
    }

    #[test]
    fn many_ways_into_a_task() {
        const SOURCE: &str = r#"
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
type Task<'a> = Pin<Box<dyn Future<Output = usize> + 'a>>;
#[derive(Default)] struct Rt<'a> { tasks: RefCell<Vec<Task<'a>>> }
impl<'a> Rt<'a> {
    fn spawn(&self, t: impl Future<Output = usize> + 'a) { self.tasks.borrow_mut().push(Box::pin(t)); }
    fn enqueue(&self, t: impl Future<Output = usize> + 'a) { self.spawn(t); }
    fn spawn_boxed(&self, t: Task<'a>) { self.tasks.borrow_mut().push(t); }
}
trait Spawner<'a> { fn spawn_local(&self, t: Task<'a>); }
impl<'a> Spawner<'a> for Rt<'a> { fn spawn_local(&self, t: Task<'a>) { self.tasks.borrow_mut().push(t); } }
fn make<'a>(v: FrameVec<'a, u8>) -> impl Future<Output = usize> + 'a { async move { v.len() } }
fn boxed<'a>(v: FrameVec<'a, u8>) -> Task<'a> { Box::pin(async move { v.len() }) }
struct Job<'a> { data: FrameVec<'a, u8>, id: usize }
impl<'a> Job<'a> { async fn run(self) -> usize { self.data.len() + self.id } fn id(&self) -> usize { self.id } }
fn a1<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { rt.spawn(make(a.frame_vec())); } //~ FA703
fn a2<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { rt.spawn_boxed(boxed(a.frame_vec())); } //~ FA703
fn a3<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let j = Job { data: a.frame_vec(), id: 1 }; rt.spawn(j.run()); } //~ FA703
fn a4<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let j = Job { data: a.frame_vec(), id: 1 }; let id = j.id(); rt.spawn(async move { id }); }
fn a5<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let v = a.frame_vec::<u8>(); rt.enqueue(async move { v.len() }); } //~ FA703
fn a6<'a>(a: &'a SmartAlloc, rt: &impl Spawner<'a>) { let v = a.frame_vec::<u8>(); rt.spawn_local(Box::pin(async move { v.len() })); } //~ FA703
fn a7<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) {
    for i in 0..3usize {
        let v = a.frame_slice_from_fn(4, move |n| n + i);
        match i { 0 => rt.spawn(async move { v.len() }), _ => {} } //~ FA703
    }
}
fn a8<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) -> Result<(), framealloc::AllocError> {
    let v = a.try_frame_slice::<u8>(3)?;
    rt.spawn(async move { v.len() }); //~ FA703
    Ok(())
}
fn a9<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) {
    let Some(v) = a.try_frame_slice::<u8>(3).ok() else { return };
    let shared = Rc::new(v);
    let twin = Rc::clone(&shared);
    rt.spawn(async move { twin.len() }); //~ FA703
}
fn b1<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let f = a.frame(); let n = f.alloc(3usize); let m = *n; drop(f); rt.spawn(async move { m }); }
fn b2<'a>(a: &'static SmartAlloc, rt: &Rt<'a>) { let s = frame_format!(a, "x"); let t = s.to_string(); rt.spawn(async move { t.len() }); println!("{s}"); }
fn b3<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let v = a.frame_slice_copy(&[1usize]); let (x, y) = (v[0], v.iter().sum::<usize>()); rt.spawn(async move { x + y }); }
async fn turn(a: &SmartAlloc) -> usize { a.begin_frame(); let v = a.frame_vec::<u8>().len(); a.end_frame(); v }
fn b4<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { rt.spawn(turn(a)); }
fn b5<'a>(a: &'a SmartAlloc, rt: &Rt<'a>) { let p = a.pool_box(3usize); rt.spawn(async move { let v = a.frame_box(1usize); *p + *v }); }
"#;
        check(&FRAME_VALUE_IN_TASK, SOURCE);
    }
}
