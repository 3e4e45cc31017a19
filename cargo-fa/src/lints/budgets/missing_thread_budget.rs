//! FA302.

use std::collections::BTreeMap;

use crate::flow::Program;
use crate::flow::body::{Call, Callee, Function};
use crate::flow::threads::{self, Job, Threads};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{CrateId, FnId};
use crate::source::Span;

declare_lint! {
    /// Some threads of the crate have a frame or pool budget, and one that allocates has none.
    ///
    /// ## Why
    ///
    /// Budgets are per thread. A crate that gives its threads budgets counts on them: a thread that was left out is the
    /// one whose growth nobody is told about.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn start(alloc: &'static SmartAlloc) {
    ///     alloc.set_thread_frame_budget(1 << 20);
    ///     std::thread::spawn(move || {
    ///         let _frame = alloc.frame();
    ///         println!("{}", alloc.frame_vec::<u32>().len());
    ///     });
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn start(alloc: &'static SmartAlloc) {
    ///     alloc.set_thread_frame_budget(1 << 20);
    ///     std::thread::spawn(move || {
    ///         alloc.set_thread_frame_budget(1 << 16);
    ///         let _frame = alloc.frame();
    ///         println!("{}", alloc.frame_vec::<u32>().len());
    ///     });
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Threads of other crates and of pools, and work that reaches a thread through a queue.
    pub MISSING_THREAD_BUDGET = "FA302", "missing-thread-budget", Budgets, Warn, "a thread that allocates has no budget where others have one";
    check = check, whole;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    // The first budget of each program: of a crate, or of each of its tests.
    let mut budgets: BTreeMap<(CrateId, Option<FnId>), Span> = BTreeMap::new();
    for (function, _, body) in program.bodies() {
        for (_, _, call) in body.calls().filter(|(_, _, call)| sets_budget(call)) {
            for running in programs(program, function) {
                budgets.entry(running).or_insert(call.name_span);
            }
        }
    }
    if budgets.is_empty() {
        return;
    }
    let threads = program.threads();
    for (function, _, body) in program.bodies() {
        let Some(&budget) = programs(program, function).iter().find_map(|running| budgets.get(running))
        else {
            continue;
        };
        for (_, _, call) in body.calls() {
            for handed in threads.handed(program, function, call) {
                let Some(job) = handed.job.filter(|_| handed.how.is_thread()) else { continue };
                let mut sets = false;
                threads::each_call_around(program, threads, &handed, &mut |call| sets |= sets_budget(call));
                if sets {
                    continue;
                }
                if let Some((allocation, guessed)) = unbounded(program, threads, function, job) {
                    findings.push(finding(program, function, call.name_span, allocation, budget, guessed));
                    break;
                }
            }
        }
    }
}

/// The programs that a function is a part of.
fn programs(program: &Program, function: &Function) -> Vec<(CrateId, Option<FnId>)> {
    let krate = program.index.crate_of(program.index.function(function.id).module);
    match program.tests_of(function.id) {
        Some(tests) => tests.iter().map(|&test| (krate, Some(test))).collect(),
        None => vec![(krate, None)],
    }
}

fn sets_budget(call: &Call) -> bool {
    matches!(&call.callee, Callee::Api { method, .. } if matches!(method.kind, Kind::FrameBudget | Kind::PoolBudget))
}

/// The first allocation of a thread that sets no budget.
fn unbounded(program: &Program, threads: &Threads, function: &Function, job: Job) -> Option<(Span, bool)> {
    let mut first = None;
    let mut sets = false;
    threads::each_call(program, threads, (function, job), &mut |_, _, call, _| {
        sets |= sets_budget(call);
        if let Callee::Api { method, guessed, .. } = &call.callee
            && matches!(method.kind, Kind::FrameAlloc | Kind::Retained | Kind::PoolAlloc | Kind::Transfer)
        {
            first.get_or_insert((call.name_span, *guessed));
        }
    });
    first.filter(|_| !sets)
}

fn finding(
    program: &Program,
    function: &Function,
    spawned: Span,
    allocation: Span,
    budget: Span,
    guessed: bool,
) -> Finding {
    Finding {
        lint: &MISSING_THREAD_BUDGET,
        confidence: if guessed { Confidence::Possible } else { Confidence::Certain },
        message: "this thread allocates and has no budget, although others have one".to_owned(),
        primary: Label { span: spawned, text: "the thread starts here".to_owned() },
        labels: vec![
            Label { span: allocation, text: "it allocates here".to_owned() },
            Label { span: budget, text: "another thread has a budget".to_owned() },
        ],
        help:
            "begin the thread with `alloc.set_thread_frame_budget(bytes)` or `set_thread_pool_budget(bytes)`"
                .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::MISSING_THREAD_BUDGET;
    use crate::lints::testing::check;

    #[test]
    fn each_test_is_a_program_of_its_own() {
        let source = "
use framealloc::SmartAlloc;
use std::thread;
fn run(alloc: &'static SmartAlloc) { thread::spawn(move || { alloc.pool_box(1); }); }
#[test] fn limited() { let a = SmartAlloc::leaked(Default::default()); a.set_thread_pool_budget(1); }
#[test] fn threads() { run(SmartAlloc::leaked(Default::default())) }
";
        let count = |source: &str| {
            let program =
                crate::flow::Program::build(crate::source::load_files(&[("src/lib.rs", source)], true));
            let mut found = Vec::new();
            (MISSING_THREAD_BUDGET.check)(&program, &Default::default(), &mut found);
            found.len()
        };
        assert_eq!(count(source), 0);
        assert_eq!(count(&source.replace("threads() {", "threads() { limited();")), 1);
        assert_eq!(count(&source.replace("#[test]", "")), 1);
    }

    #[test]
    fn threads_that_were_left_out() {
        check(
            &MISSING_THREAD_BUDGET,
            r#"
use framealloc::SmartAlloc;
use std::thread::{self, Builder};
fn limit(alloc: &SmartAlloc) { alloc.set_thread_pool_budget(10); }
fn main() {
    let alloc = SmartAlloc::leaked(Default::default());
    thread::spawn(move || { limit(alloc); alloc.pool_box(1); });
    thread::spawn(move || { alloc.pool_box(1); }); //~ FA302
    thread::scope(|s| { s.spawn(|| work(alloc)); }); //~ FA302
    let _ = Builder::new().name("x".into()).spawn(move || { deep(alloc) }); //~ FA302
    for _ in 0..3 { start(move || { alloc.frame_box(1); }); } //~ FA302
    thread::spawn(|| println!("nothing"));
    thread::spawn(move || { alloc.heap_box(1); });
}
fn work(alloc: &SmartAlloc) { let _frame = alloc.frame(); alloc.frame_box(1); }
fn deep(alloc: &SmartAlloc) { if let Ok(b) = alloc.try_pool_box(1) { println!("{b}"); } }
fn start<F>(job: F) where F: FnOnce() + Send + 'static { thread::spawn(job); }
"#,
        );
    }

    #[test]
    fn without_budgets_or_with_all_of_them_it_is_silent() {
        check(
            &MISSING_THREAD_BUDGET,
            r#"
use framealloc::SmartAlloc;
fn main() {
    let alloc = SmartAlloc::leaked(Default::default());
    alloc.set_tag_budget("x", 3);
    std::thread::spawn(move || { alloc.frame_box(1); });
}
struct Plan; impl Plan { fn set_thread_frame_budget(&self, _: usize) {} }
fn look_alike() { Plan.set_thread_frame_budget(1); }
"#,
        );
        check(
            &MISSING_THREAD_BUDGET,
            r#"
use framealloc::SmartAlloc;
trait Task: Send { fn prepare(&self, _: &SmartAlloc) {} fn run(&self, alloc: &SmartAlloc); }
struct Load;
impl Task for Load {
    fn prepare(&self, alloc: &SmartAlloc) { alloc.set_thread_frame_budget(1); }
    fn run(&self, alloc: &SmartAlloc) { self.prepare(alloc); alloc.frame_box(1); }
}
fn main() {
    let alloc = SmartAlloc::leaked(Default::default());
    std::thread::spawn(move || Load.run(alloc));
    std::thread::spawn(move || { alloc.with_tag("x", |a| a.set_thread_pool_budget(1)); alloc.pool_box(1); });
}
"#,
        );
    }
}
