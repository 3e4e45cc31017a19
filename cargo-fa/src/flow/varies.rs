//! What is another value in each turn of a loop.

use std::collections::BTreeSet;

use super::body::{Callee, Function, INDEX, LoopId, LoopKind, Op, OpKind, Operand, Place, Value};
use super::program::Program;
use super::uses::operands;
use crate::model::Ty;

/// The places that are another value in each turn of a loop, or may be.
#[derive(Clone, Debug)]
pub struct Varies<'a> {
    function: &'a Function,
    places: BTreeSet<Place>,
}

impl Program {
    /// What varies in a loop.
    #[must_use]
    pub fn varies<'a>(&self, function: &'a Function, id: LoopId) -> Varies<'a> {
        let turn = function.a_loop(id);
        let mut found = Varies { function, places: BTreeSet::new() };
        loop {
            let known = found.places.len();
            for (_, op) in function.body(turn.body).ops() {
                if function.is_within(op.context, turn.context) {
                    found.step(op, turn.context);
                    // What the iterator gives its closure stands before the closure's body.
                    if let (LoopKind::Iterator, OpKind::Assign(to, Value::Use(_))) = (turn.kind, &op.kind)
                        && op.span.start < turn.span.start
                    {
                        found.changes(to);
                    }
                }
            }
            if found.places.len() == known {
                return found;
            }
        }
    }
}

impl Varies<'_> {
    /// Whether what an operand reads varies.
    #[must_use]
    pub fn operand(&self, operand: &Operand) -> bool {
        let Some(place) = operand.place() else { return false };
        if place.fields.iter().any(|field| &**field == INDEX) {
            return true;
        }
        let (flat, root) = (place.flat(), self.function.root(place));
        self.places.iter().any(|known| {
            known.covers(&flat) || flat.covers(known) || known.covers(&root) || root.covers(known)
        })
    }

    /// It is changed, by whatever name.
    fn changes(&mut self, place: &Place) {
        self.places.insert(place.flat());
        self.places.insert(self.function.root(place));
    }

    fn step(&mut self, op: &Op, context: super::body::ContextId) {
        let OpKind::Assign(to, value) = &op.kind else { return };
        // What is there before the loop and changed in it.
        let outer = to.as_local().is_none_or(|local| {
            let data = self.function.local(local);
            data.name.is_some() && !self.function.is_within(data.context, context)
        });
        if outer {
            self.changes(to);
        } else if self.value(value) {
            self.places.insert(to.flat());
        }
        // `n += 1` is written as arithmetic that has no value.
        if let Value::Compute(parts) = value
            && to.whole_local().is_some_and(|local| self.function.local(local).ty == Ty::unit())
            && let Some(changed) = parts.first().and_then(Operand::place)
        {
            self.changes(changed);
        }
        // A pattern that binds by reference changes nothing.
        let may_change = matches!(value, Value::Call(_))
            || to
                .whole_local()
                .is_some_and(|local| matches!(self.function.local(local).ty, Ty::Ref(true, _)));
        if !may_change {
            return;
        }
        let mut changed: Vec<Place> = Vec::new();
        operands(value, &mut |operand| {
            if let Operand::Ref(place, true) = operand {
                changed.push(place.clone());
            }
        });
        for place in changed {
            self.changes(&place);
        }
    }

    fn value(&self, value: &Value) -> bool {
        let mut varies = false;
        operands(value, &mut |operand| varies |= self.operand(operand));
        match value {
            Value::Closure(child) => {
                let captures = &self.function.body(*child).captures;
                captures.iter().any(|capture| self.operand(&Operand::Ref(Place::local(capture.local), false)))
            }
            Value::Call(call) => varies || !matches!(call.callee, Callee::Method(_) if is_pure(&call.name)),
            Value::Await(_) => true,
            _ => varies,
        }
    }
}

/// Methods of libraries whose result says the same as long as receiver and arguments are the same.
fn is_pure(name: &str) -> bool {
    let prefixes = ["saturating_", "wrapping_", "checked_", "as_", "is_", "div_"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || matches!(
            name,
            "len"
                | "capacity"
                | "count"
                | "min"
                | "max"
                | "clamp"
                | "abs"
                | "pow"
                | "powi"
                | "sqrt"
                | "next_power_of_two"
                | "next_multiple_of"
                | "unwrap"
                | "unwrap_or"
                | "expect"
                | "clone"
                | "to_owned"
                | "deref"
                | "borrow"
                | "into"
                | "iter"
                | "copied"
                | "cloned"
                | "sum"
                | "get"
                | "first"
                | "last"
        )
}

#[cfg(test)]
mod tests {
    use super::super::body::{LoopId, OpKind, Value};
    use super::super::program::Program;
    use crate::source::load_files;

    #[test]
    fn what_a_turn_changes() {
        let source = r#"
fn probe<T>(_value: T) {}
fn f(names: &[String], width: usize, mut left: usize) {
    let half = width / 2;
    for name in names {
        probe(half);
        probe(width + 1);
        probe(names.len() * 2);
        probe([0u8; 4]);
        probe(name.len());
        probe(left);
        let twice = name.len() * 2;
        probe(twice);
        probe(names[0].len());
        probe(unknown());
        left -= 1;
    }
}
"#;
        let program = Program::whole(load_files(&[("src/lib.rs", source)], false));
        let function = program.functions().find(|function| !function.loops.is_empty()).unwrap();
        let varies = program.varies(function, LoopId(0));
        let found: Vec<bool> = function.bodies[0]
            .ops()
            .filter_map(|(_, op)| match &op.kind {
                OpKind::Assign(_, Value::Call(call)) if &*call.name == "probe" => {
                    Some(varies.operand(&call.args[0]))
                }
                _ => None,
            })
            .collect();
        assert_eq!(found, [false, false, false, false, true, true, true, true, true]);
    }
}
