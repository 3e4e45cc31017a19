//! What runs in one thread, one call after the other.

use std::collections::BTreeSet;

use super::{Handed, Job, Threads, follow, jobs};
use crate::flow::body::{BodyId, BodyKind, Call, Callee, Const, Function, Op, OpId, OpKind, Operand, Value};
use crate::flow::program::Program;
use crate::flow::uses::operands;
use crate::model::FnId;
use crate::source::Span;

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

/// The same, but where a trait has several implementations, or an array several functions, of which one runs, none is
/// visited; it returns them.
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
                            let jobs = jobs(function, &Operand::Ref(place.clone(), false));
                            for &job in &jobs {
                                match (&mut self.alternatives, job) {
                                    (Some(alternatives), Job::Fn(id)) if jobs.len() > 1 => {
                                        alternatives.insert(id);
                                    }
                                    _ => self.job(function, job),
                                }
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
