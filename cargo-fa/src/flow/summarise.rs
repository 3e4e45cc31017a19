//! From the data flow of a body to its summary.

use super::analysis::{Analysis, is_reached};
use super::body::{Base, BodyId, Callee, Operand, Place};
use super::state::{FrameState, OriginKind};
use super::summary::{Budget, FrameEffect, Made, Memory, Stored, Summary};
use crate::model::api::Kind;
use crate::source::Span;

/// A function that returns more values than this returns collections; the first say enough.
const MOST_MADE: usize = 16;

pub(super) fn summarise(analysis: &Analysis<'_>, id: BodyId) -> Summary {
    let mut summary = Summary::default();
    calls(analysis, id, &mut summary);
    let Some(exit) = analysis.state_at_exit(id) else { return summary };
    let function = analysis.function;
    let body = function.body(id);
    let is_shared = |place: &Place| match place.base {
        Base::Static(_) | Base::Result(_) => true,
        Base::Local(local) if id.0 == 0 => analysis.is_param(local).is_some(),
        Base::Local(local) => function.local(local).body != id,
    };
    let result = Place::local(body.result);
    for (fields, held) in exit.parts(&function.referred(&result)) {
        for (&origin_id, status) in &held {
            let origin = analysis.flow.origin(origin_id);
            if let OriginKind::Param(position) = origin.kind {
                summary.returns.insert(position);
                continue;
            }
            // A value whose frame is over is a mistake here, and not one more of each caller.
            if summary.makes.len() < MOST_MADE && !status.is_over() {
                let alloc = origin.alloc.clone().filter(is_shared);
                let (kind, span, fields) = (origin.kind, origin.span, fields.clone());
                summary.makes.insert(Made { kind, alloc, span, fields });
            }
        }
    }
    for (alloc, states) in exit.frames() {
        if !is_shared(alloc) {
            continue;
        }
        let mut effect = FrameEffect::default();
        for state in states {
            match state {
                FrameState::Outside => effect.may_leave = true,
                FrameState::Open { .. } => effect.may_open = true,
                FrameState::Ended { .. } => effect.may_end = true,
            }
        }
        if effect.may_open || effect.may_end {
            summary.frames.insert(alloc.clone(), effect);
        }
    }
    for (place, held) in exit.places().filter(|(place, _)| is_shared(place)) {
        let owner = place.as_local().and_then(|local| analysis.is_param(local));
        for &origin in held.keys() {
            if let OriginKind::Param(from) = analysis.flow.origin(origin).kind
                && owner != Some(from)
            {
                summary.stores.insert(Stored { from, into: place.clone(), span: body.span });
            }
        }
    }
    summary
}

/// What the calls of a body say, whatever flows.
fn calls(analysis: &Analysis<'_>, id: BodyId, summary: &mut Summary) {
    let body = analysis.function.body(id);
    for (at, _, call) in body.calls() {
        if !is_reached(&analysis.flow, id, at.block) {
            continue;
        }
        match &call.callee {
            Callee::Api { method, .. } => of_method(method.kind, call.name_span, summary),
            Callee::Own(callees) => {
                for callee in callees {
                    summary.calls.insert(*callee);
                    let inner = analysis.summaries.of(*callee);
                    take_in(inner, summary);
                    for &position in &inner.runs {
                        let given = call.args.get(position).and_then(Operand::place);
                        summary.runs.extend(given.and_then(|place| parameter(analysis, place)));
                    }
                }
            }
            Callee::Variable(place) => summary.runs.extend(parameter(analysis, place)),
            Callee::Path(_) | Callee::Method(_) | Callee::Unknown => {}
        }
    }
}

/// The parameter that a place is.
fn parameter(analysis: &Analysis<'_>, place: &Place) -> Option<usize> {
    analysis.is_param(analysis.function.root(place).whole_local()?)
}

fn of_method(kind: Kind, span: Span, summary: &mut Summary) {
    let mut allocates = |memory| {
        summary.allocates.entry(memory).or_insert(span);
    };
    match kind {
        Kind::FrameAlloc | Kind::Retained => allocates(Memory::Frame),
        Kind::PoolAlloc | Kind::Transfer => allocates(Memory::Pool),
        Kind::HeapAlloc => allocates(Memory::Heap),
        Kind::BeginFrame | Kind::FrameGuard | Kind::SharedFrame | Kind::ScopeGuard => {
            summary.begins_frame = true;
        }
        Kind::EndFrame => summary.ends_frame = true,
        Kind::EndFrameWithPromotions => {
            summary.ends_frame = true;
            summary.takes_promotions = true;
        }
        Kind::TakePromotions => summary.takes_promotions = true,
        Kind::FrameBudget => drop(summary.budgets.insert(Budget::Frame)),
        Kind::PoolBudget => drop(summary.budgets.insert(Budget::Pool)),
        Kind::HeapBudget => drop(summary.budgets.insert(Budget::Heap)),
        Kind::Signal => summary.signals = true,
        Kind::Wait => summary.waits = true,
        _ => {}
    }
}

fn take_in(inner: &Summary, summary: &mut Summary) {
    for (&memory, &span) in &inner.allocates {
        summary.allocates.entry(memory).or_insert(span);
    }
    summary.budgets.extend(&inner.budgets);
    summary.takes_promotions |= inner.takes_promotions;
    summary.signals |= inner.signals;
    summary.waits |= inner.waits;
    summary.begins_frame |= inner.begins_frame;
    summary.ends_frame |= inner.ends_frame;
}
