//! An entry as it is written: a line with the hash of the rest, and the rest as JSON.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::commands::analysis::Analysis;
use crate::lint::finding::Confidence;
use crate::lint::level::Level;
use crate::lints::REGISTRY;
use crate::report::diagnostic::{Diagnostic, Note, Report, Rewrite};
use crate::source::Seen;

/// What is kept of an analysis. The texts are not: they are read anyway, to see whether they are the same.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    seen: Seen,
    root: PathBuf,
    target: PathBuf,
    any: bool,
    covered: HashSet<String>,
    files: usize,
    findings: Vec<Kept>,
    /// The files whose texts the report shows.
    shown: Vec<String>,
}

/// A finding, with its lint by code.
#[derive(Serialize, Deserialize)]
struct Kept {
    code: String,
    level: Level,
    confidence: Confidence,
    message: String,
    primary: Note,
    notes: Vec<Note>,
    help: String,
    fix: Option<Rewrite>,
    item: String,
    fingerprint: String,
}

impl Kept {
    fn of(found: &Diagnostic) -> Self {
        let Diagnostic { lint, level, confidence, message, primary, notes, help, fix, item, fingerprint } =
            found.clone();
        let code = lint.code.to_owned();
        Self { code, level, confidence, message, primary, notes, help, fix, item, fingerprint }
    }

    fn diagnostic(self) -> Option<Diagnostic> {
        let Self { code, level, confidence, message, primary, notes, help, fix, item, fingerprint } = self;
        let lint = REGISTRY.lint(&code)?;
        Some(Diagnostic { lint, level, confidence, message, primary, notes, help, fix, item, fingerprint })
    }
}

impl Entry {
    pub(super) fn of(analysis: &Analysis, seen: Seen) -> Self {
        let Analysis { report, root, target, any, covered } = analysis;
        Self {
            seen,
            root: root.clone(),
            target: target.clone(),
            any: *any,
            covered: covered.clone(),
            files: report.files,
            findings: report.diagnostics.iter().map(Kept::of).collect(),
            shown: report.texts.keys().cloned().collect(),
        }
    }

    /// None if a path in it is no text.
    pub(super) fn render(&self) -> Option<String> {
        let body = serde_json::to_string(self).ok()?;
        Some(format!("{}\n{body}", blake3::hash(body.as_bytes()).to_hex()))
    }

    /// None if it is not what was written.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let (hash, body) = written.split_once('\n')?;
        let sound = hash == blake3::hash(body.as_bytes()).to_hex().as_str();
        sound.then(|| serde_json::from_str(body).ok()).flatten()
    }

    /// What was kept, if all that was looked at is the same.
    pub(super) fn analysis(self) -> Option<Analysis> {
        let Self { seen, root, target, any, covered, files, findings, shown } = self;
        let paths: BTreeSet<PathBuf> = shown.iter().map(|file| root.join(file)).collect();
        let read = seen.again(&paths)?;
        let text = |file: String| {
            let text = read.get(&root.join(&file))?.clone();
            Some((file, text))
        };
        let texts: BTreeMap<_, _> = shown.into_iter().map(text).collect::<Option<_>>()?;
        let diagnostics = findings.into_iter().map(Kept::diagnostic).collect::<Option<_>>()?;
        let report = Report { diagnostics, texts, files, ..Report::default() };
        Some(Analysis { report, root, target, any, covered })
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::commands::analysis::Analysis;
    use crate::source::Seen;

    fn written() -> String {
        Entry::of(&Analysis::default(), Seen::default()).render().unwrap()
    }

    #[test]
    fn what_is_not_what_was_written_is_nothing() {
        let text = written();
        assert!(Entry::parse(&text).is_some());
        for end in 0..text.len() {
            assert!(Entry::parse(&text[..end]).is_none(), "{end}");
        }
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] ^= 1;
            assert!(String::from_utf8(other).is_ok_and(|text| Entry::parse(&text).is_none()), "{at}");
        }
        assert!(Entry::parse("").is_none());
    }
}
