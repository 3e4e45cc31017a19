//! FA605.

use crate::flow::body::{Body, Callee, Function, LocalId, OpId, OpKind, Operand, Place, Value};
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
    /// A function that has a frame of its own is right where none is open. Where one is, the call is what is reported.
    ///
    /// ## What it cannot see
    ///
    /// A frame that is open in the caller of the caller, and which of several allocators in a collection is which.
    pub NESTED_BEGIN = "FA605", "nested-begin", Lifetime, Warn, "a frame begins while one of the same allocator is open";
    check = check;
}

/// A place where a frame begins, and the allocator.
struct Begin {
    alloc: Place,
    /// One of several in a collection: the variable that it is in.
    element: Option<LocalId>,
    span: Span,
    /// In a function that is called here.
    within: Option<Span>,
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
    let begin = |place: &Place, within, guessed| {
        let (alloc, element) = (function.root(place), function.element(place));
        Begin { alloc, element, span: call.name_span, within, guessed }
    };
    match &call.callee {
        Callee::Api { method, guessed, .. } if method.kind == Kind::BeginFrame => {
            let place = call.args.first().and_then(Operand::place);
            place.map(|place| begin(place, None, *guessed)).into_iter().collect()
        }
        Callee::Own(_) if point.before.frames().next().is_some() => {
            program.begun(call).iter().map(|(place, &span)| begin(place, Some(span), false)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a call begins a frame on every path. A function that leaves one open on some path is what is wrong then, and so
/// is one that ends frames and leaves this one open all the same.
fn certainly_begins(program: &Program, body: &Body, at: OpId) -> bool {
    let OpKind::Assign(_, Value::Call(call)) = &body.op(at).kind else { return false };
    match &call.callee {
        Callee::Own(callees) => callees.iter().all(|&callee| {
            let summary = program.summary(callee);
            !summary.ends_frame && summary.frames.values().any(|effect| effect.opens())
        }),
        _ => true,
    }
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
    let mut labels = vec![Label { span: first, text: "it was begun here".to_owned() }];
    labels.extend(
        begin.within.map(|span| Label { span, text: "what is called here begins another".to_owned() }),
    );
    Finding {
        lint: &NESTED_BEGIN,
        confidence: if begin.guessed { Confidence::Possible } else { Confidence::Certain },
        message: "a frame begins here while this allocator's frame is open".to_owned(),
        primary: Label { span: begin.span, text: "the open frame is over here".to_owned() },
        labels,
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
    fn play(&self, all: &[u32]) {
        let mut all = all.iter();
        loop {
            self.alloc.begin_frame();
            let Some(_) = all.next() else { break };
            self.alloc.end_frame();
        }
    }
    fn after_a_mistake(&self) {
        self.play(&[1]);
        self.alloc.begin_frame();
        self.alloc.end_frame();
    }
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
    fn a_call_of_what_has_a_frame_of_its_own() {
        check(
            &NESTED_BEGIN,
            r#"
use framealloc::SmartAlloc;
use std::sync::LazyLock;
static ALLOC: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);
struct Game { alloc: SmartAlloc, other: SmartAlloc, open: bool }
impl Game {
    fn sounds(&self) -> usize {
        self.alloc.begin_frame();
        let n = self.alloc.frame_vec::<u8>().len();
        self.alloc.end_frame();
        n
    }
    fn deeper(&self) -> usize { 1 + self.sounds() }
    fn update(&self) {
        self.alloc.begin_frame();
        self.sounds(); //~ FA605
        self.alloc.end_frame();
    }
    fn later(&self) {
        self.alloc.begin_frame();
        if self.open { println!("{}", self.deeper()); } //~ FA605
        self.alloc.end_frame();
    }
    fn guarded(&self) {
        let _frame = self.alloc.frame();
        self.sounds(); //~ FA605
    }
    fn before_and_after(&self) {
        self.sounds();
        self.alloc.begin_frame();
        self.alloc.end_frame();
        self.deeper();
    }
    fn another(&self) { self.other.begin_frame(); self.sounds(); self.other.end_frame(); }
    fn ensure(&self) { if !self.open { self.alloc.begin_frame(); } if !self.open { self.alloc.end_frame(); } }
    fn perhaps(&self) { self.alloc.begin_frame(); self.ensure(); self.alloc.end_frame(); }
    fn guard(&self) { let _inner = self.alloc.frame(); }
    fn in_guard(&self) { self.alloc.begin_frame(); self.guard(); self.alloc.end_frame(); }
    fn restart(&self) { self.alloc.end_frame(); self.alloc.begin_frame(); }
    fn again(&self) { self.alloc.begin_frame(); self.restart(); self.alloc.end_frame(); }
    fn cut(&self) { self.alloc.end_frame(); self.sounds(); self.alloc.begin_frame(); }
    fn interrupted(&self) { self.alloc.begin_frame(); self.cut(); self.alloc.end_frame(); }
}
fn one(alloc: &SmartAlloc) { alloc.begin_frame(); alloc.end_frame(); }
fn by_parameter(alloc: &SmartAlloc, spare: &SmartAlloc) {
    alloc.begin_frame();
    one(spare);
    one(alloc); //~ FA605
    alloc.end_frame();
}
fn global() { ALLOC.begin_frame(); ALLOC.end_frame(); }
fn globals() { let _frame = ALLOC.frame(); global(); } //~ FA605
trait Pass { fn run(&self, alloc: &SmartAlloc); }
struct Sky; impl Pass for Sky { fn run(&self, alloc: &SmartAlloc) { one(alloc); } }
struct Fog; impl Pass for Fog { fn run(&self, alloc: &SmartAlloc) { alloc.begin_frame(); alloc.end_frame(); } }
fn passes(alloc: &SmartAlloc, passes: &[Box<dyn Pass>]) {
    alloc.begin_frame();
    for pass in passes { pass.run(alloc); } //~ FA605
    alloc.end_frame();
}
trait Step { fn run(&self, alloc: &SmartAlloc); }
struct Own; impl Step for Own { fn run(&self, alloc: &SmartAlloc) { one(alloc); } }
struct Plain; impl Step for Plain { fn run(&self, alloc: &SmartAlloc) { alloc.frame_box(1); } }
fn steps(alloc: &SmartAlloc, steps: &[Box<dyn Step>]) {
    alloc.begin_frame();
    for step in steps { step.run(alloc); }
    alloc.end_frame();
}
fn count(alloc: &SmartAlloc, n: u32) { if n > 0 { count(alloc, n - 1); } one(alloc); }
fn counts(alloc: &SmartAlloc) { alloc.begin_frame(); count(alloc, 3); alloc.end_frame(); } //~ FA605
fn in_thread(alloc: &'static SmartAlloc) {
    alloc.begin_frame();
    std::thread::spawn(move || one(alloc));
    alloc.end_frame();
}
fn small() -> SmartAlloc { SmartAlloc::with_defaults() }
fn named() -> SmartAlloc { let alloc = SmartAlloc::try_new(Default::default()).unwrap(); alloc.begin_phase("x"); alloc }
fn another_one() {
    let first = small();
    let second = small();
    first.begin_frame();
    one(&second);
    one(&first); //~ FA605
    first.end_frame();
}
fn anew_in_each_turn() {
    for _ in 0..3 {
        let alloc = named();
        one(&alloc);
        alloc.begin_frame();
        drop(alloc);
    }
}
fn not_anew() {
    let alloc = named();
    for _ in 0..3 { alloc.begin_frame(); one(&alloc); alloc.end_frame(); } //~ FA605
}
struct Tool { alloc: SmartAlloc }
fn tools() {
    loop {
        let tool = Tool { alloc: SmartAlloc::with_defaults() };
        one(&tool.alloc);
        tool.alloc.begin_frame();
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
