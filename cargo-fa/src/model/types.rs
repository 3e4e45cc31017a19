//! From a type as it is written to a type as it is meant.

use std::sync::Arc;

use super::index::{FnId, Index, ItemShape, ModuleIx};
use super::names::{Meaning, Space};
use super::ty::{Def, Known, Ty};
use crate::source::tree::{Name, Path, Segment, Type, TypeKind};

/// Aliases of aliases beyond this are a circle.
const DEEPEST: usize = 16;
/// An alias counts as this many types within each other: what it stands for may name it several times.
const ALIAS: usize = 3;

/// Where a type is read.
#[derive(Clone, Debug)]
pub struct TypeScope {
    /// The module or block.
    pub module: ModuleIx,
    /// What `Self` is.
    pub self_ty: Option<Ty>,
    /// The type parameters in sight with their bounds, inner ones last.
    pub generics: Vec<(Name, Arc<[Ty]>)>,
}

impl TypeScope {
    /// A module, outside of any item.
    #[must_use]
    pub fn new(module: ModuleIx) -> Self {
        Self { module, self_ty: None, generics: Vec::new() }
    }
}

impl Index {
    /// What a type means.
    #[must_use]
    pub fn resolve(&self, ty: &Type, scope: &TypeScope) -> Ty {
        self.resolve_at(ty, scope, 0)
    }

    pub(super) fn resolve_at(&self, ty: &Type, scope: &TypeScope, depth: usize) -> Ty {
        if depth > DEEPEST {
            return Ty::Unknown;
        }
        let inner = |ty: &Type| Arc::new(self.resolve_at(ty, scope, depth + 1));
        let all = |types: &[Type]| -> Arc<[Ty]> {
            types.iter().map(|ty| self.resolve_at(ty, scope, depth + 1)).collect()
        };
        match &ty.kind {
            TypeKind::Path(path) => self.path_at(path, scope, depth).unwrap_or(Ty::Unknown),
            TypeKind::Ref(_, mutable, to) => Ty::Ref(*mutable, inner(to)),
            TypeKind::Ptr(to) => Ty::Ptr(inner(to)),
            TypeKind::Slice(of) => Ty::Slice(inner(of)),
            TypeKind::Array(of) => Ty::Array(inner(of)),
            TypeKind::Tuple(types) => Ty::Tuple(all(types)),
            TypeKind::Fn(_, result) => {
                Ty::Callable(result.as_ref().map_or_else(|| Arc::new(Ty::unit()), |ty| inner(ty)))
            }
            TypeKind::Impl(bounds) | TypeKind::Dyn(bounds) => bounds_of(all(bounds)),
            TypeKind::Never => Ty::Never,
            TypeKind::Infer => Ty::Unknown,
        }
    }

    /// What a path means as a type.
    #[must_use]
    pub fn resolve_path_type(&self, path: &Path, scope: &TypeScope) -> Option<Ty> {
        self.path_at(path, scope, 0)
    }

    fn path_at(&self, path: &Path, scope: &TypeScope, depth: usize) -> Option<Ty> {
        if depth > DEEPEST || path.of.is_some() {
            return None;
        }
        if let Some(name) = path.single() {
            if &**name == "Self" {
                return scope.self_ty.clone();
            }
            if let Some((name, bounds)) = scope.generics.iter().rev().find(|(known, _)| known == name) {
                return Some(match bounds_of(bounds.clone()) {
                    Ty::Bounds(bounds) => Ty::Param(name.clone(), bounds),
                    other => other,
                });
            }
        }
        let names: Vec<Name> = path.segments.iter().map(|segment| segment.name.clone()).collect();
        let last = path.segments.last()?;
        match self.lookup_at(scope.module, &names, path.rooted, Space::Types, depth) {
            Some(Meaning::Item(id)) => {
                let args: Vec<Ty> =
                    last.types.iter().map(|ty| self.resolve_at(ty, scope, depth + 1)).collect();
                if let ItemShape::Alias(alias) = &self.item(id).shape {
                    let mut inner = TypeScope::new(self.item(id).module);
                    self.add_generics_at(&mut inner, &alias.generics, depth + ALIAS);
                    let meant = self.resolve_at(&alias.ty, &inner, depth + ALIAS);
                    let params: Vec<Name> =
                        alias.generics.types.iter().map(|(name, _)| name.clone()).collect();
                    return Some(substitute(&meant, &params, &args));
                }
                Some(Ty::Adt(Def::Item(id), args.into()))
            }
            Some(Meaning::Outside(outside)) => Some(self.outside(&outside, last, scope, depth)),
            Some(_) => None,
            None => path.single().and_then(|name| builtin(name)).or_else(|| {
                // A trait of the prelude or of a glob: what matters of it is in its arguments.
                Some(self.outside(&names, last, scope, depth))
                    .filter(|ty| !matches!(ty, Ty::Adt(Def::Foreign(_), _)))
            }),
        }
    }

    /// A type of another crate.
    fn outside(&self, path: &[Name], last: &Segment, scope: &TypeScope, depth: usize) -> Ty {
        let resolve = |ty: &Type| self.resolve_at(ty, scope, depth + 1);
        let args: Vec<Ty> = last.types.iter().map(resolve).collect();
        let assoc =
            |name: &str| last.assoc.iter().find(|(known, _)| &**known == name).map(|(_, ty)| resolve(ty));
        match &*last.name {
            "Iterator"
            | "IntoIterator"
            | "DoubleEndedIterator"
            | "ExactSizeIterator"
            | "ParallelIterator"
            | "IntoParallelIterator" => return Ty::Iter(Arc::new(assoc("Item").unwrap_or(Ty::Unknown))),
            "Future" => return Ty::Future(Arc::new(assoc("Output").unwrap_or(Ty::Unknown))),
            "Fn" | "FnMut" | "FnOnce" => {
                let result = last.result.as_ref().map_or_else(Ty::unit, |ty| resolve(ty));
                return Ty::Callable(Arc::new(result));
            }
            "Deref" | "DerefMut" => {
                if let Some(target) = assoc("Target") {
                    return Ty::reference(target);
                }
            }
            "Borrow" | "AsRef" if args.len() == 1 => return Ty::reference(args[0].clone()),
            _ => {}
        }
        let Some(known) = known_of(path) else {
            let full: Vec<&str> = path.iter().map(|name| &**name).collect();
            return Ty::Adt(Def::Foreign(full.join("::").into()), args.into());
        };
        // The collections of framealloc are those of other crates with an allocator of its own.
        let in_frame = args.last().and_then(Ty::as_known) == Some(Known::FrameAllocator);
        match known {
            Known::Vec if in_frame => Ty::of(Known::FrameVec, &args[..1]),
            Known::HashMap if in_frame => Ty::of(Known::FrameMap, &args[..args.len().min(2)]),
            Known::HashSet if in_frame => Ty::of(Known::FrameSet, &args[..1]),
            Known::Weak => Ty::Unknown,
            _ => Ty::Adt(Def::Known(known), args.into()),
        }
    }

    /// What a function gives a closure that is its parameter, when the bounds of that say it. The receiver is not counted.
    #[must_use]
    pub fn closure_inputs(&self, id: FnId, position: usize) -> Option<Vec<Ty>> {
        let function = self.function(id);
        let code = function.syntax.code();
        let (_, ty) = code.params.get(position)?;
        let inputs = inputs_of(ty, &code.generics.types, 0)?;
        let scope = self.scope_of(id);
        Some(inputs.iter().map(|ty| self.resolve(ty, &scope)).collect())
    }

    /// A type for readers.
    #[must_use]
    pub fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Adt(Def::Item(id), _) => self.item(*id).name.to_string(),
            Ty::Adt(Def::Known(known), _) => known.name().to_owned(),
            Ty::Adt(Def::Foreign(path), _) => path.rsplit("::").next().unwrap_or_default().to_owned(),
            Ty::Ref(_, to) => self.show(to),
            Ty::Param(name, _) => name.to_string(),
            _ => String::new(),
        }
    }
}

/// The types between the parentheses of `Fn(..)`, for a type or a parameter with these bounds.
fn inputs_of<'t>(ty: &'t Type, generics: &'t [(Name, Vec<Type>)], depth: usize) -> Option<&'t [Type]> {
    let among = |types: &'t [Type]| types.iter().find_map(|ty| inputs_of(ty, generics, depth + 1));
    if depth > DEEPEST {
        return None;
    }
    match &ty.kind {
        TypeKind::Fn(inputs, _) => Some(inputs),
        TypeKind::Impl(bounds) | TypeKind::Dyn(bounds) => among(bounds),
        TypeKind::Ref(_, _, inner) => inputs_of(inner, generics, depth + 1),
        TypeKind::Path(path) => {
            let last = path.segments.last()?;
            match &*last.name {
                "Fn" | "FnMut" | "FnOnce" => Some(&last.types),
                "Box" | "Rc" | "Arc" => among(&last.types),
                _ => {
                    let name = path.single()?;
                    let (_, bounds) = generics.iter().find(|(known, _)| known == name)?;
                    among(bounds)
                }
            }
        }
        _ => None,
    }
}

/// Bounds that say all there is to know are taken for the type itself.
fn bounds_of(bounds: Arc<[Ty]>) -> Ty {
    let telling = bounds
        .iter()
        .find(|bound| matches!(bound, Ty::Iter(_) | Ty::Future(_) | Ty::Callable(_) | Ty::Ref(..)));
    match telling {
        Some(bound) => bound.clone(),
        None => Ty::Bounds(bounds),
    }
}

/// The type that a path outside names, if the analysis knows it.
#[must_use]
pub(super) fn known_of(path: &[Name]) -> Option<Known> {
    let last = path.last()?;
    if &*path[0] == "framealloc" {
        return match path {
            [_, _] => Known::framealloc(last),
            [_, module, _] if &**module == "bevy" => Known::framealloc(last),
            [_, module, ..] if matches!(&**module, "allocator_api2" | "hashbrown") => Known::std(last),
            _ => None,
        };
    }
    if matches!(&**last, "Builder" | "Thread") && !path.iter().any(|part| &**part == "thread") {
        return None;
    }
    Known::std(last).or_else(|| Known::common(last)).or((&**last == "AHashMap").then_some(Known::HashMap))
}

fn builtin(name: &str) -> Option<Ty> {
    match name {
        "str" => Some(Ty::Str),
        "bool" | "char" | "f32" | "f64" => Some(Ty::Scalar),
        _ => {
            let digits = name.strip_prefix(['u', 'i'])?;
            matches!(digits, "8" | "16" | "32" | "64" | "128" | "size").then_some(Ty::Scalar)
        }
    }
}

/// Puts arguments in the place of parameters.
#[must_use]
pub(super) fn substitute(ty: &Ty, params: &[Name], args: &[Ty]) -> Ty {
    if params.is_empty() {
        return ty.clone();
    }
    let inner = |ty: &Arc<Ty>| Arc::new(substitute(ty, params, args));
    let all =
        |types: &Arc<[Ty]>| -> Arc<[Ty]> { types.iter().map(|ty| substitute(ty, params, args)).collect() };
    match ty {
        Ty::Param(name, _) => match params.iter().position(|param| param == name) {
            Some(place) => args.get(place).cloned().unwrap_or(Ty::Unknown),
            None => ty.clone(),
        },
        Ty::Adt(def, types) => Ty::Adt(def.clone(), all(types)),
        Ty::Ref(mutable, to) => Ty::Ref(*mutable, inner(to)),
        Ty::Ptr(to) => Ty::Ptr(inner(to)),
        Ty::Slice(of) => Ty::Slice(inner(of)),
        Ty::Array(of) => Ty::Array(inner(of)),
        Ty::Tuple(types) => Ty::Tuple(all(types)),
        Ty::Bounds(types) => Ty::Bounds(all(types)),
        Ty::Iter(of) => Ty::Iter(inner(of)),
        Ty::Future(of) => Ty::Future(inner(of)),
        Ty::Callable(of) => Ty::Callable(inner(of)),
        Ty::Unknown | Ty::Str | Ty::Scalar | Ty::Never => ty.clone(),
    }
}
