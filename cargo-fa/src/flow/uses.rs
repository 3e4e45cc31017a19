//! Which places an operation reads, and which it takes values from.

use super::body::{Body, Callee, OpKind, Operand, Place, Value};

/// Calls `each` with every place that an operation mentions as something that it reads or writes into; `true` if the
/// value is taken away.
pub(super) fn places(op: &OpKind, each: &mut dyn FnMut(&Place, bool)) {
    match op {
        OpKind::Assign(place, value) => {
            operands(value, &mut |operand| {
                if let Some(place) = operand.place() {
                    each(place, operand.is_move());
                }
            });
            if let Some(place) = called(value) {
                each(place, false);
            }
            each(place, false);
        }
        OpKind::Drop(place, _) => each(place, true),
        OpKind::Return(_) | OpKind::Empty(_) | OpKind::Declare(_) | OpKind::Await | OpKind::Leave(_) => {}
    }
}

/// The variable whose closure a value is the result of.
#[must_use]
pub fn called(value: &Value) -> Option<&Place> {
    match value {
        Value::Call(call) => match &call.callee {
            Callee::Variable(place) => Some(place),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the result of a call is asked for its error: then there is no value.
#[must_use]
pub fn is_refused(body: &Body, result: &Place) -> bool {
    body.calls().any(|(_, _, call)| {
        matches!(&*call.name, "is_err" | "unwrap_err" | "expect_err" | "is_err_and")
            && call.args.first().and_then(Operand::place) == Some(result)
    })
}

/// Calls `each` with every operand of a value.
pub fn operands(value: &Value, each: &mut dyn FnMut(&Operand)) {
    match value {
        Value::Use(operand) | Value::Look(operand) | Value::Cast(operand) | Value::Await(operand) => {
            each(operand);
        }
        Value::Aggregate(_, fields) => fields.iter().for_each(|(_, operand)| each(operand)),
        Value::Call(call) => call.args.iter().for_each(each),
        Value::Closure(_) => {}
        Value::Compare(operands) | Value::Compute(operands) | Value::Opaque(operands) => {
            operands.iter().for_each(each);
        }
    }
}
