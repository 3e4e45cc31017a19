//! What the server says, as functions of a report and the texts it was made from.

use std::collections::HashMap;
use std::ops::Range as Bytes;
use std::path::Path;
use std::sync::Arc;

use gen_lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentSymbol,
    Hover, Location, MarkupContent, MarkupKind, Range, SymbolKind, TextEdit, Uri, WorkspaceEdit,
};

use super::position::Encoding;
use super::url;
use crate::commands::tags::{self, TagUse};
use crate::config::problem::ConfigError;
use crate::lint::declare::Group;
use crate::lint::level::Level;
use crate::lint::page;
use crate::lint::suppression::Suppressions;
use crate::lints::REGISTRY;
use crate::report::diagnostic::{Diagnostic as Found, Place, Report};
use crate::source::{self, FileId, SourceFile};

/// A report, where its paths begin, and how places are counted.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) report: &'a Report,
    pub(super) root: &'a Path,
    pub(super) encoding: Encoding,
}

impl View<'_> {
    fn text(&self, file: &str) -> &str {
        self.report.texts.get(file).map_or("", |text| text)
    }

    fn location(&self, place: &Place) -> Option<Location> {
        Some(Location { uri: url(self.root, &place.file)?, range: self.range(place) })
    }

    fn range(&self, place: &Place) -> Range {
        let text = self.text(&place.file);
        let position = |line: u32, byte: u32| self.encoding.position_on(line - 1, text, byte as usize);
        Range { start: position(place.line, place.start), end: position(place.end_line, place.end) }
    }

    /// What is to be shown, by file.
    pub(super) fn diagnostics(&self) -> HashMap<Uri, Vec<Diagnostic>> {
        let mut all: HashMap<Uri, Vec<Diagnostic>> = HashMap::new();
        for found in &self.report.diagnostics {
            if let Some(uri) = url(self.root, &found.primary.place.file) {
                all.entry(uri).or_default().push(self.diagnostic(found));
            }
        }
        all
    }

    fn diagnostic(&self, found: &Found) -> Diagnostic {
        let place = &found.primary.place;
        let message = match found.help.is_empty() {
            true => found.message.clone(),
            false => format!("{}\nhelp: {}", found.message, found.help),
        };
        let related = found.notes.iter().filter_map(|note| {
            Some(DiagnosticRelatedInformation {
                location: self.location(&note.place)?,
                message: note.text.clone(),
            })
        });
        Diagnostic {
            range: self.range(place),
            severity: Some(match found.level {
                Level::Deny => DiagnosticSeverity::Error,
                Level::Warn | Level::Allow => DiagnosticSeverity::Warning,
            }),
            code: Some(found.lint.code.to_owned().into()),
            source: Some("cargo-fa".to_owned()),
            message: message.into(),
            related_information: Some(related.collect()),
            ..Diagnostic::default()
        }
    }

    /// The findings of a file that touch a part of it.
    fn touching(&self, uri: &Uri, part: Bytes<usize>) -> impl Iterator<Item = &Found> {
        self.report.diagnostics.iter().filter(move |found| {
            let place = &found.primary.place;
            let touches = bytes(place).start <= part.end && part.start <= bytes(place).end;
            touches && url(self.root, &place.file).as_ref() == Some(uri)
        })
    }

    /// Fixes and suppressions for what touches a part of a file.
    pub(super) fn actions(&self, uri: &Uri, part: Bytes<usize>) -> Vec<CodeAction> {
        let mut actions = Vec::new();
        for found in self.touching(uri, part) {
            if let Some(fix) = &found.fix {
                let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
                for edit in &fix.replacements {
                    if let Some(Location { uri, range }) = self.location(&edit.place) {
                        changes.entry(uri).or_default().push(TextEdit { range, new_text: edit.text.clone() });
                    }
                }
                actions.push(self.action(found, fix.title.clone(), changes, true));
            }
            // What the analyser says about its input cannot be silenced in it.
            if found.lint.group != Group::Analyser {
                let place = &found.primary.place;
                let text = self.text(&place.file);
                let (at, comment) = suppression(text, found);
                let range = self.encoding.range(text, at..at);
                let edit = TextEdit { range, new_text: comment };
                let title = format!("allow {} here", found.lint.code);
                actions.push(self.action(found, title, [(uri.clone(), vec![edit])].into(), false));
            }
        }
        actions
    }

    fn action(
        &self,
        found: &Found,
        title: String,
        changes: HashMap<Uri, Vec<TextEdit>>,
        preferred: bool,
    ) -> CodeAction {
        CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![self.diagnostic(found)]),
            is_preferred: Some(preferred),
            edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
            ..CodeAction::default()
        }
    }

    /// The pages of the lints that found something at a byte, or of the one that is named there.
    pub(super) fn hover(&self, uri: &Uri, text: &str, at: usize) -> Option<Hover> {
        let mut lints: Vec<_> = self.touching(uri, at..at).map(|found| found.lint).collect();
        lints.extend(named(text, at).and_then(|word| REGISTRY.lint(word)));
        lints.sort_by_key(|lint| lint.code);
        lints.dedup_by_key(|lint| lint.code);
        let pages: Vec<String> = lints
            .iter()
            .map(|lint| format!("## {} {}\n\n{}", lint.code, lint.name, page::markdown(lint)))
            .collect();
        let contents = MarkupContent { kind: MarkupKind::Markdown, value: pages.join("\n\n---\n\n") };
        (!pages.is_empty()).then(|| Hover { contents: contents.into(), range: None })
    }
}

/// What is wrong with a configuration, as diagnostics in it.
pub(super) fn configuration(error: &ConfigError, encoding: Encoding) -> Vec<Diagnostic> {
    let diagnostic = |problem: &crate::config::problem::ConfigProblem| Diagnostic {
        range: encoding.range(&error.text, problem.range.clone()),
        severity: Some(DiagnosticSeverity::Error),
        source: Some("cargo-fa".to_owned()),
        message: format!("{}\nhelp: {}", problem.message, problem.help).into(),
        ..Diagnostic::default()
    };
    error.problems.iter().map(diagnostic).collect()
}

fn bytes(place: &Place) -> Bytes<usize> {
    place.start as usize..place.end as usize
}

/// The comment that silences a finding, and where it goes: above its line, or behind it where the line holds more.
fn suppression(text: &str, found: &Found) -> (usize, String) {
    let start = (found.primary.place.start as usize).min(text.len());
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..].chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let comment = format!("// fa: allow({}) -- say why", found.lint.code);
    let above = format!("{indent}{comment}\n");
    let with = format!("{}{above}{}", &text[..line], &text[line..]);
    let file = SourceFile::new(FileId(0), "".into(), String::new(), Arc::from(with));
    let moved = (start + above.len()) as u32;
    let silenced =
        source::on_deep_stack(|| Suppressions::read(&file, REGISTRY, source::parse(&file).is_ok()))
            .found
            .iter()
            .any(|one| one.span.start as usize >= line && one.silences(found.lint, moved));
    match silenced {
        true => (line, above),
        false => {
            let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            (end - usize::from(text[..end].ends_with('\r')), format!(" {comment}"))
        }
    }
}

/// The word of a comment for the analyser at a byte.
fn named(text: &str, at: usize) -> Option<&str> {
    let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next()?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let inside = at - line_start;
    let start = line[..inside].rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
    let end = line[inside..].find(|c| !is_word(c)).map_or(line.len(), |end| inside + end);
    line.contains("fa:").then(|| &line[start..end])
}

/// The tags of a text, those that are inside of others under them.
pub(super) fn symbols(text: &str, encoding: Encoding) -> Vec<DocumentSymbol> {
    nested(&mut tags::uses(text).into_iter().peekable(), usize::MAX, text, encoding)
}

/// The tags that begin before `end`.
fn nested(
    uses: &mut std::iter::Peekable<std::vec::IntoIter<TagUse>>,
    end: usize,
    text: &str,
    encoding: Encoding,
) -> Vec<DocumentSymbol> {
    let mut symbols = Vec::new();
    while let Some(tag) = uses.next_if(|tag| tag.literal.start < end) {
        let children = nested(uses, tag.range.end, text, encoding);
        symbols.push(DocumentSymbol::new(
            tag.path,
            Some("tag".to_owned()),
            SymbolKind::Namespace,
            None,
            None,
            encoding.range(text, tag.range),
            encoding.range(text, tag.literal),
            Some(children),
        ));
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::{View, suppression, symbols};
    use crate::commands::lsp::position::Encoding;
    use crate::report::sample;
    use gen_lsp_types::Uri;
    use std::path::Path;

    #[test]
    fn a_suppression_goes_above_the_line_or_behind_it() {
        let report = sample::report();
        let mut found = report.diagnostics.iter().find(|found| found.lint.code == "FA601").unwrap().clone();
        // The registry of the program is asked, which may not have the lint of the sample.
        found.lint = &crate::lint::analyser::UNUSED_SUPPRESSION;
        let mut with = |text: &str| {
            found.primary.place.start = text.find("here").unwrap() as u32;
            let (at, comment) = suppression(text, &found);
            format!("{}{comment}{}", &text[..at], &text[at..])
        };
        let comment = "// fa: allow(FA001) -- say why";
        assert_eq!(
            with("fn f() {\n    g(here);\n}\n"),
            format!("fn f() {{\n    {comment}\n    g(here);\n}}\n")
        );
        assert_eq!(
            with("fn f() {\n    g(); g(here);\n}\n"),
            format!("fn f() {{\n    g(); g(here); {comment}\n}}\n")
        );
    }

    #[test]
    fn findings_have_places_fixes_and_pages() {
        let report = sample::report();
        let root = Path::new(if cfg!(windows) { "C:/game" } else { "/game" });
        let view = View { report: &report, root, encoding: Encoding::Utf16 };
        let uri = Uri::from_file_path(root.join("src/main.rs")).unwrap();
        let shown = view.diagnostics();
        let main = &shown[&uri];
        let kept = main.last().unwrap();
        assert_eq!((kept.range.start.line, kept.range.start.character), (3, 21));
        assert_eq!(kept.related_information.as_ref().unwrap().len(), 2);
        let at = report.texts["src/main.rs"].find("state.kept").unwrap();
        let actions = view.actions(&uri, at..at);
        let titles: Vec<_> = actions.iter().map(|action| action.title.as_str()).collect();
        assert_eq!(titles, ["keep a copy", "allow FA601 here"]);
        let hover = serde_json::to_string(&view.hover(&uri, &report.texts["src/main.rs"], at)).unwrap();
        assert!(hover.contains("FA601 frame-escape"), "{hover}");
    }

    #[test]
    fn the_word_in_a_comment_is_explained() {
        let report = crate::report::diagnostic::Report::default();
        let view = View { report: &report, root: Path::new(""), encoding: Encoding::Utf16 };
        let uri = Uri::parse("file:///x.rs").unwrap();
        let hover = |text: &str| view.hover(&uri, text, text.find("FA001").unwrap() + 2);
        assert!(hover("x(); // fa: allow(FA001)").is_some());
        assert!(hover("x(\"FA001\")").is_none());
    }

    #[test]
    fn tags_are_nested() {
        let text = "fn f() {\n  a.with_tag(\"x\", |a| a.with_tag(\"y\", |_| ()));\n  a.tag(\"z\");\n}";
        let all = symbols(text, Encoding::Utf16);
        let names: Vec<_> = all.iter().map(|symbol| symbol.name.as_str()).collect();
        assert_eq!(names, ["x", "z"]);
        assert_eq!(all[0].children.as_ref().unwrap()[0].name, "x/y");
    }
}
