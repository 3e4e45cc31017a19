//! Where numbers go that came from outside, until something compares them.
//!
//! Each function is run forwards on its own, over what its places hold; what its callers need of it is in its
//! [`Known`], and functions are run again until those no longer change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::flow::Program;
use crate::flow::body::{
    Aggregate, BlockId, Body, BodyId, BodyKind, Call, Callee, Const, Function, Op, OpKind, Operand, Place,
    Value,
};
use crate::model::library::{Passing, passing};
use crate::model::{FnId, Ty};
use crate::source::Span;
use crate::source::tree::Name;

/// Rounds over the program after which what is known is used as it is.
const MOST_ROUNDS: usize = 8;
/// Fields of fields beyond which all are the same.
const MOST_FIELDS: usize = 4;
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
        for function in program.functions() {
            let mut run = Run { program, function, known: &known, own: Known::default(), found: &mut found };
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
    program: &'a Program,
    function: &'a Function,
    known: &'a HashMap<FnId, Known>,
    own: Known,
    found: &'a mut BTreeSet<Unchecked>,
}

impl Run<'_> {
    fn all(&mut self) {
        let function = self.function;
        let mut seeds: HashMap<BodyId, State> = HashMap::new();
        for (number, body) in function.bodies.iter().enumerate() {
            let id = BodyId(number as u32);
            let mut start = seeds.remove(&id).unwrap_or_default();
            if let BodyKind::Fn { .. } = body.kind {
                for (position, &param) in function.params.iter().enumerate() {
                    let marks = Marks::from([Mark::Param(position, Vec::new())]);
                    start.held.insert(Place::local(param), marks);
                }
            }
            let exit = self.body(body, start, &mut seeds);
            if id.0 == 0
                && let Some(exit) = exit
            {
                self.summarise(body, &exit);
            }
        }
    }

    fn summarise(&mut self, body: &Body, exit: &State) {
        for (fields, marks) in self.parts(exit, &Place::local(body.result)) {
            self.own.result.extend(marks.into_iter().map(|mark| (fields.clone(), mark)));
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

    fn body(&mut self, body: &Body, start: State, seeds: &mut HashMap<BodyId, State>) -> Option<State> {
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
                self.step(&mut state, op, seeds);
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

    fn step(&mut self, state: &mut State, op: &Op, seeds: &mut HashMap<BodyId, State>) {
        let OpKind::Assign(to, value) = &op.kind else { return };
        let mut parts: Vec<(Vec<Name>, Marks)> = Vec::new();
        match value {
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
                for operand in operands {
                    self.check(state, operand);
                }
            }
            Value::Compute(operands) => {
                let text = self.text(op.span);
                let masks = text.contains('%') || text.contains(" & ") || text.contains("&=");
                match operands.first() {
                    Some(changed) if masks => self.check_if_assigned(state, to, changed),
                    _ => {
                        parts = operands.iter().flat_map(|operand| self.of_operand(state, operand)).collect()
                    }
                }
            }
            Value::Closure(child) => {
                let seed = state.clone();
                match seeds.get_mut(child) {
                    Some(known) => {
                        known.join(&seed);
                    }
                    None => {
                        seeds.insert(*child, seed);
                    }
                }
            }
            Value::Opaque(_) => {}
            Value::Call(call) => parts = self.call(state, op.span, call),
        }
        self.put(state, to, parts);
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
    fn is_narrow(&self, local: crate::flow::body::LocalId) -> bool {
        let data = self.function.local(local);
        let text = &self.program.files.get(data.span.file).text;
        let rest = text.get(data.span.end as usize..).unwrap_or_default().trim_start();
        let ty = rest.strip_prefix(':').map_or("", str::trim_start);
        data.name.is_some()
            && ["u8", "u16", "i8", "i16", "bool"].iter().any(|narrow| {
                ty.strip_prefix(narrow).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
            })
    }

    fn text(&self, span: Span) -> &str {
        let text = &self.program.files.get(span.file).text;
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn call(&mut self, state: &mut State, span: Span, call: &Call) -> Vec<(Vec<Name>, Marks)> {
        match &call.callee {
            Callee::Api { method, guessed, .. } => {
                if method.takes_length()
                    && let Some(length) = call.args.get(1)
                {
                    let sink = Sink {
                        mark: Mark::Param(0, Vec::new()),
                        span: call.name_span,
                        function: self.function.id,
                        guessed: *guessed,
                    };
                    for mark in self.marks(state, length) {
                        self.reached(mark, &sink, None);
                    }
                }
                Vec::new()
            }
            Callee::Own(callees) => {
                callees.iter().flat_map(|&callee| self.own(state, span, callee, &call.args)).collect()
            }
            Callee::Method(ty) => self.method(state, span, call, ty),
            Callee::Path(path) => self.path(state, span, call, path),
            Callee::Variable(_) | Callee::Unknown => Vec::new(),
        }
    }

    /// A number arrives at an allocation as its length.
    fn reached(&mut self, mark: Mark, sink: &Sink, handed: Option<Span>) {
        match mark {
            Mark::Input { source, .. } => {
                let (span, function, guessed) = (sink.span, sink.function, sink.guessed);
                // One allocation is one mistake, however many ways lead to it.
                if !self.found.iter().any(|known| known.span == span) {
                    self.found.insert(Unchecked { span, source, handed, function, guessed });
                }
            }
            Mark::Param(..) => drop(self.own.sinks.insert(Sink { mark, ..sink.clone() })),
        }
    }

    fn input(state: &mut State, span: Span) -> Vec<(Vec<Name>, Marks)> {
        // Another number than the last time.
        state.checked.retain(|mark| !matches!(mark, Mark::Input { here, .. } if *here == span));
        vec![(Vec::new(), Marks::from([Mark::Input { source: span, here: span, fields: Vec::new() }]))]
    }

    /// What the caller puts into a part of an argument.
    fn of_argument(&self, state: &State, args: &[Operand], position: usize, fields: &[Name]) -> Marks {
        let Some(place) = args.get(position).and_then(Operand::place) else { return Marks::new() };
        let mut place = place.clone();
        place.fields.extend(fields.iter().cloned());
        self.parts(state, &place).into_iter().flat_map(|(_, marks)| marks).collect()
    }

    fn own(
        &mut self,
        state: &mut State,
        span: Span,
        callee: FnId,
        args: &[Operand],
    ) -> Vec<(Vec<Name>, Marks)> {
        let Some(known) = self.known.get(&callee) else { return Vec::new() };
        for sink in &known.sinks {
            if let Mark::Param(position, fields) = &sink.mark {
                for mark in self.of_argument(state, args, *position, fields) {
                    self.reached(mark, sink, Some(span));
                }
            }
        }
        state.checked.retain(|mark| !matches!(mark, Mark::Input { here, .. } if *here == span));
        let arrive = |run: &Self, state: &State, mark: &Mark| match mark {
            Mark::Input { source, fields, .. } => {
                Marks::from([Mark::Input { source: *source, here: span, fields: fields.clone() }])
            }
            Mark::Param(position, fields) => run.of_argument(state, args, *position, fields),
        };
        let parts: Vec<(Vec<Name>, Marks)> = known
            .result
            .iter()
            .map(|(fields, mark)| (fields.clone(), arrive(self, state, mark)))
            .filter(|(_, marks)| !marks.is_empty())
            .collect();
        for (position, fields, mark) in &known.writes {
            if let Some(place) = args.get(*position).and_then(Operand::place) {
                let mut place = self.function.referred(place);
                place.fields.extend(fields.iter().cloned());
                place.fields.truncate(MOST_FIELDS);
                let marks = arrive(self, state, mark);
                state.held.entry(place).or_default().extend(marks);
            }
        }
        for mark in &known.checks {
            if let Mark::Param(position, fields) = mark {
                let marks = self.of_argument(state, args, *position, fields);
                state.checked.extend(marks);
            }
        }
        parts
    }

    fn method(&mut self, state: &mut State, span: Span, call: &Call, ty: &Ty) -> Vec<(Vec<Name>, Marks)> {
        let name = &*call.name;
        let all = |run: &Self, state: &State, args: &[Operand]| {
            args.iter().flat_map(|operand| run.of_operand(state, operand)).collect::<Vec<_>>()
        };
        match name {
            "parse" => match self.is_narrow_text(call) {
                true => Vec::new(),
                false => Self::input(state, span),
            },
            "recv" | "try_recv" | "recv_timeout" | "recv_deadline" | "blocking_recv" => {
                Self::input(state, span)
            }
            _ if reads_number(name) => Self::input(state, span),
            "min" if matches!(ty.peeled(), Ty::Scalar | Ty::Unknown) => Vec::new(),
            "map" | "and_then" | "map_or" | "map_or_else" | "flat_map" | "filter_map" | "then"
            | "then_some" | "map_while" => {
                if let Some(Operand::Const(Const::Fn(id))) = call.args.last() {
                    return self.own(state, span, *id, &call.args[..1]);
                }
                let variable =
                    call.inlined.is_empty() && call.args[1..].iter().any(|arg| arg.place().is_some());
                match variable && !matches!(name, "then_some") {
                    true => all(self, state, &call.args),
                    false => all(self, state, &call.args[1..]),
                }
            }
            // Whatever is compared in the closure.
            "filter" | "take_while" | "skip_while" | "find" | "try_into" | "clamp" | "rem_euclid"
            | "take" => Vec::new(),
            "max" | "pow" | "abs" | "div_ceil" | "into" | "next_power_of_two" | "next_multiple_of"
            | "abs_diff" | "unsigned_abs" | "swap_bytes" | "to_be" | "to_le" | "add" | "mul" => {
                all(self, state, &call.args)
            }
            _ if ["saturating_", "wrapping_", "checked_", "overflowing_"]
                .iter()
                .any(|prefix| name.starts_with(prefix)) =>
            {
                match name.ends_with("_rem") {
                    true => Vec::new(),
                    false => all(self, state, &call.args),
                }
            }
            _ if matches!(passing(name), Passing::Passes | Passing::Removes) => {
                let mut parts = self.of_operand(state, &call.args[0]);
                if matches!(name, "unwrap_or" | "unwrap_or_else" | "or" | "or_else" | "zip" | "chain") {
                    parts.extend(all(self, state, &call.args[1..]));
                }
                parts
            }
            _ if passing(name) == Passing::Stores => {
                let parts = all(self, state, &call.args[1..]);
                if let Some(place) = call.args[0].place() {
                    let key = self.function.referred(place);
                    let marks: Marks = parts.into_iter().flat_map(|(_, marks)| marks).collect();
                    if !marks.is_empty() {
                        state.held.entry(key).or_default().extend(marks);
                    }
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// `parse::<u8>()`
    fn is_narrow_text(&self, call: &Call) -> bool {
        let file = self.program.files.get(call.name_span.file);
        let rest = file.text.get(call.name_span.end as usize..).unwrap_or_default();
        let ty = rest.trim_start().strip_prefix("::<").map_or("", str::trim_start);
        let ty = ty.split(['>', ',', ' ']).next().unwrap_or_default();
        // A type of the program has checked what it was made of.
        let own = call.generics.first().is_some_and(|ty| ty.as_item().is_some());
        own || is_narrow(ty)
    }

    fn path(&mut self, state: &mut State, span: Span, call: &Call, path: &str) -> Vec<(Vec<Name>, Marks)> {
        let mut segments = path.rsplit("::");
        let last = segments.next().unwrap_or_default();
        let owner = segments.next().unwrap_or_default();
        let narrow = is_narrow(owner) || {
            let text = self.text(span);
            let head = text.split('(').next().unwrap_or_default();
            head.split("::").any(is_narrow)
        };
        let first = |run: &Self, state: &State| {
            call.args.iter().flat_map(|operand| run.of_operand(state, operand)).collect::<Vec<_>>()
        };
        match last {
            "from_le_bytes" | "from_be_bytes" | "from_ne_bytes" | "from_str_radix" | "from_str"
                if !narrow =>
            {
                Self::input(state, span)
            }
            "from_slice" | "from_reader" | "from_bytes" | "from_str" | "deserialize"
            | "decode_from_slice"
                if path.starts_with("serde_json")
                    || path.starts_with("bincode")
                    || path.starts_with("postcard")
                    || path.starts_with("toml")
                    || path.starts_with("ron") =>
            {
                Self::input(state, span)
            }
            "try_from" if !narrow => first(self, state),
            // From `u8` and `u16` only.
            "from" if matches!(owner, "usize" | "u32" | "isize" | "i32") => Vec::new(),
            "from" | "max" | "identity" | "black_box" => first(self, state),
            "take" | "replace" if path.contains("mem::") => {
                call.args.first().map_or_else(Vec::new, |operand| self.of_operand(state, operand))
            }
            _ => Vec::new(),
        }
    }
}

/// Methods of readers that take a number out of a stream.
fn reads_number(name: &str) -> bool {
    let rest = name.strip_prefix("read_").or_else(|| name.strip_prefix("get_")).unwrap_or_default();
    let rest = rest.strip_suffix("_le").or_else(|| rest.strip_suffix("_be")).unwrap_or(rest);
    matches!(rest, "u32" | "u64" | "u128" | "i32" | "i64" | "i128" | "usize" | "varint")
}

fn is_narrow(ty: &str) -> bool {
    matches!(ty, "u8" | "u16" | "i8" | "i16" | "bool" | "char" | "NonZeroU8" | "NonZeroU16")
}
