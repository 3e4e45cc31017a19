//! Values that a helper stores which knows them only as some type: `fn put<T>(slot: &mut Option<T>, value: T)`. Whoever
//! names a frame value in its signature answers for it itself.

use std::collections::BTreeSet;

use super::{is_frame_value, outlives, span_of};
use crate::flow::body::{BodyId, Call, Callee, Function, OpKind, Operand, Place, Value};
use crate::flow::{OriginId, OriginKind, Point, Program, Stored, seen_by_caller};
use crate::model::{FnId, ItemId, Ty};
use crate::source::Span;

/// What the functions that are called here store where it outlives its frame, and the lines that do.
pub(super) fn stores(
    program: &Program,
    function: &Function,
    point: Point<'_>,
    homes: &BTreeSet<ItemId>,
) -> Vec<(OriginId, Place, Span)> {
    let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return Vec::new() };
    let Callee::Own(callees) = &call.callee else { return Vec::new() };
    let flow = program.flow(function);
    let mut found = Vec::new();
    for &callee in callees {
        for stored in &program.summary(callee).stores {
            if !is_given_by_value(program, callee, stored, call) {
                continue;
            }
            let Some(into) = seen_by_caller(program.function(callee), &stored.into, call) else { continue };
            let into = function.referred(&into);
            let holds = program.index.may_hold_frame(&program.ty_of(function, &into)) == Some(true);
            if !holds || !outlives(program, function, &into, point, homes) {
                continue;
            }
            let Some(span) = line_of(program, callee, stored) else { continue };
            let given = call.args.get(stored.from).and_then(Operand::place);
            let Some(given) = given.map(|place| function.referred(place)) else { continue };
            let values = point.before.held(&given).into_keys().filter(|&origin| {
                let origin = flow.origin(origin);
                is_frame_value(program, origin) && !origin.guarded
            });
            found.extend(values.map(|origin| (origin, into.clone(), span)));
        }
    }
    found
}

/// Whether a type parameter is what the helper takes, and a frame value what it is given.
fn is_given_by_value(program: &Program, callee: FnId, stored: &Stored, call: &Call) -> bool {
    let taken = program.index.signature(callee).params.get(stored.from);
    let given = call.types.get(stored.from);
    matches!(taken, Some(Ty::Param(..))) && given.is_some_and(|ty| program.index.names_frame_value(ty))
}

/// Where the helper does it.
fn line_of(program: &Program, callee: FnId, stored: &Stored) -> Option<Span> {
    let function = program.function(callee)?;
    let flow = program.flow(function);
    let mut found = None;
    program.walk(function, BodyId(0), |point| {
        let Some((into, held)) = program.stored(function, point) else { return };
        let is_it = |&origin: &OriginId| {
            matches!(flow.origin(origin).kind, OriginKind::Param(from) if from == stored.from)
        };
        if into == stored.into && held.keys().any(is_it) {
            found.get_or_insert(span_of(point));
        }
    });
    found
}
