use super::*;
use crate::flow::body::Bound;
use crate::source::load_files;

fn program(source: &str) -> Program {
    Program::whole(load_files(&[("src/lib.rs", source)], false))
}

fn all(program: &Program) -> Vec<(String, Handing, Option<Job>)> {
    let threads = program.threads();
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
    let threads = program.threads();
    let start = program.functions().find(|function| program.path(function) == "start").unwrap();
    let mut names = Vec::new();
    each_call(&program, threads, (start, Job::Body(BodyId(1))), &mut |_, _, call, _| {
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
