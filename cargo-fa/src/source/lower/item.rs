//! Items.

use std::sync::Arc;

use syn::punctuated::Punctuated;

use super::super::span::Span;
use super::super::tree::{Alias, Attrs, Enum, Impl, Item, ItemKind, Mod, Name, Static, Struct, Trait, Use};
use super::Lowering;

impl Lowering {
    pub(in super::super) fn items<'a>(&self, items: impl IntoIterator<Item = &'a syn::Item>) -> Vec<Item> {
        let mut lowered = Vec::new();
        for item in items {
            self.item(item, &mut lowered);
        }
        lowered
    }

    fn item(&self, item: &syn::Item, into: &mut Vec<Item>) {
        match item {
            syn::Item::Fn(item) => {
                let function = self.function(&item.sig, Ok(&item.block));
                into.push(self.named(
                    function.span,
                    &item.sig.ident,
                    &item.attrs,
                    Some(&item.vis),
                    ItemKind::Fn(Arc::new(function)),
                ));
            }
            syn::Item::Struct(item) => {
                let start = self.span(item.struct_token.span).to(self.span(item.ident.span()));
                let kind = ItemKind::Struct(Arc::new(Struct {
                    generics: self.generics(&item.generics),
                    fields: self.fields(&item.fields),
                    tuple: matches!(item.fields, syn::Fields::Unnamed(_)),
                }));
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Union(item) => {
                let start = self.span(item.union_token.span).to(self.span(item.ident.span()));
                let fields = item.fields.named.iter().enumerate();
                let kind = ItemKind::Struct(Arc::new(Struct {
                    generics: self.generics(&item.generics),
                    fields: fields.map(|(index, field)| self.field(index, field)).collect(),
                    tuple: false,
                }));
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Enum(item) => {
                let start = self.span(item.enum_token.span).to(self.span(item.ident.span()));
                let variants = item.variants.iter();
                let variants =
                    variants.map(|variant| (self.name(&variant.ident), self.fields(&variant.fields)));
                let kind = ItemKind::Enum(Arc::new(Enum {
                    generics: self.generics(&item.generics),
                    variants: variants.collect(),
                }));
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Type(item) => {
                let start = self.span(item.type_token.span).to(self.span(item.ident.span()));
                let kind = self.alias(&item.generics, &item.ty);
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Impl(item) => {
                let span = self.span(item.impl_token.span).to(self.delimited(&item.brace_token.span));
                let kind = ItemKind::Impl(Arc::new(Impl {
                    generics: self.generics(&item.generics),
                    of: item.trait_.as_ref().map(|(path, _)| self.path(path, None)),
                    ty: self.ty(&item.self_ty),
                    items: item.items.iter().filter_map(|item| self.impl_item(item)).collect(),
                }));
                into.push(self.unnamed(span, &item.attrs, kind));
            }
            syn::Item::Trait(item) => {
                let span = self.span(item.trait_token.span).to(self.delimited(&item.brace_token.span));
                let kind = ItemKind::Trait(Arc::new(Trait {
                    generics: self.generics(&item.generics),
                    supers: self.bounds(&item.supertraits),
                    items: item.items.iter().filter_map(|item| self.trait_item(item)).collect(),
                }));
                into.push(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Mod(item) => {
                let items = item.content.as_ref().map(|(_, items)| self.items(items).into());
                let span = self.span(item.mod_token.span).to(self.span(item.ident.span()));
                into.push(self.named(
                    span,
                    &item.ident,
                    &item.attrs,
                    Some(&item.vis),
                    ItemKind::Mod(Mod { items }),
                ));
            }
            syn::Item::Use(item) => {
                let mut uses = Vec::new();
                self.uses(&item.tree, &mut Vec::new(), item.leading_colon.is_some(), &mut uses);
                let span = self.span(item.use_token.span);
                let mut lowered = self.unnamed(span, &item.attrs, ItemKind::Use(uses.into()));
                lowered.public = public(&item.vis);
                into.push(lowered);
            }
            syn::Item::ExternCrate(item) => {
                let name = self.name(&item.ident);
                let alias = item.rename.as_ref().map_or_else(|| name.clone(), |(_, alias)| self.name(alias));
                let entry = Use { path: vec![name], name: alias, glob: false, rooted: true };
                let span = self.span(item.extern_token.span);
                let mut lowered = self.unnamed(span, &item.attrs, ItemKind::Use(Arc::from([entry])));
                lowered.public = public(&item.vis);
                into.push(lowered);
            }
            syn::Item::Static(item) => {
                let start = self.span(item.static_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, Some(&item.expr), false);
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Const(item) => {
                let start = self.span(item.const_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, Some(&item.expr), true);
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Macro(item) => into.extend(self.statics_of_macro(&item.mac)),
            _ => {}
        }
    }

    fn value(&self, ty: &syn::Type, value: Option<&syn::Expr>, is_const: bool) -> ItemKind {
        let value = value.and_then(|value| self.literal(value));
        ItemKind::Static(Arc::new(Static { ty: self.ty(ty), value, is_const, thread_local: false }))
    }

    fn alias(&self, generics: &syn::Generics, ty: &syn::Type) -> ItemKind {
        ItemKind::Alias(Arc::new(Alias { generics: self.generics(generics), ty: self.ty(ty) }))
    }

    pub(super) fn named(
        &self,
        span: Span,
        ident: &syn::Ident,
        attrs: &[syn::Attribute],
        vis: Option<&syn::Visibility>,
        kind: ItemKind,
    ) -> Item {
        Item {
            span,
            name: self.name(ident),
            name_span: self.span(ident.span()),
            attrs: self.attrs(attrs),
            public: vis.is_none_or(public),
            kind,
        }
    }

    fn unnamed(&self, span: Span, attrs: &[syn::Attribute], kind: ItemKind) -> Item {
        let name = self.name_of("");
        Item { span, name, name_span: span, attrs: self.attrs(attrs), public: false, kind }
    }

    fn impl_item(&self, item: &syn::ImplItem) -> Option<Item> {
        match item {
            syn::ImplItem::Fn(item) => {
                let function = self.function(&item.sig, Ok(&item.block));
                let span = function.span;
                let kind = ItemKind::Fn(Arc::new(function));
                Some(self.named(span, &item.sig.ident, &item.attrs, Some(&item.vis), kind))
            }
            syn::ImplItem::Const(item) => {
                let span = self.span(item.const_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, Some(&item.expr), true);
                Some(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind))
            }
            syn::ImplItem::Type(item) => {
                let span = self.span(item.type_token.span).to(self.span(item.semi_token.span));
                let kind = self.alias(&item.generics, &item.ty);
                Some(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind))
            }
            _ => None,
        }
    }

    fn trait_item(&self, item: &syn::TraitItem) -> Option<Item> {
        match item {
            syn::TraitItem::Fn(item) => {
                let end = item.semi_token.as_ref().map_or(item.sig.fn_token.span, |semi| semi.span);
                let function = self.function(&item.sig, item.default.as_ref().ok_or(end));
                let span = function.span;
                let kind = ItemKind::Fn(Arc::new(function));
                Some(self.named(span, &item.sig.ident, &item.attrs, None, kind))
            }
            syn::TraitItem::Const(item) => {
                let span = self.span(item.const_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, item.default.as_ref().map(|(_, value)| value), true);
                Some(self.named(span, &item.ident, &item.attrs, None, kind))
            }
            _ => None,
        }
    }

    fn fields(&self, fields: &syn::Fields) -> Vec<(Name, super::Type)> {
        let fields: Vec<_> = match fields {
            syn::Fields::Named(fields) => fields.named.iter().collect(),
            syn::Fields::Unnamed(fields) => fields.unnamed.iter().collect(),
            syn::Fields::Unit => Vec::new(),
        };
        fields.into_iter().enumerate().map(|(index, field)| self.field(index, field)).collect()
    }

    fn field(&self, index: usize, field: &syn::Field) -> (Name, super::Type) {
        let name = match &field.ident {
            Some(ident) => self.name(ident),
            None => self.name_of(&index.to_string()),
        };
        (name, self.ty(&field.ty))
    }

    fn uses(&self, tree: &syn::UseTree, path: &mut Vec<Name>, rooted: bool, into: &mut Vec<Use>) {
        let depth = path.len();
        match tree {
            syn::UseTree::Path(part) => {
                path.push(self.name(&part.ident));
                self.uses(&part.tree, path, rooted, into);
            }
            syn::UseTree::Name(part) => {
                let name = self.name(&part.ident);
                // `use a::b::{self}` is `use a::b`.
                let entry = if &*name == "self" {
                    path.last().cloned().map(|last| Use {
                        path: path.clone(),
                        name: last,
                        glob: false,
                        rooted,
                    })
                } else {
                    path.push(name.clone());
                    Some(Use { path: path.clone(), name, glob: false, rooted })
                };
                into.extend(entry);
            }
            syn::UseTree::Rename(part) => {
                let name = self.name(&part.ident);
                if &*name != "self" {
                    path.push(name);
                }
                let alias = self.name(&part.rename);
                into.push(Use { path: path.clone(), name: alias, glob: false, rooted });
            }
            syn::UseTree::Glob(_) => {
                into.push(Use { path: path.clone(), name: self.name_of(""), glob: true, rooted });
            }
            syn::UseTree::Group(group) => {
                for item in &group.items {
                    self.uses(item, path, rooted, into);
                }
            }
            #[expect(unreachable_patterns, reason = "the parser may learn another form")]
            _ => {}
        }
        path.truncate(depth);
    }

    pub(super) fn attrs(&self, attrs: &[syn::Attribute]) -> Attrs {
        let mut lowered = Attrs::default();
        for attr in attrs {
            let Some(last) = attr.path().segments.last() else { continue };
            let is = |name: &str| last.ident == name;
            match &attr.meta {
                // Each line of documentation is one of these.
                syn::Meta::NameValue(pair) => {
                    if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
                        && is("path")
                    {
                        lowered.path = Some(text.value());
                    }
                }
                syn::Meta::Path(_) => lowered.test |= is("test") || is("bench") || is("rstest"),
                syn::Meta::List(list) if is("cfg") => lowered.test |= requires_test(&list.tokens.to_string()),
                syn::Meta::List(_) if is("test") => lowered.test = true,
                syn::Meta::List(list) if is("derive") => {
                    let parser = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
                    let derives = list.parse_args_with(parser).unwrap_or_default();
                    let last = |path: &syn::Path| path.segments.last().map(|last| self.name(&last.ident));
                    lowered.derives.extend(derives.iter().filter_map(last));
                }
                syn::Meta::List(_) => {}
            }
        }
        lowered
    }
}

/// `test`, or `all(..)` with it. `any(..)` and `not(..)` may hold without tests.
fn requires_test(condition: &str) -> bool {
    let compact: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    compact == "test"
        || compact
            .strip_prefix("all(")
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|parts| parts.split(',').any(|part| part == "test"))
}

fn public(vis: &syn::Visibility) -> bool {
    matches!(vis, syn::Visibility::Public(_))
}
