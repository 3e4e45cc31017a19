//! The report as its own JSON.

use super::diagnostic::{Diagnostic, Note, Place, Replacement, Report, Rewrite};
use super::wire;
use crate::lint::finding::Confidence;
use crate::lint::level::Level;

/// The document, with a line end.
pub fn render(report: &Report) -> String {
    let document = wire::Report {
        version: wire::VERSION,
        diagnostics: report.diagnostics.iter().map(diagnostic).collect(),
        summary: wire::Summary {
            errors: report.count(Level::Deny),
            warnings: report.count(Level::Warn),
            fixable: report.fixable(),
            files: report.files,
            baselined: report.baselined,
            stale: report
                .stale
                .iter()
                .map(|stale| wire::Stale {
                    code: &stale.code,
                    file: &stale.file,
                    fingerprint: &stale.fingerprint,
                })
                .collect(),
        },
    };
    let mut text = serde_json::to_string_pretty(&document).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

fn diagnostic(found: &Diagnostic) -> wire::Diagnostic<'_> {
    wire::Diagnostic {
        code: found.lint.code,
        name: found.lint.name,
        level: if found.level == Level::Deny { wire::Level::Error } else { wire::Level::Warning },
        confidence: match found.confidence {
            Confidence::Certain => wire::Confidence::Certain,
            Confidence::Possible => wire::Confidence::Possible,
        },
        message: &found.message,
        place: place(&found.primary.place),
        labels: primary_text(found).into_iter().chain(&found.notes).map(label).collect(),
        help: &found.help,
        fix: found.fix.as_ref().map(fix),
        fingerprint: &found.fingerprint,
    }
}

/// What is said at the primary place is a label as well, if anything is.
fn primary_text(found: &Diagnostic) -> Option<&Note> {
    Some(&found.primary).filter(|note| !note.text.is_empty())
}

fn label(note: &Note) -> wire::Label<'_> {
    wire::Label { place: place(&note.place), text: &note.text }
}

fn fix(fix: &Rewrite) -> wire::Fix<'_> {
    wire::Fix { title: &fix.title, edits: fix.replacements.iter().map(edit).collect() }
}

fn edit(edit: &Replacement) -> wire::Edit<'_> {
    wire::Edit {
        place: place(&edit.place),
        start: edit.place.start,
        end: edit.place.end,
        replacement: &edit.text,
    }
}

fn place(place: &Place) -> wire::Place<'_> {
    wire::Place {
        file: &place.file,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}
