//! The value that all renderers read: findings with their places resolved to files, lines and columns, apart from the
//! analysis that made them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::lint::analyser::UNREADABLE;
use crate::lint::declare::Lint;
use crate::lint::finding::{Confidence, Finding};
use crate::lint::level::Level;
use crate::lint::sink::{Judged, Unplaced, Verdict};
use crate::source::{Files, Span};

/// A place in a file, in each of the units that formats count in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The path from the workspace, with `/`.
    pub file: String,
    /// The first byte.
    pub start: u32,
    /// The first byte behind it.
    pub end: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The first column behind it.
    pub end_column: u32,
}

impl Place {
    fn new(files: &Files, span: Span) -> Self {
        let (file, span) = files.shown(span);
        let (line, column) = file.line_column(span.start);
        let (end_line, end_column) = file.line_column(span.end);
        let file = file.display.clone();
        Self { file, start: span.start, end: span.end, line, column, end_line, end_column }
    }

    /// The beginning of a file that was not read.
    fn nowhere(file: String) -> Self {
        Self { file, start: 0, end: 0, line: 1, column: 1, end_line: 1, end_column: 1 }
    }
}

/// A place and what is said about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Where.
    pub place: Place,
    /// What.
    pub text: String,
}

/// A replacement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replacement {
    /// What goes.
    pub place: Place,
    /// What comes instead.
    pub text: String,
}

/// Replacements that belong together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rewrite {
    /// What they do.
    pub title: String,
    /// All of them.
    pub replacements: Vec<Replacement>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub lint: &'static Lint,
    /// `warn` or `deny`.
    pub level: Level,
    /// How sure the lint is.
    pub confidence: Confidence,
    /// What is wrong.
    pub message: String,
    /// Where, and what is said there; the text may be empty.
    pub primary: Note,
    /// How it came about.
    pub notes: Vec<Note>,
    /// What to do.
    pub help: String,
    /// How to have it done.
    pub fix: Option<Rewrite>,
    /// The path of the item.
    pub item: String,
    /// By which it is recognised in the next run.
    pub fingerprint: String,
}

impl Diagnostic {
    fn new(files: &Files, judged: Judged) -> Self {
        let Judged { finding, level, fingerprint } = judged;
        let Finding { lint, confidence, message, primary, labels, help, fix, item } = finding;
        let note = |label: crate::lint::finding::Label| Note {
            place: Place::new(files, label.span),
            text: label.text,
        };
        // What is being typed is nothing to write over.
        let fix = fix.filter(|fix| fix.edits.iter().all(|edit| files.is_as_shown(edit.span)));
        let fix = fix.map(|fix| Rewrite {
            title: fix.title,
            replacements: fix
                .edits
                .into_iter()
                .map(|edit| Replacement { place: Place::new(files, edit.span), text: edit.replacement })
                .collect(),
        });
        Self {
            lint,
            level,
            confidence,
            message: visible(message),
            primary: note(primary),
            notes: labels.into_iter().map(note).collect(),
            help: visible(help),
            fix,
            item,
            fingerprint,
        }
    }

    fn unplaced(unplaced: Unplaced) -> Self {
        let Unplaced { problem, level, fingerprint } = unplaced;
        Self {
            lint: &UNREADABLE,
            level,
            confidence: Confidence::Certain,
            message: visible(problem.message),
            primary: Note { place: Place::nowhere(problem.file.clone()), text: String::new() },
            notes: Vec::new(),
            help: visible(problem.help),
            fix: None,
            item: problem.file,
            fingerprint,
        }
    }
}

/// Names in messages come from the program: one that moves a terminal's cursor or cuts a log is shown as what it is.
fn visible(text: String) -> String {
    if !text.contains(|c: char| c.is_control() && c != '\n') {
        return text;
    }
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => visible.push(c),
            _ if c.is_control() => visible.extend(c.escape_unicode()),
            _ => visible.push(c),
        }
    }
    visible
}

/// An entry of a baseline that no finding answers to any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The lint's code.
    pub code: String,
    /// The file it was in.
    pub file: String,
    /// What was recorded.
    pub fingerprint: String,
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts of the files that are named, by path from the workspace.
    pub texts: BTreeMap<String, Arc<str>>,
    /// How many files were read.
    pub files: usize,
    /// How many findings a baseline accounts for.
    pub baselined: usize,
    /// What the baseline holds in vain.
    pub stale: Vec<Stale>,
}

impl Report {
    /// Resolves what was judged.
    pub fn new(files: &Files, verdicts: Vec<Verdict>) -> Self {
        let mut diagnostics = Vec::new();
        for verdict in verdicts {
            diagnostics.extend(verdict.unplaced.into_iter().map(Diagnostic::unplaced));
            let found = verdict.findings.into_iter();
            let found = found.filter(|judged| !files.is_gone(judged.finding.primary.span));
            diagnostics.extend(found.map(|judged| Diagnostic::new(files, judged)));
        }
        diagnostics.sort_by(|a, b| (&a.primary.place, a.lint.code).cmp(&(&b.primary.place, b.lint.code)));
        // The configuration is among the files, for findings that point into it.
        let sources = files.iter().filter(|file| file.display.ends_with(".rs")).count();
        let mut report = Self { diagnostics, files: sources, ..Self::default() };
        report.texts = report
            .places()
            .filter_map(|place| {
                let file = files.by_display(&place.file)?.id;
                let (now, _) = files.shown(Span { file, start: 0, end: 0 });
                Some((place.file.clone(), now.text.clone()))
            })
            .collect();
        report
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        self.diagnostics.iter().flat_map(|found| {
            let notes = found.notes.iter().map(|note| &note.place);
            let edits = found.fix.iter().flat_map(|fix| fix.replacements.iter().map(|edit| &edit.place));
            std::iter::once(&found.primary.place).chain(notes).chain(edits)
        })
    }

    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        self.diagnostics.iter().filter(|found| found.level == level).count()
    }

    /// How many findings can be fixed without a person.
    pub fn fixable(&self) -> usize {
        self.diagnostics.iter().filter(|found| found.fix.is_some()).count()
    }
}
