//! FA603.

use std::collections::BTreeSet;

use crate::flow::body::{Body, BodyId, Callee, Function, Leave, OpId, OpKind, Value};
use crate::flow::{FrameState, Program, State};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A path leaves the function or the turn of a loop without `end_frame`, although other paths end the frame; or no
    /// code of the crate ends it.
    ///
    /// ## Why
    ///
    /// Until the next `begin_frame` the memory of the frame stays taken, its numbers run on, and whoever waits for the
    /// frame's end (promotions, deferred frees, snapshots) waits for nothing.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, input: Result<u32, String>) -> Result<u32, String> {
    ///     alloc.begin_frame();
    ///     let steps = input?;
    ///     alloc.end_frame();
    ///     Ok(steps)
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A guard ends the frame on every path:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, input: Result<u32, String>) -> Result<u32, String> {
    ///     let _frame = alloc.frame();
    ///     let steps = input?;
    ///     Ok(steps)
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// Panics inside of functions that are called, and frames that other crates end.
    pub FRAME_NOT_ENDED = "FA603", "frame-not-ended", Lifetime, Deny, "a path leaves without ending the frame it began";
    check = check;
}

/// Where frames begin and end in a body.
#[derive(Default)]
struct Boundaries {
    /// Where frames begin.
    begins: BTreeSet<OpId>,
    /// The beginnings of frames that some path ends.
    ended: BTreeSet<OpId>,
    /// Statements that leave, with the beginning of the frame that stays open.
    leaving: BTreeSet<(OpId, OpId)>,
    /// Beginnings that a path without such a statement leaves open.
    falling: BTreeSet<OpId>,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let ends_anywhere = program.functions().any(|function| {
        (0..function.bodies.len())
            .any(|number| program.body_summary(function, BodyId(number as u32)).ends_frame)
    });
    for (function, id, body) in program.bodies() {
        let found = boundaries(program, function, id);
        for &(left, begun) in &found.leaving {
            let leaving = body.op(left);
            if found.ended.contains(&begun) && !program.fails_test(function, leaving) {
                findings.push(leaves(program, function, leaving.span, how(body, left), span_of(body, begun)));
            }
        }
        for &begun in &found.begins {
            let direct = is_call_of(body, begun, Kind::BeginFrame);
            // Both under a condition: perhaps the same one.
            let falls = found.falling.contains(&begun)
                && found.ended.contains(&begun)
                && function.is_on_every_path(id, begun);
            if direct && (falls || !ends_anywhere) {
                findings.push(never_ends(program, function, span_of(body, begun), ends_anywhere));
            }
        }
    }
}

fn boundaries(program: &Program, function: &Function, id: BodyId) -> Boundaries {
    let body = function.body(id);
    let mut found = Boundaries::default();
    if body.calls().next().is_none() {
        return found;
    }
    program.walk(function, id, |point| {
        for (alloc, states) in point.after.frames() {
            for state in states {
                match state {
                    FrameState::Open { at, .. }
                        if *at == point.at && !is_call_of(body, *at, Kind::FrameGuard) =>
                    {
                        // Begun again in the next turn: whoever skipped the end left the turn by a statement.
                        for before in point.before.frame(alloc) {
                            if let FrameState::Open { at: earlier, left: Some(left) } = before
                                && leaves_turn(body, left)
                            {
                                found.leaving.insert((left, earlier));
                            }
                        }
                        found.begins.insert(*at);
                    }
                    FrameState::Ended { at } if *at == point.at => {
                        for before in point.before.frame(alloc) {
                            if let FrameState::Open { at: begun, .. } = before {
                                found.ended.insert(begun);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    });
    for state in [program.at_exit(function, id), program.at_panic(function, id)].into_iter().flatten() {
        still_open(state, &mut found);
    }
    found
}

fn still_open(state: &State, found: &mut Boundaries) {
    for (_, states) in state.frames() {
        for state in states {
            match *state {
                FrameState::Open { at, left: Some(left) } => {
                    found.leaving.insert((left, at));
                }
                FrameState::Open { at, left: None } => {
                    found.falling.insert(at);
                }
                _ => {}
            }
        }
    }
}

fn leaves_turn(body: &Body, left: OpId) -> bool {
    matches!(body.op(left).kind, OpKind::Leave(Leave::Continue(_) | Leave::Break(_)))
}

fn is_call_of(body: &Body, at: OpId, kind: Kind) -> bool {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => {
            matches!(&call.callee, Callee::Api { method, guessed: false, .. } if method.kind == kind)
        }
        _ => false,
    }
}

fn span_of(body: &Body, at: OpId) -> Span {
    match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => body.op(at).span,
    }
}

fn how(body: &Body, left: OpId) -> &'static str {
    match &body.op(left).kind {
        OpKind::Leave(Leave::Return) => "this `return` leaves",
        OpKind::Leave(Leave::Closure(_)) => "this way out of the closure leaves",
        OpKind::Leave(Leave::Try) => "this `?` may leave",
        OpKind::Leave(Leave::Break(_)) => "this `break` leaves",
        OpKind::Leave(Leave::Continue(_)) => "this `continue` leaves",
        _ => "this panic leaves",
    }
}

fn leaves(program: &Program, function: &Function, span: Span, how: &str, begun: Span) -> Finding {
    Finding {
        lint: &FRAME_NOT_ENDED,
        confidence: Confidence::Certain,
        message: format!("{how} the frame open"),
        primary: Label { span, text: "on this path nothing ends the frame".to_owned() },
        labels: vec![Label { span: begun, text: "the frame begins here".to_owned() }],
        help: "let a guard end it on every path, `let _frame = alloc.frame();`, or call `end_frame` before leaving"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

fn never_ends(program: &Program, function: &Function, span: Span, elsewhere: bool) -> Finding {
    let message = if elsewhere {
        "a path goes on from here without ending the frame"
    } else {
        "no code of the crate ends the frame that begins here"
    };
    Finding {
        lint: &FRAME_NOT_ENDED,
        confidence: Confidence::Certain,
        message: message.to_owned(),
        primary: Label { span, text: "the frame begins here".to_owned() },
        labels: Vec::new(),
        help: "call `end_frame` when the frame is over, or let a guard do it: `let _frame = alloc.frame();`"
            .to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_NOT_ENDED;
    use crate::lints::testing::check;

    #[test]
    fn statements_that_leave_a_frame_open() {
        check(
            &FRAME_NOT_ENDED,
            r#"
use framealloc::SmartAlloc;
use std::sync::Arc;
fn early(alloc: &SmartAlloc, skip: bool) {
    alloc.begin_frame();
    if skip {
        return; //~ FA603
    }
    alloc.end_frame();
}
fn question(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    alloc.begin_frame();
    let n: u32 = text.parse()?; //~ FA603
    alloc.end_frame();
    Ok(n)
}
struct Game { alloc: Arc<SmartAlloc>, paused: bool, over: bool }
impl Game {
    fn run(&mut self) {
        loop {
            self.alloc.begin_frame();
            if self.paused {
                continue; //~ FA603
            }
            if self.over {
                break; //~ FA603
            }
            self.alloc.end_frame();
        }
    }
    fn arms(&self, what: u8) -> u8 {
        self.alloc.begin_frame();
        let n = match what {
            0 => 1,
            1 => return 7, //~ FA603
            2 => panic!("never"), //~ FA603
            _ => 2,
        };
        self.alloc.end_frame();
        n
    }
    fn falls(&self, what: bool) {
        self.alloc.begin_frame(); //~ FA603
        if what {
            self.alloc.end_frame();
        }
    }
    fn let_else(&self, n: Option<u8>) {
        let alloc = self.alloc.clone();
        alloc.begin_frame();
        let Some(n) = n else { return }; //~ FA603
        println!("{n}");
        alloc.end_frame();
    }
    fn promotions(&self, n: Option<u8>) -> Option<u8> {
        self.alloc.begin_frame();
        let m = n?; //~ FA603
        let _ = self.alloc.end_frame_with_promotions();
        Some(m)
    }
    fn helper(&self, n: Option<u8>) -> Option<u8> {
        self.alloc.begin_frame();
        let m = n?; //~ FA603
        self.finish();
        Some(m)
    }
    fn finish(&self) { self.alloc.end_frame(); }
}
"#,
        );
    }

    #[test]
    fn a_frame_that_nothing_ends() {
        check(
            &FRAME_NOT_ENDED,
            r#"
use framealloc::SmartAlloc;
fn main() {
    let alloc = SmartAlloc::with_defaults();
    loop {
        alloc.begin_frame(); //~ FA603
        let v = alloc.frame_vec::<u8>();
        println!("{}", v.len());
    }
}
"#,
        );
    }

    #[test]
    fn frames_that_end_on_every_path_are_silent() {
        check(
            &FRAME_NOT_ENDED,
            r#"
use framealloc::SmartAlloc;
struct Engine { alloc: SmartAlloc, done: bool }
impl Engine {
    fn start(&self) { self.alloc.begin_frame(); }
    fn finish(&self) { self.alloc.end_frame(); }
    fn turn(&self) -> Result<(), ()> { self.start(); self.finish(); Ok(()) }
    fn guard(&self, n: Option<u8>) -> Option<u8> { let _frame = self.alloc.frame(); let m = n?; Some(m) }
    fn both(&self, skip: bool) {
        self.alloc.begin_frame();
        if skip { self.alloc.end_frame(); return; }
        self.alloc.end_frame();
    }
    fn closure(&self, items: &[u8]) -> usize {
        self.alloc.begin_frame();
        let n = items.iter().filter(|n| { if **n > 3 { return false; } true }).count();
        self.alloc.with_tag("x", |a| { let v = a.frame_vec::<u8>(); if v.is_empty() { return; } });
        self.alloc.end_frame();
        n
    }
    fn inner_loop(&self, items: &[u8]) {
        self.alloc.begin_frame();
        for item in items { if *item == 0 { continue; } if *item == 9 { break; } println!("{item}"); }
        self.alloc.end_frame();
    }
    fn same_condition(&self) {
        if self.done { self.alloc.begin_frame(); }
        println!("{}", self.done);
        if self.done { self.alloc.end_frame(); }
    }
    fn after_loop(&self) {
        loop {
            self.alloc.begin_frame();
            if self.done { break; }
            self.alloc.end_frame();
        }
        self.alloc.end_frame();
    }
    fn run(&mut self) {
        while !self.done {
            self.alloc.begin_frame();
            let result = self.step();
            self.alloc.end_frame();
            if result.is_err() { return; }
        }
    }
    fn step(&self) -> Result<(), ()> { Ok(()) }
}
struct OnDrop<'a>(&'a SmartAlloc);
impl<'a> OnDrop<'a> { fn new(alloc: &'a SmartAlloc) -> Self { alloc.begin_frame(); OnDrop(alloc) } }
impl Drop for OnDrop<'_> { fn drop(&mut self) { self.0.end_frame(); } }
fn dropped(alloc: &SmartAlloc, n: Option<u8>) -> Option<u8> { let _guard = OnDrop::new(alloc); let m = n?; Some(m) }
fn labelled(alloc: &SmartAlloc) {
    'outer: loop {
        alloc.begin_frame();
        for i in 0..3 { if i == 2 { alloc.end_frame(); continue 'outer; } }
        alloc.end_frame();
        break;
    }
}
struct Stream; impl Stream { fn begin_frame(&self) {} fn end_frame(&self) {} }
fn look_alike(s: &Stream, n: Option<u8>) -> Option<u8> { s.begin_frame(); let m = n?; s.end_frame(); Some(m) }
"#,
        );
    }

    #[test]
    fn many_ways_to_leave() {
        const SOURCE: &str = r#"
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::sync::Arc;
async fn tick() -> u32 { 1 }
async fn sometimes() -> Option<u32> { None }
trait Step { fn begin(&self); fn end(&self); fn run(&self, n: Option<u8>) -> Option<u8> { self.begin(); let m = n?; self.end(); Some(m) } } //~ FA603
struct G { alloc: Arc<SmartAlloc>, on: bool }
impl Step for G { fn begin(&self) { self.alloc.begin_frame(); } fn end(&self) { self.alloc.end_frame(); } }
impl G {
    fn nested_closure(&self, items: &[u8]) -> Option<u8> {
        self.alloc.begin_frame();
        let f = |n: u8| -> Option<u8> { if n > 3 { return None; } Some(n) };
        let got = items.iter().map(|n| f(*n)).next()?; //~ FA603
        self.alloc.end_frame();
        got
    }
    fn labelled(&self, rows: &[Vec<u8>]) -> bool {
        'rows: for row in rows {
            self.alloc.begin_frame();
            for n in row {
                match n { 0 => continue 'rows, 1 => break 'rows, 2 => return false, _ => {} } //~ FA603 FA603 FA603
            }
            self.alloc.end_frame();
        }
        true
    }
    fn guard_or(&self) -> u8 {
        let frame = self.alloc.frame();
        if self.on { return 1; }
        drop(frame);
        2
    }
    fn cond_both(&self) {
        if self.on { self.alloc.begin_frame(); }
        println!("x");
        if self.on { self.alloc.end_frame(); }
    }
    fn unreachable(&self, n: u8) -> u8 {
        self.alloc.begin_frame();
        let m = match n { 0 => 1, _ => unreachable!("n") }; //~ FA603
        self.alloc.end_frame();
        m
    }
    fn let_else(&self, n: Option<u8>) {
        self.alloc.begin_frame();
        let Some(_) = n else { self.alloc.end_frame(); return; };
        let Some(_) = n else { return; }; //~ FA603
        self.alloc.end_frame();
    }
    fn assert(&self, n: u8) { self.alloc.begin_frame(); assert!(n > 1); self.alloc.end_frame(); }
    async fn frame_guard(&self) -> u32 { let f = self.alloc.frame(); let x = *f.alloc(3u32); drop(f); tick().await + x }
    async fn guard_across(&self) { let _f = self.alloc.frame(); tick().await; } //~ FA701
    async fn scope_across(&self) { let _f = self.alloc.scope(); tick().await; } //~ FA701
    async fn while_let(&self) {
        while let Some(n) = sometimes().await {
            self.alloc.begin_frame();
            let v = frame_format!(self.alloc, "{n}");
            println!("{v}");
            drop(v);
            self.alloc.end_frame();
        }
    }
    async fn arg(&self) -> usize { let v = self.alloc.frame_vec::<u8>(); v.len() + tick().await as usize } //~ FA701
    async fn joined(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let fut = count(v);
        tick().await; //~ FA701
        fut.await
    }
    async fn match_scrut(&self) -> u32 {
        match self.alloc.frame_vec::<u8>().len() { 0 => tick().await, _ => 2 } //~ FA701
    }
    async fn field(&self) -> usize {
        let s = S { v: self.alloc.frame_vec(), n: 1 };
        tick().await; //~ FA701
        s.v.len() + s.n
    }
    async fn field_out(&self) -> usize {
        let s = S { v: self.alloc.frame_vec(), n: 1 };
        let S { v, n } = s;
        drop(v);
        tick().await;
        n
    }
    async fn opt(&self) -> usize {
        let v = self.alloc.try_frame_vec_with_capacity::<u8>(3).ok();
        tick().await; //~ FA701
        v.map_or(0, |v| v.len())
    }
    async fn closure_cap(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let f = move || v.len();
        tick().await; //~ FA701
        f()
    }
    async fn slice(&self) -> u8 {
        let v = self.alloc.frame_slice::<u8>(4);
        let first = v[0];
        drop(v);
        tick().await;
        first
    }
    async fn shadow(&self) -> usize {
        let v = self.alloc.frame_vec::<u8>();
        let v = v.len();
        tick().await; //~ FA701
        v
    }
    async fn select(&self) {
        self.alloc.begin_frame();
        loop { if tick().await > 3 { break; } } //~ FA702
        self.alloc.end_frame();
    }
    async fn inner_block(&self) -> u32 {
        self.alloc.begin_frame();
        let n = async { tick().await }.await; //~ FA702
        self.alloc.end_frame();
        n
    }
    async fn tagged(&self) -> u32 {
        self.alloc.with_tag("x", |a| { a.begin_frame(); a.end_frame(); });
        tick().await
    }
}
struct S<'a> { v: FrameVec<'a, u8>, n: usize }
async fn count(v: FrameVec<'_, u8>) -> usize { v.len() }
"#;
        check(&FRAME_NOT_ENDED, SOURCE);
    }
}
