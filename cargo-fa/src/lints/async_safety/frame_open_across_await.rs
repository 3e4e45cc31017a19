//! FA702.

use crate::flow::body::{Body, Callee, Function, OpId, OpKind, Value};
use crate::flow::{FrameState, OriginKind, Point, Program, State};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A function waits for a future between `begin_frame` and `end_frame`.
    ///
    /// ## Why
    ///
    /// A frame belongs to a thread, not to a function. While the function waits, its thread runs other tasks: they
    /// allocate in this frame, or end it, or begin the next one. When the executor goes on with the function on another
    /// thread, its `end_frame` ends the frame of that one.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// # async fn input() -> u32 { 3 }
    /// async fn turn(alloc: &SmartAlloc) -> u32 {
    ///     alloc.begin_frame();
    ///     let keys = input().await;
    ///     alloc.end_frame();
    ///     keys
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// Wait before the frame begins, or when it is over:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// # async fn input() -> u32 { 3 }
    /// async fn turn(alloc: &SmartAlloc) -> u32 {
    ///     let keys = input().await;
    ///     alloc.begin_frame();
    ///     let sum = alloc.frame_slice_from_fn(4, |i| i as u32 * keys).iter().sum();
    ///     alloc.end_frame();
    ///     sum
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Frames that a caller opened, and waiting that a macro hides. A guard that is alive is `frame-value-across-await`.
    pub FRAME_OPEN_ACROSS_AWAIT = "FA702", "frame-open-across-await", Async, Deny, "a function waits while its frame is open";
    check = check;
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    for (function, id, body) in program.bodies() {
        if !body.ops().any(|(_, op)| matches!(op.kind, OpKind::Await)) {
            continue;
        }
        program.walk(function, id, |point| {
            if matches!(point.op.kind, OpKind::Await)
                && let Some(begun) = open_frame(program, function, body, point)
            {
                findings.push(finding(program, function, point.op.span, span_of(body, begun)));
            }
        });
    }
}

/// Where a frame was begun that is open here, not counting those that a guard ends.
fn open_frame(program: &Program, function: &Function, body: &Body, point: Point<'_>) -> Option<OpId> {
    for (_, states) in point.before.frames() {
        for state in states {
            // A turn that was left with its frame open has been found where it was left.
            if let FrameState::Open { at, left: None } = *state
                && !is_guard(body, at)
                && !has_guard(program, function, point.before, at)
            {
                return Some(at);
            }
        }
    }
    None
}

fn is_guard(body: &Body, at: OpId) -> bool {
    let OpKind::Assign(_, Value::Call(call)) = &body.op(at).kind else { return false };
    matches!(&call.callee, Callee::Api { method, .. } if method.kind != Kind::BeginFrame)
}

/// Whether a value of the program's own ends the frame when it is dropped.
fn has_guard(program: &Program, function: &Function, state: &State, begun: OpId) -> bool {
    let flow = program.flow(function);
    state.places().flat_map(|(_, held)| held.keys()).any(|&id| {
        let origin = flow.origin(id);
        matches!(origin.kind, OriginKind::Guard(_)) && origin.op == Some(begun)
    })
}

fn span_of(body: &Body, at: OpId) -> Span {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => body.op(at).span,
    }
}

fn finding(program: &Program, function: &Function, span: Span, begun: Span) -> Finding {
    Finding {
        lint: &FRAME_OPEN_ACROSS_AWAIT,
        confidence: Confidence::Certain,
        message: "the frame is open while this `.await` waits".to_owned(),
        primary: Label { span, text: "other tasks of the thread run here, within the frame".to_owned() },
        labels: vec![Label { span: begun, text: "the frame begins here".to_owned() }],
        help: "wait before `begin_frame` or after `end_frame`".to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_OPEN_ACROSS_AWAIT;
    use crate::lints::testing::check;

    #[test]
    fn awaits_in_an_open_frame() {
        check(
            &FRAME_OPEN_ACROSS_AWAIT,
            r#"
use framealloc::SmartAlloc;
use std::sync::Arc;
async fn tick() -> u32 { 1 }
async fn plain(a: &SmartAlloc) { a.begin_frame(); tick().await; a.end_frame(); } //~ FA702
async fn tried(a: &SmartAlloc) -> Option<u32> {
    a.begin_frame();
    let n = some().await?; //~ FA702
    a.end_frame();
    Some(n)
}
async fn some() -> Option<u32> { None }
async fn arms(a: Arc<SmartAlloc>, n: u8) {
    let twin = a.clone();
    a.begin_frame();
    match n {
        0 => { tick().await; } //~ FA702
        1 => { twin.end_frame(); tick().await; return; }
        _ => {}
    }
    a.end_frame();
}
struct Game { a: SmartAlloc }
impl Game {
    fn start(&self) { self.a.begin_frame(); }
    fn finish(&self) { self.a.end_frame(); }
    async fn through_helpers(&self) { self.start(); tick().await; self.finish(); } //~ FA702
    async fn turns(&self) {
        loop {
            self.a.begin_frame();
            let n = tick().await; //~ FA702
            self.a.end_frame();
            if n > 3 { break; }
        }
        tick().await;
    }
    async fn if_let(&self) {
        self.a.begin_frame();
        if let Some(n) = some().await { println!("{n}"); } //~ FA702
        let _ = self.a.end_frame_with_promotions();
    }
}
fn blocks(a: &'static SmartAlloc) -> impl Future<Output = u32> {
    async move {
        a.begin_frame();
        let n = tick().await; //~ FA702
        a.end_frame();
        n
    }
}
"#,
        );
    }

    #[test]
    fn awaits_outside_of_a_frame() {
        check(
            &FRAME_OPEN_ACROSS_AWAIT,
            r#"
use framealloc::SmartAlloc;
async fn tick() -> u32 { 1 }
async fn around(a: &SmartAlloc) { tick().await; a.begin_frame(); a.end_frame(); tick().await; }
async fn other(a: &SmartAlloc, b: &SmartAlloc) { a.begin_frame(); a.end_frame(); tick().await; b.begin_frame(); b.end_frame(); }
async fn helper(a: &SmartAlloc) { turn(a); tick().await; }
fn turn(a: &SmartAlloc) { a.begin_frame(); a.end_frame(); }
fn made(a: &'static SmartAlloc) -> impl Future<Output = u32> {
    a.begin_frame();
    let future = async { tick().await };
    a.end_frame();
    future
}
async fn branches(a: &SmartAlloc, fast: bool) {
    a.begin_frame();
    if fast { a.end_frame(); tick().await; } else { a.end_frame(); }
    tick().await;
}
struct OnDrop<'a>(&'a SmartAlloc);
impl<'a> OnDrop<'a> { fn new(a: &'a SmartAlloc) -> Self { a.begin_frame(); OnDrop(a) } }
impl Drop for OnDrop<'_> { fn drop(&mut self) { self.0.end_frame(); } }
async fn own_guard(a: &SmartAlloc) { { let _frame = OnDrop::new(a); } tick().await; }
struct Stream; impl Stream { fn begin_frame(&self) {} fn end_frame(&self) {} }
async fn look_alike(s: &Stream) { s.begin_frame(); tick().await; s.end_frame(); }
"#,
        );
    }
}
