//! The tags that a text uses, as far as they are written in it: for an editor's outline, which is there also while the
//! program is not whole. What the program opens is the analysis's business.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use syn::visit::{self, Visit};

use crate::source::{self, FileId, SourceFile};

/// The methods of an allocator whose first argument is a tag.
const OPENING: [&str; 2] = ["with_tag", "tag"];

/// A tag in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagUse {
    /// With the tags that it is inside of: `physics/contacts`.
    pub path: String,
    /// The call.
    pub range: Range<usize>,
    /// The literal.
    pub literal: Range<usize>,
}

/// Every tag that a text opens with a literal, in its order; none of a text that does not parse.
pub fn uses(text: &str) -> Vec<TagUse> {
    if !OPENING.iter().any(|name| text.contains(&format!(".{name}("))) {
        return Vec::new();
    }
    source::on_deep_stack(|| {
        // It refuses what would run the parser out of stack.
        let file = SourceFile::new(FileId(0), PathBuf::new(), String::new(), Arc::from(text));
        if source::parse(&file).is_err() {
            return Vec::new();
        }
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Ok(file) = syn::parse_str::<syn::File>(body) else { return Vec::new() };
        let mut visitor = Visitor { skipped: text.len() - body.len(), open: Vec::new(), uses: Vec::new() };
        visitor.visit_file(&file);
        visitor.uses
    })
}

struct Visitor {
    skipped: usize,
    open: Vec<String>,
    uses: Vec<TagUse>,
}

impl Visitor {
    fn range(&self, node: &impl syn::spanned::Spanned) -> Range<usize> {
        let range = node.span().byte_range();
        range.start + self.skipped..range.end + self.skipped
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let tag = match call.args.first() {
            Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }))
                if OPENING.iter().any(|name| call.method == name) =>
            {
                text
            }
            _ => return visit::visit_expr_method_call(self, call),
        };
        let path = self.open.last().map_or_else(|| tag.value(), |outer| format!("{outer}/{}", tag.value()));
        let use_ = TagUse { path: path.clone(), range: self.range(call), literal: self.range(tag) };
        self.uses.push(use_);
        self.visit_expr(&call.receiver);
        // Only the closure of `with_tag` is inside of the tag by its syntax.
        self.open.push(path);
        call.args.iter().skip(1).for_each(|argument| self.visit_expr(argument));
        self.open.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        // A function within a closure is called from anywhere.
        let open = std::mem::take(&mut self.open);
        visit::visit_item_fn(self, item);
        self.open = open;
    }
}

#[cfg(test)]
mod tests {
    use super::uses;

    fn paths(text: &str) -> Vec<String> {
        uses(text).into_iter().map(|tag| tag.path).collect()
    }

    #[test]
    fn tags_are_found_with_what_they_are_inside_of() {
        let text = r#"fn f() {
            a.with_tag("physics", |a| a.with_tag("contacts", |a| { let _g = a.tag("narrow"); }));
            let _guard = alloc.tag("ui");
            other.tag(name); b.tags("no");
        }"#;
        assert_eq!(paths(text), ["physics", "physics/contacts", "physics/contacts/narrow", "ui"]);
        let found = &uses(text)[1];
        assert_eq!(&text[found.literal.clone()], "\"contacts\"");
        assert!(text[found.range.clone()].starts_with("a.with_tag(\"contacts\""));
    }

    #[test]
    fn a_text_that_does_not_parse_has_none() {
        assert_eq!(paths("fn f( { a.tag(\"x\") }"), [""; 0]);
        let deep = format!("fn f() {{ a.tag(\"x\"); {}{} }}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(paths(&deep), [""; 0]);
    }
}
