//! FA608.

use crate::flow::body::{Aggregate, Call, Callee, Function, LocalId, Op, OpKind, Place, Value};
use crate::flow::{Fate, Program, Within};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::{Known, Ty};
use crate::source::Span;

declare_lint! {
    /// Code that runs within a frame makes a `Vec`, a `String`, a `Box` or a map on the global heap, and it is gone when
    /// the call is.
    ///
    /// ## Why
    ///
    /// The heap is the slowest memory of a frame, and the one whose cost varies most. What does not outlive the frame
    /// can be in it, in collections that work as those of the standard library do.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, health: &[f32]) -> usize {
    ///     let _frame = alloc.frame();
    ///     let mut dead = Vec::new();
    ///     dead.extend(health.iter().filter(|health| **health <= 0.0));
    ///     dead.len()
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn update(alloc: &SmartAlloc, health: &[f32]) -> usize {
    ///     let _frame = alloc.frame();
    ///     let mut dead = alloc.frame_vec();
    ///     dead.extend(health.iter().filter(|health| **health <= 0.0));
    ///     dead.len()
    /// }
    /// ```
    ///
    /// Values that are stored, returned, sent or captured are not meant, nor what runs before and between frames.
    ///
    /// ## What it cannot see
    ///
    /// What functions of other crates make, and collections whose type only the compiler can tell.
    pub HEAP_IN_FRAME = "FA608", "heap-in-frame", Lifetime, Allow, "code within a frame uses the global heap for what dies with the call";
    check = check;
}

/// A value that an operation makes on the heap.
struct Made<'a> {
    place: &'a Place,
    span: Span,
    known: Known,
    begun: Span,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let frames = program.frame_calls();
    for (function, id, body) in program.bodies() {
        if !body.ops().any(|(_, op)| made_by(program, function, op).is_some()) {
            continue;
        }
        let mut made: Vec<Made<'_>> = Vec::new();
        program.walk(function, id, |point| {
            let op = body.op(point.at);
            let Some((place, known)) = made_by(program, function, op) else { return };
            let begun = match frames.at(function, id, point) {
                Some(Within::Here(at, _)) => body.op(at).span,
                Some(Within::Around(span)) => span,
                None => return,
            };
            made.push(Made { place, span: span_of(op), known, begun });
        });
        let targets: Vec<Option<LocalId>> = made.iter().map(|made| made.place.whole_local()).collect();
        for (number, one) in made.iter().enumerate() {
            let fate = program.fate(function, id, one.place);
            if fate.leaves() || fate.captured || goes_into(&fate, &targets, number) {
                continue;
            }
            findings.push(finding(program, function, one));
        }
    }
}

/// Whether a value becomes part of another that is made here: that one is told of.
fn goes_into(fate: &Fate, targets: &[Option<LocalId>], number: usize) -> bool {
    let others =
        targets.iter().enumerate().filter(|&(other, target)| other != number && *target != targets[number]);
    others.filter_map(|(_, target)| *target).any(|target| fate.locals.contains_key(&target))
}

/// What an operation makes on the heap, and where it puts it.
fn made_by<'a>(program: &Program, function: &Function, op: &'a Op) -> Option<(&'a Place, Known)> {
    let OpKind::Assign(place, value) = &op.kind else { return None };
    let local = place.whole_local()?;
    let known = of_heap(&function.local(local).ty)?;
    let makes = match value {
        Value::Aggregate(Aggregate::Array, _) => known == Known::Vec,
        Value::Aggregate(Aggregate::Wrap, _) => known == Known::Box && begins_with(program, op.span, "Box"),
        Value::Opaque(_) => known == Known::String && begins_with(program, op.span, "format"),
        Value::Call(call) => call_makes(call),
        _ => false,
    };
    makes.then_some((place, known))
}

fn call_makes(call: &Call) -> bool {
    match &call.callee {
        Callee::Path(_) => matches!(
            &*call.name,
            "new"
                | "with_capacity"
                | "from"
                | "from_iter"
                | "default"
                | "from_utf8_lossy"
                | "new_uninit_slice"
        ),
        Callee::Method(_) => matches!(
            &*call.name,
            "collect"
                | "to_vec"
                | "to_string"
                | "to_owned"
                | "repeat"
                | "to_lowercase"
                | "to_uppercase"
                | "to_ascii_lowercase"
                | "to_ascii_uppercase"
                | "join"
                | "concat"
                | "clone"
        ),
        _ => false,
    }
}

/// The type of the heap that a value is of, perhaps in a `Result` or `Option`.
fn of_heap(ty: &Ty) -> Option<Known> {
    let known = ty.unwrapped().as_known()?;
    let of_std = known.is_collection() && !known.is_frame_value() && known != Known::ScratchVec;
    let is_heap = of_std && !matches!(known, Known::SmallVec | Known::ArrayVec);
    (is_heap || matches!(known, Known::String | Known::Box)).then_some(known)
}

fn begins_with(program: &Program, span: Span, word: &str) -> bool {
    let text = &program.files.get(span.file).text;
    let text = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let head = text.split(['(', '!']).next().unwrap_or_default();
    head.split("::").any(|part| part.trim().starts_with(word))
}

fn span_of(op: &Op) -> Span {
    match &op.kind {
        OpKind::Assign(_, Value::Call(call)) if call.is_method => call.name_span,
        _ => op.span,
    }
}

fn finding(program: &Program, function: &Function, made: &Made<'_>) -> Finding {
    let instead = match made.known {
        Known::String => "`frame_string()` or `frame_format!`",
        Known::Box => "`frame_box(..)`",
        Known::HashMap | Known::BTreeMap | Known::IndexMap => "`frame_map()`",
        Known::HashSet | Known::BTreeSet => "`frame_set()`",
        _ => "`frame_vec()` or `frame_slice_from_fn(..)`",
    };
    Finding {
        lint: &HEAP_IN_FRAME,
        confidence: Confidence::Certain,
        message: format!(
            "this `{}` is made on the heap within a frame and does not outlive the call",
            made.known.name()
        ),
        primary: Label { span: made.span, text: "made on the global heap".to_owned() },
        labels: vec![Label { span: made.begun, text: "within the frame that begins here".to_owned() }],
        help: format!("make it in the frame with {instead} of the allocator"),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::HEAP_IN_FRAME;
    use crate::lints::testing::check;

    #[test]
    fn what_dies_with_the_call() {
        check(
            &HEAP_IN_FRAME,
            r#"
use framealloc::SmartAlloc;
use std::collections::HashMap;
struct Game { alloc: SmartAlloc, names: Vec<String> }
impl Game {
    fn frame(&self) -> usize {
        self.alloc.begin_frame();
        let mut n = self.helper();
        let text = format!("{n}"); //~ FA608
        let upper = text.to_uppercase(); //~ FA608
        let copy = self.names.clone(); //~ FA608
        let lengths: Vec<usize> = self.names.iter().map(|name| name.len()).collect(); //~ FA608
        let mut seen: HashMap<&str, usize> = HashMap::new(); //~ FA608
        for name in &self.names { seen.insert(name, 1); }
        for name in &self.names { let parts: Vec<&str> = name.split(' ').collect(); n += parts.len(); } //~ FA608
        println!("{}", self.names.join(",")); //~ FA608
        n += upper.len() + copy.len() + lengths.len();
        self.alloc.end_frame();
        n
    }
    fn helper(&self) -> usize { self.names.iter().map(|name| { let b = Box::new([name.len(); 4]); b[0] }).sum() } //~ FA608
}
"#,
        );
    }

    #[test]
    fn what_lives_on() {
        check(
            &HEAP_IN_FRAME,
            r#"
use framealloc::SmartAlloc;
use std::sync::Arc;
struct Game { alloc: SmartAlloc, names: Vec<String>, last: Option<Box<u32>>, shared: Arc<Vec<u8>> }
struct Report { lines: Vec<String> }
impl Game {
    fn frame(&mut self, text: &str) -> Result<Report, String> {
        let _frame = self.alloc.frame();
        let n: u32 = text.parse().map_err(|error| format!("{text}: {error:?}"))?;
        let _m: u32 = text.parse::<u32>().ok().ok_or(format!("no number"))?;
        self.names.push(format!("{n}"));
        self.last = Some(Box::new(n));
        self.shared = Arc::new(vec![1, 2]);
        let again = self.shared.clone();
        let mut lines = Vec::new();
        lines.push(text.to_string());
        lines.extend(again.iter().map(|byte| byte.to_string()));
        let frame = self.alloc.frame_vec::<u8>();
        let mut spare = vec![String::new()];
        std::mem::swap(&mut self.names, &mut spare);
        if frame.is_empty() { return Err(format!("empty")); }
        Ok(Report { lines })
    }
    fn load(&self) -> usize { let all: Vec<usize> = self.names.iter().map(|name| name.len()).collect(); all.len() }
}
"#,
        );
    }
}
