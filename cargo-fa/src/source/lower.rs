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
pub(super) struct Lowering {
    file: FileId,
    /// Where the text that was parsed begins in the file.
    base: u32,
    /// Where the lines of that text begin, if its characters are bytes: then a column says where something is, without
    /// the parser's counting of characters.
    lines: Option<Vec<u32>>,
    /// The text of the file.
    text: Arc<str>,
    names: RefCell<HashSet<Name>>,
    /// For a name while it is looked for.
    buffer: RefCell<String>,
    /// The blocks with items of the function that is being lowered.
    inner: RefCell<Vec<Inner>>,
}

impl Lowering {
    pub(super) fn new(file: FileId, base: u32, parsed: &str, text: Arc<str>) -> Self {
        let (names, buffer, inner) = (RefCell::default(), RefCell::default(), RefCell::default());
        let lines = parsed.is_ascii().then(|| line_starts(parsed));
        Self { file, base, lines, text, names, buffer, inner }
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
        let (start, end) = match &self.lines {
            Some(lines) => {
                let byte =
                    |place: LineColumn| lines.get(place.line - 1).copied().unwrap_or(0) + place.column as u32;
                (byte(span.start()), byte(span.end()))
            }
            None => {
                let range = span.byte_range();
                (range.start as u32, range.end as u32)
            }
        };
        Span { file: self.file, start: self.base + start, end: self.base + end }
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
