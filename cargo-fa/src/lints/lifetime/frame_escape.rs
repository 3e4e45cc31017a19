//! FA601.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::body::{
    Aggregate, Base, Body, BodyId, Call, DropWhy, Function, LocalId, OpId, OpKind, Operand, Place, Value,
};
use crate::flow::{Origin, OriginId, OriginKind, Point, Program, called, operands};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::options::LintOptions;
use crate::model::{ItemId, Known, Ty};
use crate::source::Span;

declare_lint! {
    /// A frame value is kept beyond its frame: in a field, a static or a collection that outlives the frame, returned
    /// from the function that ends the frame, or used after the end.
    ///
    /// ## Why
    ///
    /// Memory of a frame is given back when the frame ends. A value that is still alive then keeps all that its frame
    /// used from being used again: it is parked, frame after frame, and grows. Through a raw pointer or an `unsafe` cast
    /// the memory is another frame's by the time it is read.
    ///
    /// ## Wrong
    ///
    /// ```rust,fires
    /// # use framealloc::{FrameBox, SmartAlloc};
    /// struct Enemy<'a> {
    ///     target: Option<FrameBox<'a, [f32; 3]>>,
    /// }
    ///
    /// fn aim<'a>(alloc: &'a SmartAlloc, enemy: &mut Enemy<'a>) {
    ///     alloc.begin_frame();
    ///     enemy.target = Some(alloc.frame_box([0.0; 3]));
    ///     alloc.end_frame();
    /// }
    /// ```
    ///
    /// ## Right
    ///
    /// What lasts belongs in a pool, or is made with a retention policy; a copy may leave as well:
    ///
    /// ```rust,silent
    /// # use framealloc::{PoolBox, SmartAlloc};
    /// struct Enemy {
    ///     target: Option<PoolBox<[f32; 3]>>,
    /// }
    ///
    /// fn aim(alloc: &SmartAlloc, enemy: &mut Enemy) {
    ///     alloc.begin_frame();
    ///     enemy.target = Some(alloc.pool_box([0.0; 3]));
    ///     alloc.end_frame();
    /// }
    /// ```
    ///
    /// ## What it cannot see
    ///
    /// What other crates store, and values that reach a field only through a generic function.
    pub FRAME_ESCAPE = "FA601", "frame-escape", Lifetime, Deny, "a frame value outlives its frame";
    check = check;
}

/// How a value gets out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Stored,
    Collected,
    Returned,
    LeftBlock,
    UsedLate,
}

struct Escape {
    how: How,
    span: Span,
    ended: Option<Span>,
}

fn check(program: &Program, _: &LintOptions, findings: &mut Vec<Finding>) {
    let homes = frame_structs(program);
    for (function, id, _) in program.bodies() {
        let flow = program.flow(function);
        if !flow.origins.iter().any(|origin| is_frame_value(program, origin)) {
            continue;
        }
        let mut escapes: BTreeMap<OriginId, Escape> = BTreeMap::new();
        let mut note = |origin, escape: Escape| {
            // Where it got out tells more than where that is noticed.
            let known = escapes.get(&origin);
            // Of a block and what is in it, the latter.
            let key = |escape: &Escape| (escape.how, escape.span.end);
            if known.is_none_or(|known| key(&escape) < key(known)) {
                escapes.insert(origin, escape);
            }
        };
        stores(program, function, id, &homes, &mut note);
        uses(program, function, id, &mut note);
        let mut places = BTreeSet::new();
        for (origin, escape) in escapes {
            // One place where several values are used is one mistake.
            if !places.insert(escape.span) {
                continue;
            }
            findings.push(finding(program, function, flow.origin(origin), &escape));
        }
    }
}

fn is_frame_value(program: &Program, origin: &Origin) -> bool {
    match origin.kind {
        OriginKind::Frame => true,
        OriginKind::Param(_) => program.index.names_frame_value(&origin.ty),
        _ => false,
    }
}

/// Values that are put where they outlive the frame.
fn stores(
    program: &Program,
    function: &Function,
    id: BodyId,
    homes: &BTreeSet<ItemId>,
    note: &mut dyn FnMut(OriginId, Escape),
) {
    let flow = program.flow(function);
    let mut found: Vec<(OriginId, Place, Span)> = Vec::new();
    let mut collected: Vec<Collected> = Vec::new();
    program.walk(function, id, |point| {
        let Some((into, held)) = program.stored(function, point) else { return };
        for &origin in held.keys() {
            // What a guard makes, the compiler keeps within the guard.
            if !is_frame_value(program, flow.origin(origin)) || flow.origin(origin).guarded {
                continue;
            }
            let span = span_of(point);
            if outlives(program, function, &into, point, homes) {
                found.push((origin, into.clone(), span));
            } else if is_outer_collection(program, function, id, &into, point) {
                collected.push(Collected { origin, into: into.clone(), span, over: None });
            }
        }
    });
    let exit = program.at_exit(function, id);
    for (origin, into, span) in found {
        // Taken out again before the function is left: it was only put down.
        let left = exit.is_some_and(|state| !state.held(&into).contains_key(&origin));
        if !left {
            note(origin, Escape { how: How::Stored, span, ended: None });
        }
    }
    find_ends(program, function, id, &mut collected);
    for Collected { origin, span, over, .. } in collected {
        if let Some(at) = over {
            let ended = Some(function.body(id).op(at).span);
            note(origin, Escape { how: How::Collected, span, ended });
        }
    }
}

/// A value that is put into a collection of outside.
struct Collected {
    origin: OriginId,
    into: Place,
    span: Span,
    /// Where its frame ends while it is there.
    over: Option<OpId>,
}

/// Finds where frames end with these values still in their collections. A walk of its own: to keep the states of one walk
/// would take memory for all that is known at each end, and nearly always nothing is collected.
fn find_ends(program: &Program, function: &Function, id: BodyId, collected: &mut [Collected]) {
    if collected.is_empty() {
        return;
    }
    program.walk(function, id, |point| {
        if !ends_frame(point) {
            return;
        }
        for one in collected.iter_mut().filter(|one| one.over.is_none()) {
            let status = point.after.held(&one.into).get(&one.origin).copied();
            one.over = status.filter(|status| status.is_over()).map(|_| point.at);
        }
    });
}

fn ends_frame(point: Point<'_>) -> bool {
    let ended = |states: &BTreeSet<crate::flow::FrameState>| {
        states.iter().any(|state| matches!(state, crate::flow::FrameState::Ended { at } if *at == point.at))
    };
    matches!(point.op.kind, OpKind::Drop(..)) || point.after.frames().any(|(_, states)| ended(states))
}

/// Whether a place is there before and after the frame: a field of a parameter behind a reference, or a static.
fn outlives(
    program: &Program,
    function: &Function,
    into: &Place,
    point: Point<'_>,
    homes: &BTreeSet<ItemId>,
) -> bool {
    let local = match into.base {
        Base::Static(_) => return true,
        Base::Result(_) => return false,
        Base::Local(local) => local,
    };
    if function.local(local).param.is_none() {
        return false;
    }
    let ty = &function.local(local).ty;
    let behind = matches!(ty, Ty::Ref(..)) || ty.as_known() == Some(Known::ResMut);
    if !behind {
        return false;
    }
    let owner = ty.peeled();
    if owner.as_item().is_some_and(|item| homes.contains(&item)) {
        return false;
    }
    // A collection of the same frame.
    let puts = matches!(&point.op.kind, OpKind::Assign(_, Value::Call(_)));
    let target = program.ty_of(function, into);
    let of_frame = target.peeled().as_known().is_some_and(Known::is_frame_value);
    !(of_frame && (puts || into.fields.is_empty()))
}

/// A collection of this function that was there before the frame of the value began.
fn is_outer_collection(
    program: &Program,
    function: &Function,
    id: BodyId,
    into: &Place,
    point: Point<'_>,
) -> bool {
    let Some(local) = into.as_local() else { return false };
    let data = function.local(local);
    if data.name.is_none() || data.body != id || data.param.is_some() {
        return false;
    }
    let ty = program.ty_of(function, into);
    if !ty.peeled().as_known().is_some_and(|known| known.is_collection() && !known.is_frame_value()) {
        return false;
    }
    let body = function.body(id);
    point.before.open_frames().iter().any(|(_, begun)| data.span.start < body.op(*begun).span.start)
}

/// `drop((a, b))`: several values are put together only to be dropped.
fn is_dropped(function: &Function, body: &Body, point: Point<'_>) -> bool {
    let OpKind::Assign(to, Value::Aggregate(Aggregate::Tuple | Aggregate::Array, _)) = &point.op.kind else {
        return false;
    };
    let temporary = to.whole_local().is_some_and(|local| function.local(local).name.is_none());
    let mut rest = body.block(point.at.block).ops[point.at.index as usize + 1..].iter();
    temporary && rest.any(|op| matches!(&op.kind, OpKind::Drop(place, DropWhy::Explicit) if place == to))
}

/// Values that are used, or returned, when their frame is over.
fn uses(program: &Program, function: &Function, id: BodyId, note: &mut dyn FnMut(OriginId, Escape)) {
    let flow = program.flow(function);
    let body = function.body(id);
    // Past its guard, what that has made can only be reached through a raw pointer.
    let is_pointer =
        |place: &Place| place.as_local().is_some_and(|local| matches!(function.local(local).ty, Ty::Ptr(_)));
    let may_be_late = |origin: &Origin, from: &Place| !origin.guarded || is_pointer(from);
    let mut moves: Vec<Move> = Vec::new();
    let mut returned: Vec<(OriginId, Option<OpId>)> = Vec::new();
    let mut left: Vec<(LocalId, OriginId, Option<OpId>)> = Vec::new();
    program.walk(function, id, |point| match &point.op.kind {
        OpKind::Assign(place, value) => {
            if is_forgotten(value) || is_dropped(function, body, point) {
                return;
            }
            let mut look = |operand: &Operand| {
                let Some(from) = operand.place() else { return };
                let copies = matches!(operand, Operand::Copy(from) if !from.is_behind());
                let target = place.whole_local().map(|local| &function.local(local).ty);
                if copies && matches!(target, Some(Ty::Scalar)) {
                    return;
                }
                for (origin, status) in point.before.held(&function.referred(from)) {
                    if !is_frame_value(program, flow.origin(origin))
                        || !may_be_late(flow.origin(origin), from)
                    {
                        continue;
                    }
                    if let (Value::Use(_), Some(to)) = (value, place.whole_local()) {
                        moves.push(Move { to, from: from.whole_local(), origin, span: point.op.span });
                    }
                    // The value of a block that ended the frame.
                    let nameless = from.whole_local().filter(|&from| function.local(from).name.is_none());
                    if let (Value::Use(_), Some(from), true) = (value, nameless, status.is_over()) {
                        left.push((from, origin, status.ended));
                    }
                    if status.is_over() && place.whole_local() != Some(body.result) {
                        let ended = status.ended.map(|at| body.op(at).span);
                        note(origin, Escape { how: How::UsedLate, span: span_of(point), ended });
                    }
                }
            };
            operands(value, &mut look);
            if let Some(closure) = called(value) {
                look(&Operand::Ref(closure.clone(), false));
            }
        }
        OpKind::Return(place) => {
            for (origin, status) in point.before.held(&function.referred(place)) {
                let data = flow.origin(origin);
                if status.is_over() && is_frame_value(program, data) && may_be_late(data, place) {
                    returned.push((origin, status.ended));
                }
            }
        }
        _ => {}
    });
    for (from, origin, ended) in left {
        let ended = ended.map(|at| body.op(at).span);
        for span in sources(function, &moves, from, origin, 0) {
            note(origin, Escape { how: How::LeftBlock, span, ended });
        }
    }
    for (origin, ended) in returned {
        let ended = ended.map(|at| body.op(at).span);
        for span in sources(function, &moves, body.result, origin, 0) {
            note(origin, Escape { how: How::Returned, span, ended });
        }
    }
}

/// A value on its way through variables.
struct Move {
    to: LocalId,
    from: Option<LocalId>,
    origin: OriginId,
    span: Span,
}

/// Where a value set out on its way into a variable: blocks and branches hand it on without a name.
fn sources(function: &Function, moves: &[Move], to: LocalId, origin: OriginId, depth: usize) -> Vec<Span> {
    let mut found = Vec::new();
    for step in moves.iter().filter(|step| step.to == to && step.origin == origin) {
        let nameless = step.from.filter(|&from| function.local(from).name.is_none());
        let before = match nameless {
            Some(from) if depth < 32 => sources(function, moves, from, origin, depth + 1),
            _ => Vec::new(),
        };
        if before.is_empty() { found.push(step.span) } else { found.extend(before) }
    }
    found
}

/// What forgets a value has a lint of its own.
fn is_forgotten(value: &Value) -> bool {
    matches!(value, Value::Call(call) if matches!(&*call.name, "forget" | "leak"))
}

fn span_of(point: Point<'_>) -> Span {
    match &point.op.kind {
        OpKind::Assign(_, Value::Call(call)) => method_span(call, point.op.span),
        _ => point.op.span,
    }
}

fn method_span(call: &Call, whole: Span) -> Span {
    if call.is_method { call.name_span } else { whole }
}

/// Structures whose values are made within a frame only: they end with it, and what they hold may as well.
fn frame_structs(program: &Program) -> BTreeSet<ItemId> {
    let mut within: BTreeMap<ItemId, bool> = BTreeMap::new();
    for (function, id, body) in program.bodies() {
        let makes = body.ops().any(|(_, op)| {
            matches!(&op.kind, OpKind::Assign(_, Value::Aggregate(Aggregate::Struct(Some(_)), _)))
        });
        if !makes {
            continue;
        }
        let flow = program.flow(function);
        program.walk(function, id, |point| {
            let OpKind::Assign(_, Value::Aggregate(Aggregate::Struct(Some(item)), fields)) = &point.op.kind
            else {
                return;
            };
            let holds = fields.iter().filter_map(|(_, operand)| operand.place()).any(|place| {
                let held = point.before.held(&function.referred(place));
                held.keys().any(|&origin| {
                    let origin = flow.origin(origin);
                    origin.kind.is_of_frame()
                        || origin
                            .ty
                            .peeled()
                            .as_known()
                            .is_some_and(|known| known.is_frame_value() || known.is_guard())
                })
            });
            let inside = holds || !point.before.open_frames().is_empty();
            within.entry(*item).and_modify(|all| *all &= inside).or_insert(inside);
        });
    }
    within.into_iter().filter(|&(_, inside)| inside).map(|(item, _)| item).collect()
}

fn finding(program: &Program, function: &Function, origin: &Origin, escape: &Escape) -> Finding {
    let (message, text) = match escape.how {
        How::Stored => {
            ("a frame value is stored where it outlives its frame", "it stays here when the frame ends")
        }
        How::Collected => (
            "a frame value is put into a collection that outlives its frame",
            "it stays here when the frame ends",
        ),
        How::Returned => {
            ("a frame value is returned from the function that ends its frame", "its frame is over here")
        }
        How::LeftBlock => ("a frame value leaves the block that ends its frame", "its frame is over here"),
        How::UsedLate => ("a frame value is used after its frame has ended", "its frame is over here"),
    };
    let mut labels = vec![Label { span: origin.span, text: "the value is made here".to_owned() }];
    labels.extend(escape.ended.map(|span| Label { span, text: "its frame ends here".to_owned() }));
    Finding {
        lint: &FRAME_ESCAPE,
        confidence: if origin.guessed { Confidence::Possible } else { Confidence::Certain },
        message: message.to_owned(),
        primary: Label { span: escape.span, text: text.to_owned() },
        labels,
        help: "make it with `pool_box` or `frame_retained`, or keep a copy (`to_vec`, `clone`)".to_owned(),
        fix: None,
        item: program.path(function).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::FRAME_ESCAPE;
    use crate::lints::testing::check;

    /// What is known at one point is not kept for the next: of this, all of it would be gigabytes.
    #[test]
    fn functions_with_thousands_of_values_end() {
        let values: String = (0..8_000).map(|n| format!("let v{n} = a.frame_box({n});\n")).collect();
        check(&FRAME_ESCAPE, &format!("use framealloc::SmartAlloc; fn f(a: &SmartAlloc) {{ {values} }}"));
    }

    #[test]
    fn values_that_are_stored() {
        check(
            &FRAME_ESCAPE,
            r#"
use framealloc::{FrameBox, FrameVec, SmartAlloc};
use std::cell::RefCell;
use std::sync::Mutex;
struct World<'a> { alloc: &'a SmartAlloc, kept: Option<FrameBox<'a, u32>>, list: Vec<FrameBox<'a, u32>> }
impl<'a> World<'a> {
    fn field(&mut self) {
        self.alloc.begin_frame();
        let b = self.alloc.frame_box(1);
        self.kept = Some(b); //~ FA601
        self.alloc.end_frame();
    }
    fn pushed(&mut self) {
        let b = self.make();
        self.list.push(b); //~ FA601
    }
    fn through_local(&mut self) {
        let list = &mut self.list;
        list.push(self.alloc.frame_box(2)); //~ FA601
    }
    fn make(&self) -> FrameBox<'a, u32> { self.alloc.frame_box(3) }
    fn keep(&mut self, b: FrameBox<'a, u32>) { self.kept = Some(b); } //~ FA601
}
fn param<'a>(alloc: &'a SmartAlloc, out: &mut Vec<FrameVec<'a, u8>>) {
    let mut v = alloc.frame_vec();
    v.push(1);
    out.push(v); //~ FA601
}
fn leaked() -> &'static SmartAlloc { SmartAlloc::leaked(Default::default()) }
static HELD: Mutex<Vec<FrameBox<'static, u32>>> = Mutex::new(Vec::new());
fn global() {
    let alloc = leaked();
    let b = alloc.frame_box(1);
    HELD.lock().unwrap().push(b); //~ FA601
}
thread_local! { static LOCAL: RefCell<Vec<FrameBox<'static, u32>>> = RefCell::new(Vec::new()); }
fn thread_local_one() {
    let b = leaked().frame_box(1);
    LOCAL.with(|l| l.borrow_mut().push(b)); //~ FA601
}
fn outer(alloc: &SmartAlloc) {
    let mut all = Vec::new();
    for i in 0..3 {
        alloc.begin_frame();
        let b = alloc.frame_box(i);
        all.push(b); //~ FA601
        alloc.end_frame();
    }
    println!("{}", all.len());
}
"#,
        );
    }

    #[test]
    fn values_that_are_used_or_returned_too_late() {
        check(
            &FRAME_ESCAPE,
            r#"
use framealloc::{FrameBox, FrameVec, SmartAlloc};
fn late(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    println!("{}", v.len()); //~ FA601
}
fn guard(alloc: &SmartAlloc) {
    let frame = alloc.frame();
    let v = alloc.frame_box(1u8);
    drop(frame);
    println!("{v}"); //~ FA601
}
fn returned<'a>(alloc: &'a SmartAlloc) -> FrameVec<'a, u8> {
    alloc.begin_frame();
    let v = alloc.frame_vec();
    alloc.end_frame();
    v //~ FA601
}
fn returned_from_guard<'a>(alloc: &'a SmartAlloc) -> FrameBox<'a, u8> {
    let _frame = alloc.frame();
    alloc.frame_box(1) //~ FA601
}
fn tail(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let b = {
        let inner = alloc.frame_box(7u32);
        inner
    };
    finish(alloc);
    *b //~ FA601
}
fn finish(alloc: &SmartAlloc) { alloc.end_frame(); }
fn pointer(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let b = alloc.frame_slice_copy(&[1u8, 2]);
    let p = b.as_ptr();
    drop(b);
    alloc.end_frame();
    unsafe { *p } //~ FA601
}
fn next_turn(alloc: &SmartAlloc) {
    let mut last: Option<FrameBox<'_, u32>> = None;
    for i in 0..4 {
        alloc.begin_frame();
        if let Some(b) = &last { println!("{b}"); } //~ FA601
        last = Some(alloc.frame_box(i));
        alloc.end_frame();
    }
}
"#,
        );
    }

    #[test]
    fn what_stays_in_its_frame_is_silent() {
        check(
            &FRAME_ESCAPE,
            r#"
use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc};
struct World { alloc: SmartAlloc, totals: Vec<u32>, pool: Vec<PoolBox<u32>>, count: usize, names: Vec<String> }
impl World {
    fn update(&mut self) {
        self.alloc.begin_frame();
        let v = self.alloc.frame_slice_copy(&[1u32, 2]);
        self.totals = v.to_vec();
        self.count = v.len();
        self.totals.push(v[0]);
        self.totals.extend(v.iter().copied());
        self.pool.push(self.alloc.pool_box(1));
        let mut text = self.alloc.frame_string();
        text.push_str("x");
        self.names.push(text.to_string());
        self.alloc.end_frame();
    }
}
struct Pass<'f> { items: FrameVec<'f, u32>, best: Option<FrameBox<'f, u32>> }
impl<'f> Pass<'f> { fn add(&mut self, alloc: &'f SmartAlloc, n: u32) { self.items.push(n); self.best = Some(alloc.frame_box(n)); } }
fn pass(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let mut pass = Pass { items: alloc.frame_vec(), best: None };
    pass.add(alloc, 1);
    println!("{}", pass.items.len());
    drop(pass);
    alloc.end_frame();
}
fn same_frame(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let mut lists = alloc.frame_vec();
    lists.push(alloc.frame_box(1));
    let mut owned = Vec::new();
    owned.push(alloc.frame_box(2));
    println!("{} {}", lists.len(), owned.len());
    drop(owned);
    drop(lists);
    alloc.end_frame();
}
fn helper<'a>(alloc: &'a SmartAlloc, out: &mut FrameVec<'a, FrameBox<'a, u32>>) { out.push(alloc.frame_box(1)); }
fn made<'a>(alloc: &'a SmartAlloc) -> FrameBox<'a, u32> { alloc.frame_box(1) }
fn copied(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let b = alloc.frame_box(5u32);
    let n = *b;
    alloc.end_frame();
    n
}
fn parked(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let _b = alloc.frame_box(5u32);
    alloc.end_frame();
}
fn either(alloc: &SmartAlloc, end: bool) {
    alloc.begin_frame();
    let b = alloc.frame_box(5u32);
    if end { drop(b); alloc.end_frame(); return; }
    println!("{b}");
    drop(b);
    alloc.end_frame();
}
fn cleared(alloc: &SmartAlloc) {
    let mut list = Vec::new();
    for i in 0..3 {
        alloc.begin_frame();
        list.push(alloc.frame_box(i));
        println!("{}", list.len());
        list.clear();
        alloc.end_frame();
    }
}
struct Arena; impl Arena { fn frame_box(&self, n: u32) -> Box<u32> { Box::new(n) } fn begin_frame(&self) {} fn end_frame(&self) {} }
struct Holder { kept: Option<Box<u32>> }
fn look_alike(alloc: &Arena, holder: &mut Holder) { alloc.begin_frame(); holder.kept = Some(alloc.frame_box(1)); alloc.end_frame(); }
"#,
        );
    }

    #[test]
    fn many_ways_out() {
        const SOURCE: &str = r#"
use framealloc::{FrameBox, FrameString, FrameVec, SmartAlloc, frame_format};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Mutex, OnceLock, RwLock};

static MEM: OnceLock<SmartAlloc> = OnceLock::new();
fn mem() -> &'static SmartAlloc { MEM.get_or_init(SmartAlloc::with_defaults) }

static LAST: Mutex<Option<usize>> = Mutex::new(None);

struct Ptr(*const u32);
unsafe impl Send for Ptr {}
static RAW: Mutex<Option<Ptr>> = Mutex::new(None);

thread_local! {
    static SEEN: RefCell<Vec<FrameBox<'static, u32>>> = const { RefCell::new(Vec::new()) };
    static SLOT: Cell<Option<FrameBox<'static, u32>>> = const { Cell::new(None) };
}

enum State<'a> { Idle, Busy(FrameVec<'a, u32>), Named { text: FrameString<'a> } }

struct World<'a> {
    alloc: &'a SmartAlloc,
    state: State<'a>,
    pair: (Option<FrameBox<'a, u32>>, u32),
    map: HashMap<u32, FrameString<'a>>,
    tree: BTreeMap<u32, Vec<FrameBox<'a, u32>>>,
    shared: Rc<RefCell<Vec<FrameBox<'a, u32>>>>,
    locked: RwLock<Option<FrameBox<'a, u32>>>,
    slots: [Option<FrameBox<'a, u32>>; 4],
    raw: *mut u32,
    cb: Vec<Box<dyn Fn() -> u32 + 'a>>,
}

impl<'a> World<'a> {
    fn variant(&mut self) { self.state = State::Busy(self.alloc.frame_vec()); } //~ FA601
    fn named(&mut self) {
        let text = frame_format!(self.alloc, "x");
        self.state = State::Named { text }; //~ FA601
    }
    fn tuple(&mut self) { self.pair.0 = Some(self.alloc.frame_box(1)); } //~ FA601
    fn insert(&mut self, n: u32) { self.map.insert(n, self.alloc.frame_string()); } //~ FA601
    fn entry(&mut self, n: u32) { self.map.entry(n).or_insert_with(|| self.alloc.frame_string()); } //~ FA601
    fn deep(&mut self, n: u32) { self.tree.entry(n).or_default().push(self.alloc.frame_box(n)); } //~ FA601
    fn shared(&self) { self.shared.borrow_mut().push(self.alloc.frame_box(1)); } //~ FA601
    fn locked(&self) { *self.locked.write().unwrap() = Some(self.alloc.frame_box(1)); } //~ FA601
    fn slot(&mut self, i: usize) { self.slots[i] = Some(self.alloc.frame_box(1)); } //~ FA601
    fn replace(&mut self) { self.pair.0.replace(self.alloc.frame_box(2)); } //~ FA601
    fn mem_replace(&mut self) { let _old = std::mem::replace(&mut self.pair.0, Some(self.alloc.frame_box(2))); } //~ FA601
    fn raw(&mut self) { let mut b = self.alloc.frame_box(1); self.raw = &mut *b as *mut u32; } //~ FA601
    fn callback(&mut self) { let b = self.alloc.frame_box(1); self.cb.push(Box::new(move || *b)); } //~ FA601
    fn destructured(&mut self) {
        let World { pair, alloc, .. } = self;
        pair.0 = Some(alloc.frame_box(3)); //~ FA601
    }
    fn if_let(&mut self, n: Option<u32>) {
        if let Some(n) = n && let State::Busy(list) = &mut self.state { list.push(n); }
        let made = match n { Some(n) => Some(self.alloc.frame_box(n)), None => None };
        self.pair.0 = made; //~ FA601
    }
    fn question(&mut self) -> Result<(), framealloc::AllocError> {
        self.pair.0 = Some(self.alloc.try_frame_box(1)?); //~ FA601
        Ok(())
    }
    fn in_loop(&mut self) {
        for i in 0..4 {
            let b = self.alloc.frame_box(i);
            if i == 3 { self.pair.0 = Some(b); break; } //~ FA601
        }
    }
    fn iter_each(&mut self) {
        let alloc = self.alloc;
        (0..3).for_each(|i| self.shared.borrow_mut().push(alloc.frame_box(i))); //~ FA601
    }
    fn extend(&mut self) {
        let alloc = self.alloc;
        self.shared.borrow_mut().extend((0..3).map(|i| alloc.frame_box(i))); //~ FA601
    }
}

fn thread_local_push() { SEEN.with(|seen| seen.borrow_mut().push(mem().frame_box(1))); } //~ FA601
fn thread_local_borrow() { SEEN.with_borrow_mut(|seen| seen.push(mem().frame_box(1))); } //~ FA601
fn cell_set() { SLOT.set(Some(mem().frame_box(1))); } //~ FA601
fn static_raw() {
    let b = mem().frame_box(1);
    *RAW.lock().unwrap() = Some(Ptr(&*b)); //~ FA601
}
fn number() { *LAST.lock().unwrap() = Some(mem().frame_vec::<u8>().len()); }

fn two_deep<'a>(alloc: &'a SmartAlloc, out: &mut Vec<FrameBox<'a, u32>>) { let b = alloc.frame_box(2); put(out, b); }
fn put<'a>(out: &mut Vec<FrameBox<'a, u32>>, b: FrameBox<'a, u32>) { out.push(b); } //~ FA601

fn used_in_arm(alloc: &SmartAlloc, n: u8) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    match n { 0 => 0, _ => v.len() } //~ FA601
}
fn slice_after(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let v = alloc.frame_slice::<u8>(4);
    let first = &v[0];
    alloc.end_frame();
    *first //~ FA601
}
fn tuple_after(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let (a, n) = (alloc.frame_vec::<u8>(), 3usize);
    alloc.end_frame_with_promotions();
    n + a.len() //~ FA601
}
fn dropped_together(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let (a, b) = (alloc.frame_vec::<u8>(), alloc.frame_box(3));
    alloc.end_frame();
    drop((a, b));
}
fn labelled(alloc: &SmartAlloc) -> usize {
    let v = 'b: {
        alloc.begin_frame();
        let v = alloc.frame_vec::<u8>();
        if v.is_empty() { alloc.end_frame(); break 'b v; } //~ FA601
        alloc.end_frame();
        return 0;
    };
    drop(v);
    1
}
fn scoped_out(alloc: &SmartAlloc) -> usize {
    let mut kept = Vec::new();
    for i in 0..3 {
        let _frame = alloc.frame();
        kept.push(alloc.frame_box(i)); //~ FA601
    }
    kept.len()
}
fn opt_return(alloc: &SmartAlloc) -> Option<FrameVec<'_, u8>> {
    let _frame = alloc.frame();
    Some(alloc.frame_vec()) //~ FA601
}
fn early_return(alloc: &SmartAlloc, n: u8) -> Option<FrameVec<'_, u8>> {
    let _frame = alloc.frame();
    if n > 2 { return Some(alloc.frame_vec()); } //~ FA601
    None
}
fn println_after(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    alloc.end_frame();
    println!("{}", v.len()); //~ FA601
}
fn println_name(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let v = frame_format!(alloc, "x");
    alloc.end_frame();
    println!("{v}"); //~ FA601
}
fn as_ptr_after(alloc: &SmartAlloc) -> u8 {
    alloc.begin_frame();
    let p = alloc.frame_slice::<u8>(4).as_ptr();
    alloc.end_frame();
    unsafe { *p.add(1) } //~ FA601
}
fn let_else(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let Ok(b) = alloc.try_frame_box(3u32) else { alloc.end_frame(); return 0 };
    alloc.end_frame();
    *b + 1 //~ FA601
}
struct Guarded<'a> { alloc: &'a SmartAlloc }
impl Drop for Guarded<'_> { fn drop(&mut self) { self.alloc.end_frame(); } }
fn own_guard(alloc: &SmartAlloc) -> FrameVec<'_, u8> {
    alloc.begin_frame();
    let _g = Guarded { alloc };
    alloc.frame_vec() //~ FA601
}
trait Store<'a> { fn keep(&mut self, b: FrameBox<'a, u32>); }
struct Shelf<'a> { b: Option<FrameBox<'a, u32>> }
impl<'a> Store<'a> for Shelf<'a> { fn keep(&mut self, b: FrameBox<'a, u32>) { self.b = Some(b); } } //~ FA601
struct Builder<'a> { parts: Vec<FrameBox<'a, u32>> }
impl<'a> Builder<'a> { fn with(mut self, alloc: &'a SmartAlloc) -> Self { self.parts.push(alloc.frame_box(1)); self } }
fn fine(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let n = Builder { parts: Vec::new() }.with(alloc).with(alloc).parts.len();
    alloc.end_frame();
    n
}
fn fine_copy(alloc: &SmartAlloc) -> (Vec<u8>, u32, String) {
    alloc.begin_frame();
    let v = alloc.frame_slice::<u8>(4);
    let b = alloc.frame_box(1u32);
    let s = frame_format!(alloc, "x");
    let out = (v.to_vec(), *b, s.to_string());
    drop((v, b, s));
    alloc.end_frame();
    out
}
fn fine_local_list(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let mut list = Vec::new();
    list.push(alloc.frame_box(1));
    let n = list.len();
    drop(list);
    alloc.end_frame();
    n
}
fn fine_taken(w: &mut World<'_>) { w.pair.0 = None; w.pair.1 = *w.alloc.frame_box(3); w.map.clear(); }
fn fine_mapped(alloc: &SmartAlloc) -> Option<String> {
    let _frame = alloc.frame();
    let text = frame_format!(alloc, "x");
    Some(text.as_str()).map(str::to_owned)
}
fn fine_collect(alloc: &SmartAlloc) -> Vec<u32> {
    let _frame = alloc.frame();
    let v = alloc.frame_slice_from_fn(4, |i| i as u32);
    v.iter().map(|x| x * 2).collect()
}
fn fine_sum(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    let v = alloc.frame_slice_from_fn(4, |i| i as u32);
    v.iter().copied().max().unwrap_or(0)
}
fn fine_cloned(alloc: &SmartAlloc) -> Vec<String> {
    let _frame = alloc.frame();
    let mut v = alloc.frame_vec::<String>();
    v.push("a".to_owned());
    v.iter().cloned().collect()
}
fn closure_after(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    let f = move || v.len();
    alloc.end_frame();
    f() //~ FA601
}
fn closure_within(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let v = alloc.frame_vec::<u8>();
    let f = move || v.len();
    let n = f();
    drop(f);
    alloc.end_frame();
    n
}
"#;
        check(&FRAME_ESCAPE, SOURCE);
    }
}
