//! Which budgets and limits hold for what.

use std::collections::BTreeSet;

use crate::flow::body::{BodyId, Call, Callee};
use crate::flow::threads;
use crate::flow::{Budget, Program, Stack, Tag};
use crate::model::api::Kind;
use crate::model::{CrateId, FnId};

/// The budgets and limits that are set, each in some crate.
pub(super) struct Limits<'a> {
    program: &'a Program,
    frame: BTreeSet<CrateId>,
    pool: BTreeSet<CrateId>,
    /// The tags that have a budget; `None` where it is not known which.
    tags: BTreeSet<(Tag, CrateId)>,
    /// Threads that set a budget for themselves: what runs in each, and whether it is for the frame and for the pool.
    threads: Vec<(BTreeSet<Unit>, bool, bool)>,
}

/// A body of a function.
type Unit = (FnId, BodyId);

impl<'a> Limits<'a> {
    pub(super) fn of(program: &'a Program) -> Self {
        let named = program.tags().uses().iter().filter(|one| !one.opens);
        let tags =
            named.map(|one| (one.tag.clone(), program.index.crate_of_function(one.function))).collect();
        let (mut frame, mut pool) = (BTreeSet::new(), BTreeSet::new());
        let threads = of_threads(program);
        for (function, id, body) in program.bodies() {
            let here = program.index.crate_of_function(function.id);
            let in_thread = threads.iter().any(|(runs, ..)| runs.contains(&(function.id, id)));
            let budgets = &program.body_summary(function, id).budgets;
            let sets = |budget| !in_thread && budgets.contains(&budget);
            let calls = |name| body.calls().any(|(_, _, call)| &*call.name == name);
            if sets(Budget::Frame) || calls("with_frame_limit") {
                frame.insert(here);
            }
            if sets(Budget::Pool) || calls("with_pool_limit") {
                pool.insert(here);
            }
        }
        Self { program, frame, pool, tags, threads }
    }

    /// Whether what a body takes has a limit, under these tags on each way to get there.
    pub(super) fn bound(&self, pool: bool, unit: Unit, stacks: &BTreeSet<Stack>) -> bool {
        let of_thread = |(runs, for_frame, for_pool): &(BTreeSet<Unit>, bool, bool)| {
            runs.contains(&unit) && if pool { *for_pool } else { *for_frame }
        };
        let index = &self.program.index;
        let own = index.crate_of_function(unit.0);
        let holds = |set_in: CrateId| index.may_meet(set_in, own);
        let of_tag = |(tag, set_in): &(Tag, CrateId)| {
            holds(*set_in) && (stacks.is_empty() || stacks.iter().any(|stack| covers(tag, stack)))
        };
        (if pool { &self.pool } else { &self.frame }).iter().any(|&set_in| holds(set_in))
            || self.threads.iter().any(of_thread)
            || self.tags.iter().any(of_tag)
    }
}

/// Whether a tag's budget counts what is made under these tags, or may: who knows which they are?
fn covers(tag: &Tag, stack: &Stack) -> bool {
    let (Some(tag), Some(open)) = (tag, stack.iter().cloned().collect::<Option<Vec<_>>>()) else {
        return true;
    };
    let path = open.join("/");
    path.strip_prefix(&**tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn of_threads(program: &Program) -> Vec<(BTreeSet<Unit>, bool, bool)> {
    let mut found = Vec::new();
    if program.bodies().all(|(function, id, _)| program.body_summary(function, id).budgets.is_empty()) {
        return found;
    }
    let threads = program.threads();
    for (function, _, body) in program.bodies() {
        for (_, _, call) in body.calls() {
            for handed in threads.handed(program, function, call) {
                let Some(job) = handed.job.filter(|_| handed.how.is_thread()) else { continue };
                let (mut runs, mut frame, mut pool) = (BTreeSet::new(), false, false);
                let mut note = |call: &Call| {
                    if let Callee::Api { method, .. } = &call.callee {
                        frame |= method.kind == Kind::FrameBudget;
                        pool |= method.kind == Kind::PoolBudget;
                    }
                };
                threads::each_call_around(program, threads, &handed, &mut note);
                threads::each_call(program, threads, (function, job), &mut |(function, id), _, call, _| {
                    runs.insert((function.id, id));
                    note(call);
                });
                if frame || pool {
                    found.push((runs, frame, pool));
                }
            }
        }
    }
    found
}
