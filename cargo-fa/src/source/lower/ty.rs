//! Paths, types and patterns.

use super::super::span::Span;
use super::super::tree::{Generics, Name, Pat, PatKind, Path, Segment, Type, TypeKind};
use super::{Lowering, infer, wild};

impl Lowering {
    pub(super) fn path(&self, path: &syn::Path, of: Option<&syn::QSelf>) -> Path {
        let segments: Vec<_> = path.segments.iter().map(|segment| self.segment(segment)).collect();
        let ends = path.segments.first().zip(path.segments.last());
        let mut span = match ends {
            Some((first, last)) => self.span(first.ident.span()).to(self.segment_end(last)),
            None => Span { file: self.file, start: self.base, end: self.base },
        };
        if let Some(of) = of {
            span = self.span(of.lt_token.span).to(span);
        }
        Path {
            span,
            rooted: path.leading_colon.is_some(),
            of: of.map(|of| Box::new(self.ty(&of.ty))),
            segments,
        }
    }

    fn segment_end(&self, segment: &syn::PathSegment) -> Span {
        match &segment.arguments {
            syn::PathArguments::None => self.span(segment.ident.span()),
            syn::PathArguments::AngleBracketed(list) => self.span(list.gt_token.span),
            syn::PathArguments::Parenthesized(list) => self.delimited(&list.paren_token.span),
        }
    }

    fn segment(&self, segment: &syn::PathSegment) -> Segment {
        let mut lowered = Segment {
            name: self.name(&segment.ident),
            types: Vec::new(),
            lifetimes: Vec::new(),
            assoc: Vec::new(),
            result: None,
        };
        match &segment.arguments {
            syn::PathArguments::None => {}
            syn::PathArguments::AngleBracketed(list) => {
                for argument in &list.args {
                    match argument {
                        syn::GenericArgument::Lifetime(lifetime) => {
                            lowered.lifetimes.push(self.lifetime(lifetime));
                        }
                        syn::GenericArgument::Type(ty) => lowered.types.push(self.ty(ty)),
                        syn::GenericArgument::AssocType(assoc) => {
                            lowered.assoc.push((self.name(&assoc.ident), self.ty(&assoc.ty)));
                        }
                        _ => {}
                    }
                }
            }
            syn::PathArguments::Parenthesized(list) => {
                lowered.types = list.inputs.iter().map(|input| self.ty(&input.ty)).collect();
                if let syn::ReturnType::Type(_, ty) = &list.output {
                    lowered.result = Some(Box::new(self.ty(ty)));
                }
            }
        }
        lowered
    }

    pub(super) fn types(&self, list: &syn::AngleBracketedGenericArguments) -> Vec<Type> {
        let types = list.args.iter().filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(self.ty(ty)),
            _ => None,
        });
        types.collect()
    }

    pub(super) fn ty(&self, ty: &syn::Type) -> Type {
        let at = |span: Span, kind| Type { span, kind };
        match ty {
            syn::Type::Path(path) => {
                let path = self.path(&path.path, path.qself.as_ref());
                at(path.span, TypeKind::Path(path))
            }
            syn::Type::Reference(reference) => {
                let inner = self.ty(&reference.elem);
                let lifetime = reference.lifetime.as_ref().map(|lifetime| self.lifetime(lifetime));
                let span = self.span(reference.and_token.span).to(inner.span);
                at(span, TypeKind::Ref(lifetime, reference.mutability.is_some(), Box::new(inner)))
            }
            syn::Type::Ptr(pointer) => {
                let inner = self.ty(&pointer.elem);
                at(self.span(pointer.star_token.span).to(inner.span), TypeKind::Ptr(Box::new(inner)))
            }
            syn::Type::Slice(slice) => {
                at(self.delimited(&slice.bracket_token.span), TypeKind::Slice(Box::new(self.ty(&slice.elem))))
            }
            syn::Type::Array(array) => {
                at(self.delimited(&array.bracket_token.span), TypeKind::Array(Box::new(self.ty(&array.elem))))
            }
            syn::Type::Tuple(tuple) => {
                let elements = tuple.elems.iter().map(|element| self.ty(element)).collect();
                at(self.delimited(&tuple.paren_token.span), TypeKind::Tuple(elements))
            }
            syn::Type::Paren(paren) => self.ty(&paren.elem),
            syn::Type::Group(group) => self.ty(&group.elem),
            syn::Type::FnPtr(pointer) => {
                let params = pointer.inputs.iter().map(|input| self.ty(&input.ty)).collect();
                let result = match &pointer.output {
                    syn::ReturnType::Type(_, ty) => Some(Box::new(self.ty(ty))),
                    syn::ReturnType::Default => None,
                };
                at(self.delimited(&pointer.paren_token.span), TypeKind::Fn(params, result))
            }
            syn::Type::ImplTrait(bounds) => {
                let span = self.span(bounds.impl_token.span);
                let bounds = self.bounds(&bounds.bounds);
                at(bounds.last().map_or(span, |last| span.to(last.span)), TypeKind::Impl(bounds))
            }
            syn::Type::TraitObject(object) => {
                let bounds = self.bounds(&object.bounds);
                let start = object.dyn_token.as_ref().map(|token| self.span(token.span));
                let ends = bounds.first().zip(bounds.last()).map(|(first, last)| first.span.to(last.span));
                let span = match (start, ends) {
                    (Some(start), Some(ends)) => start.to(ends),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => Span { file: self.file, start: self.base, end: self.base },
                };
                at(span, TypeKind::Dyn(bounds))
            }
            syn::Type::Never(never) => at(self.span(never.bang_token.span), TypeKind::Never),
            syn::Type::Infer(underscore) => infer(self.span(underscore.underscore_token.span)),
            syn::Type::Macro(call) => infer(self.path(&call.mac.path, None).span),
            _ => infer(Span { file: self.file, start: self.base, end: self.base }),
        }
    }

    /// Bounds as types; lifetimes and what cannot be read are left out.
    pub(super) fn bounds<'a>(&self, bounds: impl IntoIterator<Item = &'a syn::TypeParamBound>) -> Vec<Type> {
        let traits = bounds.into_iter().filter_map(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => {
                let path = self.path(&bound.path, None);
                Some(Type { span: path.span, kind: TypeKind::Path(path) })
            }
            _ => None,
        });
        traits.collect()
    }

    pub(super) fn generics(&self, generics: &syn::Generics) -> Generics {
        let mut lowered = Generics::default();
        for parameter in &generics.params {
            match parameter {
                syn::GenericParam::Lifetime(lifetime) => {
                    lowered.lifetimes.push(self.lifetime(&lifetime.lifetime));
                }
                syn::GenericParam::Type(ty) => {
                    lowered.types.push((self.name(&ty.ident), self.bounds(&ty.bounds)));
                }
                syn::GenericParam::Const(_) => {}
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            let syn::WherePredicate::Type(predicate) = predicate else { continue };
            let syn::Type::Path(path) = &predicate.bounded_ty else { continue };
            let Some(ident) = path.path.get_ident() else { continue };
            let name: Name = self.name(ident);
            if let Some((_, bounds)) = lowered.types.iter_mut().find(|(known, _)| *known == name) {
                bounds.extend(self.bounds(&predicate.bounds));
            }
        }
        lowered
    }

    pub(super) fn pat(&self, pat: &syn::Pat) -> Pat {
        let at = |span: Span, kind| Pat { span, kind };
        match pat {
            syn::Pat::Ident(name) => {
                let start = name.by_ref.as_ref().map(|token| self.span(token.span));
                let start = start.or(name.mutability.as_ref().map(|token| self.span(token.span)));
                let mut span = self.span(name.ident.span());
                if let Some(start) = start {
                    span = start.to(span);
                }
                let sub = name.subpat.as_ref().map(|(_, pat)| Box::new(self.pat(pat)));
                if let Some(sub) = &sub {
                    span = span.to(sub.span);
                }
                at(span, PatKind::Name(self.name(&name.ident), name.by_ref.is_some(), sub))
            }
            syn::Pat::Paren(paren) => self.pat(&paren.pat),
            syn::Pat::Guard(guard) => self.pat(&guard.pat),
            syn::Pat::Type(typed) => self.pat(&typed.pat),
            syn::Pat::Reference(reference) => {
                let inner = self.pat(&reference.pat);
                at(self.span(reference.and_token.span).to(inner.span), PatKind::Ref(Box::new(inner)))
            }
            syn::Pat::Tuple(tuple) => {
                let elements = tuple.elems.iter().map(|element| self.pat(element)).collect();
                at(self.delimited(&tuple.paren_token.span), PatKind::Tuple(elements))
            }
            syn::Pat::Slice(slice) => {
                let elements = slice.elems.iter().map(|element| self.pat(element)).collect();
                at(self.delimited(&slice.bracket_token.span), PatKind::Slice(elements))
            }
            syn::Pat::TupleStruct(tuple) => {
                let path = self.path(&tuple.path, tuple.qself.as_ref());
                let elements = tuple.elems.iter().map(|element| self.pat(element)).collect();
                let span = path.span.to(self.delimited(&tuple.paren_token.span));
                at(span, PatKind::TupleStruct(path, elements))
            }
            syn::Pat::Struct(structure) => {
                let path = self.path(&structure.path, structure.qself.as_ref());
                let fields =
                    structure.fields.iter().map(|field| (self.member(&field.member), self.pat(&field.pat)));
                let span = path.span.to(self.delimited(&structure.brace_token.span));
                at(span, PatKind::Struct(path, fields.collect()))
            }
            syn::Pat::Path(path) => {
                let path = self.path(&path.path, path.qself.as_ref());
                at(path.span, PatKind::Path(path))
            }
            syn::Pat::Or(or) => {
                let cases: Vec<_> = or.cases.iter().map(|case| self.pat(case)).collect();
                let ends = cases.first().zip(cases.last()).map(|(first, last)| first.span.to(last.span));
                match ends {
                    Some(span) => at(span, PatKind::Or(cases)),
                    None => wild(Span { file: self.file, start: self.base, end: self.base }),
                }
            }
            syn::Pat::Rest(rest) => {
                at(self.span(rest.dot2_token.spans[0]).to(self.span(rest.dot2_token.spans[1])), PatKind::Rest)
            }
            syn::Pat::Lit(literal) => at(self.span(literal.lit.span()), PatKind::Literal),
            syn::Pat::Range(range) => {
                let start = range.start.as_ref().map(|start| self.expr(start).span);
                let end = range.end.as_ref().map(|end| self.expr(end).span);
                let span = match (start, end) {
                    (Some(start), Some(end)) => start.to(end),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => Span { file: self.file, start: self.base, end: self.base },
                };
                at(span, PatKind::Range)
            }
            syn::Pat::Wild(underscore) => wild(self.span(underscore.underscore_token.span)),
            _ => wild(Span { file: self.file, start: self.base, end: self.base }),
        }
    }
}
