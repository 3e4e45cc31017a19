//! Calls that have something run elsewhere: on another thread, or whenever an executor likes.

use super::body::{
    Body, BodyId, BodyKind, Call, Callee, Const, Function, Op, OpId, OpKind, Operand, Place, Value,
};
use crate::model::{Def, FnId, Index, Known, Ty};

/// A call that has something run elsewhere.
#[derive(Clone, Debug)]
pub struct Spawn<'a> {
    /// The call.
    pub at: OpId,
    /// Its operation.
    pub op: &'a Op,
    /// The call itself.
    pub call: &'a Call,
    /// How it runs.
    pub kind: SpawnKind,
    /// What runs.
    pub runs: Runs,
}

/// How something runs elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpawnKind {
    /// A thread that may go on for ever: `thread::spawn`, `Builder::spawn`.
    Thread,
    /// A thread of `thread::scope`, which ends before what it borrows.
    ScopedThread,
    /// A job of a pool of threads that may go on for ever: `rayon::spawn`, `pool.spawn`, `pool.execute`.
    Pool,
    /// A job of `rayon::scope` or the like.
    ScopedPool,
    /// A future of an executor: `tokio::spawn`, `task_pool.spawn(async ..)`.
    Task,
}

impl SpawnKind {
    /// Whether it ends before what it borrows.
    #[must_use]
    pub fn is_scoped(self) -> bool {
        matches!(self, Self::ScopedThread | Self::ScopedPool)
    }

    /// Whether it is a thread of its own.
    #[must_use]
    pub fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::ScopedThread)
    }
}

/// What a spawn runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    /// A closure or async block of the same function.
    Body(BodyId),
    /// A function, given by its name, or called for the future that it returns.
    Fn(FnId),
    /// Not known.
    Unknown,
}

/// The spawns of a body.
#[must_use]
pub(super) fn spawns<'a>(index: &Index, function: &'a Function, body: &'a Body) -> Vec<Spawn<'a>> {
    let found = body.calls().filter_map(|(at, op, call)| {
        let (position, runs) = payload(function, call);
        let is_async = match (&runs, call.types.get(position)) {
            (Runs::Body(id), _) => matches!(function.body(*id).kind, BodyKind::Async { .. }),
            (_, Some(Ty::Future(_))) => true,
            _ => false,
        };
        let kind = kind_of(index, call, is_async)?;
        Some(Spawn { at, op, call, kind, runs })
    });
    found.collect()
}

fn kind_of(index: &Index, call: &Call, is_async: bool) -> Option<SpawnKind> {
    let named = matches!(
        &*call.name,
        "spawn"
            | "spawn_scoped"
            | "spawn_blocking"
            | "spawn_local"
            | "spawn_fifo"
            | "spawn_broadcast"
            | "spawn_on"
            | "spawn_pinned"
            | "execute"
            | "spawn_unchecked"
    );
    if !named {
        return None;
    }
    if is_async {
        return Some(SpawnKind::Task);
    }
    match &call.callee {
        Callee::Path(path) => match path.as_str() {
            _ if path.contains("thread::") => Some(SpawnKind::Thread),
            _ if path.contains("task::") || path.starts_with("tokio::") || path.starts_with("smol::") => {
                Some(if &*call.name == "spawn_blocking" { SpawnKind::Pool } else { SpawnKind::Task })
            }
            _ => Some(SpawnKind::Pool),
        },
        Callee::Method(ty) => match ty.peeled() {
            Ty::Adt(Def::Known(Known::Builder), _) => {
                Some(if &*call.name == "spawn_scoped" { SpawnKind::ScopedThread } else { SpawnKind::Thread })
            }
            Ty::Adt(Def::Foreign(path), _) if path.ends_with("thread::Scope") => {
                Some(SpawnKind::ScopedThread)
            }
            Ty::Adt(Def::Foreign(path), _) if path.ends_with("::Scope") => Some(SpawnKind::ScopedPool),
            Ty::Adt(Def::Known(Known::Commands), _) => None,
            _ if has_closure(call) => Some(SpawnKind::Pool),
            _ => None,
        },
        // A function of the program that is called so, and is given something to run.
        Callee::Own(_) if has_closure(call) => Some(SpawnKind::Pool),
        Callee::Own(callees) => {
            let takes_future = callees
                .iter()
                .any(|&id| index.signature(id).params.iter().any(|ty| matches!(ty, Ty::Future(_))));
            takes_future.then_some(SpawnKind::Task)
        }
        _ => None,
    }
}

fn has_closure(call: &Call) -> bool {
    call.types.iter().any(|ty| matches!(ty, Ty::Callable(_) | Ty::Future(_)))
}

/// The argument that runs, and what it is.
fn payload(function: &Function, call: &Call) -> (usize, Runs) {
    for (position, operand) in call.args.iter().enumerate().rev() {
        if let Operand::Const(Const::Fn(id)) = operand {
            return (position, Runs::Fn(*id));
        }
        if let Some(body) = closure_of(function, operand) {
            return (position, Runs::Body(body));
        }
        if matches!(call.types.get(position), Some(Ty::Future(_)))
            && let Some(id) = future_of(function, operand)
        {
            return (position, Runs::Fn(id));
        }
    }
    (call.args.len().saturating_sub(1), Runs::Unknown)
}

/// The closure or async block that an operand is.
#[must_use]
pub fn closure_of(function: &Function, operand: &Operand) -> Option<BodyId> {
    let local = function.root(operand.place()?).whole_local()?;
    made_by(function, local, |value| match value {
        Value::Closure(body) => Some(*body),
        _ => None,
    })
}

/// The async function whose future an operand is.
fn future_of(function: &Function, operand: &Operand) -> Option<FnId> {
    let local = function.root(operand.place()?).whole_local()?;
    made_by(function, local, |value| match value {
        Value::Call(call) => match &call.callee {
            Callee::Own(callees) => callees.first().copied(),
            _ => None,
        },
        _ => None,
    })
}

fn made_by<T>(
    function: &Function,
    local: super::body::LocalId,
    what: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    let body = function.body(function.local(local).body);
    body.ops().find_map(|(_, op)| match &op.kind {
        OpKind::Assign(place, value) if *place == Place::local(local) => what(value),
        _ => None,
    })
}
