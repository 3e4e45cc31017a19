//! Which frames a function begins whatever its caller has open.

use std::collections::BTreeMap;

use super::body::{BodyId, Call, Callee, OpKind, Operand, Place, Value};
use super::program::Program;
use super::state::FrameState;
use super::summary::Shared;
use crate::model::FnId;
use crate::model::api::Kind;
use crate::source::Span;

/// Functions that are looked into, one within the other.
const MOST_CALLS: usize = 16;

impl Program {
    /// The allocators of which a function begins a frame on every path before it ends one, itself or through what it calls,
    /// and where. A frame that its caller has open is over there.
    #[must_use]
    pub fn begins(&self, id: FnId) -> BTreeMap<Shared, Span> {
        self.begins_at(id, 0)
    }

    fn begins_at(&self, id: FnId, depth: usize) -> BTreeMap<Shared, Span> {
        let mut found = BTreeMap::new();
        let Some(function) = self.function(id) else { return found };
        if depth > MOST_CALLS || !self.summary(id).begins_frame {
            return found;
        }
        self.walk(function, BodyId(0), |point| {
            let OpKind::Assign(_, Value::Call(call)) = &point.op.kind else { return };
            let begun = match &call.callee {
                Callee::Api { method, .. } if method.kind == Kind::BeginFrame => {
                    let place = call.args.first().and_then(Operand::place);
                    place.map(|place| (place.clone(), call.name_span)).into_iter().collect()
                }
                _ => self.begun_by(call, depth + 1),
            };
            for (place, span) in begun {
                let alloc = function.root(&place);
                let untouched = point.before.frame(&alloc).contains(&FrameState::Outside);
                let several = function.element(&place).is_some();
                if untouched && !several && function.is_on_every_path(BodyId(0), point.at) {
                    found.entry(alloc).or_insert(span);
                }
            }
        });
        found
    }

    /// The allocators, as the caller knows them, of which a call begins a frame before it ends one, and where.
    #[must_use]
    pub fn begun(&self, call: &Call) -> BTreeMap<Place, Span> {
        self.begun_by(call, 0)
    }

    fn begun_by(&self, call: &Call, depth: usize) -> BTreeMap<Place, Span> {
        let Callee::Own(callees) = &call.callee else { return BTreeMap::new() };
        let mut all: Option<BTreeMap<Place, Span>> = None;
        for &callee in callees {
            let here: BTreeMap<Place, Span> = self
                .begins_at(callee, depth)
                .into_iter()
                .filter_map(|(place, span)| Some((self.seen_by_caller(callee, &place, call)?, span)))
                .collect();
            match &mut all {
                // Of several implementations, each has to.
                Some(all) => all.retain(|place, _| here.contains_key(place)),
                None => all = Some(here),
            }
        }
        all.unwrap_or_default()
    }

    /// A place of a called function as the caller knows it.
    #[must_use]
    pub fn seen_by_caller(&self, callee: FnId, place: &Place, call: &Call) -> Option<Place> {
        let Some(local) = place.as_local() else { return Some(place.clone()) };
        let function = self.function(callee)?;
        let position = function.params.iter().position(|&param| param == local)?;
        let mut mapped = call.args.get(position)?.place()?.clone();
        mapped.fields.extend(place.fields.iter().cloned());
        Some(mapped)
    }
}
