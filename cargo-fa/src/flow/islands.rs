//! Islands: functions that have nothing to do with those of other islands.
//!
//! What belongs together is on one: functions that call or name each other, that share a static, a type of the program, or a
//! part of one. So whatever a lint asks of a function beyond its own text is answered by the functions of its island, and an
//! island is a program of its own. The facts that cross the water are on [`Program`], and few.

use std::collections::{BTreeMap, HashMap};

use super::body::{Aggregate, Base, Body, Callee, Const, Function, OpKind, Operand, Value};
use super::program::Program;
use super::uses::{operands, places};
use crate::model::{Def, FnId, Index, ItemId, ItemShape, Ty};

/// What may lie on an island.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Function(FnId),
    Item(ItemId),
}

impl Program {
    /// The islands of the program, each with its functions in order.
    #[must_use]
    pub fn islands(&self) -> Vec<Vec<FnId>> {
        let mut land = Land::default();
        for (id, item) in self.index.items() {
            let item_of = |land: &mut Land, ty: &Ty| land.join_types(Thing::Item(id), ty);
            match &item.shape {
                ItemShape::Struct { fields, .. } => fields.iter().for_each(|(_, ty)| item_of(&mut land, ty)),
                ItemShape::Enum { variants } => {
                    let fields = variants.iter().flat_map(|(_, fields)| fields);
                    fields.for_each(|(_, ty)| item_of(&mut land, ty));
                }
                ItemShape::Value { ty, .. } => item_of(&mut land, ty),
                ItemShape::Trait { functions } => {
                    functions.iter().for_each(|&of| land.join(Thing::Item(id), Thing::Function(of)));
                }
                ItemShape::Alias(_) => {}
            }
        }
        for function in self.functions() {
            land.add(&self.index, function);
        }
        let mut islands: BTreeMap<usize, Vec<FnId>> = BTreeMap::new();
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (number, function) in self.functions().enumerate() {
            let root = land.root(Thing::Function(function.id));
            let place = *first.entry(root).or_insert(number);
            islands.entry(place).or_default().push(function.id);
        }
        islands.into_values().collect()
    }
}

/// Things that are joined, each with another one of its island; the last one leads to itself.
#[derive(Default)]
struct Land {
    numbers: HashMap<Thing, usize>,
    leads: Vec<usize>,
}

impl Land {
    fn root(&mut self, thing: Thing) -> usize {
        let next = self.leads.len();
        let mut at = *self.numbers.entry(thing).or_insert(next);
        if at == next {
            self.leads.push(next);
        }
        while self.leads[at] != at {
            self.leads[at] = self.leads[self.leads[at]];
            at = self.leads[at];
        }
        at
    }

    fn join(&mut self, one: Thing, other: Thing) {
        let (one, other) = (self.root(one), self.root(other));
        self.leads[one] = other;
    }

    /// Joins a thing with all types of the program in a type.
    fn join_types(&mut self, thing: Thing, ty: &Ty) {
        match ty {
            Ty::Adt(def, args) => {
                if let Def::Item(id) = def {
                    self.join(thing, Thing::Item(*id));
                }
                args.iter().for_each(|ty| self.join_types(thing, ty));
            }
            Ty::Ref(_, of) | Ty::Ptr(of) | Ty::Slice(of) | Ty::Array(of) => self.join_types(thing, of),
            Ty::Iter(of) | Ty::Future(of) | Ty::Callable(of) => self.join_types(thing, of),
            Ty::Tuple(types) | Ty::Param(_, types) | Ty::Bounds(types) => {
                types.iter().for_each(|ty| self.join_types(thing, ty));
            }
            Ty::Unknown | Ty::Str | Ty::Scalar | Ty::Never => {}
        }
    }

    fn add(&mut self, index: &Index, function: &Function) {
        let itself = Thing::Function(function.id);
        let (data, signature) = (index.function(function.id), index.signature(function.id));
        data.self_ty().into_iter().for_each(|ty| self.join_types(itself, ty));
        data.of_trait.into_iter().for_each(|of| self.join(itself, Thing::Item(of)));
        let types = signature.params.iter().chain([&signature.result]);
        types.for_each(|ty| self.join_types(itself, ty));
        for local in &function.locals {
            self.join_types(itself, &local.ty);
            // What it dereferences to, and what ends it.
            index.chain(&local.ty).iter().for_each(|ty| self.join_types(itself, ty));
            index.drop_of(&local.ty).into_iter().for_each(|drop| self.join(itself, Thing::Function(drop)));
        }
        for (_, op) in function.bodies.iter().flat_map(Body::ops) {
            places(&op.kind, &mut |place, _| match place.base {
                Base::Static(id) => self.join(itself, Thing::Item(id)),
                Base::Result(id) => self.join(itself, Thing::Function(id)),
                Base::Local(_) => {}
            });
            let OpKind::Assign(place, value) = &op.kind else { continue };
            self.join_types(itself, &function.ty_of(index, place));
            match value {
                Value::Call(call) => {
                    let types = call.types.iter().chain(&call.generics).chain([&call.result]);
                    types.for_each(|ty| self.join_types(itself, ty));
                    match &call.callee {
                        Callee::Own(ids) => {
                            ids.iter().for_each(|&id| self.join(itself, Thing::Function(id)));
                        }
                        Callee::Method(ty) => self.join_types(itself, ty),
                        _ => {}
                    }
                }
                Value::Aggregate(Aggregate::Struct(Some(id)), _) => self.join(itself, Thing::Item(*id)),
                _ => {}
            }
            operands(value, &mut |operand| match operand {
                Operand::Const(Const::Fn(id)) => self.join(itself, Thing::Function(*id)),
                Operand::Const(Const::Item(id)) => self.join(itself, Thing::Item(*id)),
                _ => {}
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Program;
    use crate::source::load_files;

    #[test]
    fn what_is_called_shared_or_made_of_the_same_lies_together() {
        let source = "use framealloc::SmartAlloc;
            struct Kit { alloc: SmartAlloc } struct World { kit: Kit }
            static ALL: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());
            fn a(kit: &Kit) { kit.alloc.begin_frame(); } fn b(world: World) { world.kit.alloc.end_frame(); }
            fn c(x: &SmartAlloc) { x.begin_frame(); ALL.lock(); } fn d(x: &SmartAlloc) { x.end_frame(); ALL.lock(); }
            fn e(x: &SmartAlloc) { x.begin_frame(); each(f); } fn f(x: &SmartAlloc) { x.end_frame(); } fn each(_: fn(&SmartAlloc)) {}
            trait Do { fn g(&self, x: &SmartAlloc); }
            struct One; impl Do for One { fn g(&self, x: &SmartAlloc) { x.begin_frame(); } }
            struct Two; impl Do for Two { fn g(&self, x: &SmartAlloc) { x.end_frame(); } }
            fn h(x: &SmartAlloc) { x.begin_frame(); }";
        let program = Program::build(load_files(&[("lib.rs", source)], false));
        let path = |id| program.path(program.function(id).unwrap());
        let islands: Vec<Vec<&str>> =
            program.islands().into_iter().map(|island| island.into_iter().map(path).collect()).collect();
        assert_eq!(
            islands,
            [vec!["a", "b"], vec!["c", "d"], vec!["e", "f", "each"], vec!["h"], vec!["One::g", "Two::g"]]
        );
    }
}
