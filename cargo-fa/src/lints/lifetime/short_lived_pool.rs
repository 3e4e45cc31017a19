//! FA606.

use std::collections::BTreeSet;

use crate::flow::body::{BodyId, Callee, Function, OpId, OpKind, Place, Value};
use crate::flow::{OriginId, OriginKind, Program, Within, is_refused};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::model::{Known, Ty};
use crate::source::Span;

use super::frame_call::{frame_call, in_frame};

declare_lint! {
    /// A pool or heap value is made and dropped within one frame.
    ///
    /// ## Why
    ///
    /// A frame gives memory by moving a pointer and takes all of it back at once. A pool finds a block and takes it back
    /// one by one, the heap does more than that. What does not outlive the frame need not pay for it.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn view(alloc: &SmartAlloc, yaw: f32) -> f32 {
    ///     let _frame = alloc.frame();
    ///     let matrix = alloc.pool_box([yaw; 16]);
    ///     matrix[0] + matrix[5]
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn view(alloc: &SmartAlloc, yaw: f32) -> f32 {
    ///     let _frame = alloc.frame();
    ///     let matrix = alloc.frame_box([yaw; 16]);
    ///     matrix[0] + matrix[5]
    /// }
    /// ```
    ///
    /// Values in a loop are reported as `hot-loop-allocation`.
    ///
    /// ## What it cannot see
    ///
    /// Values that are given to another crate, which may keep them: they count as moved out.
    pub SHORT_LIVED_POOL = "FA606", "short-lived-pool", Lifetime, Warn, "a pool or heap value lives no longer than its frame";
    check = check;
}

struct Made<'a> {
    body: BodyId,
    at: OpId,
    place: &'a Place,
    span: Span,
    name: &'a str,
    kind: Kind,
    begun: Span,
    guessed: bool,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let frames = program.frame_calls();
    for (function, id, body) in program.bodies() {
        let allocates = body.calls().any(
            |(_, _, call)| matches!(&call.callee, Callee::Api { method, .. } if is_lasting(method.kind)),
        );
        if !allocates {
            continue;
        }
        let mut made: Vec<Made<'_>> = Vec::new();
        program.walk(function, id, |point| {
            let op = function.body(id).op(point.at);
            let OpKind::Assign(place, Value::Call(call)) = &op.kind else { return };
            let Callee::Api { method, guessed, .. } = &call.callee else { return };
            if !is_lasting(method.kind) || is_refused(body, place) {
                return;
            }
            let Some(within) = frames.at(function, id, point) else { return };
            let (begun, in_loop) = match &within {
                Within::Here(at, _) => {
                    let begin = function.body(id).op(*at);
                    let around = function.loops_around(op.context);
                    let inner = around
                        .iter()
                        .any(|&turn| !function.is_within(begin.context, function.a_loop(turn).context));
                    (begin.span, inner)
                }
                Within::Around(span) => (*span, !function.loops_around(op.context).is_empty()),
            };
            if !in_loop {
                made.push(Made {
                    body: id,
                    at: point.at,
                    place,
                    span: call.name_span,
                    name: &call.name,
                    kind: method.kind,
                    begun,
                    guessed: *guessed,
                });
            }
        });
        if made.is_empty() {
            continue;
        }
        let outliving = outliving(program, function, id);
        for made in made {
            let outlives = program.flow(function).origins.iter().enumerate().any(|(number, origin)| {
                origin.op == Some(made.at) && outliving.contains(&OriginId(number as u32))
            });
            if !outlives && !program.fate(function, id, made.place).leaves() {
                findings.push(finding(program, function, &made));
            }
        }
    }
}

fn is_lasting(kind: Kind) -> bool {
    matches!(kind, Kind::PoolAlloc | Kind::HeapAlloc)
}

/// Whether a place keeps what it holds: neither a temporary nor something that only refers to it. What several handles
/// share has no name of its own.
fn keeps(program: &Program, function: &Function, place: &Place) -> bool {
    place.as_local().is_none_or(|local| {
        let local = function.local(local);
        let shared = matches!(local.ty.as_known(), Some(Known::Arc | Known::Rc));
        (local.name.is_some() || shared)
            && !matches!(local.ty, Ty::Ref(..))
            && program.index.is_copy(&local.ty) != Some(true)
    })
}

/// Values that are still there when their frame is over.
fn outliving(program: &Program, function: &Function, id: BodyId) -> BTreeSet<OriginId> {
    let frames = program.frame_calls();
    let flow = program.flow(function);
    let mut found = BTreeSet::new();
    program.walk(function, id, |point| {
        let scope_end = matches!(point.op.kind, OpKind::Drop(..));
        if !scope_end && frames.at(function, id, point).is_none() {
            for (_, held) in point.before.places().filter(|(place, _)| keeps(program, function, place)) {
                found.extend(held.keys().copied().filter(|&origin| {
                    matches!(flow.origin(origin).kind, OriginKind::Pool | OriginKind::Heap)
                }));
            }
        }
    });
    found
}

fn finding(program: &Program, function: &Function, made: &Made<'_>) -> Finding {
    let what = if made.kind == Kind::PoolAlloc { "pool" } else { "heap" };
    let frame = frame_call(made.name);
    Finding {
        lint: &SHORT_LIVED_POOL,
        confidence: if made.guessed { Confidence::Possible } else { Confidence::Certain },
        message: format!("this {what} value lives no longer than its frame"),
        primary: Label { span: made.span, text: "made here and dropped before the frame is over".to_owned() },
        labels: vec![Label { span: made.begun, text: "within the frame that begins here".to_owned() }],
        help: format!("make it in the frame: `{frame}`"),
        fix: in_frame(
            program,
            function,
            &program.fate(function, made.body, made.place),
            made.name,
            made.span,
        ),
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::SHORT_LIVED_POOL;
    use crate::lints::testing::check;

    #[test]
    fn values_that_die_in_the_frame() {
        check(
            &SHORT_LIVED_POOL,
            r#"
use framealloc::{Frame, PoolBox, SmartAlloc};
struct Game { alloc: SmartAlloc }
impl Game {
    fn frame(&self) -> u32 {
        self.alloc.begin_frame();
        let a = self.alloc.pool_box(1u32); //~ FA606
        let n = *a + self.deep();
        drop(a);
        self.alloc.end_frame();
        n
    }
    fn deep(&self) -> u32 { self.deeper() }
    fn deeper(&self) -> u32 {
        let t = self.alloc.heap_box([1u32; 4]); //~ FA606
        t[0]
    }
}
fn read(b: PoolBox<u32>) -> u32 { *b }
fn handed(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    let b = alloc.pool_box(1u32); //~ FA606
    read(b)
}
fn unpacked(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    alloc.pool_box(1u32).into_inner() //~ FA606
}
fn if_let(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    if let Ok(b) = alloc.try_pool_box(1u32) { return *b; } //~ FA606
    0
}
fn with_guard(alloc: &SmartAlloc, _frame: &Frame<'_>) -> u32 { *alloc.pool_box(1u32) } //~ FA606
fn turns(alloc: &SmartAlloc) {
    loop {
        let _frame = alloc.frame();
        let b = alloc.pool_box(1u32); //~ FA606
        if *b == 2 { break; }
    }
}
"#,
        );
    }

    #[test]
    fn a_reference_does_not_keep_a_value() {
        check(
            &SHORT_LIVED_POOL,
            r#"
use framealloc::{PoolBox, SmartAlloc};
#[derive(Clone, Copy)] struct View<'a> { of: &'a [f32] }
fn zipped(alloc: &SmartAlloc, body: &mut [f32]) {
    alloc.begin_frame();
    let gravity = alloc.heap_box([0.0f32, -9.81, 0.0]); //~ FA606
    for (axis, force) in body.iter_mut().zip(gravity.iter()) { *axis += force * 0.016; }
    drop(gravity);
    alloc.end_frame();
}
fn named(alloc: &SmartAlloc) -> f32 {
    alloc.begin_frame();
    let row = alloc.heap_slice::<f32>(4); //~ FA606
    let first = &row[0];
    let view = View { of: &row };
    let sum = *first + view.of.len() as f32;
    drop(row);
    alloc.end_frame();
    sum
}
fn patterns(alloc: &SmartAlloc) -> u32 {
    let mut sum = 0;
    alloc.begin_frame();
    {
        let pair = alloc.pool_box((1u32, 2u32)); //~ FA606
        let (left, right) = &*pair;
        sum += left + right;
    }
    alloc.end_frame();
    sum
}
fn kept_by_name(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let first = alloc.pool_box(1u32);
    let view = &first;
    let n = **view;
    alloc.end_frame();
    let later: PoolBox<u32> = first;
    n + *later
}
fn shared(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let first = std::sync::Arc::new(alloc.pool_box(1u32));
    alloc.end_frame();
    **first
}
"#,
        );
    }

    #[test]
    fn values_that_live_on() {
        check(
            &SHORT_LIVED_POOL,
            r#"
use framealloc::{PoolBox, SmartAlloc};
use std::collections::HashMap;
struct Kept { one: Option<PoolBox<u32>>, all: Vec<PoolBox<u32>>, by: HashMap<u32, (u8, PoolBox<u32>)> }
impl Kept { fn keep(&mut self, b: PoolBox<u32>) { self.keep_deep(b) } fn keep_deep(&mut self, b: PoolBox<u32>) { self.all.push(b) } }
fn stored(alloc: &SmartAlloc, kept: &mut Kept, wanted: bool) {
    let _frame = alloc.frame();
    kept.one = Some(alloc.pool_box(1));
    let later = alloc.pool_box(2);
    if wanted { kept.all.push(later); }
    let deep = alloc.pool_box(3);
    kept.keep(deep);
    kept.by.insert(1, (2, alloc.pool_box(4)));
    let entry = kept.by.entry(3).or_insert_with(|| (1, alloc.pool_box(5)));
    entry.0 = 4;
}
fn returned(alloc: &SmartAlloc) -> Result<(u8, PoolBox<u32>), ()> {
    let _frame = alloc.frame();
    let b = alloc.pool_box(1);
    Ok((1, b))
}
fn after(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let b = alloc.pool_box(1u32);
    alloc.end_frame();
    *b
}
fn outside(alloc: &SmartAlloc) -> u32 { *alloc.pool_box(1u32) }
fn before(alloc: &SmartAlloc) -> u32 { let b = alloc.pool_box(1u32); alloc.begin_frame(); alloc.end_frame(); *b }
fn in_loop(alloc: &SmartAlloc, all: &[u32]) -> u32 {
    let _frame = alloc.frame();
    let mut sum = 0;
    for n in all { let b = alloc.pool_box(*n); sum += *b; }
    sum
}
fn frame_value(alloc: &SmartAlloc) -> u32 { let _frame = alloc.frame(); *alloc.frame_box(1u32) }
struct Pool; impl Pool { fn pool_box(&self, n: u32) -> Box<u32> { Box::new(n) } }
fn other(alloc: &SmartAlloc, pool: &Pool) -> u32 { let _frame = alloc.frame(); *pool.pool_box(1) }
"#,
        );
    }
}
