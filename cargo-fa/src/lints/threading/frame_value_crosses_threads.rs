//! FA201.

use std::collections::BTreeMap;

use crate::flow::body::{BodyId, Function, OpKind, Operand, Place, Value};
use crate::flow::threads::{self, Handed, Handing, Job};
use crate::flow::{Origin, OriginId, OriginKind, Point, Program, State};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::{Known, Ty};
use crate::source::tree::Name;

declare_lint! {
    /// A frame value is moved into a thread or a task that may outlive the frame, or sent through a channel.
    ///
    /// ## Why
    ///
    /// A frame belongs to the thread that began it. What another thread holds of it is read while its owner begins the
    /// next frame and hands out the same memory again. The compiler refuses most of this, because frame values are not
    /// `Send`; wrappers that claim `Send`, raw pointers and addresses get past it.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// # struct Sent<T>(T);
    /// # unsafe impl<T> Send for Sent<T> {}
    /// # impl<T> Sent<T> { fn get(&self) -> &T { &self.0 } }
    /// fn start(alloc: &'static SmartAlloc) {
    ///     let samples = Sent(alloc.frame_slice::<f32>(64));
    ///     std::thread::spawn(move || println!("{}", samples.get().len()));
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// Transfer the value, or let a scope wait for the thread:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn start(alloc: &'static SmartAlloc) {
    ///     let samples = alloc.frame_box_for_transfer([0.0f32; 64]);
    ///     std::thread::spawn(move || println!("{}", samples.receive().len()));
    /// }
    ///
    /// fn wait(alloc: &SmartAlloc) {
    ///     let samples = alloc.frame_slice::<f32>(64);
    ///     std::thread::scope(|scope| {
    ///         scope.spawn(|| println!("{}", samples.len()));
    ///     });
    /// }
    /// ```
    ///
    /// A `SharedFrame` is made for several threads: it and what it makes may be referred to by threads that a scope waits
    /// for, and the compiler refuses the others. What a function makes with a guard of its caller is kept within that as well.
    ///
    /// ## What it cannot see
    ///
    /// Queues that other crates define, and values that are put into a static for another thread to find; the latter is
    /// `frame-escape`. Async tasks are `frame-value-in-task`.
    pub FRAME_VALUE_CROSSES_THREADS = "FA201", "frame-value-crosses-threads", Threading, Deny, "a frame value is handed to another thread";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let threads = program.threads();
    for (function, id, body) in program.bodies() {
        if !body.calls().any(|(_, _, call)| !threads.handed(program, function, call).is_empty()) {
            continue;
        }
        let mut addresses = Addresses::new();
        program.walk(function, id, |point| note_addresses(program, function, point, &mut addresses));
        // What closures hold, as it was when they were made.
        let mut holds: BTreeMap<BodyId, OriginId> = BTreeMap::new();
        program.walk(function, id, |point| {
            if let OpKind::Assign(_, Value::Closure(child)) = &point.op.kind
                && let Some(origin) = held_by(program, function, &addresses, *child, point.before)
            {
                holds.insert(*child, origin);
            }
        });
        program.walk(function, id, |point| {
            let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
            for handed in threads.handed(program, function, call) {
                let Some(operand) = call.args.get(handed.position) else { continue };
                let ty = call.types.get(handed.position).cloned().unwrap_or(Ty::Unknown);
                // What is copied out of a frame value is no part of it, unless it refers to one.
                let copies = matches!(operand, Operand::Copy(from) if from.is_behind());
                if copies && !matches!(ty, Ty::Ref(..) | Ty::Ptr(_)) {
                    continue;
                }
                if handed.how.is_scoped() || threads::is_future(function, operand, &ty) {
                    continue;
                }
                let origin = match handed.job {
                    Some(Job::Body(child)) => holds.get(&child).copied(),
                    Some(Job::Fn(_)) => None,
                    None => operand
                        .place()
                        .and_then(|place| value(program, function, &addresses, place, point.before)),
                };
                if let Some(origin) = origin {
                    findings.push(finding(program, function, point, call.name_span, &handed, origin));
                    return;
                }
            }
        });
    }
}

/// Places that hold the address of a frame value as a number.
type Addresses = BTreeMap<Place, OriginId>;

/// The place that an operation puts an address into.
fn note_addresses(program: &Program, function: &Function, point: Point<'_>, addresses: &mut Addresses) {
    let OpKind::Assign(to, value) = &point.op.kind else { return };
    let known = |operand: &Operand| addresses.get(&function.referred(operand.place()?)).copied();
    let taken = |operand: &Operand| address_of(program, function, operand, point.before);
    let found: Vec<(Place, OriginId)> = match value {
        Value::Cast(operand) if is_number(program, function, to) => {
            taken(operand).or_else(|| known(operand)).map(|origin| (to.clone(), origin)).into_iter().collect()
        }
        Value::Call(call) if matches!(&*call.name, "addr" | "expose_provenance") => {
            call.args.first().and_then(taken).map(|origin| (to.clone(), origin)).into_iter().collect()
        }
        Value::Use(operand) => known(operand).map(|origin| (to.clone(), origin)).into_iter().collect(),
        Value::Aggregate(_, fields) => {
            let part =
                |(name, operand): &(Name, Operand)| Some((to.clone().then(name.clone()), known(operand)?));
            fields.iter().filter_map(part).collect()
        }
        _ => Vec::new(),
    };
    addresses.extend(found);
}

fn is_number(program: &Program, function: &Function, place: &Place) -> bool {
    matches!(program.ty_of(function, place), Ty::Scalar | Ty::Unknown)
}

/// What of a frame a pointer points to.
fn address_of(program: &Program, function: &Function, operand: &Operand, before: &State) -> Option<OriginId> {
    let from = operand.place().filter(|from| matches!(program.ty_of(function, from), Ty::Ptr(_)))?;
    let flow = program.flow(function);
    let held = before.held(&function.referred(from));
    held.into_keys().find(|&origin| is_tied(program, flow.origin(origin)))
}

/// What of a frame a closure captures.
fn held_by(
    program: &Program,
    function: &Function,
    addresses: &Addresses,
    child: BodyId,
    before: &State,
) -> Option<OriginId> {
    let places = threads::captured(function, child);
    places.iter().find_map(|place| value(program, function, addresses, place, before))
}

/// What of a frame a place holds.
fn value(
    program: &Program,
    function: &Function,
    addresses: &Addresses,
    place: &Place,
    before: &State,
) -> Option<OriginId> {
    let flow = program.flow(function);
    let key = function.referred(place);
    let held = before.held(&key);
    // A part that is a number is not what the whole holds, unless it is an address.
    let may = program.index.may_hold_frame(&program.ty_of(function, place)) != Some(false)
        || before.places().any(|(known, _)| key.covers(known));
    let tied = held.into_keys().filter(|_| may).find(|&origin| is_tied(program, flow.origin(origin)));
    tied.or_else(|| {
        let within = |(known, &origin): (&Place, &OriginId)| key.covers(known).then_some(origin);
        let sources = || {
            threads::sources(function, place.whole_local()?)
                .find_map(|it| addresses.get(&Place::local(it)).copied())
        };
        addresses.iter().find_map(within).or_else(sources)
    })
}

fn is_tied(program: &Program, origin: &Origin) -> bool {
    let shared = origin.method.is_some_and(|method| threads::is_shared_frame(Some(method.on)));
    match origin.kind {
        // What a function makes with a guard of its caller, the compiler keeps within that.
        OriginKind::Frame => !(shared || origin.guarded && origin.method.is_none()),
        OriginKind::Guard(kind) => !threads::is_shared_frame(kind),
        OriginKind::Param(_) => {
            let guard = |known: Known| known.is_guard() && !threads::is_shared_frame(Some(known));
            threads::owns_frame(program, &origin.ty) || origin.ty.as_known().is_some_and(guard)
        }
        _ => false,
    }
}

fn finding(
    program: &Program,
    function: &Function,
    point: Point<'_>,
    at: crate::source::Span,
    handed: &Handed,
    origin: OriginId,
) -> Finding {
    let origin = program.flow(function).origin(origin);
    let what = match origin.kind {
        OriginKind::Guard(_) => "a guard of a frame",
        _ => "a frame value",
    };
    let (message, text) = match handed.how {
        Handing::Channel if handed.job.is_none() => {
            (format!("{what} is sent through a channel"), "the receiver may read it later")
        }
        Handing::Channel | Handing::Pool | Handing::ScopedPool => {
            (format!("{what} is moved into a task of another thread"), "the task may run after the frame")
        }
        Handing::Thread | Handing::ScopedThread => {
            (format!("{what} is moved into another thread"), "the thread may outlive the frame")
        }
    };
    let span = if point.op.span.file == at.file { at } else { point.op.span };
    let made = match origin.kind {
        OriginKind::Param(_) => format!("{what} comes in here"),
        _ => format!("{what} is made here"),
    };
    Finding {
        lint: &FRAME_VALUE_CROSSES_THREADS,
        confidence: if origin.guessed { Confidence::Possible } else { Confidence::Certain },
        message,
        primary: Label { span, text: text.to_owned() },
        labels: vec![Label { span: origin.span, text: made }],
        help: "make it with `frame_box_for_transfer` or `pool_box`, send a copy (`to_vec`), or use a scope that waits"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_VALUE_CROSSES_THREADS;
    use crate::lints::testing::check;

    #[test]
    fn values_that_go_to_threads_and_channels() {
        check(
            &FRAME_VALUE_CROSSES_THREADS,
            r#"
use framealloc::{FrameBox, SmartAlloc};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, Builder};
struct Sent<T>(T);
unsafe impl<T> Send for Sent<T> {}
impl<T> Sent<T> { fn get(self) -> T { self.0 } }
struct Batch { mesh: FrameBox<'static, [u8]>, layer: u32 }
unsafe impl Send for Batch {}
fn thread_one(alloc: &'static SmartAlloc) {
    let v = Sent(alloc.frame_box(1));
    thread::spawn(move || v.get()); //~ FA201
}
fn named(alloc: &'static SmartAlloc) {
    let p = alloc.frame_slice::<u8>(4).as_ptr() as usize;
    let job = move || unsafe { *(p as *const u8) };
    let _ = Builder::new().name("x".into()).stack_size(1).spawn(job); //~ FA201
}
fn field(alloc: &'static SmartAlloc) {
    let batch = Batch { mesh: alloc.frame_slice(4), layer: 1 };
    thread::spawn(move || batch.mesh.len()); //~ FA201
}
fn sent<'a>(alloc: &'a SmartAlloc, out: &Sender<FrameBox<'a, u8>>) {
    match alloc.try_frame_box(1) {
        Ok(b) => { let _ = out.send(b); } //~ FA201
        Err(_) => {}
    }
}
fn param(out: &Sender<FrameBox<'static, u8>>, b: FrameBox<'static, u8>) {
    out.send(b).unwrap(); //~ FA201
}
fn caller(alloc: &'static SmartAlloc, out: &Sender<FrameBox<'static, u8>>) { param(out, alloc.frame_box(1)); }
fn start<F: FnOnce() + Send + 'static>(f: F) { inner(f); }
fn inner<F: FnOnce() + Send + 'static>(f: F) { thread::spawn(f); }
fn helper(alloc: &'static SmartAlloc) {
    let v = Sent(alloc.frame_box(1));
    start(move || { v.get(); }); //~ FA201
}
struct Pool { jobs: Sender<Box<dyn FnOnce() + Send>> }
impl Pool { fn run(&self, job: impl FnOnce() + Send + 'static) { let _ = self.jobs.send(Box::new(job)); } }
fn pooled(alloc: &'static SmartAlloc, pool: &Pool) {
    let v = Sent(alloc.frame_box(1));
    pool.run(move || { v.get(); }); //~ FA201
}
type Job = Box<dyn FnOnce() + Send>;
struct Tasks { jobs: Sender<Job> }
impl Tasks {
    fn new() -> Self {
        let (jobs, queue) = channel::<Job>();
        thread::spawn(move || { for job in queue { job(); } });
        Self { jobs }
    }
    fn spawn(&self, job: impl FnOnce() + Send + 'static) { let _ = self.jobs.send(Box::new(job)); }
}
fn extended(alloc: &SmartAlloc, pool: &Tasks) {
    let ages = alloc.frame_slice::<f32>(3);
    let view: &'static [f32] = unsafe { std::slice::from_raw_parts(ages.as_ptr(), ages.len()) };
    pool.spawn(move || println!("{}", view.len())); //~ FA201
    let sum: f32 = ages.iter().sum();
    pool.spawn(move || println!("{sum}"));
}
struct Queue { jobs: std::sync::Mutex<Vec<Box<dyn FnOnce() + Send>>> }
impl Queue {
    fn later(&self, job: impl FnOnce() + Send + 'static) { self.jobs.lock().unwrap().push(Box::new(job)); }
}
fn queued(alloc: &'static SmartAlloc, queue: &Queue) {
    let v = Sent(alloc.frame_box(1));
    queue.later(move || { v.get(); }); //~ FA201
    queue.later(|| println!("nothing"));
}
struct Address(usize, usize);
fn wrapped(alloc: &'static SmartAlloc) {
    let v = alloc.frame_slice::<u8>(4);
    let address = Address(v.as_ptr() as usize, v.len());
    thread::spawn(move || unsafe { *(address.0 as *const u8) }); //~ FA201
    let number = v.as_ptr().addr();
    thread::spawn(move || number); //~ FA201
}
fn rayon_task(alloc: &'static SmartAlloc) {
    let v = Sent(alloc.frame_box(1));
    rayon::spawn(move || { v.get(); }); //~ FA201
}
fn local_channel(alloc: &SmartAlloc) {
    let (send, _receive) = channel();
    if let Some(n) = Some(3) { send.send(alloc.frame_box(n)).unwrap(); } //~ FA201
}
"#,
        );
    }

    #[test]
    fn structures_that_own_one() {
        check(
            &FRAME_VALUE_CROSSES_THREADS,
            r#"
use framealloc::{FrameVec, SmartAlloc};
struct Mesh { indices: FrameVec<'static, u32>, error: u32 }
unsafe impl Send for Mesh {}
impl Mesh {
    fn upload(self) { std::thread::spawn(move || self.indices.len()); } //~ FA201
    fn report(&self) { let error = self.error; std::thread::spawn(move || error); }
}
fn caller(alloc: &'static SmartAlloc) {
    let mesh = Mesh { indices: alloc.frame_vec(), error: 1 };
    mesh.report();
    mesh.upload();
    let made = rayon::ThreadPoolBuilder::new().build().unwrap();
    let other = Mesh { indices: alloc.frame_vec(), error: 1 };
    made.spawn(move || { other.indices.len(); }); //~ FA201
    let third = Mesh { indices: alloc.frame_vec(), error: 1 };
    std::thread::spawn(move || third.error + 1);
}
"#,
        );
    }

    #[test]
    fn a_reference_whose_lifetime_was_stretched() {
        check(
            &FRAME_VALUE_CROSSES_THREADS,
            r#"
use framealloc::SmartAlloc;
use std::mem::transmute;
fn declared(alloc: &SmartAlloc) {
    let list = alloc.frame_slice::<u32>(4);
    let view: &'static [u32] = unsafe { transmute::<&[u32], &'static [u32]>(&list) };
    rayon::spawn(move || println!("{}", view.len())); //~ FA201
}
fn by_pointer(alloc: &SmartAlloc) {
    let list = alloc.frame_slice::<u32>(4);
    let view: &'static [u32] = unsafe { &*(&*list as *const [u32]) };
    std::thread::spawn(move || println!("{}", view.len())); //~ FA201
}
fn in_a_block(alloc: &SmartAlloc) {
    let list = alloc.frame_slice::<u32>(4);
    let view: &'static [u32] = { let raw = unsafe { transmute(&*list) }; raw };
    std::thread::spawn(move || println!("{}", view.len())); //~ FA201
}
fn copied(alloc: &SmartAlloc) {
    let list = alloc.frame_slice::<u32>(4);
    let bits: u32 = unsafe { transmute(list[0]) };
    let owned: Vec<u32> = list.to_vec();
    rayon::spawn(move || println!("{bits} {}", owned.len()));
}
"#,
        );
    }

    #[test]
    fn what_stays_or_may_go_is_silent() {
        check(
            &FRAME_VALUE_CROSSES_THREADS,
            r#"
use framealloc::{FrameBox, SmartAlloc};
use std::sync::mpsc::Sender;
use std::thread;
struct Batch { mesh: FrameBox<'static, [u8]>, layer: u32 }
fn scoped(alloc: &SmartAlloc) {
    let v = alloc.frame_slice::<u8>(4);
    thread::scope(|s| { s.spawn(|| v.len()); thread::Builder::new().spawn_scoped(s, || v.len()).unwrap(); });
    rayon::scope(|s| s.spawn(|_| { v.len(); }));
}
fn pool_scope(alloc: &SmartAlloc, pool: &rayon::ThreadPool) {
    let v = alloc.frame_slice::<u8>(4);
    pool.scope(|s| s.spawn(|_| { v.len(); }));
    pool.install(|| v.len());
}
fn copied(alloc: &'static SmartAlloc) {
    let v = alloc.frame_slice::<u8>(4);
    let owned = v.to_vec();
    let n = v.len();
    thread::spawn(move || owned.len() + n);
}
fn other_field(alloc: &'static SmartAlloc) {
    let batch = Batch { mesh: alloc.frame_slice(4), layer: 1 };
    let layer = batch.layer;
    thread::spawn(move || layer);
    println!("{}", batch.mesh.len());
}
fn transfer(alloc: &'static SmartAlloc, out: &Sender<usize>) {
    let h = alloc.frame_box_for_transfer(1);
    let p = alloc.pool_box(2);
    thread::spawn(move || { h.receive(); p.len() });
    out.send(alloc.frame_slice::<u8>(4).len()).unwrap();
}
fn own(alloc: &'static SmartAlloc) {
    thread::spawn(move || { let _f = alloc.frame(); let v = alloc.frame_box(1); println!("{v}"); });
}
struct World; impl World { fn spawn(&mut self, b: FrameBox<'_, u8>) {} }
struct Socket; impl Socket { fn send(&self, b: &[u8]) {} }
fn look_alike(alloc: &SmartAlloc, world: &mut World, socket: &Socket) {
    world.spawn(alloc.frame_box(1));
    socket.send(&alloc.frame_slice::<u8>(3));
}
"#,
        );
    }
}
