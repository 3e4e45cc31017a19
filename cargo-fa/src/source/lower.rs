//! From syn's tree to ours.

mod expr;
mod function;
mod item;
mod macros;
mod ty;

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use proc_macro2::LineColumn;
use proc_macro2::extra::DelimSpan;

use super::file::line_starts;
use super::span::{FileId, Span};
use super::tree::{Inner, Name, Pat, PatKind, Path, Segment, Type, TypeKind};

/// Lowers one file, or a part of one.
pub(super) struct Lowering<'a> {
    file: FileId,
    /// Where the text that was parsed begins in the file.
    base: u32,
    /// The text that was parsed.
    parsed: &'a str,
    /// Where its lines begin.
    lines: Vec<u32>,
    /// The text of the file.
    text: Arc<str>,
    names: RefCell<HashSet<Name>>,
    /// For a name while it is looked for.
    buffer: RefCell<String>,
    /// The blocks with items of the function that is being lowered.
    inner: RefCell<Vec<Inner>>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(file: FileId, base: u32, parsed: &'a str, text: Arc<str>) -> Self {
        let (names, buffer, inner) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { file, base, parsed, lines: line_starts(parsed), text, names, buffer, inner }
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
        let mut buffer = self.buffer.borrow_mut();
        buffer.clear();
        // Writing to a text does not fail.
        let _ = write!(buffer, "{ident}");
        self.name_of(buffer.strip_prefix("r#").unwrap_or(&buffer))
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
        Span { file: self.file, start: self.byte(span.start()), end: self.byte(span.end()) }
    }

    /// The byte of a place. `Span::byte_range` would count characters from the last place that somebody asked for.
    fn byte(&self, place: LineColumn) -> u32 {
        let start = self.lines.get(place.line - 1).copied().unwrap_or(0);
        let line = self.parsed.get(start as usize..).unwrap_or("");
        let ahead = line.get(..place.column).unwrap_or("");
        let bytes = match ahead.len() == place.column && ahead.is_ascii() {
            true => place.column,
            false => line.char_indices().nth(place.column).map_or(line.len(), |(at, _)| at),
        };
        self.base + start + bytes as u32
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
