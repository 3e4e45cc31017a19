//! What a call does to what is known.

use std::collections::BTreeSet;

use super::{Analysis, Held};
use crate::flow::body::{Call, Callee, OpId, Operand, Place};
use crate::flow::state::{FrameState, Origin, OriginId, OriginKind, State, Status, merge};
use crate::flow::summary::{FrameEffect, seen_by_caller};
use crate::model::api::Kind;
use crate::model::library::{Passing, passing};
use crate::model::{FnId, Known, Ty};
use crate::source::Span;
use crate::source::tree::Name;

impl Analysis<'_> {
    pub(super) fn call(
        &mut self,
        state: &mut State,
        at: OpId,
        span: Span,
        call: &Call,
    ) -> Vec<(Vec<Name>, Held)> {
        let given = self.guards_given(state, call);
        let parts = self.result(state, at, span, call);
        for id in given {
            self.give_away(state, &parts, id);
        }
        parts
    }

    /// The guards of frames that a call takes.
    fn guards_given(&self, state: &State, call: &Call) -> Vec<OriginId> {
        let taken = call.args.iter().filter(|operand| operand.is_move()).filter_map(Operand::place);
        let held = taken.flat_map(|place| state.held(&self.key(place)).into_keys());
        held.filter(|&id| matches!(self.flow.origin(id).kind, OriginKind::Guard(Some(Known::Frame))))
            .collect()
    }

    /// A guard that a call took and did not give back has ended its frame, or does so when nobody here sees it.
    fn give_away(&self, state: &mut State, parts: &[(Vec<Name>, Held)], id: OriginId) {
        let held = |held: &Held| held.contains_key(&id);
        if parts.iter().any(|(_, it)| held(it)) || state.places().any(|(_, it)| held(it)) {
            return;
        }
        let Origin { alloc: Some(alloc), op: Some(begun), .. } = self.flow.origin(id) else { return };
        let after = state.frame(alloc).into_iter().map(|state| match state {
            FrameState::Open { at, .. } if at == *begun => FrameState::Outside,
            other => other,
        });
        let after = after.collect();
        state.set_frame(alloc, after);
    }

    /// What a call returns.
    fn result(&mut self, state: &mut State, at: OpId, span: Span, call: &Call) -> Vec<(Vec<Name>, Held)> {
        let whole = |held: Held| vec![(Vec::new(), held)];
        match &call.callee {
            Callee::Api { .. } => whole(self.call_api(state, at, call)),
            Callee::Own(callees) => self.call_own(state, at, span, call, callees),
            Callee::Method(ty) => whole(self.call_method(state, at, call, ty)),
            Callee::Path(path) if is_exchange(path) => self.exchange(state, call),
            Callee::Path(path) => whole(self.call_path(state, call, path)),
            Callee::Variable(place) => {
                for operand in &call.args {
                    let _ = self.take(state, operand);
                }
                self.run_closure(state, at, place);
                Vec::new()
            }
            Callee::Unknown => {
                for operand in &call.args {
                    let _ = self.take(state, operand);
                }
                Vec::new()
            }
        }
    }

    /// A closure of this function runs, here or in what it is given to.
    fn run_closure(&mut self, state: &mut State, at: OpId, place: &Place) {
        let root = self.function.root(place);
        if let Some(body) = root.whole_local().and_then(|local| self.closures.get(&local))
            && let Some(summary) = self.flow.summaries.get(body.0 as usize).cloned()
        {
            for (alloc, effect) in &summary.frames {
                self.apply_effect(state, at, alloc, *effect);
            }
        }
    }

    fn call_api(&mut self, state: &mut State, at: OpId, call: &Call) -> Held {
        let Callee::Api { method, guessed, .. } = call.callee else { return Held::new() };
        let receiver = call.args.first().and_then(Operand::place).cloned();
        let guards: Vec<OriginId> = match &receiver {
            Some(place) => state.held(&self.key(place)).into_keys().collect(),
            None => Vec::new(),
        };
        let guarded = guards.iter().any(|&id| matches!(self.flow.origin(id).kind, OriginKind::Guard(_)));
        // What a guard makes is of the allocator that made the guard.
        let of_guard = guards.iter().find_map(|&id| self.flow.origin(id).alloc.clone());
        let alloc = of_guard.or_else(|| receiver.as_ref().map(|place| self.function.root(place)));
        let mut inner = Held::new();
        for position in 0..call.args.len() {
            let held = self.argument(state, call, position);
            // What is copied is not in the copy.
            let copied = method.name == "clone_in";
            if position > 0 && !copied || matches!(method.kind, Kind::Receive | Kind::Other) {
                merge(&mut inner, &held);
            }
        }
        let kind = match method.kind {
            Kind::FrameAlloc => OriginKind::Frame,
            Kind::Retained => OriginKind::Retained,
            Kind::PoolAlloc => OriginKind::Pool,
            Kind::HeapAlloc => OriginKind::Heap,
            Kind::Transfer => OriginKind::Transfer,
            Kind::ScratchAlloc => OriginKind::Scratch,
            Kind::EndFrameWithPromotions | Kind::TakePromotions => OriginKind::Promotions,
            Kind::FrameGuard => OriginKind::Guard(Some(Known::Frame)),
            Kind::ScopeGuard => OriginKind::Guard(Some(Known::Scope)),
            Kind::SharedFrame => OriginKind::Guard(Some(Known::SharedFrame)),
            Kind::TagGuard => OriginKind::Tag,
            Kind::PhaseGuard => OriginKind::Phase,
            Kind::BeginFrame | Kind::EndFrame => {
                if let Some(alloc) = &alloc {
                    self.boundary(state, at, method.kind, alloc);
                }
                return Held::new();
            }
            // What is leaked is nobody's, and is never given back.
            Kind::Receive | Kind::Other => return inner,
            _ => return Held::new(),
        };
        if let Some(alloc) = &alloc
            && matches!(method.kind, Kind::EndFrameWithPromotions)
        {
            self.boundary(state, at, method.kind, alloc);
        }
        if method.kind == Kind::FrameGuard
            && let Some(alloc) = &alloc
        {
            let states = state.frame(alloc);
            // Within a frame it is a scope.
            let after = states.into_iter().map(|state| match state {
                FrameState::Open { .. } => state,
                _ => FrameState::Open { at, left: None },
            });
            let after = after.collect();
            state.set_frame(alloc, after);
        }
        let origin = Origin {
            span: call.name_span,
            kind,
            alloc,
            ty: call.result.clone(),
            method: Some(method),
            op: Some(at),
            guarded,
            guessed,
        };
        let id = self.number((self.body, Some(at), 0), origin);
        let mut held = self.fitting(inner, &call.result);
        held.insert(id, Status::ALIVE);
        held
    }

    fn boundary(&mut self, state: &mut State, at: OpId, kind: Kind, alloc: &Place) {
        let after = if kind == Kind::BeginFrame {
            FrameState::Open { at, left: None }
        } else {
            self.end_values(state, at, true, alloc);
            FrameState::Ended { at }
        };
        state.set_frame(alloc, BTreeSet::from([after]));
    }

    fn apply_effect(&mut self, state: &mut State, at: OpId, alloc: &Place, effect: FrameEffect) {
        let mut after = BTreeSet::new();
        if effect.may_leave {
            after.extend(state.frame(alloc));
        }
        if effect.may_end || effect.opens() {
            // A frame that begins ends the one before it.
            self.end_values(state, at, !effect.may_leave && (effect.opens() || !effect.may_open), alloc);
        }
        if effect.may_end {
            after.insert(FrameState::Ended { at });
        }
        // What opens a frame on some paths only has made its mistake itself.
        if effect.opens() {
            after.insert(FrameState::Open { at, left: None });
        } else if effect.may_open {
            after.insert(FrameState::Outside);
        }
        if !after.is_empty() {
            state.set_frame(alloc, after);
        }
    }

    /// A place of a called function as the caller knows it.
    fn seen_from_here(&self, callee: FnId, place: &Place, call: &Call) -> Option<Place> {
        seen_by_caller(self.functions.get(&callee).map(|function| &**function), place, call)
    }

    fn call_own(
        &mut self,
        state: &mut State,
        at: OpId,
        span: Span,
        call: &Call,
        callees: &[FnId],
    ) -> Vec<(Vec<Name>, Held)> {
        let args: Vec<Held> =
            (0..call.args.len()).map(|position| self.argument(state, call, position)).collect();
        let mut parts = Vec::new();
        for (which, &callee) in callees.iter().enumerate() {
            let summary = self.summaries.of(callee);
            for stored in &summary.stores {
                // What names a frame value in its signature answers for it itself.
                let named = self.index.signature(callee).params.get(stored.from);
                if named.is_some_and(|ty| self.index.names_frame_value(ty)) {
                    continue;
                }
                // So does whoever makes a task of a value.
                if matches!(call.types.get(stored.from), Some(Ty::Future(_))) {
                    continue;
                }
                if let Some(into) = self.seen_from_here(callee, &stored.into, call)
                    && let Some(held) = args.get(stored.from)
                {
                    let key = self.key(&into);
                    state.add(&key, held);
                }
            }
            for (alloc, effect) in &summary.frames {
                if let Some(alloc) = self.seen_from_here(callee, alloc, call) {
                    let alloc = self.function.root(&alloc);
                    let mut effect = *effect;
                    // One of several implementations: perhaps another one runs.
                    effect.may_leave |= callees.len() > 1 && !self.all_do(callees, effect);
                    self.apply_effect(state, at, &alloc, effect);
                }
            }
            for place in summary.runs.iter().filter_map(|&position| call.args.get(position)?.place()) {
                self.run_closure(state, at, place);
            }
            let mut passed = Held::new();
            // A future holds all that its function was given.
            let holds_all = self.index.function(callee).syntax.is_async;
            for (position, held) in args.iter().enumerate() {
                if holds_all || summary.returns.contains(&position) {
                    merge(&mut passed, held);
                }
            }
            parts.push((Vec::new(), self.fitting(passed, &call.result)));
            for (number, made) in summary.makes.iter().enumerate() {
                let alloc = made.alloc.as_ref().and_then(|place| self.seen_from_here(callee, place, call));
                let by_guard = |place: &Place| {
                    self.ty_of(place).peeled().as_known().is_some_and(|known| known.is_guard())
                };
                let guarded = alloc.as_ref().is_some_and(by_guard);
                let alloc = alloc.map(|place| self.function.root(&place));
                let origin = Origin {
                    span,
                    kind: made.kind,
                    alloc,
                    ty: call.result.clone(),
                    method: None,
                    op: Some(at),
                    guarded,
                    guessed: false,
                };
                let sub = 1 + (which as u32) * 32 + number as u32;
                let id = self.number((self.body, Some(at), sub), origin);
                parts.push((made.fields.clone(), Held::from([(id, Status::ALIVE)])));
            }
        }
        if let Some(held) = self.guard_by_drop(state, at, span, &call.result) {
            parts.push((Vec::new(), held));
        }
        parts
    }

    fn all_do(&self, callees: &[FnId], effect: FrameEffect) -> bool {
        callees.iter().all(|callee| self.summaries.of(*callee).frames.values().any(|other| *other == effect))
    }

    fn call_method(&mut self, state: &mut State, at: OpId, call: &Call, ty: &Ty) -> Held {
        let Some(receiver) = call.args.first() else { return Held::new() };
        let mut how = passing(&call.name);
        let optional = matches!(ty.peeled().as_known(), Some(Known::Option));
        if optional && matches!(&*call.name, "take" | "replace") {
            how = Passing::Removes;
        }
        let receiver_place = receiver.place().cloned();
        let mut from_receiver = self.take_all(state, receiver);
        let mut given = Held::new();
        let mut returned = Held::new();
        for position in 1..call.args.len() {
            let mut held = self.argument(state, call, position);
            if matches!(&*call.name, "extend_from_slice" | "extend" | "clone_from_slice" | "copy_from_slice")
            {
                held = self.items(held, call.types.get(position).unwrap_or(&Ty::Unknown), &call.name);
            }
            if call.inlined.contains(&position) {
                merge(&mut returned, &held);
            } else {
                merge(&mut given, &held);
            }
        }
        let stores = how == Passing::Stores || optional && &*call.name == "replace";
        if stores && let Some(place) = &receiver_place {
            let mut all = given.clone();
            merge(&mut all, &returned);
            let key = self.key(place);
            state.add(&key, &self.fitting(all, ty.peeled()));
        }
        if matches!(how, Passing::Removes | Passing::Clears)
            && let Some(place) = &receiver_place
        {
            let key = self.key(place);
            let gone = state.remove(&key);
            merge(&mut from_receiver, &gone);
            if stores {
                state.add(&key, &given);
            }
        }
        let mut result = returned;
        match how {
            Passing::Passes | Passing::Removes => {
                // A copy of a value is one of its own, but a copy of a reference is a reference.
                let copies = matches!(&*call.name, "clone" | "cloned" | "copied");
                if !copies || self.index.may_hold_frame(&call.result) == Some(true) {
                    let held = if copies { self.copied(at, call, from_receiver) } else { from_receiver };
                    merge(&mut result, &held);
                }
            }
            Passing::Stores if &*call.name != "push" && self.refers(&call.result) => {
                merge(&mut result, &from_receiver);
                merge(&mut result, &given);
            }
            _ => {}
        }
        if matches!(&*call.name, "zip" | "chain" | "or" | "unwrap_or") {
            merge(&mut result, &given);
        }
        self.fitting(result, &call.result)
    }

    /// What a copy of these values is: that of a frame value is another one of the same frame.
    fn copied(&mut self, at: OpId, call: &Call, mut held: Held) -> Held {
        if !call.result.as_known().is_some_and(Known::is_frame_value) {
            return held;
        }
        let made = held.iter().map(|(&id, &status)| (self.flow.origin(id).clone(), id, status));
        let Some((origin, id, status)) = made.into_iter().find(|(it, ..)| it.kind == OriginKind::Frame)
        else {
            return held;
        };
        let origin = Origin { span: call.name_span, ty: call.result.clone(), op: Some(at), ..origin };
        held.remove(&id);
        held.insert(self.number((self.body, Some(at), 0), origin), status);
        held
    }

    /// `mem::take`, `mem::replace` and `mem::swap`: what was there comes back, or changes places, part by part.
    fn exchange(&mut self, state: &mut State, call: &Call) -> Vec<(Vec<Name>, Held)> {
        let keys: Vec<Option<Place>> = call
            .args
            .iter()
            .map(|operand| operand.place().filter(|_| self.refers_to(operand)).map(|place| self.key(place)))
            .collect();
        let mut parts: Vec<Vec<(Vec<Name>, Held)>> = Vec::new();
        for (operand, key) in call.args.iter().zip(&keys) {
            parts.push(match key {
                Some(key) => state.parts(key),
                None => self.take(state, operand),
            });
        }
        // An element is one of several: the others stay.
        for (operand, key) in call.args.iter().zip(&keys) {
            if let (Some(key), Some(place)) = (key, operand.place())
                && self.function.element(place).is_none()
            {
                state.remove(key);
            }
        }
        let (mut first, mut second) = (parts.into_iter(), keys.iter());
        let (old, new) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let (to, from) = (second.next().cloned().flatten(), second.next().cloned().flatten());
        let mut put = |key: &Option<Place>, parts: &[(Vec<Name>, Held)]| {
            let Some(key) = key else { return };
            for (fields, held) in parts {
                let mut part = key.clone();
                part.fields.extend(fields.iter().cloned());
                state.add(&part, held);
            }
        };
        put(&to, &new);
        if &*call.name == "swap" {
            put(&from, &old);
            return Vec::new();
        }
        old
    }

    /// Whether an operand is a reference to a place.
    fn refers_to(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Ref(..) => true,
            _ => operand.place().is_some_and(|place| matches!(self.ty_of(place), Ty::Ref(..))),
        }
    }

    fn call_path(&mut self, state: &mut State, call: &Call, path: &str) -> Held {
        let mut all = Held::new();
        for position in 0..call.args.len() {
            merge(&mut all, &self.argument(state, call, position));
        }
        let last = path.rsplit("::").next().unwrap_or(path);
        match last {
            "transmute" | "transmute_copy" | "from_raw_parts" | "from_raw_parts_mut" | "read"
            | "from_raw" | "from_ref" | "from_mut" | "leak" | "new_unchecked" => all,
            "new" if path.ends_with("ManuallyDrop::new") => self.fitting(all, &call.result),
            _ => Held::new(),
        }
    }
}

/// Whether a function of another crate moves values from one place to the other.
fn is_exchange(path: &str) -> bool {
    path.contains("mem::") && matches!(path.rsplit("::").next(), Some("take" | "replace" | "swap"))
}
