//! From syn's tree to ours.

mod expr;
mod item;
mod macros;
mod ty;

use std::cell::RefCell;
use std::collections::HashSet;

use proc_macro2::extra::DelimSpan;

use super::span::{FileId, Span};
use super::tree::{Inner, Name, Pat, PatKind, Path, Segment, Type, TypeKind};

/// Lowers one file.
pub(super) struct Lowering {
    file: FileId,
    /// What was cut off before the text that was parsed.
    base: u32,
    names: RefCell<HashSet<Name>>,
    /// The blocks with items of the function that is being lowered.
    inner: RefCell<Vec<Inner>>,
}

impl Lowering {
    pub(super) fn new(file: FileId, base: u32) -> Self {
        Self { file, base, names: RefCell::default(), inner: RefCell::default() }
    }

    fn name_of(&self, text: &str) -> Name {
        let mut names = self.names.borrow_mut();
        if let Some(name) = names.get(text) {
            return name.clone();
        }
        let name = Name::from(text);
        names.insert(name.clone());
        name
    }

    fn name(&self, ident: &syn::Ident) -> Name {
        let text = ident.to_string();
        self.name_of(text.strip_prefix("r#").unwrap_or(&text))
    }

    fn lifetime(&self, lifetime: &syn::Lifetime) -> Name {
        self.name(&lifetime.ident)
    }

    fn member(&self, member: &syn::Member) -> Name {
        match member {
            syn::Member::Named(ident) => self.name(ident),
            syn::Member::Unnamed(index) => self.name_of(&index.index.to_string()),
        }
    }

    fn span(&self, span: proc_macro2::Span) -> Span {
        let range = span.byte_range();
        Span { file: self.file, start: self.base + range.start as u32, end: self.base + range.end as u32 }
    }

    fn delimited(&self, span: &DelimSpan) -> Span {
        self.span(span.open()).to(self.span(span.close()))
    }
}

/// Something that could not be read.
fn wild(span: Span) -> Pat {
    Pat { span, kind: PatKind::Wild }
}

fn infer(span: Span) -> Type {
    Type { span, kind: TypeKind::Infer }
}

/// A path of one name.
fn single(name: Name, span: Span) -> Path {
    let segment = Segment { name, types: Vec::new(), lifetimes: Vec::new(), assoc: Vec::new(), result: None };
    Path { span, rooted: false, of: None, segments: vec![segment] }
}
