//! Code that `cfg` excludes where it is known which features are on. It becomes blanks, so that what is left stays in its
//! place. Of conditions, features are known and nothing else: what depends on a target as well stays.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::Token;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The bytes of a text that are not there with these features; none if it does not parse. `text` is without what the
/// parser would take away from its beginning.
pub(super) fn excluded(text: &str, features: &BTreeSet<String>) -> Vec<Range<usize>> {
    if !text.contains("feature") {
        return Vec::new();
    }
    let Ok(file) = syn::parse_file(text) else { return Vec::new() };
    let all = 0..text.len();
    let mut visitor = Visitor { features, around: vec![all], excluded: Vec::new() };
    visitor.visit_file(&file);
    let comma = |range: Range<usize>| match text[range.end..].trim_start().strip_prefix(',') {
        Some(rest) => range.start..text.len() - rest.len(),
        None => range,
    };
    visitor.excluded.into_iter().map(comma).collect()
}

/// The text with blanks in these places.
pub(super) fn blanked(text: &str, places: &[Range<usize>]) -> String {
    let mut blanked = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match places.iter().any(|place| place.contains(&at)) && c != '\n' {
            true => blanked.extend(std::iter::repeat_n(' ', c.len_utf8())),
            false => blanked.push(c),
        }
    }
    blanked
}

struct Visitor<'a> {
    features: &'a BTreeSet<String>,
    /// What the next attribute may belong to, the innermost last.
    around: Vec<Range<usize>>,
    excluded: Vec<Range<usize>>,
}

impl Visitor<'_> {
    fn within(&mut self, node: &impl Spanned, visit: impl FnOnce(&mut Self)) {
        self.around.push(node.span().byte_range());
        visit(self);
        self.around.pop();
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let syn::Meta::List(list) = &attribute.meta else { return };
        let holds = list.path.is_ident("cfg").then(|| inner(list)).and_then(|inner| match &inner[..] {
            [condition] => holds(condition, self.features),
            _ => None,
        });
        if holds == Some(false) {
            self.excluded.extend(self.around.last().cloned());
        }
    }

    fn visit_item(&mut self, node: &'ast syn::Item) {
        self.within(node, |it| visit::visit_item(it, node));
    }

    fn visit_impl_item(&mut self, node: &'ast syn::ImplItem) {
        self.within(node, |it| visit::visit_impl_item(it, node));
    }

    fn visit_trait_item(&mut self, node: &'ast syn::TraitItem) {
        self.within(node, |it| visit::visit_trait_item(it, node));
    }

    fn visit_field(&mut self, node: &'ast syn::Field) {
        self.within(node, |it| visit::visit_field(it, node));
    }

    fn visit_variant(&mut self, node: &'ast syn::Variant) {
        self.within(node, |it| visit::visit_variant(it, node));
    }

    fn visit_fn_arg(&mut self, node: &'ast syn::FnArg) {
        self.within(node, |it| visit::visit_fn_arg(it, node));
    }

    fn visit_stmt(&mut self, node: &'ast syn::Stmt) {
        self.within(node, |it| visit::visit_stmt(it, node));
    }

    fn visit_expr(&mut self, node: &'ast syn::Expr) {
        self.within(node, |it| visit::visit_expr(it, node));
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        self.within(node, |it| visit::visit_arm(it, node));
    }

    fn visit_field_value(&mut self, node: &'ast syn::FieldValue) {
        self.within(node, |it| visit::visit_field_value(it, node));
    }

    fn visit_field_pat(&mut self, node: &'ast syn::FieldPat) {
        self.within(node, |it| visit::visit_field_pat(it, node));
    }
}

fn inner(list: &syn::MetaList) -> Vec<syn::Meta> {
    let parser = Punctuated::<syn::Meta, Token![,]>::parse_terminated;
    list.parse_args_with(parser).map(|metas| metas.into_iter().collect()).unwrap_or_default()
}

/// Whether a condition holds, if the features decide it.
fn holds(condition: &syn::Meta, features: &BTreeSet<String>) -> Option<bool> {
    let all = |list: &syn::MetaList, wanted: bool| {
        let parts: Vec<Option<bool>> = inner(list).iter().map(|part| holds(part, features)).collect();
        let decided = parts.contains(&Some(!wanted)).then_some(!wanted);
        decided.or_else(|| parts.iter().all(|part| *part == Some(wanted)).then_some(wanted))
    };
    match condition {
        syn::Meta::NameValue(pair) if pair.path.is_ident("feature") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => {
                Some(features.contains(&name.value()))
            }
            _ => None,
        },
        syn::Meta::List(list) if list.path.is_ident("all") => all(list, true),
        syn::Meta::List(list) if list.path.is_ident("any") => all(list, false),
        syn::Meta::List(list) if list.path.is_ident("not") => {
            holds(inner(list).first()?, features).map(|holds| !holds)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{blanked, excluded};

    /// What is left with the feature `a`, without blanks.
    fn left(text: &str) -> String {
        let text = blanked(text, &excluded(text, &["a".to_owned()].into()));
        assert!(syn::parse_file(&text).is_ok(), "{text}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn conditions_are_decided_as_far_as_they_are_about_features() {
        for (condition, stays) in [
            ("feature = \"a\"", true),
            ("feature = \"b\"", false),
            ("not(feature = \"a\")", false),
            ("not(feature = \"b\")", true),
            ("all(feature = \"a\", feature = \"b\")", false),
            ("any(feature = \"a\", feature = \"b\")", true),
            ("all(unix, feature = \"b\")", false),
            ("all(unix, feature = \"a\")", true),
            ("any(unix, feature = \"b\")", true),
            ("not(all(unix, feature = \"a\"))", true),
            ("any()", false),
            ("all()", true),
            ("target_feature = \"b\"", true),
        ] {
            let text = format!("#[cfg({condition})] fn f() {{}} // feature");
            assert_eq!(left(&text).contains("fn f"), stays, "{condition}");
        }
    }

    #[test]
    fn whatever_may_have_an_attribute_may_be_excluded() {
        let no = "#[cfg(feature = \"b\")]";
        for (text, expected) in [
            (format!("{no} /// é\n #[inline] fn f() {{}} fn g() {{}}"), "fn g() {}"),
            (format!("impl X {{ {no} fn f() {{}} fn g() {{}} }}"), "impl X { fn g() {} }"),
            (format!("trait X {{ {no} fn f(); fn g(); }}"), "trait X { fn g(); }"),
            (format!("struct X {{ {no} a: u8, b: u8 }}"), "struct X { b: u8 }"),
            (format!("enum X {{ A, {no} B, C }}"), "enum X { A, C }"),
            (format!("fn f({no} a: u8, b: u8) {{}}"), "fn f( b: u8) {}"),
            (format!("fn f() {{ {no} let x = 1; {no} g(); {no} {{ h() }} i(); }}"), "fn f() { ; i(); }"),
            (
                format!("fn f() {{ match x {{ {no} 1 => a(), _ => b() }} }}"),
                "fn f() { match x { _ => b() } }",
            ),
            (format!("fn f() {{ X {{ {no} a: 1, b: 2 }} }}"), "fn f() { X { b: 2 } }"),
            (format!("fn f() {{ [{no} 1, 2] }}"), "fn f() { [ 2] }"),
            ("#![cfg(feature = \"b\")] fn f() {}".to_owned(), ""),
        ] {
            assert_eq!(left(&text), expected);
        }
    }
}
