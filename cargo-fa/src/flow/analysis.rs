//! The data flow of one function: from the state before an operation to the state after it.

mod calls;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::body::{
    Aggregate, Base, BlockId, BodyId, BodyKind, Call, DropWhy, Function, Leave, LocalId, Op, OpId, OpKind,
    Operand, Place, Value,
};
use super::state::{FrameState, Origin, OriginId, OriginKind, State, Status, merge};
use super::summary::{Summaries, Summary};
use crate::model::library::item_of;
use crate::model::{FnId, Index, Known, Ty};
use crate::source::Span;

/// Rounds over a body beyond this are not expected; what is known by then is used.
const MOST_ROUNDS: usize = 64;

pub(super) type Held = BTreeMap<OriginId, Status>;

/// What is known of a function.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Where its values come from.
    pub origins: Vec<Origin>,
    /// The state at the beginning of each block of each body; `None` if it is not reached.
    pub(super) entries: Vec<Vec<Option<State>>>,
    /// What each body means to who calls it.
    pub summaries: Vec<Summary>,
    numbers: HashMap<(BodyId, Option<OpId>, u32), OriginId>,
}

impl Flow {
    /// All but the states at blocks.
    pub(super) fn without_states(&self) -> Self {
        let (origins, summaries, numbers) =
            (self.origins.clone(), self.summaries.clone(), self.numbers.clone());
        Self { origins, entries: Vec::new(), summaries, numbers }
    }

    /// Where a value comes from.
    #[must_use]
    pub fn origin(&self, id: OriginId) -> &Origin {
        &self.origins[id.0 as usize]
    }
}

/// What the analysis of one function needs of the others.
pub(super) struct Analysis<'a> {
    pub(super) index: &'a Index,
    pub(super) function: &'a Function,
    /// The functions that are called, for their parameters.
    pub(super) functions: &'a BTreeMap<FnId, Arc<Function>>,
    /// What is known of them so far.
    pub(super) summaries: &'a Summaries,
    pub(super) flow: Flow,
    /// The closures in variables.
    closures: HashMap<LocalId, BodyId>,
    body: BodyId,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(
        index: &'a Index,
        function: &'a Function,
        functions: &'a BTreeMap<FnId, Arc<Function>>,
        summaries: &'a Summaries,
        flow: Flow,
    ) -> Self {
        let mut closures = HashMap::new();
        for body in &function.bodies {
            for (_, op) in body.ops() {
                if let OpKind::Assign(place, Value::Closure(id)) = &op.kind
                    && let Some(local) = place.whole_local()
                {
                    closures.insert(local, *id);
                }
            }
        }
        Self { index, function, functions, summaries, flow, closures, body: BodyId(0) }
    }

    /// For steps of this body.
    pub(super) fn within(mut self, body: BodyId) -> Self {
        self.body = body;
        self
    }

    /// Runs until nothing new is learned.
    pub(super) fn run(mut self) -> Flow {
        let count = self.function.bodies.len();
        self.flow.entries = vec![Vec::new(); count];
        self.flow.summaries = vec![Summary::default(); count];
        let mut seeds: HashMap<BodyId, State> = HashMap::new();
        for number in 0..count {
            let id = BodyId(number as u32);
            self.body = id;
            let start = match seeds.remove(&id) {
                Some(seed) => seed,
                None => self.start(),
            };
            self.run_body(id, start, &mut seeds);
        }
        // Closures come after the bodies that call them; what those learn from them is taken in now.
        for number in (0..count).rev() {
            let id = BodyId(number as u32);
            self.body = id;
            self.flow.summaries[number] = super::summarise::summarise(&self, id);
        }
        if count > 1 {
            for number in 0..count {
                let id = BodyId(number as u32);
                self.body = id;
                let start = self.flow.entries[number].first().cloned().flatten().unwrap_or_default();
                self.run_body(id, start, &mut seeds);
                self.flow.summaries[number] = super::summarise::summarise(&self, id);
            }
        }
        self.flow
    }

    /// What parameters hold.
    fn start(&mut self) -> State {
        let mut state = State::default();
        let params: Vec<LocalId> = match self.function.body(self.body).kind {
            BodyKind::Fn { .. } => self.function.params.clone(),
            _ => return state,
        };
        for (position, local) in params.into_iter().enumerate() {
            let (span, ty) = (self.function.local(local).span, self.function.local(local).ty.clone());
            if matches!(ty, Ty::Scalar | Ty::Str) || self.index.is_allocator(&ty) {
                continue;
            }
            let origin = Origin {
                span,
                kind: OriginKind::Param(position),
                alloc: None,
                ty,
                method: None,
                op: None,
                guarded: false,
                guessed: false,
            };
            let id = self.number((BodyId(0), None, position as u32), origin);
            state.add(&Place::local(local), &Held::from([(id, Status::ALIVE)]));
        }
        state
    }

    fn number(&mut self, key: (BodyId, Option<OpId>, u32), origin: Origin) -> OriginId {
        if let Some(&id) = self.flow.numbers.get(&key) {
            self.flow.origins[id.0 as usize] = origin;
            return id;
        }
        let id = OriginId(self.flow.origins.len() as u32);
        self.flow.origins.push(origin);
        self.flow.numbers.insert(key, id);
        id
    }

    fn run_body(&mut self, id: BodyId, start: State, seeds: &mut HashMap<BodyId, State>) {
        let function = self.function;
        let body = function.body(id);
        let mut entries: Vec<Option<State>> = vec![None; body.blocks.len()];
        entries[0] = Some(start);
        let mut work: BTreeSet<BlockId> = BTreeSet::from([BlockId(0)]);
        let mut rounds = vec![0usize; body.blocks.len()];
        while let Some(block) = work.pop_first() {
            let number = block.0 as usize;
            rounds[number] += 1;
            if rounds[number] > MOST_ROUNDS {
                continue;
            }
            let Some(mut state) = entries[number].clone() else { continue };
            for (index, op) in body.blocks[number].ops.iter().enumerate() {
                let at = OpId { block, index: index as u32 };
                if let OpKind::Assign(_, Value::Closure(child)) = &op.kind {
                    let seed = self.seed(&state, *child);
                    match seeds.get_mut(child) {
                        Some(known) => {
                            known.join(&seed);
                        }
                        None => {
                            seeds.insert(*child, seed);
                        }
                    }
                }
                self.step(&mut state, at, op);
            }
            for &next in &body.blocks[number].next {
                let news = match &mut entries[next.0 as usize] {
                    Some(known) => known.join(&state),
                    empty => {
                        *empty = Some(state.clone());
                        true
                    }
                };
                if news {
                    work.insert(next);
                }
            }
        }
        self.flow.entries[id.0 as usize] = entries;
    }

    /// What a closure knows when it begins: what the captured variables held when it was made.
    fn seed(&self, state: &State, child: BodyId) -> State {
        let mut seed = State::default();
        for capture in &self.function.body(child).captures {
            let place = Place::local(capture.local);
            for (fields, held) in state.parts(&place) {
                let mut part = place.clone();
                part.fields.extend(fields);
                seed.add(&part, &held);
            }
        }
        seed
    }

    // Places.

    /// Where what is stored in a place is kept: what references refer to.
    fn key(&self, place: &Place) -> Place {
        self.function.referred(place)
    }

    /// Whether a place is itself, and not a way to get at another.
    fn is_own(&self, place: &Place) -> bool {
        match place.base {
            Base::Local(local) => self.function.local(local).alias.as_ref().is_none_or(|alias| !alias.same),
            Base::Static(_) | Base::Result(_) => true,
        }
    }

    /// What an operand brings, by the fields of the value it is in; a moved value is gone.
    fn take(&self, state: &mut State, operand: &Operand) -> Vec<(Vec<crate::source::tree::Name>, Held)> {
        let Some(place) = operand.place() else { return Vec::new() };
        let key = self.key(place);
        let parts = state.parts(&key);
        if operand.is_move() && self.is_own(place) && !place.is_element() {
            state.remove(&key);
        }
        parts
    }

    fn take_all(&self, state: &mut State, operand: &Operand) -> Held {
        let mut all = Held::new();
        for (_, held) in self.take(state, operand) {
            merge(&mut all, &held);
        }
        all
    }

    /// What an argument brings, by its type.
    fn argument(&self, state: &mut State, call: &Call, position: usize) -> Held {
        let Some(operand) = call.args.get(position) else { return Held::new() };
        let held = self.take_all(state, operand);
        let ty = call.types.get(position).unwrap_or(&Ty::Unknown);
        match operand {
            // A copy of what lies behind a handle is a copy, unless it is a reference.
            Operand::Copy(from) if from.is_behind() && !self.refers(ty) => Held::new(),
            Operand::Ref(..) => held,
            _ => self.fitting(held, ty),
        }
    }

    /// What the items of a collection or iterator bring, when they are put into another one by one.
    fn items(&self, held: Held, ty: &Ty, name: &str) -> Held {
        let item = item_of(self.index, ty);
        let item = if name == "extend" { item } else { item.peeled().clone() };
        let copies = match &item {
            Ty::Unknown => true,
            Ty::Ref(_, to) => matches!(**to, Ty::Scalar | Ty::Unknown),
            _ => false,
        };
        if copies { Held::new() } else { self.fitting(held, &item) }
    }

    /// Leaves out what a value of this type cannot hold.
    fn fitting(&self, mut held: Held, ty: &Ty) -> Held {
        let frames = self.index.may_hold_frame(ty) != Some(false);
        let any = !matches!(ty, Ty::Scalar | Ty::Str | Ty::Never) && *ty != Ty::unit();
        held.retain(|&id, _| match self.flow.origin(id).kind {
            OriginKind::Frame | OriginKind::Guard(_) | OriginKind::Scratch => frames,
            OriginKind::Param(_) => frames || any && matches!(ty, Ty::Adt(..)),
            _ => any,
        });
        held
    }

    fn ty_of(&self, place: &Place) -> Ty {
        self.function.ty_of(self.index, place)
    }

    // Operations.

    pub(super) fn step(&mut self, state: &mut State, at: OpId, op: &Op) {
        match &op.kind {
            OpKind::Declare(local) => {
                let place = Place::local(*local);
                if self.is_own(&place) {
                    state.remove(&place);
                }
            }
            OpKind::Assign(place, value) => self.assign(state, at, op, place, value),
            OpKind::Drop(place, why) => self.dropped(state, at, place, *why),
            OpKind::Empty(place) => self.empty(state, place),
            OpKind::Leave(how) => {
                let function = self.function;
                let body = function.body(self.body);
                let leaves = |begun: OpId| match how {
                    Leave::Break(id) | Leave::Continue(id) => {
                        function.is_within(body.op(begun).context, function.a_loop(*id).context)
                    }
                    Leave::Closure(id) => function.is_within(body.op(begun).context, *id),
                    Leave::Return | Leave::Try | Leave::Panic => true,
                };
                state.leave(at, leaves);
            }
            OpKind::Await | OpKind::Return(_) => {}
        }
    }

    fn dropped(&mut self, state: &mut State, at: OpId, place: &Place, why: DropWhy) {
        if !self.is_own(place) || place.is_behind() && why != DropWhy::Overwritten {
            return;
        }
        let key = self.key(place);
        let held =
            if why == DropWhy::Overwritten && place.is_behind() { Held::new() } else { state.remove(&key) };
        for id in held.into_keys() {
            if let OriginKind::Guard(kind) = self.flow.origin(id).kind
                && matches!(kind, Some(Known::Frame) | None)
                && let Some(alloc) = self.flow.origin(id).alloc.clone()
            {
                self.guard_ends(state, at, id, &alloc);
            }
        }
    }

    /// There is nothing in a place, also when a reference to it was looked through: what it may hold it holds on other
    /// paths, and a frame that a guard in it would have begun was begun on those.
    fn empty(&self, state: &mut State, place: &Place) {
        // An element is one of several.
        if self.function.element(place).is_some() {
            return;
        }
        for id in state.remove(&self.key(place)).into_keys() {
            let Origin { kind: OriginKind::Guard(_), alloc: Some(alloc), op: Some(begun), .. } =
                self.flow.origin(id)
            else {
                continue;
            };
            let mut states = state.frame(alloc);
            states.retain(|state| !matches!(state, FrameState::Open { at, .. } if at == begun));
            if !states.is_empty() {
                state.set_frame(alloc, states);
            }
        }
    }

    fn guard_ends(&mut self, state: &mut State, at: OpId, guard: OriginId, alloc: &Place) {
        let opened = self.flow.origin(guard).op;
        let states = state.frame(alloc);
        let mine = |state: &FrameState| matches!(state, FrameState::Open { at, .. } if Some(*at) == opened);
        if !states.iter().any(mine) {
            return;
        }
        let certainly = states.iter().all(mine);
        self.end_values(state, at, certainly, alloc);
        let after = states.iter().map(|state| if mine(state) { FrameState::Outside } else { *state });
        let after = after.collect();
        state.set_frame(alloc, after);
    }

    fn end_values(&self, state: &mut State, at: OpId, certainly: bool, alloc: &Place) {
        let origins = &self.flow.origins;
        state.end_values(at, certainly, |id| {
            let origin = &origins[id.0 as usize];
            origin.kind == OriginKind::Frame && origin.alloc.as_ref() == Some(alloc)
        });
    }

    fn assign(&mut self, state: &mut State, at: OpId, op: &Op, place: &Place, value: &Value) {
        let ty = self.ty_of(place);
        let key = self.key(place);
        // A new allocator, or what has one, has no frame that an earlier one had.
        if matches!(value, Value::Call(_) | Value::Aggregate(..))
            && let Some(local) = place.whole_local()
            && self.function.local(local).alias.is_none()
        {
            state.forget_frames(local);
        }
        let mut parts: Vec<(Vec<crate::source::tree::Name>, Held)> = Vec::new();
        match value {
            Value::Use(operand) | Value::Cast(operand) => {
                let behind = matches!(operand, Operand::Copy(from) if from.is_behind());
                let taken = self.take(state, operand);
                // A copy of what lies behind a handle is a copy, unless it is a reference.
                if !behind || self.refers(&ty) {
                    parts = taken;
                }
            }
            Value::Await(operand) => {
                let _ = self.take(state, operand);
            }
            Value::Aggregate(kind, fields) => {
                for (name, operand) in fields {
                    let taken = self.take(state, operand);
                    if self.is_copied_out(kind, &ty, name, operand) {
                        continue;
                    }
                    for (fields, held) in taken {
                        let mut path = Vec::new();
                        if !name.is_empty()
                            && !matches!(kind, Aggregate::Array | Aggregate::Wrap | Aggregate::Range)
                        {
                            path.push(name.clone());
                        }
                        path.extend(fields);
                        parts.push((path, held));
                    }
                }
                if let Some(held) = self.own_guard(state, at, op, kind, place) {
                    parts.push((Vec::new(), held));
                }
            }
            Value::Call(call) => parts = self.call(state, at, op.span, call),
            Value::Closure(child) => {
                let mut all = Held::new();
                for capture in &self.function.body(*child).captures {
                    let from = Place::local(capture.local);
                    let key = self.key(&from);
                    merge(&mut all, &state.held(&key));
                    let copy = self.index.is_copy(&self.function.local(capture.local).ty) == Some(true);
                    if capture.by_move && self.is_own(&from) && !copy {
                        state.remove(&key);
                    }
                }
                parts.push((Vec::new(), all));
            }
            Value::Look(_) | Value::Compare(_) | Value::Compute(_) | Value::Opaque(_) => {}
        }
        // An element is one of several: the others stay.
        if self.is_own(place) && !place.is_element() {
            state.remove(&key);
        }
        let filter = !matches!(value, Value::Closure(_) | Value::Cast(_));
        for (fields, held) in parts {
            let held = if filter && fields.is_empty() { self.fitting(held, &ty) } else { held };
            let mut part = key.clone();
            part.fields.extend(fields);
            state.add(&part, &held);
        }
    }

    /// Whether a part of a value is a copy of what lies behind a handle, and refers to nothing there.
    fn is_copied_out(&self, kind: &Aggregate, whole: &Ty, name: &str, operand: &Operand) -> bool {
        if !matches!(operand, Operand::Copy(from) if from.is_behind()) {
            return false;
        }
        let ty = match (kind, whole) {
            (Aggregate::Wrap, _) => whole.arg(0),
            (Aggregate::Array, Ty::Array(of)) => (**of).clone(),
            (Aggregate::Array, _) => whole.arg(0),
            (_, Ty::Tuple(types)) => {
                name.parse().ok().and_then(|place: usize| types.get(place).cloned()).unwrap_or(Ty::Unknown)
            }
            _ => self.index.field(whole, name).map_or(Ty::Unknown, |(ty, _)| ty),
        };
        !ty.is_unknown() && !self.refers(&ty)
    }

    /// Whether a copy of this type refers to what it is a copy of.
    fn refers(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Ref(..) | Ty::Ptr(_) => true,
            Ty::Tuple(types) => types.iter().any(|ty| self.refers(ty)),
            Ty::Adt(..) => self.index.may_hold_frame(ty) == Some(true),
            _ => false,
        }
    }

    /// A value of a type of the program that ends a frame when it is dropped, made while that frame is open.
    fn own_guard(
        &mut self,
        state: &State,
        at: OpId,
        op: &Op,
        kind: &Aggregate,
        place: &Place,
    ) -> Option<Held> {
        let Aggregate::Struct(Some(_)) = kind else { return None };
        let ty = self.ty_of(place);
        self.guard_by_drop(state, at, op.span, &ty)
    }

    fn guard_by_drop(&mut self, state: &State, at: OpId, span: Span, ty: &Ty) -> Option<Held> {
        let drop = self.index.drop_of(ty)?;
        if !self.summaries.of(drop).ends_frame {
            return None;
        }
        let (alloc, opened) = state.open_frames().into_iter().next()?;
        let origin = Origin {
            span,
            kind: OriginKind::Guard(None),
            alloc: Some(alloc),
            ty: ty.clone(),
            method: None,
            op: Some(opened),
            guarded: false,
            guessed: false,
        };
        let id = self.number((self.body, Some(at), 1000), origin);
        Some(Held::from([(id, Status::ALIVE)]))
    }

    /// The functions' results and the like are read by `summarise`.
    pub(super) fn state_at_exit(&self, id: BodyId) -> Option<&State> {
        let body = self.function.body(id);
        self.flow.entries.get(id.0 as usize)?.get(body.exit.0 as usize)?.as_ref()
    }

    pub(super) fn is_param(&self, local: LocalId) -> Option<usize> {
        self.function.params.iter().position(|&param| param == local)
    }
}

/// Whether an operation is reached at all.
pub(super) fn is_reached(flow: &Flow, body: BodyId, block: BlockId) -> bool {
    flow.entries
        .get(body.0 as usize)
        .and_then(|entries| entries.get(block.0 as usize))
        .is_some_and(Option::is_some)
}
