//! Which functions run within a frame: called while one is open, or from such a function.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{BodyId, Callee, Function};
use super::program::Program;
use crate::model::FnId;
use crate::source::Span;

/// Where a function is called from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalledFrom {
    /// Calls while a frame is open: begun in the caller, or in a caller of that.
    pub within: Vec<Span>,
    /// Calls while none is known to be open.
    pub outside: Vec<Span>,
}

impl CalledFrom {
    /// Whether every call that is known is made within a frame, and there is one.
    #[must_use]
    pub fn only_within(&self) -> bool {
        !self.within.is_empty() && self.outside.is_empty()
    }
}

/// Where each function is called from.
pub(super) fn called_from(program: &Program) -> BTreeMap<FnId, CalledFrom> {
    // First the calls that are in a frame of their own function, and who calls whom elsewhere.
    let mut found: BTreeMap<FnId, CalledFrom> = BTreeMap::new();
    let mut elsewhere: Vec<(FnId, FnId, Span)> = Vec::new();
    for (function, id, _) in program.bodies() {
        calls(program, function, id, &mut found, &mut elsewhere);
    }
    // Then what is called from functions that run within a frame themselves.
    let mut inside: BTreeSet<FnId> = found.keys().copied().collect();
    loop {
        let more: Vec<FnId> = elsewhere
            .iter()
            .filter(|(caller, callee, _)| inside.contains(caller) && !inside.contains(callee))
            .map(|&(_, callee, _)| callee)
            .collect();
        if more.is_empty() {
            break;
        }
        inside.extend(more);
    }
    for (caller, callee, span) in elsewhere {
        let calls = found.entry(callee).or_default();
        if inside.contains(&caller) { calls.within.push(span) } else { calls.outside.push(span) }
    }
    found
}

fn calls(
    program: &Program,
    function: &Function,
    id: BodyId,
    found: &mut BTreeMap<FnId, CalledFrom>,
    elsewhere: &mut Vec<(FnId, FnId, Span)>,
) {
    let any = function.body(id).calls().any(|(_, _, call)| matches!(call.callee, Callee::Own(_)));
    if !any {
        return;
    }
    let opens = program.body_summary(function, id).begins_frame;
    if !opens {
        for (_, op, call) in function.body(id).calls() {
            if let Callee::Own(callees) = &call.callee {
                elsewhere.extend(callees.iter().map(|&callee| (function.id, callee, op.span)));
            }
        }
        return;
    }
    program.walk(function, id, |point| {
        if let super::body::OpKind::Assign(_, super::body::Value::Call(call)) = &point.op.kind
            && let Callee::Own(callees) = &call.callee
        {
            let open = !point.before.open_frames().is_empty();
            for &callee in callees {
                if open {
                    found.entry(callee).or_default().within.push(point.op.span);
                } else {
                    elsewhere.push((function.id, callee, point.op.span));
                }
            }
        }
    });
}
