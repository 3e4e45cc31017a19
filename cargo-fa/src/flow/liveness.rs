//! Which variables are read again after a point.

use std::collections::BTreeSet;

use super::body::{Base, Body, BodyId, Function, LocalId, Op, OpKind, Place, Value};
use super::uses::{called, operands};

/// For each block of a body, the variables that are read later when it ends.
#[derive(Clone, Debug)]
pub struct Liveness {
    after: Vec<BTreeSet<LocalId>>,
}

impl Liveness {
    /// Looks at a body from its end. Drops at the end of a scope are not reads.
    #[must_use]
    pub fn of(function: &Function, id: BodyId) -> Self {
        let body = function.body(id);
        let mut after: Vec<BTreeSet<LocalId>> = vec![BTreeSet::new(); body.blocks.len()];
        let before = body.predecessors();
        let mut work: BTreeSet<usize> = (0..body.blocks.len()).collect();
        while let Some(block) = work.pop_last() {
            let mut live = after[block].clone();
            for op in body.blocks[block].ops.iter().rev() {
                step_back(function, op, &mut live);
            }
            for previous in &before[block] {
                let known = &mut after[previous.0 as usize];
                let size = known.len();
                known.extend(&live);
                if known.len() > size {
                    work.insert(previous.0 as usize);
                }
            }
        }
        Self { after }
    }

    /// The variables that are read after an operation.
    #[must_use]
    pub fn after(&self, function: &Function, body: &Body, at: super::body::OpId) -> BTreeSet<LocalId> {
        let block = at.block.0 as usize;
        let mut live = self.after[block].clone();
        for op in body.blocks[block].ops[at.index as usize + 1..].iter().rev() {
            step_back(function, op, &mut live);
        }
        live
    }
}

fn step_back(function: &Function, op: &Op, live: &mut BTreeSet<LocalId>) {
    match &op.kind {
        OpKind::Declare(local) => {
            live.remove(local);
        }
        OpKind::Assign(place, value) => {
            match place.whole_local() {
                Some(local) => {
                    live.remove(&local);
                }
                None => {
                    live.extend(place.as_local());
                }
            }
            operands(value, &mut |operand| {
                if let Some(Base::Local(local)) = operand.place().map(|place| place.base) {
                    live.insert(local);
                }
            });
            live.extend(called(value).and_then(Place::as_local));
            if let Value::Closure(body) = value {
                live.extend(function.body(*body).captures.iter().map(|capture| capture.local));
            }
        }
        OpKind::Return(place) => live.extend(place.as_local()),
        OpKind::Drop(..) | OpKind::Empty(_) | OpKind::Await | OpKind::Leave(_) => {}
    }
}
