//! FA204.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::Program;
use crate::flow::body::{Call, Callee, Function};
use crate::flow::threads::{self, Job, Threads};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{FnId, ItemId, Known};
use crate::source::Span;

declare_lint! {
    /// A thread makes frame allocations and never begins a frame.
    ///
    /// ## Why
    ///
    /// Frames are per thread: the frame of the main loop is not the frame of a worker. Without one of its own a worker's
    /// memory is never given back, and grows until the thread ends.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn start(alloc: SmartAlloc) {
    ///     std::thread::spawn(move || {
    ///         let scratch = alloc.frame_vec::<u32>();
    ///         println!("{}", scratch.len());
    ///     });
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn start(alloc: SmartAlloc) {
    ///     std::thread::spawn(move || {
    ///         let _frame = alloc.frame();
    ///         let scratch = alloc.frame_vec::<u32>();
    ///         println!("{}", scratch.len());
    ///     });
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Whether a frame is open at the allocation: a thread that begins one anywhere is taken to know what it does. Work
    /// that reaches a thread through a queue is judged nowhere.
    pub WORKER_WITHOUT_FRAME = "FA204", "worker-without-frame", Threading, Warn, "a thread allocates in frames and begins none";
    check = check;
}

/// An allocation, the item it is in, and whether the receiver's type was guessed.
type First = (Span, String, bool);

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let threads = program.threads();
    let mut told = BTreeSet::new();
    for (function, _, body) in program.bodies() {
        for (_, _, call) in body.calls() {
            for handed in threads.handed(program, function, call) {
                let is_worker = handed.how != threads::Handing::Channel;
                let Some(job) = handed.job.filter(|_| is_worker) else { continue };
                let mut begun = false;
                threads::each_call_around(program, threads, &handed, &mut |call| begun |= begins(call));
                if begun {
                    continue;
                }
                let mut workers = Vec::new();
                add_workers(program, threads, &[(function, job)], &mut BTreeSet::new(), &mut workers);
                for (span, item, guessed) in workers {
                    if told.insert(span) {
                        findings.push(finding(span, item, guessed, call.name_span));
                    }
                }
            }
        }
    }
}

/// The first allocation of jobs that belong together, if they begin no frame. Where they call methods of which there are
/// several implementations, those of each type are jobs of their own.
fn add_workers(
    program: &Program,
    threads: &Threads,
    jobs: &[(&Function, Job)],
    seen: &mut BTreeSet<FnId>,
    found: &mut Vec<First>,
) {
    let (mut first, mut begun) = (None, false);
    let mut others = BTreeSet::new();
    for &job in jobs {
        others.extend(threads::each_call_of_all(program, threads, job, &mut |(function, _), _, call, _| {
            begun |= begins(call);
            // What a guard makes is made in what it opened.
            if let Callee::Api { method, guessed, .. } = &call.callee
                && method.kind == Kind::FrameAlloc
                && matches!(method.on, Known::SmartAlloc | Known::AllocResource)
            {
                first.get_or_insert_with(|| (call.name_span, program.path(function).to_owned(), *guessed));
            }
        }));
    }
    if begun || first.is_some() {
        found.extend(first.filter(|_| !begun));
        return;
    }
    // Those of one type belong together, functions of none are by themselves.
    let mut of_types: BTreeMap<Result<ItemId, FnId>, Vec<(&Function, Job)>> = BTreeMap::new();
    for other in others {
        if let Some(function) = program.function(other).filter(|_| seen.insert(other)) {
            let owner = program.index.function(other).self_ty().and_then(|ty| ty.peeled().as_item());
            of_types.entry(owner.ok_or(other)).or_default().push((function, Job::Fn(other)));
        }
    }
    for jobs in of_types.values() {
        add_workers(program, threads, jobs, seen, found);
    }
}

fn begins(call: &Call) -> bool {
    let begins = [Kind::BeginFrame, Kind::FrameGuard, Kind::ScopeGuard, Kind::SharedFrame];
    matches!(&call.callee, Callee::Api { method, .. } if begins.contains(&method.kind))
}

fn finding(span: Span, item: String, guessed: bool, spawned: Span) -> Finding {
    Finding {
        lint: &WORKER_WITHOUT_FRAME,
        confidence: if guessed { Confidence::Possible } else { Confidence::Certain },
        message: "a thread that never begins a frame allocates in it".to_owned(),
        primary: Label { span, text: "no frame of this thread ever gives it back".to_owned() },
        labels: vec![Label { span: spawned, text: "the thread starts here".to_owned() }],
        help: "open a frame for each piece of work of the thread: `let _frame = alloc.frame();`".to_owned(),
        fix: None,
        item,
    }
}

#[cfg(test)]
mod tests {
    use super::WORKER_WITHOUT_FRAME;
    use crate::lints::testing::check;

    #[test]
    fn threads_that_allocate_and_begin_nothing() {
        check(
            &WORKER_WITHOUT_FRAME,
            r#"
use framealloc::SmartAlloc;
use std::thread::{self, Builder};
fn direct(alloc: &'static SmartAlloc) {
    thread::spawn(move || {
        let v = alloc.frame_vec::<u8>(); //~ FA204
        let w = alloc.frame_vec::<u8>();
        v.len() + w.len()
    });
}
fn deep(alloc: &SmartAlloc) -> usize { deeper(alloc) }
fn deeper(alloc: &SmartAlloc) -> usize {
    if let Ok(v) = alloc.try_frame_slice::<u8>(4) { v.len() } else { 0 } //~ FA204
}
fn called(alloc: &'static SmartAlloc) {
    let _ = Builder::new().name("a".into()).spawn(move || deep(alloc));
    thread::spawn(move || deep(alloc));
}
trait Work: Send { fn run(&self, alloc: &SmartAlloc); }
struct Sort;
impl Work for Sort { fn run(&self, alloc: &SmartAlloc) { alloc.frame_box(1); } } //~ FA204
fn scoped(alloc: &SmartAlloc, work: &Sort) {
    thread::scope(|s| { s.spawn(|| work.run(alloc)); });
}
fn named() { let alloc = SmartAlloc::with_defaults(); alloc.with_tag("x", |a| a.frame_box(2)); } //~ FA204
fn by_name() { thread::spawn(named); }
fn start(job: impl FnOnce() + Send + 'static) { thread::spawn(job); }
fn wrapped(alloc: &'static SmartAlloc) {
    start(move || { alloc.frame_box(3); }); //~ FA204
}
fn closures(alloc: &'static SmartAlloc, rows: Vec<u8>) {
    thread::spawn(move || rows.iter().map(|n| *alloc.frame_box(*n)).count()); //~ FA204
}
"#,
        );
    }

    #[test]
    fn threads_with_frames_or_without_allocations_are_silent() {
        check(
            &WORKER_WITHOUT_FRAME,
            r#"
use framealloc::{SharedFrame, SmartAlloc};
use std::thread;
fn guarded(alloc: &'static SmartAlloc) {
    thread::spawn(move || { let _frame = alloc.frame(); alloc.frame_box(1); });
    thread::spawn(move || { let scope = alloc.scope(); scope.alloc(1); });
    thread::spawn(move || turn(alloc));
}
fn turn(alloc: &SmartAlloc) { begin(alloc); alloc.frame_box(1); alloc.end_frame(); }
fn begin(alloc: &SmartAlloc) { alloc.begin_frame(); }
fn shared(shared: &SharedFrame<'_>) {
    thread::scope(|s| { s.spawn(|| { shared.alloc(1u8); let local = shared.local(); local.alloc(2u8); }); });
}
fn main_allocates(alloc: &'static SmartAlloc) {
    alloc.begin_frame();
    let n = *alloc.frame_box(1);
    thread::spawn(move || n + 1);
    alloc.end_frame();
}
fn others(alloc: &'static SmartAlloc) {
    thread::spawn(move || { alloc.pool_box(1); alloc.heap_box(2); });
}
struct Other; impl Other { fn frame_box(&self, n: u8) -> u8 { n } }
fn look_alike() { let o = Other; thread::spawn(move || o.frame_box(1)); }
"#,
        );
    }
}
