//! FA605.

use crate::flow::body::{Body, Call, Callee, Function, LocalId, OpId, OpKind, Operand, Place, Value};
use crate::flow::{FrameState, Point, Program};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::api::Kind;
use crate::source::Span;

declare_lint! {
    /// A frame begins while this function's frame of the same allocator is open.
    ///
    /// ## Why
    ///
    /// An allocator has one frame per thread. The second `begin_frame` does not nest: the frame that was open is over, and
    /// so is all that it made, and the `end_frame` that was meant for it finds nothing to end.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc) {
    ///     alloc.begin_frame();
    ///     let moved = alloc.frame_vec::<u32>();
    ///     alloc.begin_frame();
    ///     println!("{}", moved.len());
    ///     alloc.end_frame();
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// A scope gives back what is made in a part of the frame:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc) {
    ///     alloc.begin_frame();
    ///     {
    ///         let scope = alloc.scope();
    ///         let moved = scope.vec::<u32>();
    ///         println!("{}", moved.len());
    ///     }
    ///     alloc.end_frame();
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// A frame that the caller has open, and which of several allocators in a collection is which.
    pub NESTED_BEGIN = "FA605", "nested-begin", Lifetime, Warn, "a frame begins while one of the same allocator is open";
    check = check;
}

/// A place where a frame begins, and the allocator.
struct Begin {
    alloc: Place,
    /// One of several in a collection: the variable that it is in.
    element: Option<LocalId>,
    span: Span,
    guessed: bool,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    for (function, id, body) in program.bodies() {
        program.walk(function, id, |point| {
            for begin in begins(program, function, point) {
                let open = point.before.frame(&begin.alloc).into_iter().find_map(|state| match state {
                    // A statement that left it open is a mistake of its own; so is a loop that never ends its frame.
                    FrameState::Open { at, left: None } if at != point.at => Some(at),
                    _ => None,
                });
                let Some(open) = open.filter(|&open| certainly_begins(program, body, open)) else { continue };
                if begin.element.is_some() && begin.element != element_at(function, body, open) {
                    continue;
                }
                findings.push(finding(program, function, body, &begin, open));
                return;
            }
        });
    }
}

fn begins(program: &Program, function: &Function, point: Point<'_>) -> Vec<Begin> {
    let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return Vec::new() };
    match &call.callee {
        Callee::Api { method, guessed, .. } if method.kind == Kind::BeginFrame => {
            let Some(place) = call.args.first().and_then(Operand::place) else { return Vec::new() };
            let (alloc, element) = (function.root(place), function.element(place));
            vec![Begin { alloc, element, span: call.name_span, guessed: *guessed }]
        }
        // A helper that begins, and does not end another frame before.
        Callee::Own(callees) => match callees.as_slice() {
            [callee] if !program.summary(*callee).ends_frame => {
                let opened = program.summary(*callee).frames.iter().filter(|(_, effect)| effect.opens());
                let here = opened.filter_map(|(place, _)| {
                    let place = seen_from_here(program, *callee, place, call)?;
                    let (alloc, element) = (function.root(&place), function.element(&place));
                    Some(Begin { alloc, element, span: call.name_span, guessed: false })
                });
                here.collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether a call begins a frame on every path. A function that leaves one open on some path is what is wrong then.
fn certainly_begins(program: &Program, body: &Body, at: OpId) -> bool {
    let OpKind::Assign(_, Value::Call(call)) = &body.op(at).kind else { return false };
    match &call.callee {
        Callee::Own(callees) => callees.iter().all(|&callee| {
            let effects = &program.summary(callee).frames;
            effects.values().any(|effect| effect.opens())
        }),
        _ => true,
    }
}

/// A place of a called function as the caller knows it.
fn seen_from_here(
    program: &Program,
    callee: crate::model::FnId,
    place: &Place,
    call: &Call,
) -> Option<Place> {
    let Some(local) = place.as_local() else { return Some(place.clone()) };
    let function = program.function(callee)?;
    let position = function.params.iter().position(|&param| param == local)?;
    let mut mapped = call.args.get(position)?.place()?.clone();
    mapped.fields.extend(place.fields.iter().cloned());
    Some(mapped)
}

/// The variable that holds the allocator of a call that began a frame, when it came out of a collection.
fn element_at(function: &Function, body: &Body, at: OpId) -> Option<LocalId> {
    let OpKind::Assign(_, Value::Call(call)) = &body.op(at).kind else { return None };
    function.element(call.args.first()?.place()?)
}

fn finding(program: &Program, function: &Function, body: &Body, begin: &Begin, open: OpId) -> Finding {
    let first = match &body.op(open).kind {
        OpKind::Assign(_, Value::Call(call)) => call.name_span,
        _ => body.op(open).span,
    };
    Finding {
        lint: &NESTED_BEGIN,
        confidence: if begin.guessed { Confidence::Possible } else { Confidence::Certain },
        message: "a frame begins here while this allocator's frame is open".to_owned(),
        primary: Label { span: begin.span, text: "the open frame is over here".to_owned() },
        labels: vec![Label { span: first, text: "it was begun here".to_owned() }],
        help: "end the frame first, or open a scope in it: `let scope = alloc.scope();`".to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::NESTED_BEGIN;
    use crate::lints::testing::check;

    #[test]
    fn a_begin_within_a_frame() {
        check(
            &NESTED_BEGIN,
            r#"
use framealloc::SmartAlloc;
use std::sync::{Arc, LazyLock};
static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);
struct Game { alloc: Arc<SmartAlloc> }
impl Game {
    fn twice(&self) {
        self.alloc.begin_frame();
        self.alloc.begin_frame(); //~ FA605
        self.alloc.end_frame();
    }
    fn start(&self) { self.alloc.begin_frame(); }
    fn deeper(&self) { self.start(); }
    fn helper(&self) {
        self.start();
        self.deeper(); //~ FA605
        self.alloc.end_frame();
    }
    fn clone_of(&self, skip: bool) {
        let other = self.alloc.clone();
        other.begin_frame();
        if skip {
            self.alloc.begin_frame(); //~ FA605
        }
        self.alloc.end_frame();
    }
}
fn guard(alloc: &SmartAlloc) {
    let _frame = alloc.frame();
    alloc.begin_frame(); //~ FA605
    alloc.end_frame();
}
fn global(n: Option<u8>) {
    ALLOC.begin_frame();
    if let Some(_n) = n { ALLOC.begin_frame(); } //~ FA605
    ALLOC.end_frame();
}
fn tagged(alloc: &SmartAlloc) {
    alloc.begin_frame();
    alloc.with_tag("a", |a| { a.with_tag("b", |b| b.begin_frame()) }); //~ FA605
    alloc.end_frame();
}
fn same_element(allocs: &[SmartAlloc]) {
    for alloc in allocs {
        alloc.begin_frame();
        alloc.begin_frame(); //~ FA605
        alloc.end_frame();
    }
}
"#,
        );
    }

    #[test]
    fn frames_one_after_the_other_are_silent() {
        check(
            &NESTED_BEGIN,
            r#"
use framealloc::SmartAlloc;
struct Game { alloc: SmartAlloc, other: SmartAlloc, paused: bool }
impl Game {
    fn next(&self) { self.alloc.end_frame(); self.alloc.begin_frame(); }
    fn turns(&self) {
        self.alloc.begin_frame();
        self.next();
        self.next();
        self.alloc.end_frame();
        self.alloc.begin_frame();
        self.alloc.end_frame();
    }
    fn two(&self) {
        self.alloc.begin_frame();
        self.other.begin_frame();
        self.other.end_frame();
        self.alloc.end_frame();
    }
    fn skips(&self) {
        loop {
            self.alloc.begin_frame();
            if self.paused { continue; }
            self.alloc.end_frame();
        }
    }
    fn never_ends(&self) { loop { self.alloc.begin_frame(); } }
    fn forgets(&self, n: Option<u8>) -> Option<u8> {
        self.alloc.begin_frame();
        let m = n?;
        self.alloc.end_frame();
        Some(m)
    }
    fn after_another(&self) {
        self.forgets(None);
        self.alloc.begin_frame();
        self.alloc.end_frame();
    }
    fn guards(&self) {
        self.alloc.begin_frame();
        let frame = self.alloc.frame();
        drop(frame);
        self.alloc.end_frame();
        { let _frame = self.alloc.frame(); }
        self.alloc.begin_frame();
        self.alloc.end_frame();
    }
    fn arms(&self, n: u8) {
        match n { 0 => self.alloc.begin_frame(), _ => { println!("x"); self.alloc.begin_frame() } }
        self.alloc.end_frame();
    }
    fn returns(&self, n: u8) {
        self.alloc.begin_frame();
        if n == 0 { self.alloc.end_frame(); return; }
        self.alloc.end_frame();
        self.alloc.begin_frame();
        self.alloc.end_frame();
    }
}
fn pair(allocs: &[SmartAlloc; 2]) {
    let [left, right] = allocs;
    left.begin_frame();
    right.begin_frame();
    right.end_frame();
    left.end_frame();
    allocs[0].begin_frame();
    allocs[0].end_frame();
}
struct Stream; impl Stream { fn begin_frame(&self) {} fn end_frame(&self) {} }
fn look_alike(s: &Stream) { s.begin_frame(); s.begin_frame(); s.end_frame(); }
"#,
        );
    }
}
