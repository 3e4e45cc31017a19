//! FA601.

mod generic;

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
    /// What other crates store, and what a generic function stores of what it is given by reference, or through another.
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
    // One line of a helper is one mistake, whoever calls it.
    let mut places = BTreeSet::new();
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
        found.extend(generic::stores(program, function, point, homes));
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
            let status = point.after().held(&one.into).get(&one.origin).copied();
            one.over = status.filter(|status| status.is_over()).map(|_| point.at);
        }
    });
}

fn ends_frame(point: Point<'_>) -> bool {
    let ended = |states: &BTreeSet<crate::flow::FrameState>| {
        states.iter().any(|state| matches!(state, crate::flow::FrameState::Ended { at } if *at == point.at))
    };
    matches!(point.op.kind, OpKind::Drop(..)) || point.after().frames().any(|(_, states)| ended(states))
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
                        || is_nested(program, body, status.ended)
                    {
                        continue;
                    }
                    if let (Value::Use(_), Some(to)) = (value, place.whole_local()) {
                        moves.push(Move { to, from: from.whole_local(), origin, span: point.op.span });
                    }
                    // The value of a block that ended the frame.
                    let nameless = from.whole_local().filter(|&from| function.local(from).name.is_none());
                    let moved = !matches!(operand, Operand::Ref(..));
                    if let (Value::Use(_), Some(from), true) = (value, nameless, moved && status.is_over()) {
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
                let late = status.is_over() && !is_nested(program, body, status.ended);
                if late && is_frame_value(program, data) && may_be_late(data, place) {
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

/// Whether a frame was ended by another that began within it: that has a lint of its own.
fn is_nested(program: &Program, body: &Body, ended: Option<OpId>) -> bool {
    ended.is_some_and(|at| match &body.op(at).kind {
        OpKind::Assign(_, Value::Call(call)) => !program.begun(call).is_empty(),
        _ => false,
    })
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
mod tests;
