//! What calls do with numbers from outside.

use super::{Mark, Marks, Run, Sink, State, Unchecked, is_receiver};
use crate::flow::body::{Call, Callee, Const, Operand, Place};
use crate::model::library::{Passing, passing};
use crate::model::{FnId, Ty};
use crate::source::Span;
use crate::source::tree::Name;

use super::MOST_FIELDS;

impl Run<'_> {
    pub(super) fn call(&mut self, state: &mut State, span: Span, call: &Call) -> Vec<(Vec<Name>, Marks)> {
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
            Callee::Variable(place) => self.closure(state, place, &call.args),
            Callee::Unknown => Vec::new(),
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

    pub(super) fn input(state: &mut State, span: Span) -> Vec<(Vec<Name>, Marks)> {
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
        // Two fields that are read by the same helper are two numbers: a check of one says nothing of the other.
        let arrive = |run: &Self, state: &State, part: &[Name], mark: &Mark| match mark {
            Mark::Input { source, fields, .. } => {
                let fields = part.iter().chain(fields).take(MOST_FIELDS).cloned().collect();
                Marks::from([Mark::Input { source: *source, here: span, fields }])
            }
            Mark::Param(position, fields) => run.of_argument(state, args, *position, fields),
        };
        let parts: Vec<(Vec<Name>, Marks)> = known
            .result
            .iter()
            .map(|(fields, mark)| (fields.clone(), arrive(self, state, fields, mark)))
            .filter(|(_, marks)| !marks.is_empty())
            .collect();
        for (position, fields, mark) in &known.writes {
            if let Some(place) = args.get(*position).and_then(Operand::place) {
                let mut place = self.function.referred(place);
                place.fields.extend(fields.iter().cloned());
                place.fields.truncate(MOST_FIELDS);
                let marks = arrive(self, state, fields, mark);
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
            "parse" => match call.generics.first().filter(|ty| ty.as_item().is_some()) {
                Some(ty) => {
                    let from_str = self.program.index.associated(ty, &"from_str".into());
                    from_str.iter().flat_map(|&id| self.own(state, span, id, &[])).collect()
                }
                None if self.is_narrow_text(call) => Vec::new(),
                None => Self::input(state, span),
            },
            // A socket fills a buffer and says how much of it.
            "recv" if call.args.len() > 1 => Vec::new(),
            "iter" | "into_iter" | "try_iter" if is_receiver(ty) => Self::input(state, span),
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
                let given = &call.args[1..];
                if name == "then_some" || !call.inlined.is_empty() {
                    return all(self, state, given);
                }
                // A function by its path, or a closure whose receiver is of a type that is not known.
                let text = self.text(span);
                let text = text.rfind(name).map_or("", |at| &text[at..]).to_owned();
                let closures: Vec<&Place> = given.iter().filter_map(Operand::place).collect();
                let mut parts: Vec<(Vec<Name>, Marks)> = Vec::new();
                for place in &closures {
                    parts.extend(self.closure(state, place, &call.args[..1]));
                }
                if name == "map_or" {
                    parts.extend(all(self, state, given));
                }
                let reads = ["::from_le_bytes", "::from_be_bytes", "::from_ne_bytes", "str::parse"];
                match closures.is_empty() {
                    true if reads.iter().any(|read| text.contains(read)) => Self::input(state, span),
                    true => all(self, state, &call.args),
                    false => parts,
                }
            }
            // The other ways to compare.
            "cmp" | "partial_cmp" | "lt" | "le" | "gt" | "ge" | "eq" | "ne" | "contains" => {
                call.args.iter().for_each(|operand| self.check(state, operand));
                Vec::new()
            }
            // Into a type of few values only where one is declared.
            "try_into" => self.of_operand(state, &call.args[0]),
            // Whatever is compared in the closure.
            "filter" | "take_while" | "skip_while" | "find" | "clamp" | "rem_euclid" => Vec::new(),
            // The first so many, each as it was.
            "take" | "skip" | "step_by" => self.of_operand(state, &call.args[0]),
            "as_u64" | "as_i64" => Self::input(state, span),
            "load" | "max" | "sum" | "product" | "fold" | "pow" | "abs" | "div_ceil" | "into"
            | "next_power_of_two" | "next_multiple_of" | "abs_diff" | "unsigned_abs" | "swap_bytes"
            | "to_be" | "to_le" | "add" | "mul" => all(self, state, &call.args),
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

    /// What a closure in a variable returns, given these arguments.
    fn closure(&mut self, state: &State, place: &Place, args: &[Operand]) -> Vec<(Vec<Name>, Marks)> {
        let root = self.function.root(place);
        let Some(&id) = root.whole_local().and_then(|local| self.closures.get(&local)) else {
            return Vec::new();
        };
        let mut seed = state.clone();
        for (&param, operand) in self.function.body(id).params.iter().zip(args) {
            for (fields, marks) in self.of_operand(state, operand) {
                let mut place = Place::local(param);
                place.fields.extend(fields);
                seed.held.entry(place).or_default().extend(marks);
            }
        }
        self.seed(id, seed);
        self.results.get(&id).cloned().unwrap_or_default()
    }

    /// `parse::<u8>()`
    fn is_narrow_text(&self, call: &Call) -> bool {
        let file = self.program.files.get(call.name_span.file);
        let rest = file.text.get(call.name_span.end as usize..).unwrap_or_default();
        let ty = rest.trim_start().strip_prefix("::<").map_or("", str::trim_start);
        is_narrow(ty.split(['>', ',', ' ']).next().unwrap_or_default())
    }

    fn path(&mut self, state: &mut State, span: Span, call: &Call, path: &str) -> Vec<(Vec<Name>, Marks)> {
        let mut segments = path.rsplit("::");
        let last = segments.next().unwrap_or_default();
        let owner = segments.next().unwrap_or_default();
        let text = self.text(span);
        let written = || text.split('(').next().unwrap_or_default().split(['<', '>', ':']);
        let (narrow, byte) =
            (is_narrow(owner) || written().any(is_narrow), is_byte(owner) || written().any(is_byte));
        let first = |run: &Self, state: &State| {
            call.args.iter().flat_map(|operand| run.of_operand(state, operand)).collect::<Vec<_>>()
        };
        match last {
            "from_le_bytes" | "from_be_bytes" | "from_ne_bytes" if !byte => Self::input(state, span),
            "from_str_radix" | "from_str" | "parse" if !narrow => Self::input(state, span),
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
            "from" | "max" | "identity" | "black_box" => first(self, state),
            "new" if owner.starts_with("NonZero") || owner == "Wrapping" => first(self, state),
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
    matches!(rest, "u16" | "u32" | "u64" | "u128" | "i16" | "i32" | "i64" | "i128" | "usize" | "varint")
}

/// A conversion into it, from a text or a wider number, is a check of its own: whoever chose it chose the most.
pub(super) fn is_narrow(ty: &str) -> bool {
    is_byte(ty) || matches!(ty, "u16" | "i16" | "NonZeroU16")
}

/// No number of this type asks for much.
fn is_byte(ty: &str) -> bool {
    matches!(ty, "u8" | "i8" | "bool" | "char" | "NonZeroU8")
}
