//! FA602.

use crate::flow::body::{Body, Bound, Call, Callee, Function, LoopId, Op, OpId, OpKind, Operand, Value};
use crate::flow::{OriginKind, Point, Program, Varies, Within, operands};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::{LintOptions, SMALL_LOOP};
use crate::model::api::Kind;
use crate::source::Span;

use super::frame_call::{frame_call, in_frame};

declare_lint! {
    /// A loop within a frame allocates in each turn what it need not: a temporary from a pool or the heap, or a frame
    /// value that is the same in every turn.
    ///
    /// ## Why
    ///
    /// What runs in each turn of a loop of each frame is where the time goes. A pool or the heap is searched and given
    /// back to in each turn, for a value that the frame could hold for nothing. A frame does not give memory back before
    /// it ends, so that a frame value that each turn makes anew takes as many times its size as the loop has turns.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::SmartAlloc;
    /// fn sizes(alloc: &SmartAlloc, rows: &[&[u32]]) -> usize {
    ///     let _frame = alloc.frame();
    ///     let mut sum = 0;
    ///     for row in rows {
    ///         let mut odd = alloc.frame_vec::<u32>();
    ///         odd.extend(row.iter().filter(|n| **n % 2 == 1));
    ///         sum += odd.len();
    ///     }
    ///     sum
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// One vector, cleared in each turn:
    ///
    /// ```rust,silent
    /// # use framealloc::SmartAlloc;
    /// fn sizes(alloc: &SmartAlloc, rows: &[&[u32]]) -> usize {
    ///     let _frame = alloc.frame();
    ///     let mut sum = 0;
    ///     let mut odd = alloc.frame_vec::<u32>();
    ///     for row in rows {
    ///         odd.clear();
    ///         odd.extend(row.iter().filter(|n| **n % 2 == 1));
    ///         sum += odd.len();
    ///     }
    ///     sum
    /// }
    /// ```
    ///
    /// The loop that runs the frames is not meant, nor one over a literal range of at most `small-loop` turns (8), nor
    /// what is stored beyond the turn.
    ///
    /// ## What it cannot see
    ///
    /// Whether a function of another crate stores what it is given: then the value counts as stored.
    pub HOT_LOOP_ALLOCATION = "FA602", "hot-loop-allocation", Lifetime, Warn, "a loop within a frame allocates what it need not";
    check = check;
}

fn check(program: &Program, options: &LintOptions, findings: &mut Vec<Finding>) {
    let small = u128::from(options.threshold(SMALL_LOOP));
    let frames = program.frame_calls();
    for (function, id, body) in program.bodies() {
        let in_loops = body.calls().any(|(_, op, call)| {
            matches!(&call.callee, Callee::Api { method, .. } if is_meant(method.kind))
                && !function.loops_around(op.context).is_empty()
        });
        if !in_loops {
            continue;
        }
        program.walk(function, id, |point| {
            let OpKind::Assign(place, Value::Call(call)) = &point.op.kind else { return };
            let Callee::Api { method, guessed, .. } = &call.callee else { return };
            if !is_meant(method.kind) {
                return;
            }
            let Some(within) = frames.at(function, id, point) else { return };
            let Some(turn) = hot_loop(function, body, point.op, &within, small) else { return };
            if has_guard(program, function, body, point, turn) {
                return;
            }
            let of_frame = method.kind == Kind::FrameAlloc;
            if of_frame && depends(&program.varies(function, turn), body, point, call) {
                return;
            }
            let fate = program.fate(function, id, place);
            let context = function.a_loop(turn).context;
            let beyond = fate.leaves()
                || fate
                    .locals
                    .keys()
                    .any(|&local| !function.is_within(function.local(local).context, context));
            if beyond {
                return;
            }
            let begun = match within {
                Within::Here(at, _) => body.op(at).span,
                Within::Around(span) => span,
            };
            let fix =
                if of_frame { None } else { in_frame(program, function, &fate, &call.name, call.name_span) };
            findings.push(Finding {
                fix,
                confidence: if *guessed { Confidence::Possible } else { Confidence::Certain },
                ..finding(program, function, call, method.kind, turn, begun)
            });
        });
    }
}

fn is_meant(kind: Kind) -> bool {
    matches!(kind, Kind::FrameAlloc | Kind::PoolAlloc | Kind::HeapAlloc)
}

/// The innermost loop with more than a few turns, if it runs within the frame.
fn hot_loop(function: &Function, body: &Body, op: &Op, within: &Within, small: u128) -> Option<LoopId> {
    let turn = function
        .loops_around(op.context)
        .into_iter()
        .find(|&turn| !matches!(function.a_loop(turn).bound, Bound::Literal(turns) if turns <= small))?;
    match within {
        Within::Here(begun, _) => {
            let inside = function.is_within(body.op(*begun).context, function.a_loop(turn).context);
            (!inside).then_some(turn)
        }
        Within::Around(_) => Some(turn),
    }
}

/// Whether a guard is open that was opened in the same turn, and gives the memory back at its end.
fn has_guard(program: &Program, function: &Function, body: &Body, point: Point<'_>, turn: LoopId) -> bool {
    let flow = program.flow(function);
    let context = function.a_loop(turn).context;
    point.before.places().flat_map(|(_, held)| held.keys()).any(|&origin| {
        let origin = flow.origin(origin);
        matches!(origin.kind, OriginKind::Guard(_))
            && origin.op.is_some_and(|at| function.is_within(body.op(at).context, context))
    })
}

/// Whether an argument of a call is another one in each turn.
fn depends(varies: &Varies<'_>, body: &Body, point: Point<'_>, call: &Call) -> bool {
    let given = |operand: &Operand| varies.operand(operand);
    if call.args.iter().skip(1).any(given) {
        return true;
    }
    // What `frame_format!` writes is looked at before the string is made.
    let mut found = false;
    if &*call.name == "frame_format" {
        for op in written(body, point.at) {
            if let OpKind::Assign(_, value @ Value::Opaque(_)) = &op.kind {
                operands(value, &mut |operand| found |= given(operand));
            }
        }
    }
    found
}

/// The operations of the same macro.
fn written(body: &Body, at: OpId) -> impl Iterator<Item = &Op> {
    let span = body.op(at).span;
    body.ops().map(|(_, op)| op).filter(move |op| op.span == span)
}

fn finding(
    program: &Program,
    function: &Function,
    call: &Call,
    kind: Kind,
    turn: LoopId,
    begun: Span,
) -> Finding {
    let (message, text, help) = match kind {
        Kind::FrameAlloc => (
            "each turn of this loop makes the same frame value anew".to_owned(),
            "nothing of the loop is in its arguments",
            "make it once before the loop and use it in each turn; `clear` empties a collection".to_owned(),
        ),
        _ => (
            format!(
                "each turn of a loop within a frame takes a {} value and gives it back",
                if kind == Kind::PoolAlloc { "pool" } else { "heap" }
            ),
            "made here in each turn",
            format!("make it in the frame, `{}`, or once before the loop", frame_call(&call.name)),
        ),
    };
    let whole = function.a_loop(turn).span;
    let head = Span { end: first_line(program, whole), ..whole };
    Finding {
        lint: &HOT_LOOP_ALLOCATION,
        confidence: Confidence::Certain,
        message,
        primary: Label { span: call.name_span, text: text.to_owned() },
        labels: vec![
            Label { span: head, text: "in this loop".to_owned() },
            Label { span: begun, text: "within the frame that begins here".to_owned() },
        ],
        help,
        fix: None,
        item: program.path(function).to_owned(),
    }
}

/// Where the first line of a span ends.
fn first_line(program: &Program, span: Span) -> u32 {
    let text = &program.files.get(span.file).text;
    let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let line = inside.lines().next().unwrap_or_default().trim_end_matches([' ', '{']);
    span.start + line.len() as u32
}

#[cfg(test)]
mod tests {
    use super::HOT_LOOP_ALLOCATION;
    use crate::lint::options::LintOptions;
    use crate::lints::testing::{check, find_files};

    #[test]
    fn temporaries_and_values_that_are_always_the_same() {
        check(
            &HOT_LOOP_ALLOCATION,
            r#"
use framealloc::{SmartAlloc, frame_format};
struct Game { alloc: SmartAlloc, units: Vec<u32>, width: usize }
impl Game {
    fn frame(&mut self) -> usize {
        self.alloc.begin_frame();
        let mut sum = 0;
        for unit in &self.units {
            let copy = self.alloc.pool_box(*unit); //~ FA602
            sum += *copy as usize;
            let row = self.alloc.frame_slice::<u8>(self.width); //~ FA602
            let half = self.width / 2;
            let col = self.alloc.frame_slice::<u8>(half + 1); //~ FA602
            sum += row.len() + col.len();
            if let Ok(table) = self.alloc.try_heap_box([*unit; 4]) { sum += table.len(); } //~ FA602
        }
        'outer: for unit in &self.units {
            for other in &self.units {
                let pair = self.alloc.pool_box((*unit, *other)); //~ FA602
                if pair.0 > pair.1 { continue 'outer; }
            }
        }
        self.units.iter().for_each(|unit| { let b = self.alloc.heap_box(*unit); sum += *b as usize; }); //~ FA602
        for unit in &self.units {
            for axis in 0..3 { let b = self.alloc.pool_box(unit + axis); sum += *b as usize; } //~ FA602
        }
        sum += self.helper();
        self.alloc.end_frame();
        sum
    }
    fn helper(&self) -> usize {
        let mut sum = 0;
        let mut left = 12;
        while left > 0 {
            let text = frame_format!(self.alloc, "{}", self.width); //~ FA602
            sum += text.len();
            left -= 1;
        }
        sum
    }
}
"#,
        );
    }

    #[test]
    fn what_loops_may_allocate() {
        check(
            &HOT_LOOP_ALLOCATION,
            r#"
use framealloc::{FrameVec, PoolBox, SmartAlloc, frame_format};
struct Game { alloc: SmartAlloc, units: Vec<u32>, kept: Vec<PoolBox<u32>>, newest: Option<PoolBox<u32>> }
fn keep(kept: &mut Vec<PoolBox<u32>>, b: PoolBox<u32>) { kept.push(b) }
impl Game {
    fn frame(&mut self) -> Option<PoolBox<u32>> {
        self.alloc.begin_frame();
        for unit in &self.units { self.kept.push(self.alloc.pool_box(*unit)); }
        for unit in &self.units { self.newest = Some(self.alloc.pool_box(*unit)); }
        for unit in &self.units { keep(&mut self.kept, self.alloc.pool_box(*unit)); }
        let mut list: FrameVec<'_, FrameVec<'_, u8>> = self.alloc.frame_vec();
        for _ in &self.units { let inner = self.alloc.frame_vec(); list.push(inner); }
        let boxes: Vec<PoolBox<u32>> = self.units.iter().map(|n| self.alloc.pool_box(*n)).collect();
        for unit in &self.units { let text = frame_format!(self.alloc, "{unit}"); println!("{text}"); }
        let mut size = 1;
        for _ in &self.units { let s = self.alloc.frame_slice::<u8>(size); size += s.len(); }
        for unit in &self.units { let scope = self.alloc.scope(); let v = scope.vec::<u8>(); println!("{unit}{}", v.len()); }
        for _ in 0..4 { let b = self.alloc.pool_box(1u32); println!("{b:?}"); }
        for unit in &self.units { if *unit == 3 { return Some(self.alloc.pool_box(*unit)); } }
        drop(boxes);
        drop(list);
        self.alloc.end_frame();
        None
    }
    fn load(&self) { for unit in &self.units { let b = self.alloc.pool_box(*unit); println!("{b:?}"); } }
    fn run(&self) { loop { let _frame = self.alloc.frame(); let v = self.alloc.frame_vec::<u8>(); if v.is_empty() { break; } } }
}
"#,
        );
    }

    #[test]
    fn a_correction_renames_the_method() {
        let source = "use framealloc::SmartAlloc;\nfn f(alloc: &SmartAlloc, all: &[u32]) { let _frame = alloc.frame(); for n in all { let b = alloc.pool_box(*n); println!(\"{b:?}\"); } }";
        let found = find_files(&HOT_LOOP_ALLOCATION, &LintOptions::default(), &[("src/lib.rs", source)]);
        let fix = found[0].1.fix.as_ref().unwrap();
        assert_eq!(fix.edits[0].replacement, "frame_box");
    }
}
