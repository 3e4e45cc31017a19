//! Which functions and methods of libraries hand an argument to other threads.

use super::{Handing, Job, MOST_STEPS, assigned, job};
use crate::flow::body::{Call, Callee, Function, Operand, Value};
use crate::flow::program::Program;
use crate::model::{Def, Ty};

/// A function of a library, and which argument it hands on.
pub(super) fn of_path(path: &str) -> Option<(Handing, usize)> {
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
pub(super) fn of_method(
    program: &Program,
    function: &Function,
    call: &Call,
    ty: &Ty,
) -> Option<(Handing, usize)> {
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
