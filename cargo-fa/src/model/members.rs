//! What a value has: fields, methods, and what it dereferences to.

use std::sync::Arc;

use super::api::{self, Method};
use super::index::{FnData, FnId, Index, ItemId, ItemShape};
use super::ty::{Def, Known, Ty};
use super::types::substitute;
use crate::source::tree::Name;

/// Dereferences beyond this are a circle.
const DEEPEST: usize = 12;
/// Beyond this, whether a type holds frame values is not followed.
const DEEPEST_TYPE: usize = 8;

/// Where a method was found.
#[derive(Clone, Debug)]
pub enum Step {
    /// A method of framealloc, on which type, and whether it is the `try_` form.
    Api(&'static Method, Ty, bool),
    /// Methods of the program: one, or those of all implementations of a trait.
    Own(Vec<FnId>, Ty),
    /// None of these; the type is known.
    Elsewhere,
    /// The type is not known.
    Unknown,
}

impl Index {
    /// What dereferencing gives.
    #[must_use]
    pub fn deref(&self, ty: &Ty) -> Option<Ty> {
        match ty {
            Ty::Ref(_, to) | Ty::Ptr(to) => Some((**to).clone()),
            Ty::Array(of) => Some(Ty::Slice(of.clone())),
            Ty::Adt(Def::Known(known), _) => match known {
                Known::Frame => Some(Ty::known(Known::Scope)),
                Known::AllocResource => Some(Ty::known(Known::SmartAlloc)),
                Known::Vec | Known::FrameVec | Known::SmallVec | Known::ArrayVec | Known::ScratchVec => {
                    Some(Ty::Slice(Arc::new(ty.arg(0))))
                }
                _ if known.is_string() => Some(Ty::Str),
                // Locks of other libraries return the guard itself, those of std a result that is rarely anything else.
                Known::Result
                    if matches!(ty.arg(0).as_known(), Some(Known::MutexGuard | Known::RwLockWriteGuard)) =>
                {
                    Some(ty.arg(0))
                }
                _ if known.derefs_to_parameter() => Some(ty.arg(0)),
                _ => None,
            },
            Ty::Adt(def, _) => self.derefs.get(def).cloned(),
            _ => None,
        }
    }

    /// The type and all that it dereferences to.
    #[must_use]
    pub fn chain(&self, ty: &Ty) -> Vec<Ty> {
        let mut chain = vec![ty.clone()];
        while chain.len() < DEEPEST
            && let Some(next) = chain.last().and_then(|last| self.deref(last))
        {
            chain.push(next);
        }
        chain
    }

    /// Whether it is an allocator, itself or behind references and pointers.
    #[must_use]
    pub fn is_allocator(&self, ty: &Ty) -> bool {
        self.chain(ty).iter().any(|ty| ty.as_known() == Some(Known::SmartAlloc))
    }

    /// The type of a field, and through how many dereferences it was found.
    #[must_use]
    pub fn field(&self, ty: &Ty, name: &str) -> Option<(Ty, usize)> {
        self.chain(ty).iter().enumerate().find_map(|(steps, ty)| Some((self.own_field(ty, name)?, steps)))
    }

    fn own_field(&self, ty: &Ty, name: &str) -> Option<Ty> {
        match ty {
            Ty::Tuple(types) => types.get(name.parse::<usize>().ok()?).cloned(),
            Ty::Adt(Def::Item(id), args) => match &self.item(*id).shape {
                ItemShape::Struct { fields, .. } => {
                    let (_, ty) = fields.iter().find(|(known, _)| &**known == name)?;
                    Some(self.with_args(*id, ty, args))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A type within an item, for the arguments given.
    #[must_use]
    pub fn with_args(&self, id: ItemId, ty: &Ty, args: &[Ty]) -> Ty {
        let params: Vec<Name> = self.item(id).params.iter().map(|(name, _)| name.clone()).collect();
        substitute(ty, &params, args).bounded()
    }

    /// The field types of a variant.
    #[must_use]
    pub fn variant_fields(&self, id: ItemId, place: usize, args: &[Ty]) -> Vec<(Name, Ty)> {
        match &self.item(id).shape {
            ItemShape::Enum { variants } => variants.get(place).map_or_else(Vec::new, |(_, fields)| {
                fields.iter().map(|(name, ty)| (name.clone(), self.with_args(id, ty, args))).collect()
            }),
            _ => Vec::new(),
        }
    }

    /// A constant of a type.
    #[must_use]
    pub fn associated_constant(&self, ty: &Ty, name: &Name) -> Option<ItemId> {
        let id = ty.peeled().as_item()?;
        let key: Name = format!("{}::{name}", id.0).into();
        self.items_named(self.item(id).module, &key)
    }

    /// A type with types put in the place of names.
    #[must_use]
    pub fn with_names(&self, ty: &Ty, names: &[Name], types: &[Ty]) -> Ty {
        substitute(ty, names, types)
    }

    /// The place of a variant.
    #[must_use]
    pub fn variant_place(&self, id: ItemId, name: &str) -> Option<usize> {
        match &self.item(id).shape {
            ItemShape::Enum { variants } => variants.iter().position(|(variant, _)| &**variant == name),
            _ => None,
        }
    }

    /// The fields of a structure.
    #[must_use]
    pub fn struct_fields(&self, id: ItemId, args: &[Ty]) -> Vec<(Name, Ty)> {
        match &self.item(id).shape {
            ItemShape::Struct { fields, .. } => {
                fields.iter().map(|(name, ty)| (name.clone(), self.with_args(id, ty, args))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The method that a call means.
    #[must_use]
    pub fn method(&self, ty: &Ty, name: &Name) -> Step {
        let chain = self.chain(ty);
        for ty in &chain {
            if let Ty::Adt(def, _) = ty
                && let Some(own) = self.methods.get(&(def.clone(), name.clone()))
            {
                return Step::Own(own.clone(), ty.clone());
            }
            if let Some(known) = ty.as_known()
                && let Some((method, tries)) = api::method(known, name)
            {
                return Step::Api(method, ty.clone(), tries);
            }
            if let Ty::Param(_, bounds) | Ty::Bounds(bounds) = ty {
                let found = self.methods_of_bounds(bounds, name);
                if !found.is_empty() {
                    return Step::Own(found, ty.clone());
                }
            }
            // A default method of a trait that the type implements.
            if let Ty::Adt(Def::Item(id), _) = ty
                && let Some(found) = self.default_method(*id, name)
            {
                return Step::Own(vec![found], ty.clone());
            }
        }
        match chain.last() {
            Some(Ty::Unknown) | None => Step::Unknown,
            Some(last) => match self.extensions(last, name) {
                found if found.is_empty() => Step::Elsewhere,
                found => Step::Own(found, last.clone()),
            },
        }
    }

    /// Methods of the program's traits on a type that is not its own: implemented for that type, or for all that are of
    /// some kind.
    fn extensions(&self, ty: &Ty, name: &Name) -> Vec<FnId> {
        let primitive = matches!(ty, Ty::Scalar | Ty::Str | Ty::Slice(_) | Ty::Array(_) | Ty::Tuple(_));
        let generic = matches!(ty, Ty::Param(..) | Ty::Bounds(_));
        let fits = |function: &FnData| match function.self_ty().map(Ty::peeled) {
            Some(Ty::Param(..)) => primitive || generic,
            Some(of) => primitive && std::mem::discriminant(of) == std::mem::discriminant(ty),
            None => false,
        };
        let candidates = self.methods_by_name.get(name).into_iter().flatten().copied();
        let of_traits = candidates.filter(|&id| {
            let function = self.function(id);
            function.of_trait.is_some() && function.syntax.body.is_some() && fits(function)
        });
        of_traits.collect()
    }

    /// The program's own conversion into a type: what `into` and `try_into` call.
    #[must_use]
    pub fn conversion(&self, name: &str, from: &Ty, into: Option<&Ty>) -> Vec<FnId> {
        let conversion: Name = match name {
            "into" => "from".into(),
            "try_into" => "try_from".into(),
            _ => return Vec::new(),
        };
        if let Some(Ty::Adt(Def::Item(_), _)) = into {
            return self.associated(into.unwrap_or(&Ty::Unknown), &conversion);
        }
        // Where the wanted type is not known, there may be only one that can be made of this.
        let candidates = self.methods_by_name.get(&conversion).into_iter().flatten().copied();
        let takes = |id: &FnId| {
            let function = self.function(*id);
            function.of_trait.is_none()
                && self.signature(*id).params.first().is_some_and(|param| param.peeled() == from.peeled())
        };
        match candidates.filter(takes).collect::<Vec<_>>() {
            found if found.len() == 1 => found,
            _ => Vec::new(),
        }
    }

    fn methods_of_bounds(&self, bounds: &[Ty], name: &Name) -> Vec<FnId> {
        let mut found = Vec::new();
        for bound in bounds {
            let Some(id) = bound.as_item() else { continue };
            let ItemShape::Trait { functions } = &self.item(id).shape else { continue };
            found.extend(functions.iter().copied().filter(|&function| self.function(function).name == *name));
            found.extend(self.implementations.get(&(id, name.clone())).into_iter().flatten().copied());
        }
        // What has no body says nothing about what happens.
        if found.iter().any(|&id| self.function(id).syntax.body.is_some()) {
            found.retain(|&id| self.function(id).syntax.body.is_some());
        }
        found
    }

    fn default_method(&self, id: ItemId, name: &Name) -> Option<FnId> {
        let candidates = self.methods_by_name.get(name)?;
        candidates.iter().copied().find(|&candidate| {
            let function = self.function(candidate);
            let Some(of) = function.of_trait else { return false };
            let default = matches!(function.self_ty(), Some(Ty::Param(..))) && function.syntax.body.is_some();
            default && self.implements(id, of)
        })
    }

    fn implements(&self, ty: ItemId, of: ItemId) -> bool {
        let methods = self.implementations.iter().filter(|((owner, _), _)| *owner == of);
        methods
            .flat_map(|(_, fns)| fns)
            .any(|&id| self.function(id).self_ty().and_then(|owner| owner.peeled().as_item()) == Some(ty))
    }

    /// The associated function of a type.
    #[must_use]
    pub fn associated(&self, ty: &Ty, name: &Name) -> Vec<FnId> {
        match ty {
            Ty::Adt(Def::Item(id), _) if matches!(self.item(*id).shape, ItemShape::Trait { .. }) => {
                self.methods_of_bounds(std::slice::from_ref(ty), name)
            }
            Ty::Adt(def, _) => self.methods.get(&(def.clone(), name.clone())).cloned().unwrap_or_default(),
            Ty::Param(_, bounds) | Ty::Bounds(bounds) => self.methods_of_bounds(bounds, name),
            Ty::Scalar | Ty::Str | Ty::Slice(_) | Ty::Array(_) => self.extensions(ty, name),
            _ => Vec::new(),
        }
    }

    /// Whether any type of the program has a method of this name.
    #[must_use]
    pub fn has_method_named(&self, name: &Name) -> bool {
        self.methods_by_name.contains_key(name)
    }

    /// The program's own `Drop` of a type.
    #[must_use]
    pub fn drop_of(&self, ty: &Ty) -> Option<FnId> {
        match ty {
            Ty::Adt(def, _) => self.drops.get(def).copied(),
            _ => None,
        }
    }

    /// Whether using a value leaves it where it was. `None`: not known.
    #[must_use]
    pub fn is_copy(&self, ty: &Ty) -> Option<bool> {
        match ty {
            Ty::Scalar | Ty::Never | Ty::Ref(false, _) | Ty::Ptr(_) | Ty::Str => Some(true),
            Ty::Ref(true, _) | Ty::Slice(_) => Some(false),
            Ty::Array(of) => self.is_copy(of),
            Ty::Tuple(types) => types.iter().try_fold(true, |all, ty| Some(all && self.is_copy(ty)?)),
            Ty::Adt(Def::Item(id), _) => Some(self.item(*id).derives.iter().any(|name| &**name == "Copy")),
            Ty::Adt(Def::Known(known), _) => match known {
                Known::Option => self.is_copy(&ty.arg(0)),
                Known::RetainedId | Known::Duration | Known::Instant => Some(true),
                _ => Some(false),
            },
            _ => None,
        }
    }

    /// Whether a type names a frame value: is one, or has one in an option, a collection, a field.
    #[must_use]
    pub fn names_frame_value(&self, ty: &Ty) -> bool {
        self.names_frame(ty, 0)
    }

    fn names_frame(&self, ty: &Ty, depth: usize) -> bool {
        let any = |types: &[Ty]| types.iter().any(|ty| self.names_frame(ty, depth + 1));
        match ty {
            _ if depth > DEEPEST_TYPE || !self.mentions_library(ty) => false,
            Ty::Adt(Def::Known(known), args) => known.is_frame_value() || any(args),
            Ty::Tuple(types) => any(types),
            Ty::Array(of) => self.names_frame(of, depth + 1),
            Ty::Adt(Def::Item(id), args) => match &self.item(*id).shape {
                ItemShape::Struct { .. } => {
                    self.struct_fields(*id, args).iter().any(|(_, ty)| self.names_frame(ty, depth + 1))
                }
                ItemShape::Enum { variants } => variants
                    .iter()
                    .flat_map(|(_, fields)| fields)
                    .any(|(_, ty)| self.names_frame(ty, depth + 1)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a value may hold something tied to a frame: a frame value, or a reference to anything. `None`: not known.
    #[must_use]
    pub fn may_hold_frame(&self, ty: &Ty) -> Option<bool> {
        self.holds(ty, &mut Vec::new(), 0)
    }

    fn holds(&self, ty: &Ty, seen: &mut Vec<ItemId>, depth: usize) -> Option<bool> {
        if depth > DEEPEST_TYPE {
            return None;
        }
        let mut any = |types: &[Ty]| -> Option<bool> {
            let mut known = true;
            for ty in types {
                match self.holds(ty, seen, depth + 1) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => known = false,
                }
            }
            known.then_some(false)
        };
        match ty {
            Ty::Scalar | Ty::Str | Ty::Never => Some(false),
            Ty::Ref(..) | Ty::Ptr(_) => Some(true),
            Ty::Slice(of) | Ty::Array(of) | Ty::Iter(of) => any(std::slice::from_ref(of)),
            // It holds what it captured, whatever it gives.
            Ty::Future(_) => None,
            Ty::Tuple(types) => any(types),
            Ty::Adt(Def::Known(known), args) => match known {
                _ if known.is_frame_value() || known.is_guard() || *known == Known::ScratchBox => Some(true),
                Known::String
                | Known::SmartAlloc
                | Known::AllocResource
                | Known::Duration
                | Known::Instant => Some(false),
                Known::PoolBox | Known::HeapBox | Known::TransferHandle | Known::FrameRetained => Some(false),
                // Parameters that nobody wrote are not known yet.
                _ if args.is_empty() && known.holds_parameters() => None,
                _ => any(args),
            },
            Ty::Adt(Def::Item(id), args) => {
                if seen.contains(id) {
                    return Some(false);
                }
                seen.push(*id);
                let data = self.item(*id);
                let types: Vec<Ty> = match &data.shape {
                    ItemShape::Struct { fields, .. } => fields.iter().map(|(_, ty)| ty.clone()).collect(),
                    ItemShape::Enum { variants } => {
                        variants.iter().flat_map(|(_, fields)| fields).map(|(_, ty)| ty.clone()).collect()
                    }
                    _ => return None,
                };
                let types: Vec<Ty> = types.iter().map(|ty| self.with_args(*id, ty, args)).collect();
                let mut known = true;
                for ty in &types {
                    match self.holds(ty, seen, depth + 1) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => known = false,
                    }
                }
                known.then_some(false)
            }
            _ => None,
        }
    }
}
