//! Patterns: which variables they bind, to which parts of a value.

use std::sync::Arc;

use super::Builder;
use crate::flow::body::{Alias, DEREF, INDEX, LocalId, OpKind, Operand, Place, Value};
use crate::model::library::element;
use crate::model::{Def, Known, Meaning, Space, Ty};
use crate::source::tree::{Name, Pat, PatKind, Path};

impl Builder<'_> {
    /// A parameter whose pattern is a name is that variable; other patterns take it apart.
    pub(super) fn bind_param(&mut self, pat: &Pat, local: LocalId, ty: Ty) {
        match &pat.kind {
            PatKind::Name(name, _, None) => {
                self.function.locals[local.0 as usize].name = Some(name.clone());
                self.scope().names.push((name.clone(), local));
            }
            _ => self.bind(pat, Place::local(local), ty, false),
        }
    }

    /// Binds the variables of a pattern to the parts of a place. `by_ref`: the place is behind a reference.
    pub(super) fn bind(&mut self, pat: &Pat, place: Place, ty: Ty, by_ref: bool) {
        // A reference that a pattern looks into is looked through.
        let looks_into =
            !matches!(pat.kind, PatKind::Name(..) | PatKind::Wild | PatKind::Ref(_) | PatKind::Rest);
        let (ty, by_ref) = match &ty {
            Ty::Ref(..) if looks_into => (ty.peeled().clone(), true),
            _ => (ty, by_ref),
        };
        if self.says_empty(pat, &ty) {
            self.emit(OpKind::Empty(place.clone()), pat.span);
        }
        match &pat.kind {
            PatKind::Wild | PatKind::Rest | PatKind::Path(_) => {}
            // What a literal or a range matches was compared with it.
            PatKind::Literal | PatKind::Range => {
                if matches!(ty.peeled(), Ty::Scalar | Ty::Unknown) {
                    let compared = Value::Compare(vec![Operand::Copy(place)]);
                    let _ = self.value(compared, Ty::Scalar, pat.span);
                }
            }
            PatKind::Name(name, _, None) if self.is_constant(name) => {}
            PatKind::Name(name, takes_ref, sub) => {
                let refers = by_ref || *takes_ref;
                let declared = if refers { Ty::reference(ty.clone()) } else { ty.clone() };
                let local = self.declare(name, pat.span, declared);
                let operand =
                    if refers { Operand::Ref(place.clone(), true) } else { self.read(place.clone(), &ty) };
                self.assign(Place::local(local), Value::Use(operand), pat.span);
                if let Some(sub) = sub {
                    self.bind(sub, place, ty, by_ref);
                }
            }
            PatKind::Ref(inner) => {
                let inner_ty = match &ty {
                    Ty::Ref(_, to) => (**to).clone(),
                    _ => ty,
                };
                self.bind(inner, place.then(DEREF), inner_ty, false);
            }
            PatKind::Tuple(parts) => {
                let types = match &ty {
                    Ty::Tuple(types) => types.to_vec(),
                    _ => Vec::new(),
                };
                self.bind_parts(parts, &place, &types, by_ref);
            }
            PatKind::Slice(parts) => {
                let of = element(&ty);
                for part in parts {
                    let (whole, of) = match &part.kind {
                        PatKind::Name(_, _, Some(sub)) if matches!(sub.kind, PatKind::Rest) => {
                            (true, Ty::reference(Ty::Slice(Arc::new(of.clone()))))
                        }
                        _ => (false, of.clone()),
                    };
                    let part_place = place.clone().then(INDEX);
                    match &part.kind {
                        PatKind::Name(name, _, _) if whole => {
                            let local = self.declare(name, part.span, of);
                            let value = Value::Use(Operand::Ref(part_place, true));
                            self.assign(Place::local(local), value, part.span);
                        }
                        _ => self.bind(part, part_place, of, by_ref),
                    }
                }
            }
            PatKind::TupleStruct(path, parts) => self.bind_tuple_struct(path, parts, place, &ty, by_ref),
            PatKind::Struct(path, fields) => {
                let known = self.variant_or_struct(path, &ty);
                for (name, field) in fields {
                    let field_ty = known.iter().find(|(known, _)| known == name);
                    let field_ty = field_ty.map_or(Ty::Unknown, |(_, ty)| ty.clone());
                    let field_place = if known.len() == 1 && self.is_variant(path) {
                        place.clone()
                    } else {
                        place.clone().then(name.clone())
                    };
                    self.bind(field, field_place, field_ty, by_ref);
                }
            }
            PatKind::Or(cases) => {
                // All bind the same names; one stands for all, and says no more than the others.
                let telling = |case: &&Pat| !self.says_empty(case, &ty);
                if let Some(case) = cases.iter().find(telling).or(cases.first()) {
                    self.bind(case, place, ty, by_ref);
                }
            }
        }
    }

    /// Whether there is nothing in what a pattern matches: it is `None`, a variant without fields, or an error.
    pub(super) fn says_empty(&self, pat: &Pat, ty: &Ty) -> bool {
        let bare = |meaning: Option<Meaning>| match meaning {
            Some(Meaning::Variant(id, place)) => self.index.variant_fields(id, place, &[]).is_empty(),
            Some(Meaning::Outside(names)) => names.last().is_some_and(|name| &**name == "None"),
            _ => false,
        };
        match &pat.kind {
            PatKind::Path(path) => path.last() == "None" || bare(self.value_named(path)),
            PatKind::Name(name, _, None) if self.is_constant(name) => {
                let names = std::slice::from_ref(name);
                &**name == "None" || bare(self.index.lookup(self.types.module, names, false, Space::Values))
            }
            PatKind::TupleStruct(path, _) => path.last() == "Err" && !self.error_owns(ty),
            PatKind::Or(cases) => cases.iter().all(|case| self.says_empty(case, ty)),
            _ => false,
        }
    }

    /// Whether there is nothing in what a pattern does not match: it takes all that is `Some` or `Ok`.
    pub(super) fn leaves_empty(&self, pat: &Pat, ty: &Ty) -> bool {
        let takes_any = |part: &Pat| match &part.kind {
            PatKind::Wild | PatKind::Rest => true,
            PatKind::Name(name, _, None) => !self.is_constant(name),
            _ => false,
        };
        match &pat.kind {
            PatKind::TupleStruct(path, parts) if parts.iter().all(takes_any) => match path.last() {
                "Some" => true,
                "Ok" => !self.error_owns(ty),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the error of a result may give back a value of the library.
    pub(super) fn error_owns(&self, ty: &Ty) -> bool {
        let error = ty.peeled().arg(1);
        error.as_known() != Some(Known::AllocError) && self.index.mentions_library(&error)
    }

    fn bind_parts(&mut self, parts: &[Pat], place: &Place, types: &[Ty], by_ref: bool) {
        let rest = parts.iter().position(|part| matches!(part.kind, PatKind::Rest));
        for (position, part) in parts.iter().enumerate() {
            let position = match rest {
                Some(rest) if position > rest => (types.len() + position).saturating_sub(parts.len()),
                _ => position,
            };
            let ty = types.get(position).cloned().unwrap_or(Ty::Unknown);
            self.bind(part, place.clone().then(position.to_string()), ty, by_ref);
        }
    }

    fn bind_tuple_struct(&mut self, path: &Path, parts: &[Pat], place: Place, ty: &Ty, by_ref: bool) {
        let one = |builder: &mut Self, of: Ty| {
            if let [part] = parts {
                builder.bind(part, place.clone(), of, by_ref);
            }
        };
        match path.last() {
            "Some" | "Ok" | "Ready" => return one(self, ty.arg(0)),
            // An error is not the value: what is known of that is not known of it.
            "Err" => {
                if let [part] = parts {
                    self.bind(part, place.then(DEREF), ty.arg(1), by_ref);
                }
                return;
            }
            _ => {}
        }
        let known = self.variant_or_struct(path, ty);
        let types: Vec<Ty> = known.into_iter().map(|(_, ty)| ty).collect();
        if self.is_variant(path) && parts.len() == 1 {
            return one(self, types.first().cloned().unwrap_or(Ty::Unknown));
        }
        self.bind_parts(parts, &place, &types, by_ref);
    }

    fn is_variant(&self, path: &Path) -> bool {
        matches!(self.value_named(path), Some(Meaning::Variant(..)))
            || path.segments.len() == 2 && &*path.segments[0].name == "Self"
    }

    /// The fields of what a pattern or literal names.
    pub(super) fn variant_or_struct(&self, path: &Path, ty: &Ty) -> Vec<(Name, Ty)> {
        let args = match ty {
            Ty::Adt(_, args) => args.clone(),
            _ => Arc::from([]),
        };
        if let Some(Meaning::Variant(id, place)) = self.value_named(path) {
            return self.index.variant_fields(id, place, &args);
        }
        match self.index.resolve_path_type(path, &self.types) {
            Some(Ty::Adt(Def::Item(id), own)) => {
                let args = if own.is_empty() { args } else { own };
                self.index.struct_fields(id, &args)
            }
            _ => Vec::new(),
        }
    }

    /// A handle that leads to the same allocator as its argument.
    pub(super) fn note_handle(&mut self, local: LocalId, operand: &Operand, same: bool) {
        let alias = operand.place().map(|place| Alias { place: place.clone(), same });
        self.note_alias(local, alias);
    }

    /// Whether a copy of a value leads to the same thing.
    pub(super) fn is_handle(&self, ty: &Ty) -> bool {
        let handles = [
            Known::Arc,
            Known::Rc,
            Known::SmartAlloc,
            Known::Res,
            Known::ResMut,
            Known::MutexGuard,
            Known::RwLockReadGuard,
            Known::RwLockWriteGuard,
            Known::RefMut,
        ];
        matches!(ty, Ty::Ref(..) | Ty::Ptr(_)) || ty.as_known().is_some_and(|known| handles.contains(&known))
    }
}
