//! How far the item or statement below a comment reaches.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The items, statements, fields and arms of a file.
pub(super) struct Extents<'a> {
    text: &'a str,
    nodes: Vec<Range<usize>>,
    tests: Vec<Range<usize>>,
}

impl<'a> Extents<'a> {
    /// Of a file that is not `readable`, only its lines are known: it has a mistake, or nests so deeply that the parser
    /// would run out of stack.
    pub(super) fn of(text: &'a str, readable: bool) -> Self {
        let mut all = Self { text, nodes: Vec::new(), tests: Vec::new() };
        if !readable {
            return all;
        }
        // What the parser would strip, and then count its bytes from there.
        let mut body = text.strip_prefix('\u{feff}').unwrap_or(text);
        if body.starts_with("#!") && !body[2..].trim_start().starts_with('[') {
            body = body.find('\n').map_or("", |end| &body[end..]);
        }
        let skipped = text.len() - body.len();
        if let Ok(file) = syn::parse_str::<syn::File>(body) {
            let mut visitor = Visitor { skipped, all: &mut all };
            if file.attrs.iter().any(is_for_tests) {
                visitor.all.tests.push(0..text.len());
            }
            visitor.visit_file(&file);
        }
        all
    }

    /// What begins with the first token behind `at`, or else the line of that token.
    pub(super) fn below(&self, at: usize) -> Range<usize> {
        let start = next_token(self.text, at);
        let node = self.nodes.iter().filter(|node| node.start == start).max_by_key(|node| node.end);
        match node {
            Some(node) => node.clone(),
            None => super::line(self.text, start),
        }
    }

    /// What a byte is in: an item, or else the file.
    pub(super) fn around(&self, at: usize) -> Range<usize> {
        let nodes = self.nodes.iter().filter(|node| node.start < at && at < node.end);
        nodes.min_by_key(|node| node.len()).cloned().unwrap_or(0..self.text.len())
    }

    /// Whether a byte belongs to something that only tests have.
    pub(super) fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|test| test.contains(&at))
    }
}

/// The first byte behind `at` that is neither blank nor part of a comment.
fn next_token(text: &str, mut at: usize) -> usize {
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        match super::comments::find(&text[at..]).first() {
            Some(comment) if comment.start == 0 => at += comment.end,
            _ => return at,
        }
    }
}

struct Visitor<'a, 'b> {
    skipped: usize,
    all: &'a mut Extents<'b>,
}

impl Visitor<'_, '_> {
    fn range(&self, node: &impl Spanned) -> Range<usize> {
        let range = node.span().byte_range();
        range.start + self.skipped..range.end + self.skipped
    }

    /// A comment may stand above the attributes, or below any of them.
    fn add(&mut self, node: &impl Spanned, attributes: &[syn::Attribute]) {
        let range = self.range(node);
        for attribute in attributes {
            let end = self.range(attribute).end;
            if range.contains(&end) {
                self.all.nodes.push(next_token(self.all.text, end)..range.end);
            }
        }
        if attributes.iter().any(is_for_tests) {
            self.all.tests.push(range.clone());
        }
        self.all.nodes.push(range);
    }
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("test") || path.is_ident("bench") {
        return true;
    }
    let mut test = false;
    if path.is_ident("cfg") {
        let _ = attribute.parse_nested_meta(|meta| {
            test |= meta.path.is_ident("test");
            if meta.path.is_ident("all") {
                meta.parse_nested_meta(|inner| {
                    test |= inner.path.is_ident("test");
                    Ok(())
                })?;
            }
            Ok(())
        });
    }
    test
}

impl<'ast> Visit<'ast> for Visitor<'_, '_> {
    fn visit_item(&mut self, node: &'ast syn::Item) {
        let attributes: &[syn::Attribute] = match node {
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Macro(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => &[],
        };
        self.add(node, attributes);
        visit::visit_item(self, node);
    }

    fn visit_impl_item(&mut self, node: &'ast syn::ImplItem) {
        let attributes: &[syn::Attribute] = match node {
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Const(item) => &item.attrs,
            _ => &[],
        };
        self.add(node, attributes);
        visit::visit_impl_item(self, node);
    }

    fn visit_trait_item(&mut self, node: &'ast syn::TraitItem) {
        let attributes: &[syn::Attribute] = match node {
            syn::TraitItem::Fn(item) => &item.attrs,
            _ => &[],
        };
        self.add(node, attributes);
        visit::visit_trait_item(self, node);
    }

    fn visit_stmt(&mut self, node: &'ast syn::Stmt) {
        let attributes: &[syn::Attribute] = match node {
            syn::Stmt::Local(local) => &local.attrs,
            _ => &[],
        };
        self.add(node, attributes);
        visit::visit_stmt(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        self.add(node, &node.attrs);
        visit::visit_arm(self, node);
    }

    fn visit_field(&mut self, node: &'ast syn::Field) {
        self.add(node, &node.attrs);
        visit::visit_field(self, node);
    }

    fn visit_field_value(&mut self, node: &'ast syn::FieldValue) {
        self.add(node, &node.attrs);
        visit::visit_field_value(self, node);
    }

    fn visit_expr(&mut self, node: &'ast syn::Expr) {
        self.add(node, &[]);
        visit::visit_expr(self, node);
    }
}
