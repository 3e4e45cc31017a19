//! Where numbers go that came from outside, until something compares them.
//!
//! Each function is run forwards on its own, over what its places hold; what its callers need of it is in its
//! [`Known`], and functions are run again until those no longer change.

mod calls;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::flow::Program;
use crate::flow::body::{
    Aggregate, Base, BlockId, Body, BodyId, BodyKind, Callee, Const, Function, LocalId, Op, OpKind, Operand,
    Place, Value,
};
use crate::model::{FnId, Known as KnownTy, Ty};
use crate::source::Span;
use crate::source::tree::Name;

/// Rounds over the program after which what is known is used as it is.
const MOST_ROUNDS: usize = 8;
/// Fields of fields beyond which all are the same.
const MOST_FIELDS: usize = 4;
/// Rounds over a function with closures.
const MOST_TURNS: usize = 4;
/// Visits of a block.
const MOST_VISITS: usize = 32;

/// A number from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Read at `source`; it came into this function at `here`.
    Input { source: Span, here: Span, fields: Vec<Name> },
    /// A part of a parameter, whatever the caller puts there.
    Param(usize, Vec<Name>),
}

impl Mark {
    fn then(&self, more: &[Name]) -> Self {
        let extended = |fields: &[Name]| fields.iter().chain(more).take(MOST_FIELDS).cloned().collect();
        match self {
            Self::Input { source, here, fields } => {
                Self::Input { source: *source, here: *here, fields: extended(fields) }
            }
            Self::Param(position, fields) => Self::Param(*position, extended(fields)),
        }
    }
}

type Marks = BTreeSet<Mark>;

/// An allocation whose length came from outside unchecked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unchecked {
    /// The allocation.
    pub(super) span: Span,
    /// Where the number was read.
    pub(super) source: Span,
    /// The call that handed it over, when it is in another function.
    pub(super) handed: Option<Span>,
    /// The function of the allocation.
    pub(super) function: FnId,
    /// The receiver's type was not known.
    pub(super) guessed: bool,
}

/// An allocation whose length is a part of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sink {
    mark: Mark,
    span: Span,
    function: FnId,
    guessed: bool,
}

/// What callers need to know of a function.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    /// What is in its result, by fields.
    result: BTreeSet<(Vec<Name>, Mark)>,
    /// What it puts into its parameters.
    writes: BTreeSet<(usize, Vec<Name>, Mark)>,
    /// Parameters that it gives to allocations as lengths.
    sinks: BTreeSet<Sink>,
    /// Parameters that it compares on every path.
    checks: Marks,
    /// What it puts into statics.
    statics: BTreeSet<(Place, Mark)>,
}

/// What is known at a point.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    held: BTreeMap<Place, Marks>,
    checked: Marks,
}

impl State {
    fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        for (place, marks) in &other.held {
            self.held.entry(place.clone()).or_default().extend(marks.iter().cloned());
        }
        self.checked.retain(|mark| other.checked.contains(mark));
        *self != before
    }
}

/// All allocations of a program whose length came from outside unchecked.
pub(super) fn unchecked(program: &Program) -> BTreeSet<Unchecked> {
    let mut found = BTreeSet::new();
    let asks = program.bodies().any(|(_, _, body)| {
        body.calls()
            .any(|(_, _, call)| matches!(&call.callee, Callee::Api { method, .. } if method.takes_length()))
    });
    if !asks {
        return found;
    }
    let mut known: HashMap<FnId, Known> = HashMap::new();
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        found.clear();
        let mut statics: BTreeMap<Place, Marks> = BTreeMap::new();
        for (place, mark) in known.values().flat_map(|known| &known.statics) {
            statics.entry(place.clone()).or_default().insert(mark.clone());
        }
        for function in program.functions() {
            let mut run = Run {
                closures: closures(function),
                results: HashMap::new(),
                seeds: HashMap::new(),
                statics: &statics,
                program,
                function,
                known: &known,
                own: Known::default(),
                found: &mut found,
            };
            run.all();
            let own = run.own;
            if known.get(&function.id) != Some(&own) {
                changed = true;
                known.insert(function.id, own);
            }
        }
        if !changed {
            break;
        }
    }
    found
}

struct Run<'a> {
    /// The closures in variables.
    closures: HashMap<LocalId, BodyId>,
    /// What they return.
    results: HashMap<BodyId, Vec<(Vec<Name>, Marks)>>,
    /// What they begin with.
    seeds: HashMap<BodyId, State>,
    /// What statics hold.
    statics: &'a BTreeMap<Place, Marks>,
    program: &'a Program,
    function: &'a Function,
    known: &'a HashMap<FnId, Known>,
    own: Known,
    found: &'a mut BTreeSet<Unchecked>,
}

impl Run<'_> {
    fn all(&mut self) {
        // Closures come after the bodies that call them; what they return is known the next time.
        let turns = self.function.bodies.len().min(MOST_TURNS);
        for _ in 0..turns {
            self.bodies();
        }
    }

    fn bodies(&mut self) {
        let function = self.function;
        for (number, body) in function.bodies.iter().enumerate() {
            let id = BodyId(number as u32);
            let mut start = self.seeds.remove(&id).unwrap_or_default();
            if let BodyKind::Fn { .. } = body.kind {
                start.held.extend(self.statics.clone());
                for (position, &param) in function.params.iter().enumerate() {
                    let marks = Marks::from([Mark::Param(position, Vec::new())]);
                    start.held.insert(Place::local(param), marks);
                }
            }
            let Some(exit) = self.body(body, start) else { continue };
            if id.0 == 0 {
                self.summarise(body, &exit);
            } else {
                self.results.insert(id, self.parts(&exit, &Place::local(body.result)));
            }
        }
    }

    /// A closure begins with this as well.
    fn seed(&mut self, closure: BodyId, seed: State) {
        match self.seeds.get_mut(&closure) {
            Some(known) => {
                for (place, marks) in seed.held {
                    known.held.entry(place).or_default().extend(marks);
                }
                known.checked.retain(|mark| seed.checked.contains(mark));
            }
            None => drop(self.seeds.insert(closure, seed)),
        }
    }

    fn summarise(&mut self, body: &Body, exit: &State) {
        for (fields, marks) in self.parts(exit, &Place::local(body.result)) {
            self.own.result.extend(marks.into_iter().map(|mark| (fields.clone(), mark)));
        }
        for (place, marks) in exit.held.iter().filter(|(place, _)| matches!(place.base, Base::Static(_))) {
            let inputs = marks
                .iter()
                .filter(|mark| matches!(mark, Mark::Input { .. }) && !exit.checked.contains(mark));
            self.own.statics.extend(inputs.map(|mark| (place.clone(), mark.clone())));
        }
        for (place, marks) in &exit.held {
            let Some(position) = place.as_local().and_then(|local| self.function.local(local).param) else {
                continue;
            };
            for mark in marks {
                if matches!(mark, Mark::Input { .. }) && !exit.checked.contains(mark) {
                    self.own.writes.insert((position, place.fields.clone(), mark.clone()));
                }
            }
        }
        self.own.checks =
            exit.checked.iter().filter(|mark| matches!(mark, Mark::Param(..))).cloned().collect();
    }

    fn body(&mut self, body: &Body, start: State) -> Option<State> {
        let mut entries: Vec<Option<State>> = vec![None; body.blocks.len()];
        let mut visits = vec![0usize; body.blocks.len()];
        entries[0] = Some(start);
        let mut work: BTreeSet<BlockId> = BTreeSet::from([BlockId(0)]);
        while let Some(block) = work.pop_first() {
            let number = block.0 as usize;
            visits[number] += 1;
            let Some(mut state) = entries[number].clone().filter(|_| visits[number] <= MOST_VISITS) else {
                continue;
            };
            for op in &body.blocks[number].ops {
                self.step(&mut state, op);
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
        entries[body.exit.0 as usize].take()
    }

    // What places hold.

    /// The parts of a place that hold something unchecked.
    fn parts(&self, state: &State, place: &Place) -> Vec<(Vec<Name>, Marks)> {
        let key = self.function.referred(place);
        let start = Place { base: key.base, fields: Vec::new() };
        let mut parts = Vec::new();
        for (known, marks) in state.held.range(start..).take_while(|(known, _)| known.base == key.base) {
            let (fields, more) = if key.covers(known) {
                (known.fields[key.fields.len()..].to_vec(), Vec::new())
            } else if known.covers(&key) {
                (Vec::new(), key.fields[known.fields.len()..].to_vec())
            } else {
                continue;
            };
            let marks: Marks = marks
                .iter()
                .map(|mark| mark.then(&more))
                .filter(|mark| !state.checked.contains(mark))
                .collect();
            if !marks.is_empty() {
                parts.push((fields, marks));
            }
        }
        parts
    }

    fn of_operand(&self, state: &State, operand: &Operand) -> Vec<(Vec<Name>, Marks)> {
        operand.place().map_or_else(Vec::new, |place| self.parts(state, place))
    }

    fn marks(&self, state: &State, operand: &Operand) -> Marks {
        self.of_operand(state, operand).into_iter().flat_map(|(_, marks)| marks).collect()
    }

    fn check(&self, state: &mut State, operand: &Operand) {
        let marks = self.marks(state, operand);
        state.checked.extend(marks);
    }

    // Operations.

    fn step(&mut self, state: &mut State, op: &Op) {
        let OpKind::Assign(to, value) = &op.kind else { return };
        let mut parts: Vec<(Vec<Name>, Marks)> = Vec::new();
        match value {
            Value::Use(operand) if self.is_received(operand) => parts = Self::input(state, op.span),
            Value::Use(operand) | Value::Await(operand) => parts = self.of_operand(state, operand),
            Value::Cast(operand) => {
                let narrow = ["u8", "u16", "i8", "i16"].iter().any(|ty| self.text(op.span).ends_with(ty));
                if !narrow {
                    parts = self.of_operand(state, operand);
                }
            }
            Value::Aggregate(kind, fields) => {
                for (name, operand) in fields {
                    let named = !name.is_empty()
                        && !matches!(kind, Aggregate::Array | Aggregate::Wrap | Aggregate::Range);
                    for (fields, marks) in self.of_operand(state, operand) {
                        let prefix = named.then(|| name.clone());
                        parts.push((prefix.into_iter().chain(fields).collect(), marks));
                    }
                }
            }
            Value::Compare(operands) => {
                // That there is any at all says nothing of how many.
                let with_zero = operands.contains(&Operand::Const(Const::Int(0)));
                if !with_zero && self.text(op.span) != "0" {
                    operands.iter().for_each(|operand| self.check(state, operand));
                }
            }
            Value::Compute(operands) => {
                let text = self.text(op.span);
                let masks = text.contains('%') || text.contains(" & ") || text.contains("&=");
                match operands.first() {
                    _ if self.joins_bytes(operands, op.span) => parts = Self::input(state, op.span),
                    Some(changed) if masks => self.check_if_assigned(state, to, changed),
                    _ => {
                        parts = operands.iter().flat_map(|operand| self.of_operand(state, operand)).collect();
                    }
                }
            }
            Value::Closure(child) => self.seed(*child, state.clone()),
            Value::Look(_) | Value::Opaque(_) => {}
            Value::Call(call) => parts = self.call(state, op.span, call),
        }
        // `n += more`
        if let Value::Compute(operands) = value
            && self.program.ty_of(self.function, to) == Ty::unit()
            && let Some(changed) = operands.first().and_then(Operand::place)
        {
            let marks: Marks = parts.into_iter().flat_map(|(_, marks)| marks).collect();
            state.held.entry(self.function.referred(changed)).or_default().extend(marks);
            return;
        }
        self.put(state, to, parts);
    }

    /// What a loop over the receiver of a channel gets.
    fn is_received(&self, operand: &Operand) -> bool {
        let Some(place) = operand.place().filter(|place| place.is_element()) else { return false };
        let Some(local) = place.as_local().filter(|_| place.fields.len() == 1) else { return false };
        is_receiver(&self.function.local(local).ty)
    }

    /// `(bytes[0] as u32) << 8`, `n | (byte & 0x7f) << shift`, `n * 10 + (byte - b'0')`: a number is put together by hand.
    fn joins_bytes(&self, operands: &[Operand], span: Span) -> bool {
        let text = self.text(span);
        let by_bytes =
            |operand| matches!(operand, &Operand::Const(Const::Int(bits)) if bits > 0 && bits % 8 == 0);
        let shifts = text.contains("<<");
        let whole = text.contains('[') && operands.get(1).is_some_and(by_bytes);
        shifts && (whole || text.contains("0x7f") || text.contains("0x7F"))
            || text.contains("b'0'") && text.contains('*')
    }

    /// `n %= 64`
    fn check_if_assigned(&self, state: &mut State, to: &Place, changed: &Operand) {
        if self.program.ty_of(self.function, to) == Ty::unit() {
            self.check(state, changed);
        }
    }

    fn put(&self, state: &mut State, to: &Place, parts: Vec<(Vec<Name>, Marks)>) {
        let key = match to.whole_local() {
            Some(local) => Place::local(local),
            None => self.function.referred(to),
        };
        if to.whole_local().is_some() {
            state.held.retain(|known, _| !key.covers(known));
        }
        if to.whole_local().is_some_and(|local| self.is_narrow(local)) {
            return;
        }
        for (fields, marks) in parts {
            let mut place = key.clone();
            place.fields.extend(fields);
            place.fields.truncate(key.fields.len() + MOST_FIELDS);
            state.held.entry(place).or_default().extend(marks);
        }
    }

    /// A variable that is declared with a type of few values.
    fn is_narrow(&self, local: LocalId) -> bool {
        let data = self.function.local(local);
        let text = &self.program.files.get(data.span.file).text;
        let rest = text.get(data.span.end as usize..).unwrap_or_default().trim_start();
        let ty = rest.strip_prefix(':').map_or("", str::trim_start);
        let end = ty.find(|c: char| !c.is_alphanumeric()).unwrap_or(ty.len());
        let init = ty.split(';').next().unwrap_or_default();
        let converted = || init.contains("try_") || !init.contains("_bytes(") && !init.contains("read_");
        data.name.is_some() && calls::is_narrow(&ty[..end]) && converted()
    }

    fn text(&self, span: Span) -> &str {
        let text = &self.program.files.get(span.file).text;
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

fn is_receiver(ty: &Ty) -> bool {
    matches!(ty.peeled().as_known(), Some(KnownTy::Receiver | KnownTy::UnboundedReceiver))
}

fn closures(function: &Function) -> HashMap<LocalId, BodyId> {
    let ops = function.bodies.iter().flat_map(Body::ops);
    ops.filter_map(|(_, op)| match &op.kind {
        OpKind::Assign(place, Value::Closure(id)) => Some((place.whole_local()?, *id)),
        _ => None,
    })
    .collect()
}
