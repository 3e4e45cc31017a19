//! What the tags are called that a call is given.

use std::collections::{BTreeSet, HashMap};

use super::{Tag, opens_tag};
use crate::flow::body::{
    Base, BodyId, Callee, Const, Function, LocalId, OpId, OpKind, Operand, Place, Value,
};
use crate::flow::program::Program;
use crate::model::{FnId, ItemId, ItemShape};
use crate::source::Span;

/// Variables and calls that lead to a text through more steps than this are not followed.
const MOST_STEPS: usize = 8;

/// A text that a variable or argument may be.
pub(super) struct Found {
    pub(super) tag: Tag,
    pub(super) span: Span,
    /// Written there.
    pub(super) direct: bool,
    /// Where it is written, if that is another function.
    pub(super) function: Option<FnId>,
}

/// Where texts come from.
pub(super) struct Names<'a> {
    program: &'a Program,
    /// What is assigned to each variable.
    assigned: HashMap<(FnId, LocalId), Vec<&'a Value>>,
    /// The calls of each function.
    callers: HashMap<FnId, Vec<(&'a Function, BodyId, OpId)>>,
    /// The tag of each guard, by the call that opens it.
    guards: HashMap<Span, (&'a Function, &'a Operand, Span)>,
}

impl<'a> Names<'a> {
    pub(super) fn of(program: &'a Program) -> Self {
        let mut names =
            Self { program, assigned: HashMap::new(), callers: HashMap::new(), guards: HashMap::new() };
        for (function, id, body) in program.bodies() {
            for (at, op) in body.ops() {
                let OpKind::Assign(place, value) = &op.kind else { continue };
                if let Some(local) = place.whole_local() {
                    names.assigned.entry((function.id, local)).or_default().push(value);
                }
                let Value::Call(call) = value else { continue };
                match &call.callee {
                    Callee::Own(callees) => {
                        for callee in callees {
                            names.callers.entry(*callee).or_default().push((function, id, at));
                        }
                    }
                    Callee::Api { method, .. } if opens_tag(method.kind) => {
                        if let (Some(tag), Some(&span)) = (call.args.get(1), call.spans.get(1)) {
                            names.guards.insert(call.name_span, (function, tag, span));
                        }
                    }
                    _ => {}
                }
            }
        }
        names
    }

    /// What is assigned to a variable.
    pub(super) fn assigned(&self, function: FnId, local: LocalId) -> &[&'a Value] {
        self.assigned.get(&(function, local)).map_or(&[], Vec::as_slice)
    }

    /// What an argument may be, which is written at `span`.
    pub(super) fn of_operand(&self, function: &Function, operand: &Operand, span: Span) -> Vec<Found> {
        let mut found = Vec::new();
        self.operand(function, operand, (span, true, None), 0, &mut found);
        if found.is_empty() {
            found.push(Found { tag: None, span, direct: false, function: None });
        }
        found
    }

    /// The tags of a guard that the call at `span` opens, or a function called at `op`.
    pub(super) fn of_guard(&self, span: Span, function: &Function, op: Option<OpId>) -> BTreeSet<Tag> {
        if let Some((function, tag, span)) = self.guards.get(&span) {
            return self.of_operand(function, tag, *span).into_iter().map(|one| one.tag).collect();
        }
        let call = op.and_then(|at| {
            function.bodies.iter().find_map(|body| {
                let op = body.blocks.get(at.block.0 as usize)?.ops.get(at.index as usize)?;
                match &op.kind {
                    OpKind::Assign(_, Value::Call(call)) if op.span == span => Some(call),
                    _ => None,
                }
            })
        });
        let mut tags = BTreeSet::new();
        if let Some(Callee::Own(callees)) = call.map(|call| &call.callee) {
            for callee in callees {
                for made in &self.program.summary(*callee).makes {
                    if let Some((function, tag, span)) = self.guards.get(&made.span) {
                        tags.extend(self.of_operand(function, tag, *span).into_iter().map(|one| one.tag));
                    }
                }
            }
        }
        if tags.is_empty() {
            tags.insert(None);
        }
        tags
    }

    fn operand(
        &self,
        function: &Function,
        operand: &Operand,
        at: (Span, bool, Option<FnId>),
        steps: usize,
        found: &mut Vec<Found>,
    ) {
        let mut add = |tag: Tag| {
            let (span, direct, function) = at;
            found.push(Found { direct: direct && tag.is_some(), tag, span, function });
        };
        match operand {
            Operand::Const(Const::Str(text)) => add(Some(text.clone())),
            Operand::Const(Const::Item(item)) => add(self.text_of(*item)),
            Operand::Const(_) => add(None),
            Operand::Move(place) | Operand::Copy(place) | Operand::Ref(place, _) => match place.base {
                Base::Static(item) => add(self.text_of(item)),
                Base::Local(_) if steps < MOST_STEPS => self.place(function, place, at, steps + 1, found),
                _ => add(None),
            },
        }
    }

    fn text_of(&self, item: ItemId) -> Tag {
        match &self.program.index.item(item).shape {
            ItemShape::Value { text, .. } => text.clone(),
            _ => None,
        }
    }

    fn place(
        &self,
        function: &Function,
        place: &Place,
        at: (Span, bool, Option<FnId>),
        steps: usize,
        found: &mut Vec<Found>,
    ) {
        let unknown = |found: &mut Vec<Found>| {
            found.push(Found { tag: None, span: at.0, direct: false, function: at.2 });
        };
        let Some(local) = place.flat().whole_local() else { return unknown(found) };
        if let Some(position) = function.params.iter().position(|&param| param == local) {
            let callers = self.callers.get(&function.id).map_or(&[][..], Vec::as_slice);
            if callers.is_empty() {
                return unknown(found);
            }
            for (caller, body, op) in callers {
                let OpKind::Assign(_, Value::Call(call)) = &caller.body(*body).op(*op).kind else { continue };
                match (call.args.get(position), call.spans.get(position)) {
                    (Some(operand), Some(&span)) => {
                        self.operand(caller, operand, (span, true, Some(caller.id)), steps + 1, found);
                    }
                    _ => unknown(found),
                }
            }
            return;
        }
        let values = self.assigned(function.id, local);
        if values.is_empty() {
            return unknown(found);
        }
        for value in values {
            match value {
                Value::Use(operand) | Value::Cast(operand) => {
                    self.operand(function, operand, at, steps + 1, found);
                }
                Value::Call(call) => match &call.callee {
                    Callee::Own(callees) => {
                        for callee in callees {
                            let Some(called) = self.program.function(*callee) else { continue };
                            let result = Operand::Copy(Place::local(called.body(BodyId(0)).result));
                            self.operand(called, &result, (at.0, false, at.2), steps + 1, found);
                        }
                    }
                    _ => unknown(found),
                },
                _ => unknown(found),
            }
        }
    }
}
