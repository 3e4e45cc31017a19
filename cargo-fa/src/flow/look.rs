//! What one look at a function says of whom it has to do with.

use super::body::{Aggregate, Base, Body, Callee, Const, Function, OpKind, Operand, Value};
use super::uses::{operands, places};
use crate::model::{FnId, Index, ItemId};

/// What a function has to do with.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// What it may call, have called, or drop.
    pub(super) calls: Vec<FnId>,
    /// The statics that it reads or writes.
    pub(super) statics: Vec<ItemId>,
    /// It has values of framealloc's types, or calls its methods.
    pub(super) uses_library: bool,
    /// It gives functions to Bevy, which runs them within frames.
    pub(super) adds_systems: bool,
}

impl Look {
    pub(super) fn at(index: &Index, function: &Function) -> Self {
        let mut look = Self::default();
        for local in &function.locals {
            look.uses_library |= index.mentions_library(&local.ty);
            look.calls.extend(index.drop_of(&local.ty));
        }
        for (_, op) in function.bodies.iter().flat_map(Body::ops) {
            places(&op.kind, &mut |place, _| {
                if let Base::Static(id) = place.base {
                    look.statics.push(id);
                }
            });
            let OpKind::Assign(place, value) = &op.kind else { continue };
            if let Value::Aggregate(Aggregate::Struct(Some(_)), _) = value {
                look.calls.extend(index.drop_of(&function.ty_of(index, place)));
            }
            if let Value::Call(call) = value {
                look.calls.extend(index.drop_of(&call.result));
                match &call.callee {
                    Callee::Api { .. } => look.uses_library = true,
                    Callee::Own(ids) => look.calls.extend(ids.iter()),
                    Callee::Path(path) => look.uses_library |= path.starts_with("framealloc::"),
                    Callee::Method(_) | Callee::Variable(_) | Callee::Unknown => {}
                }
                // `text.parse::<Own>()` runs a function of the program.
                if &*call.name == "parse" {
                    let own = call.generics.iter().flat_map(|ty| index.associated(ty, &"from_str".into()));
                    look.calls.extend(own);
                }
                look.adds_systems |= &*call.name == "add_systems";
            }
            operands(value, &mut |operand| {
                if let Operand::Const(Const::Fn(id)) = operand {
                    look.calls.push(*id);
                }
            });
        }
        look.calls.sort_unstable();
        look.calls.dedup();
        look
    }
}
