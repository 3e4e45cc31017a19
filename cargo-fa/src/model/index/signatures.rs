//! What items are made of: the types of fields, parameters and results, resolved once all items have numbers.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Entry, FnId, Index, ItemData, ItemId, ItemShape, ModuleIx, Pending, Signature, value_of};
use crate::model::ty::{Def, Ty};
use crate::model::types::TypeScope;
use crate::source::tree::{self, Item, ItemKind, Name};

/// What is known of an item once all have numbers.
enum Resolved {
    /// A structure, enumeration or value.
    Shape(ItemShape),
    /// The scope of an `impl`, and its trait.
    Header(TypeScope, Option<Ty>),
    /// Nothing yet.
    Nothing,
}

impl Index {
    /// Resolves the types of all items, now that all have numbers.
    pub(super) fn finish(&mut self, pending: Vec<Pending>) {
        for Pending { item, trait_item, .. } in &pending {
            let Some(id) = *trait_item else { continue };
            let generics = match &item.kind {
                ItemKind::Struct(it) => &it.generics,
                ItemKind::Enum(it) => &it.generics,
                ItemKind::Trait(it) => &it.generics,
                ItemKind::Alias(it) => &it.generics,
                _ => continue,
            };
            let names = generics.types.iter().map(|(name, _)| (name.clone(), Arc::from([])));
            let data = &mut self.items[id.0 as usize];
            data.params = names.collect();
            data.lifetimes = generics.lifetimes.clone();
        }
        let resolved: Vec<Resolved> = pending.par_iter().map(|one| self.resolved(one)).collect();
        for (Pending { module, item, trait_item }, resolved) in pending.into_iter().zip(resolved) {
            match (&item.kind, trait_item, resolved) {
                (_, Some(id), Resolved::Shape(shape)) => self.items[id.0 as usize].shape = shape,
                (ItemKind::Trait(it), Some(id), _) => self.finish_trait(module, id, it),
                (ItemKind::Impl(it), _, Resolved::Header(scope, of)) => {
                    self.finish_impl(it, scope, of.as_ref());
                }
                _ => {}
            }
        }
    }

    /// What an item is made of. This only looks, so that items can be resolved beside each other.
    fn resolved(&self, Pending { module, item, trait_item }: &Pending) -> Resolved {
        match (&item.kind, *trait_item) {
            (ItemKind::Struct(it), Some(id)) => {
                let scope = self.scope_of_item(*module, id, &it.generics);
                Resolved::Shape(ItemShape::Struct {
                    fields: self.fields(&it.fields, &scope),
                    tuple: it.tuple,
                })
            }
            (ItemKind::Enum(it), Some(id)) => {
                let scope = self.scope_of_item(*module, id, &it.generics);
                let variants =
                    it.variants.iter().map(|(name, fields)| (name.clone(), self.fields(fields, &scope)));
                Resolved::Shape(ItemShape::Enum { variants: variants.collect() })
            }
            (ItemKind::Static(it), Some(_)) => {
                let ty = self.resolve(&it.ty, &TypeScope::new(*module));
                Resolved::Shape(value_of(it, ty))
            }
            (ItemKind::Impl(it), _) => {
                let mut scope = TypeScope::new(*module);
                self.add_generics(&mut scope, &it.generics);
                scope.self_ty = Some(self.resolve(&it.ty, &scope));
                let of = it.of.as_ref().and_then(|path| self.resolve_path_type(path, &scope));
                Resolved::Header(scope, of)
            }
            _ => Resolved::Nothing,
        }
    }

    fn fields(&self, fields: &[(Name, tree::Type)], scope: &TypeScope) -> Vec<(Name, Ty)> {
        fields.iter().map(|(name, ty)| (name.clone(), self.resolve(ty, scope))).collect()
    }

    fn scope_of_item(&self, module: ModuleIx, id: ItemId, generics: &tree::Generics) -> TypeScope {
        let mut scope = TypeScope::new(module);
        self.add_generics(&mut scope, generics);
        let args: Vec<Ty> =
            scope.generics.iter().map(|(name, bounds)| Ty::Param(name.clone(), bounds.clone())).collect();
        scope.self_ty = Some(Ty::Adt(Def::Item(id), args.into()));
        scope
    }

    fn add_generics(&self, scope: &mut TypeScope, generics: &tree::Generics) {
        self.add_generics_at(scope, generics, 0);
    }

    pub(in crate::model) fn add_generics_at(
        &self,
        scope: &mut TypeScope,
        generics: &tree::Generics,
        depth: usize,
    ) {
        for (name, _) in &generics.types {
            scope.generics.push((name.clone(), Arc::from([])));
        }
        for (name, bounds) in &generics.types {
            let bounds: Vec<Ty> = bounds.iter().map(|bound| self.resolve_at(bound, scope, depth)).collect();
            if let Some(slot) = scope.generics.iter_mut().rev().find(|(known, _)| known == name) {
                slot.1 = bounds.into();
            }
        }
    }

    fn finish_trait(&mut self, module: ModuleIx, id: ItemId, it: &tree::Trait) {
        let mut scope = TypeScope::new(module);
        self.add_generics(&mut scope, &it.generics);
        let name: Name = "Self".into();
        let itself = Ty::Adt(Def::Item(id), Arc::from([]));
        scope.self_ty = Some(Ty::Param(name, Arc::from([itself])));
        let scope = Arc::new(scope);
        let mut own = Vec::new();
        for item in &it.items {
            if let ItemKind::Fn(function) = &item.kind {
                let fn_id = self.add_associated(&scope, item, function, Some(id));
                own.push(fn_id);
            }
        }
        if let ItemShape::Trait { functions } = &mut self.items[id.0 as usize].shape {
            *functions = own;
        }
    }

    fn finish_impl(&mut self, it: &tree::Impl, scope: TypeScope, of: Option<&Ty>) {
        let of_trait = of.and_then(Ty::as_item);
        let trait_name = it.of.as_ref().map_or("", |path| path.last());
        let def = match scope.self_ty.as_ref().map(Ty::peeled) {
            Some(Ty::Adt(def, _)) => Some(def.clone()),
            _ => None,
        };
        let scope = Arc::new(scope);
        for item in &it.items {
            match &item.kind {
                ItemKind::Fn(function) => {
                    let id = self.add_associated(&scope, item, function, of_trait);
                    if let Some(def) = &def {
                        self.methods.entry((def.clone(), item.name.clone())).or_default().push(id);
                        if trait_name == "Drop" && of_trait.is_none() {
                            self.drops.insert(def.clone(), id);
                        }
                    }
                    if let Some(of) = of_trait {
                        self.implementations.entry((of, item.name.clone())).or_default().push(id);
                    }
                }
                ItemKind::Alias(alias) if trait_name == "Deref" && &*item.name == "Target" => {
                    if let Some(def) = &def {
                        let target = self.resolve(&alias.ty, &scope);
                        self.derefs.insert(def.clone(), target);
                    }
                }
                ItemKind::Static(value) => self.associated_value(&scope, item, value, def.as_ref()),
                _ => {}
            }
        }
    }

    /// A constant of a type, found as `Type::NAME`.
    fn associated_value(&mut self, scope: &TypeScope, item: &Item, value: &tree::Static, def: Option<&Def>) {
        let module = scope.module;
        let shape = value_of(value, self.resolve(&value.ty, scope));
        let id = ItemId(self.items.len() as u32);
        let (params, lifetimes, derives) = (Vec::new(), Vec::new(), Vec::new());
        let (name, span) = (item.name.clone(), item.name_span);
        self.items.push(ItemData { name, span, module, params, lifetimes, derives, shape });
        if let Some(Def::Item(owner)) = def {
            // `::` is in no identifier, so this meets no other name.
            let key: Name = format!("{}::{}", owner.0, item.name).into();
            self.enter(module, &key, Entry::Item(id));
        }
    }

    fn add_associated(
        &mut self,
        owner: &Arc<TypeScope>,
        item: &Item,
        function: &Arc<tree::Fn>,
        of_trait: Option<ItemId>,
    ) -> FnId {
        let mut pending = Vec::new();
        let id = self.add_fn(owner, item, function, &mut pending);
        self.fns[id.0 as usize].of_trait = of_trait;
        self.methods_by_name.entry(item.name.clone()).or_default().push(id);
        if !pending.is_empty() {
            self.finish(pending);
        }
        id
    }

    /// What a function takes and returns. Found when somebody asks: of most functions nobody does.
    #[must_use]
    pub fn signature(&self, id: FnId) -> &Signature {
        let data = self.function(id);
        data.signature.get_or_init(|| {
            let code = data.syntax.code();
            let mut scope = (*data.owner).clone();
            self.add_generics(&mut scope, &code.generics);
            let mut params = Vec::new();
            if let Some(receiver) = &code.receiver {
                let itself = scope.self_ty.clone().unwrap_or(Ty::Unknown);
                params.push(match (&receiver.ty, receiver.reference) {
                    (Some(ty), _) => self.resolve(ty, &scope),
                    (None, true) => Ty::Ref(receiver.mutable, Arc::new(itself)),
                    (None, false) => itself,
                });
            }
            params.extend(code.params.iter().map(|(_, ty)| self.resolve(ty, &scope)));
            let result = code.result.as_ref().map_or_else(Ty::unit, |ty| self.resolve(ty, &scope));
            Box::new(Signature { generics: scope.generics, params, result })
        })
    }
}
