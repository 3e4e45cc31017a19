//! Items.

use std::sync::Arc;

use syn::punctuated::Punctuated;

use super::super::span::Span;
use super::super::tree::{
    Attrs, Enum, Fn, Impl, Item, ItemKind, Mod, Name, Receiver, Static, Struct, Trait, Use,
};
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
                let (start, end) =
                    (self.span(item.sig.fn_token.span), self.delimited(&item.block.brace_token.span));
                let function = self.function(&item.sig, Some(&item.block));
                let kind = ItemKind::Fn(Arc::new(function));
                into.push(self.named(start.to(end), &item.sig.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Struct(item) => {
                let start = self.span(item.struct_token.span).to(self.span(item.ident.span()));
                let kind = ItemKind::Struct(Struct {
                    generics: self.generics(&item.generics),
                    fields: self.fields(&item.fields),
                    tuple: matches!(item.fields, syn::Fields::Unnamed(_)),
                });
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Union(item) => {
                let start = self.span(item.union_token.span).to(self.span(item.ident.span()));
                let fields = item.fields.named.iter().enumerate();
                let kind = ItemKind::Struct(Struct {
                    generics: self.generics(&item.generics),
                    fields: fields.map(|(index, field)| self.field(index, field)).collect(),
                    tuple: false,
                });
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Enum(item) => {
                let start = self.span(item.enum_token.span).to(self.span(item.ident.span()));
                let variants = item.variants.iter();
                let variants =
                    variants.map(|variant| (self.name(&variant.ident), self.fields(&variant.fields)));
                let kind = ItemKind::Enum(Enum {
                    generics: self.generics(&item.generics),
                    variants: variants.collect(),
                });
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Type(item) => {
                let start = self.span(item.type_token.span).to(self.span(item.ident.span()));
                let kind = ItemKind::Alias(self.generics(&item.generics), self.ty(&item.ty));
                into.push(self.named(start, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Impl(item) => {
                let span = self.span(item.impl_token.span).to(self.delimited(&item.brace_token.span));
                let kind = ItemKind::Impl(Impl {
                    generics: self.generics(&item.generics),
                    of: item.trait_.as_ref().map(|(path, _)| self.path(path, None)),
                    ty: self.ty(&item.self_ty),
                    items: item.items.iter().filter_map(|item| self.impl_item(item)).collect(),
                });
                into.push(self.unnamed(span, &item.attrs, kind));
            }
            syn::Item::Trait(item) => {
                let span = self.span(item.trait_token.span).to(self.delimited(&item.brace_token.span));
                let kind = ItemKind::Trait(Trait {
                    generics: self.generics(&item.generics),
                    supers: self.bounds(&item.supertraits),
                    items: item.items.iter().filter_map(|item| self.trait_item(item)).collect(),
                });
                into.push(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind));
            }
            syn::Item::Mod(item) => {
                let items = item.content.as_ref().map(|(_, items)| self.items(items));
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
                let mut lowered = self.unnamed(span, &item.attrs, ItemKind::Use(uses));
                lowered.public = public(&item.vis);
                into.push(lowered);
            }
            syn::Item::ExternCrate(item) => {
                let name = self.name(&item.ident);
                let alias = item.rename.as_ref().map_or_else(|| name.clone(), |(_, alias)| self.name(alias));
                let entry = Use { path: vec![name], name: alias, glob: false, rooted: true };
                let span = self.span(item.extern_token.span);
                let mut lowered = self.unnamed(span, &item.attrs, ItemKind::Use(vec![entry]));
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
        let value = value.map(|value| self.expr(value));
        ItemKind::Static(Box::new(Static { ty: self.ty(ty), value, is_const, thread_local: false }))
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
                let (start, end) =
                    (self.span(item.sig.fn_token.span), self.delimited(&item.block.brace_token.span));
                let kind = ItemKind::Fn(Arc::new(self.function(&item.sig, Some(&item.block))));
                Some(self.named(start.to(end), &item.sig.ident, &item.attrs, Some(&item.vis), kind))
            }
            syn::ImplItem::Const(item) => {
                let span = self.span(item.const_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, Some(&item.expr), true);
                Some(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind))
            }
            syn::ImplItem::Type(item) => {
                let span = self.span(item.type_token.span).to(self.span(item.semi_token.span));
                let kind = ItemKind::Alias(self.generics(&item.generics), self.ty(&item.ty));
                Some(self.named(span, &item.ident, &item.attrs, Some(&item.vis), kind))
            }
            _ => None,
        }
    }

    fn trait_item(&self, item: &syn::TraitItem) -> Option<Item> {
        match item {
            syn::TraitItem::Fn(item) => {
                let start = self.span(item.sig.fn_token.span);
                let end = match &item.default {
                    Some(block) => self.delimited(&block.brace_token.span),
                    None => self.delimited(&item.sig.paren_token.span),
                };
                let kind = ItemKind::Fn(Arc::new(self.function(&item.sig, item.default.as_ref())));
                Some(self.named(start.to(end), &item.sig.ident, &item.attrs, None, kind))
            }
            syn::TraitItem::Const(item) => {
                let span = self.span(item.const_token.span).to(self.span(item.semi_token.span));
                let kind = self.value(&item.ty, item.default.as_ref().map(|(_, value)| value), true);
                Some(self.named(span, &item.ident, &item.attrs, None, kind))
            }
            _ => None,
        }
    }

    fn function(&self, sig: &syn::Signature, block: Option<&syn::Block>) -> Fn {
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                syn::FnArg::Receiver(it) => {
                    let (reference, mutable, ty) = match &it.kind {
                        syn::ReceiverKind::Value => (false, it.mutability.is_some(), None),
                        syn::ReceiverKind::Reference(_, _, mutable) => (true, mutable.is_some(), None),
                        syn::ReceiverKind::Typed(_, ty) => {
                            (false, it.mutability.is_some(), Some(self.ty(ty)))
                        }
                        _ => (false, false, None),
                    };
                    receiver = Some(Receiver { span: self.span(it.self_token.span), reference, mutable, ty });
                }
                syn::FnArg::Typed(typed) => params.push((self.pat(&typed.pat), self.ty(&typed.ty))),
            }
        }
        let around = self.inner.take();
        let body = block.map(|block| self.block(block));
        let inner = self.inner.replace(around);
        Fn {
            is_async: sig.asyncness.is_some(),
            generics: self.generics(&sig.generics),
            receiver,
            params,
            result: match &sig.output {
                syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
                syn::ReturnType::Default => None,
            },
            body,
            inner,
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
            let path = attr.path();
            let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            match &attr.meta {
                syn::Meta::Path(_) if matches!(&*last, "test" | "bench" | "rstest") => lowered.test = true,
                syn::Meta::List(list) => match &*last {
                    "cfg" => lowered.test |= requires_test(&list.tokens.to_string()),
                    "test" => lowered.test = true,
                    "derive" => {
                        let parser = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
                        let derives = list.parse_args_with(parser).unwrap_or_default();
                        let last = |path: &syn::Path| path.segments.last().map(|last| self.name(&last.ident));
                        lowered.derives.extend(derives.iter().filter_map(last));
                    }
                    _ => {}
                },
                syn::Meta::NameValue(pair) if last == "path" => {
                    if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value {
                        lowered.path = Some(text.value());
                    }
                }
                _ => {}
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
