//! What becomes of a value: which variables it moves through, and whether it leaves them.

use std::collections::BTreeMap;

use super::body::{Aggregate, Base, BodyId, Call, Callee, Function, LocalId, OpKind, Operand, Place, Value};
use super::program::Program;
use super::uses::operands;
use crate::model::api::Kind;
use crate::model::library::{Passing, passing};
use crate::model::{Def, Known, Ty};

/// Functions into which a value is followed, one within the other.
const MOST_CALLS: usize = 4;

/// What becomes of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fate {
    /// The variables that it is in at some time.
    pub locals: BTreeMap<LocalId, Within>,
    /// It may be in what the body returns.
    pub returned: bool,
    /// It may be stored where it outlives the body, sent, captured by a closure that takes it, or given to a function
    /// that is not known.
    pub gone: bool,
    /// It is put into a collection that outlives the body.
    pub collected: bool,
    /// A closure refers to it that may run elsewhere.
    pub captured: bool,
    /// Something looks at it.
    pub looked_at: bool,
    /// A call takes it.
    pub taken: bool,
}

impl Fate {
    /// Whether it may outlive the body.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.returned || self.gone
    }
}

/// Whether a variable is the value or holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Within {
    /// It is the value, perhaps in an `Option` or the like.
    Itself,
    /// It is one of its elements or fields.
    Part,
}

impl Program {
    /// What becomes of a value that a place of a body holds.
    #[must_use]
    pub fn fate(&self, function: &Function, body: BodyId, place: &Place) -> Fate {
        let mut search =
            Search { program: self, function, body, fate: Fate::default(), depth: 0, copies: false };
        search.copies = matches!(self.ty_of(function, place), Ty::Ref(..));
        search.store(place, Within::Itself);
        search.run();
        search.fate
    }
}

struct Search<'a> {
    program: &'a Program,
    function: &'a Function,
    body: BodyId,
    fate: Fate,
    depth: usize,
    /// The value is a reference, so that a copy of it is as good.
    copies: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        let function = self.function;
        loop {
            let known = self.fate.clone();
            for (_, op) in function.body(self.body).ops() {
                match &op.kind {
                    OpKind::Assign(place, value) => self.assign(place, value),
                    OpKind::Return(place) => {
                        self.fate.returned |= self.holds(place).is_some();
                    }
                    OpKind::Drop(..)
                    | OpKind::Empty(_)
                    | OpKind::Declare(_)
                    | OpKind::Await
                    | OpKind::Leave(_) => {}
                }
            }
            if known == self.fate {
                break;
            }
        }
    }

    fn holds(&self, place: &Place) -> Option<Within> {
        self.fate.locals.get(&place.as_local()?).copied()
    }

    /// How the value is in what an operand takes away.
    fn carries(&self, operand: &Operand) -> Option<Within> {
        let place = match operand {
            Operand::Move(place) => place,
            Operand::Copy(place) if self.copies && place.fields.is_empty() => place,
            _ => return None,
        };
        match self.holds(place)? {
            // What lies behind it, or is one of its parts, is another value.
            Within::Itself if place.is_behind() => None,
            within => Some(within),
        }
    }

    fn add(&mut self, local: LocalId, within: Within) {
        let known = self.fate.locals.entry(local).or_insert(within);
        *known = (*known).max(within);
    }

    /// The value is put into a place.
    fn store(&mut self, into: &Place, within: Within) {
        if let Some(local) = into.whole_local()
            && self.function.local(local).body == self.body
        {
            self.add(local, within);
            return;
        }
        self.put(into, Within::Part);
    }

    /// The value is put into what a place refers to.
    fn put(&mut self, into: &Place, within: Within) {
        let home = self.function.referred(into);
        let Base::Local(local) = home.base else {
            self.fate.gone = true;
            return;
        };
        let data = self.function.local(local);
        let ty = &data.ty;
        let behind = match ty {
            // A parameter of a type that is not known may be a reference as well.
            Ty::Unknown | Ty::Ref(..) | Ty::Ptr(_) | Ty::Param(..) | Ty::Bounds(_) => true,
            Ty::Adt(Def::Foreign(_), _) => true,
            Ty::Adt(Def::Known(known), _) => matches!(
                known,
                Known::ResMut
                    | Known::Res
                    | Known::Local
                    | Known::Query
                    | Known::Commands
                    | Known::MutexGuard
                    | Known::RwLockWriteGuard
                    | Known::RefMut
                    | Known::Arc
                    | Known::Rc
                    | Known::LocalKey
            ),
            _ => false,
        };
        if data.body != self.body || behind {
            self.fate.gone = true;
        } else {
            self.add(local, within);
        }
    }

    fn assign(&mut self, to: &Place, value: &Value) {
        match value {
            Value::Use(operand) | Value::Cast(operand) => match self.carries(operand) {
                Some(within) => self.store(to, within),
                None => self.look(operand),
            },
            Value::Aggregate(kind, fields) => {
                for (_, operand) in fields {
                    match self.carries(operand) {
                        Some(within) => {
                            let wrapped = matches!(kind, Aggregate::Wrap | Aggregate::Struct(_));
                            let within = if wrapped { within } else { Within::Part };
                            self.store(to, within);
                        }
                        None => self.look(operand),
                    }
                }
            }
            Value::Closure(child) => {
                let captures = &self.function.body(*child).captures;
                for capture in captures.iter().filter(|capture| self.fate.locals.contains_key(&capture.local))
                {
                    self.fate.looked_at = true;
                    self.fate.captured = true;
                    self.fate.gone |= capture.by_move;
                }
            }
            Value::Await(operand) => self.fate.gone |= self.carries(operand).is_some(),
            Value::Look(_) | Value::Compare(_) | Value::Compute(_) | Value::Opaque(_) => {
                operands(value, &mut |operand| self.look(operand));
            }
            Value::Call(call) => self.call(to, call),
        }
    }

    fn look(&mut self, operand: &Operand) {
        self.fate.looked_at |= operand.place().is_some_and(|place| self.holds(place).is_some());
    }

    fn call(&mut self, to: &Place, call: &Call) {
        let mut moved: Vec<(usize, Within)> = Vec::new();
        for (position, operand) in call.args.iter().enumerate() {
            match self.carries(operand) {
                Some(within) => moved.push((position, within)),
                None => self.look(operand),
            }
        }
        if !moved.is_empty() {
            self.fate.looked_at = true;
            self.fate.taken = true;
        }
        match &call.callee {
            Callee::Api { method, .. } => {
                for (_, within) in moved {
                    match method.kind {
                        Kind::Free => {}
                        Kind::Leak => self.fate.gone = true,
                        _ if method.name == "into_inner" => {}
                        _ => self.store(to, within),
                    }
                }
            }
            Callee::Own(callees) => {
                for (position, within) in moved {
                    for &callee in callees {
                        let inner = self.in_called(callee, position);
                        match inner {
                            Some(inner) if !inner.gone => {
                                if inner.returned {
                                    self.store(to, within);
                                }
                            }
                            Some(inner) => {
                                self.fate.gone = true;
                                self.fate.collected |= inner.collected;
                            }
                            None => self.fate.gone = true,
                        }
                    }
                }
            }
            Callee::Method(ty) => self.method(to, call, ty, &moved),
            Callee::Path(path) => self.path(to, call, path, &moved),
            Callee::Variable(_) | Callee::Unknown => self.fate.gone |= !moved.is_empty(),
        }
    }

    /// What a function of the program does with an argument that it takes.
    fn in_called(&self, callee: crate::model::FnId, position: usize) -> Option<Fate> {
        if self.depth >= MOST_CALLS {
            return None;
        }
        let function = self.program.function(callee)?;
        let param = *function.params.get(position)?;
        let mut search = Search {
            program: self.program,
            function,
            body: BodyId(0),
            fate: Fate::default(),
            depth: self.depth + 1,
            copies: self.copies,
        };
        search.add(param, Within::Itself);
        search.run();
        Some(search.fate)
    }

    fn method(&mut self, to: &Place, call: &Call, ty: &Ty, moved: &[(usize, Within)]) {
        let name = &*call.name;
        let how = passing(name);
        let optional = matches!(ty.peeled().as_known(), Some(Known::Option));
        for &(position, within) in moved {
            if position == 0 {
                if may_own(&call.result, self.copies) && !consumes(name) {
                    self.store(to, within);
                }
            } else if how == Passing::Stores || optional && name == "replace" {
                match call.args[0].place() {
                    Some(receiver) => {
                        let before = self.fate.gone;
                        self.fate.gone = false;
                        self.put(receiver, Within::Part);
                        self.fate.collected |= self.fate.gone && !matches!(name, "replace" | "set" | "store");
                        self.fate.gone |= before;
                    }
                    None => self.fate.gone = true,
                }
            } else if matches!(name, "map_err" | "ok_or" | "ok_or_else" | "context" | "with_context") {
                // An error goes to whoever asked.
                self.fate.gone = true;
            } else if call.inlined.contains(&position) {
                // What the closure returns.
                let kept = !matches!(name, "for_each" | "try_for_each" | "inspect");
                if kept && may_own(&call.result, self.copies) {
                    self.store(to, Within::Part);
                }
            } else if matches!(name, "unwrap_or" | "or" | "zip" | "chain" | "fold" | "map_or" | "xor" | "and")
            {
                if may_own(&call.result, self.copies) {
                    self.store(to, within);
                }
            } else if !matches!(name, "eq" | "ne" | "cmp" | "partial_cmp" | "pool_free" | "heap_free") {
                self.fate.gone = true;
            }
        }
        // What one handle holds, a copy of the handle holds.
        let shared = name == "clone" && matches!(ty.peeled().as_known(), Some(Known::Arc | Known::Rc));
        if shared
            && let Some(place) = call.args.first().and_then(Operand::place)
            && let Some(within) = self.holds(&self.function.referred(place))
        {
            self.store(to, within);
        }
        // `slot.take()` moves out of what it is called on.
        let takes = optional && matches!(name, "take" | "replace") || matches!(how, Passing::Removes);
        let removes =
            matches!(name, "pop" | "pop_front" | "pop_back" | "remove" | "swap_remove" | "split_off");
        if let Some(place) = call.args.first().filter(|operand| !operand.is_move()).and_then(Operand::place)
            && let Some(within) = self.holds(&self.function.referred(place))
        {
            let whole = takes && optional;
            if (whole || within == Within::Part && (takes || removes)) && may_own(&call.result, self.copies) {
                self.store(to, within);
            }
        }
    }

    fn path(&mut self, to: &Place, call: &Call, path: &str, moved: &[(usize, Within)]) {
        let last = path.rsplit("::").next().unwrap_or(path);
        let of_memory = path.contains("mem::");
        for &(position, within) in moved {
            match last {
                "replace" if of_memory && position == 1 => match call.args[0].place() {
                    Some(place) => self.put(place, within),
                    None => self.fate.gone = true,
                },
                "from" | "new" | "from_utf8" | "from_iter" | "pin" | "from_utf8_lossy" | "black_box" => {
                    self.store(to, within);
                }
                _ => self.fate.gone = true,
            }
        }
        if of_memory && matches!(last, "take" | "replace" | "swap") {
            let held = call.args.iter().filter(|operand| !operand.is_move()).find_map(|operand| {
                let place = operand.place()?;
                self.holds(&self.function.referred(place))
            });
            match held {
                Some(_) if last == "swap" => {
                    for operand in &call.args {
                        if let Some(place) = operand.place() {
                            self.put(&place.clone(), Within::Itself);
                        }
                    }
                }
                Some(within) => self.store(to, within),
                None => {}
            }
        }
    }
}

/// Methods that use their receiver up and give back something else.
fn consumes(name: &str) -> bool {
    matches!(
        name,
        "sum"
            | "product"
            | "count"
            | "for_each"
            | "try_for_each"
            | "any"
            | "all"
            | "len"
            | "is_ok"
            | "is_some"
    )
}

/// Whether a value of this type may be or own another; `references`: or refer to it.
#[must_use]
pub fn may_own(ty: &Ty, references: bool) -> bool {
    match ty {
        Ty::Iter(of) => may_own(of, references),
        Ty::Ref(..) | Ty::Ptr(_) => references,
        Ty::Scalar | Ty::Str | Ty::Never => false,
        Ty::Tuple(parts) => parts.iter().any(|part| may_own(part, references)),
        Ty::Adt(Def::Known(Known::Option | Known::Result), args) => {
            args.is_empty() || args.iter().any(|arg| may_own(arg, references))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::body::{OpKind, Value};
    use super::super::program::Program;
    use crate::source::load_files;

    /// For each `pool_box` of a source, by line: whether the value leaves the function.
    fn leaving(source: &str) -> Vec<(u32, bool)> {
        let program = Program::build(load_files(&[("src/lib.rs", source)], false));
        let mut found = Vec::new();
        for (function, id, body) in program.bodies() {
            for (_, op) in body.ops() {
                if let OpKind::Assign(place, Value::Call(call)) = &op.kind
                    && &*call.name == "pool_box"
                {
                    let (line, _) = program.files.get(op.span.file).line_column(call.name_span.start);
                    found.push((line, program.fate(function, id, place).leaves()));
                }
            }
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn values_that_leave_and_values_that_stay() {
        let source = r#"use framealloc::{PoolBox, SmartAlloc};
struct Kept { list: Vec<PoolBox<u32>>, one: Option<PoolBox<u32>>, shared: Option<std::rc::Rc<PoolBox<u32>>> }
fn read(b: PoolBox<u32>) -> u32 { *b }
fn keep(kept: &mut Kept, b: PoolBox<u32>) { kept.list.push(b); }
fn same(b: PoolBox<u32>) -> PoolBox<u32> { b }
fn f(a: &SmartAlloc, kept: &mut Kept, send: &std::sync::mpsc::Sender<PoolBox<u32>>) -> Option<PoolBox<u32>> {
    let stays = a.pool_box(1u32); println!("{}", *stays);
    let read_only = a.pool_box(1u32); read(read_only);
    let handed = same(a.pool_box(1u32)); println!("{handed:?}");
    let mut list = Vec::new(); list.push(a.pool_box(1u32)); println!("{}", list.len());
    let given = a.pool_box(1u32); keep(kept, given);
    kept.one = Some(a.pool_box(1u32));
    send.send(a.pool_box(1u32)).unwrap();
    let moved = a.pool_box(1u32); std::thread::spawn(move || println!("{moved:?}"));
    let pair = (a.pool_box(1u32), 2); if pair.1 == 3 { return Some(pair.0); }
    let mut slot = Some(a.pool_box(1u32)); let taken = slot.take(); kept.one = taken;
    let old = std::mem::replace(&mut kept.one, Some(a.pool_box(1u32))); drop(old);
    let shared = std::rc::Rc::new(a.pool_box(1u32)); kept.shared = Some(std::rc::Rc::clone(&shared));
    let counted = std::sync::Arc::new(a.pool_box(1u32)); println!("{}", counted.clone());
    None
}
"#;
        let lines: Vec<u32> =
            leaving(source).into_iter().filter(|(_, leaves)| *leaves).map(|(line, _)| line).collect();
        assert_eq!(lines, [11, 12, 13, 14, 15, 16, 17, 18]);
        assert_eq!(leaving(source).len(), 13);
    }
}
