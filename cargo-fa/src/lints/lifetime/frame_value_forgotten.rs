//! FA607.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{Call, Callee, Function, OpKind, Operand, Value};
use crate::flow::{Origin, OriginId, OriginKind, Point, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{FnId, Known, Ty};
use crate::source::Span;

/// Rounds over the program after which no more functions that forget their parameters are looked for.
const MOST_ROUNDS: usize = 8;

declare_lint! {
    /// A frame value or a guard is forgotten: `mem::forget`, `ManuallyDrop`, or a leak.
    ///
    /// ## Why
    ///
    /// A frame keeps count of what it handed out. What is never dropped is never given back: the memory behind it is
    /// parked when the frame ends and is not used again, and a guard that is forgotten leaves its frame open.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn upload(alloc: &SmartAlloc) {
    ///     let vertices = alloc.frame_slice::<f32>(64);
    ///     std::mem::forget(vertices);
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn upload(alloc: &SmartAlloc) {
    ///     let vertices = alloc.frame_slice::<f32>(64);
    ///     println!("{}", vertices.len());
    /// }
    /// ```
    ///
    /// What has to stay belongs in a pool, whose boxes may be leaked: `alloc.pool_box(value).leak()`.
    ///
    /// ## What it cannot see
    ///
    /// Values that other crates forget, and a `ManuallyDrop` that is dropped by hand after all.
    pub FRAME_VALUE_FORGOTTEN = "FA607", "frame-value-forgotten", Lifetime, Warn, "a frame value or guard is forgotten or leaked";
    check = check;
}

/// The parameters that functions forget for their callers.
type Forgotten = BTreeMap<FnId, BTreeSet<usize>>;

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let params = forgotten_params(program);
    for (function, id, body) in program.bodies() {
        if !body
            .ops()
            .any(|(_, op)| matches!(&op.kind, OpKind::Assign(_, value) if forgets(&params, value).is_some()))
        {
            continue;
        }
        let flow = program.flow(function);
        program.walk(function, id, |point| {
            let tied = |origin: &OriginId| is_tied(program, flow.origin(*origin));
            let held = forgotten_at(function, &params, point);
            let origin = held.into_iter().find(tied).map(|origin| flow.origin(origin));
            if origin.is_some() || owns_by_type(program, &params, point) {
                findings.push(finding(program, function, point, origin));
            }
        });
    }
}

fn forgotten_params(program: &Program) -> Forgotten {
    let mut params = Forgotten::new();
    for _ in 0..MOST_ROUNDS {
        let mut found: Vec<(FnId, usize)> = Vec::new();
        for (function, id, body) in program.bodies() {
            if !body.ops().any(
                |(_, op)| matches!(&op.kind, OpKind::Assign(_, value) if forgets(&params, value).is_some()),
            ) {
                continue;
            }
            let flow = program.flow(function);
            program.walk(function, id, |point| {
                for origin in forgotten_at(function, &params, point) {
                    let origin = flow.origin(origin);
                    // One that is of a frame by its type is told where it is forgotten.
                    if let OriginKind::Param(position) = origin.kind
                        && !is_tied(program, origin)
                        && !matches!(origin.ty, Ty::Ref(..))
                    {
                        found.push((function.id, position));
                    }
                }
            });
        }
        let before: usize = params.values().map(BTreeSet::len).sum();
        for (function, position) in found {
            params.entry(function).or_default().insert(position);
        }
        if params.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    params
}

/// The argument that a value forgets, and its type.
fn forgets<'a>(params: &Forgotten, value: &'a Value) -> Option<(&'a Operand, &'a Ty)> {
    let Value::Call(call) = value else { return None };
    let position = forgets_argument(params, call)?;
    Some((call.args.get(position)?, call.types.get(position)?))
}

fn forgets_argument(params: &Forgotten, call: &Call) -> Option<usize> {
    match &call.callee {
        Callee::Api { method, .. } => (method.kind == Kind::Leak).then_some(0),
        Callee::Path(path) => {
            let mut names = path.rsplit("::");
            let (last, owner) = (names.next()?, names.next().unwrap_or(""));
            let forgets = match last {
                "forget" => matches!(owner, "mem"),
                "new" => owner == "ManuallyDrop",
                "leak" | "into_raw" | "into_raw_parts" | "into_non_null" => true,
                _ => false,
            };
            forgets.then_some(0)
        }
        Callee::Method(_) => {
            let leaks = matches!(&*call.name, "leak" | "into_raw" | "into_raw_parts" | "into_non_null");
            (leaks && call.args.len() == 1).then_some(0)
        }
        Callee::Own(callees) => match callees.as_slice() {
            [callee] => params.get(callee)?.iter().next().copied(),
            _ => None,
        },
        Callee::Variable(_) | Callee::Unknown => None,
    }
}

/// What an operation forgets. A reference can be forgotten without harm.
fn forgotten_at(function: &Function, params: &Forgotten, point: Point<'_>) -> Vec<OriginId> {
    let OpKind::Assign(_, value) = &point.op.kind else { return Vec::new() };
    let Some((operand, ty)) = forgets(params, value) else { return Vec::new() };
    let refers = |ty: &Ty| matches!(ty, Ty::Ref(..) | Ty::Ptr(_) | Ty::Scalar);
    let borrowed = refers(ty) || matches!(ty.as_known(), Some(Known::Option)) && refers(&ty.arg(0));
    if borrowed || matches!(operand, Operand::Ref(..)) {
        return Vec::new();
    }
    let Some(place) = operand.place() else { return Vec::new() };
    point.before.held(&function.referred(place)).into_keys().collect()
}

/// Whether what an operation forgets is of a frame by its type, wherever it comes from.
fn owns_by_type(program: &Program, params: &Forgotten, point: Point<'_>) -> bool {
    let OpKind::Assign(_, value) = &point.op.kind else { return false };
    // Where a function forgets what it is given, it is told there.
    let here = !matches!(value, Value::Call(call) if matches!(call.callee, Callee::Own(_)));
    forgets(params, value).filter(|_| here).is_some_and(|(operand, ty)| {
        let guard = ty.unwrapped().as_known().is_some_and(Known::is_guard);
        operand.is_move() && (guard || program.index.names_frame_value(ty))
    })
}

fn is_tied(program: &Program, origin: &Origin) -> bool {
    let owner = |known: Known| known.is_frame_value() || known.is_guard();
    match origin.kind {
        // What a guard lends is a reference.
        OriginKind::Frame => !matches!(origin.ty, Ty::Ref(..)),
        OriginKind::Guard(_) => true,
        OriginKind::Param(_) => match origin.ty.as_item() {
            Some(_) => program.index.names_frame_value(&origin.ty),
            None => origin.ty.as_known().is_some_and(owner),
        },
        _ => false,
    }
}

fn finding(program: &Program, function: &Function, point: Point<'_>, origin: Option<&Origin>) -> Finding {
    let (what, then) = match origin.map(|origin| origin.kind) {
        Some(OriginKind::Guard(_)) => ("a guard of a frame", "what it opened stays open"),
        _ => ("a frame value", "its memory is never given back"),
    };
    let labels = origin.map(|origin| {
        let text = match origin.kind {
            OriginKind::Param(_) => format!("{what} comes in here"),
            _ => format!("{what} is made here"),
        };
        Label { span: origin.span, text }
    });
    Finding {
        lint: &FRAME_VALUE_FORGOTTEN,
        confidence: match origin {
            Some(origin) if origin.guessed => Confidence::Possible,
            _ => Confidence::Certain,
        },
        message: format!("{what} is forgotten"),
        primary: Label { span: span_of(point), text: then.to_owned() },
        labels: labels.into_iter().collect(),
        help:
            "let it drop; what has to stay belongs in `pool_box`, which may be leaked, or in `frame_retained`"
                .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

fn span_of(point: Point<'_>) -> Span {
    match &point.op.kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => point.op.span,
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_VALUE_FORGOTTEN;
    use crate::lints::testing::check;

    #[test]
    fn values_and_guards_that_are_forgotten() {
        check(
            &FRAME_VALUE_FORGOTTEN,
            r#"
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::mem::{self, ManuallyDrop, forget as lose};
struct Mesh<'a> { vertices: FrameVec<'a, f32>, id: u32 }
fn plain(alloc: &SmartAlloc) { let v = alloc.frame_vec::<u8>(); mem::forget(v); } //~ FA607
fn renamed(alloc: &SmartAlloc) { lose(alloc.frame_box(1)); } //~ FA607
fn in_struct(alloc: &SmartAlloc) {
    let mesh = Mesh { vertices: alloc.frame_vec(), id: 1 };
    std::mem::forget(mesh); //~ FA607
}
fn twin(alloc: &SmartAlloc) {
    if let Ok(b) = alloc.try_frame_box(1) { core::mem::forget(b); } //~ FA607
}
fn manual(alloc: &SmartAlloc) -> usize { let m = ManuallyDrop::new(alloc.frame_string()); m.len() } //~ FA607
fn leaked<'a>(alloc: &'a SmartAlloc) -> &'a mut u32 { alloc.frame_box(1).leak() } //~ FA607
fn boxed<'a>(alloc: &'a SmartAlloc) -> &'a mut FrameBox<'a, u32> {
    Box::leak(Box::new(alloc.frame_box(1))) //~ FA607
}
fn raw(alloc: &SmartAlloc) { let p = Box::into_raw(Box::new(alloc.frame_box(1))); println!("{p:?}"); } //~ FA607
fn guard(alloc: &SmartAlloc) { let frame = alloc.frame(); mem::forget(frame); } //~ FA607
fn scope(alloc: &SmartAlloc) { mem::forget(alloc.scope()); } //~ FA607
fn param(b: FrameBox<'_, u32>) { mem::forget(b); } //~ FA607
fn lose_it<T>(value: T) { mem::forget(value); }
fn lose_twice<T>(value: T) { lose_it(value); }
fn helper(alloc: &SmartAlloc) { lose_twice(alloc.frame_box(1)); } //~ FA607
fn optional(alloc: &SmartAlloc, n: u8) {
    let kept = match n { 0 => None, _ => Some(alloc.frame_box(n)) };
    mem::forget(kept); //~ FA607
}
"#,
        );
    }

    #[test]
    fn what_its_type_says_is_of_a_frame() {
        check(
            &FRAME_VALUE_FORGOTTEN,
            r#"
use framealloc::{Frame, FrameBox, FrameVec, PoolBox, SmartAlloc};
use std::mem::{ManuallyDrop, forget};
struct Slot<'a> { value: Option<FrameBox<'a, u32>>, list: FrameVec<'a, u32>, kept: Option<PoolBox<u32>> }
fn taken(slot: &mut Slot<'_>) {
    if let Some(value) = slot.value.take() { forget(value); } //~ FA607
    forget(slot.kept.take());
    forget(&slot.list);
}
fn replaced<'a>(slot: &mut Slot<'a>, alloc: &'a SmartAlloc) {
    let old = std::mem::replace(&mut slot.list, alloc.frame_vec());
    let old = ManuallyDrop::new(old); //~ FA607
    println!("{}", old.len());
}
fn closed(alloc: &SmartAlloc) {
    let leak = |frame: Frame<'_>| forget(frame); //~ FA607
    leak(alloc.frame());
    let copy = |value: &FrameBox<'_, u32>| forget(**value);
    copy(&alloc.frame_box(1));
}
"#,
        );
    }

    #[test]
    fn what_is_not_of_a_frame_is_silent() {
        check(
            &FRAME_VALUE_FORGOTTEN,
            r#"
use framealloc::SmartAlloc;
use std::mem::{self, ManuallyDrop};
fn pools(alloc: &SmartAlloc) {
    mem::forget(alloc.pool_box(1));
    let leaked = alloc.pool_box(2).leak();
    let heap = alloc.heap_box(3).leak();
    let kept = ManuallyDrop::new(alloc.pool_box(4));
    println!("{leaked} {heap} {kept}");
}
fn copies(alloc: &SmartAlloc) {
    let v = alloc.frame_slice_copy(&[1u8]);
    mem::forget(v.to_vec());
    let s: &'static [u8] = v.to_vec().leak();
    let b = Box::leak(Box::new(v.len()));
    let n = *alloc.frame_box(Some(1u8));
    mem::forget(n);
    println!("{s:?} {b}");
}
fn dropped(alloc: &SmartAlloc) { let v = alloc.frame_vec::<u8>(); drop(v); }
fn reference(alloc: &SmartAlloc) { let frame = alloc.frame(); let n = frame.alloc(1u8); mem::forget(n); }
fn replaced(alloc: &SmartAlloc, list: &mut Vec<u8>) {
    let v = alloc.frame_slice_copy(&[1u8]);
    let old = mem::replace(list, v.to_vec());
    mem::forget(old);
}
struct Notes; impl Notes { fn forget<T>(&self, _: T) {} }
fn look_alike(alloc: &SmartAlloc, notes: &Notes) { notes.forget(alloc.frame_box(1)); }
"#,
        );
    }
}
