//! Where findings end up: here, once, they are put in order, silenced by comments and given their level. What comes out
//! is what every renderer shows.

use std::collections::HashSet;

use super::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use super::finding::{Confidence, Finding, Fix, Label};
use super::fingerprint::Fingerprints;
use super::level::{Level, Levels};
use super::registry::Registry;
use super::suppression::{Suppression, Suppressions};
use crate::source::{FileId, Span};
use crate::source::{Files, Problem};

/// A finding that is to be reported.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was found.
    pub finding: Finding,
    /// How serious it is here; never `allow`.
    pub level: Level,
    /// By which it is recognised in the next run.
    pub fingerprint: String,
}

/// A problem of something that is not among the files, such as a manifest.
#[derive(Clone, Debug)]
pub struct Unplaced {
    /// What could not be read.
    pub problem: Problem,
    /// How serious it is here.
    pub level: Level,
    /// By which it is recognised in the next run.
    pub fingerprint: String,
}

/// What decides about the findings of some packages.
#[derive(Debug)]
pub struct Sink<'a> {
    /// Every file.
    pub files: &'a Files,
    /// The lints that comments may name.
    pub registry: Registry,
    /// The level of each.
    pub levels: &'a Levels,
    /// Whether findings that are only possible are reported.
    pub pedantic: bool,
    /// Whether code for tests was analysed, so that a comment in it should have silenced something.
    pub tests: bool,
}

impl Sink<'_> {
    /// Judges what was found in the files that were `read`.
    pub fn judge(&self, read: &[FileId], findings: Vec<Finding>, problems: Vec<Problem>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut all: Vec<(String, Finding)> = Vec::new();
        let mut prints = Fingerprints::default();
        let broken: HashSet<FileId> =
            problems.iter().filter_map(|problem| problem.span.map(|span| span.file)).collect();
        for problem in problems {
            match self.place(&problem) {
                Some(span) => all.push((String::new(), unreadable(problem, span))),
                None => self.unplaced(problem, &mut prints, &mut verdict),
            }
        }
        all.extend(findings.into_iter().map(|finding| (String::new(), finding)));
        all.sort_by(|(_, a), (_, b)| self.order(a).cmp(&self.order(b)));
        all.dedup_by(|(_, a), (_, b)| {
            (a.lint.code, a.primary.span, &a.message) == (b.lint.code, b.primary.span, &b.message)
        });
        // Before any is taken out: which of several alike one is must not depend on what is silenced.
        for (print, finding) in &mut all {
            *print = prints.next(finding.lint.code, &finding.item, self.line(finding.primary.span));
        }

        let mut silenced = vec![false; all.len()];
        let mut stale = Vec::new();
        for &id in read {
            let file = self.files.get(id);
            let suppressions = Suppressions::read(file, self.registry, !broken.contains(&id));
            for suppression in suppressions.found.iter().filter(|it| !file.excludes(it.span.start)) {
                let mut used: Vec<&str> = Vec::new();
                for ((_, finding), silenced) in all.iter().zip(&mut silenced) {
                    let primary = finding.primary.span;
                    if primary.file == id && suppression.silences(finding.lint, primary.start) {
                        used.push(finding.lint.code);
                        *silenced = true;
                    }
                }
                stale.extend(self.unused(suppression, &used));
            }
            for bad in suppressions.malformed.into_iter().filter(|it| !file.excludes(it.span.start)) {
                stale.push(comment(self.files, bad.span, bad.message, bad.help, None));
            }
        }
        let mut kept: Vec<(String, Finding)> =
            all.into_iter().zip(silenced).filter(|(_, silenced)| !silenced).map(|(one, _)| one).collect();
        for finding in stale {
            let print = prints.next(finding.lint.code, &finding.item, self.line(finding.primary.span));
            kept.push((print, finding));
        }
        for (fingerprint, finding) in kept {
            let level = self.levels.of(finding.lint);
            if level != Level::Allow && (self.pedantic || finding.confidence == Confidence::Certain) {
                verdict.findings.push(Judged { finding, level, fingerprint });
            }
        }
        verdict.findings.sort_by(|a, b| self.order(&a.finding).cmp(&self.order(&b.finding)));
        verdict
    }

    fn order<'f>(&'f self, finding: &'f Finding) -> (&'f str, Span, &'static str, &'f str) {
        let span = finding.primary.span;
        (&self.files.get(span.file).display, span, finding.lint.code, &finding.message)
    }

    fn line(&self, span: Span) -> &str {
        let text = &*self.files.get(span.file).text;
        let start = (span.start as usize).min(text.len());
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        text[from..].lines().next().unwrap_or_default()
    }

    fn place(&self, problem: &Problem) -> Option<Span> {
        problem.span.or_else(|| {
            let file = self.files.by_display(&problem.file)?;
            Some(Span { file: file.id, start: 0, end: 0 })
        })
    }

    fn unplaced(&self, problem: Problem, prints: &mut Fingerprints, verdict: &mut Verdict) {
        let level = self.levels.of(&UNREADABLE);
        if level != Level::Allow {
            let fingerprint = prints.next(UNREADABLE.code, &problem.file, &problem.message);
            verdict.unplaced.push(Unplaced { problem, level, fingerprint });
        }
    }

    /// What a comment names in vain. A lint that did not run is not named in vain.
    fn unused(&self, suppression: &Suppression, used: &[&str]) -> Vec<Finding> {
        if suppression.in_tests && !self.tests {
            return Vec::new();
        }
        let file = self.files.get(suppression.span.file);
        let report = |span, message: String, fix| {
            comment(self.files, span, message, "take it away".to_owned(), Some(fix))
        };
        if suppression.lints.is_empty() {
            let ran = self
                .registry
                .iter()
                .all(|lint| self.levels.of(lint) != Level::Allow || lint.level == Level::Allow);
            let vain = used.is_empty() && ran;
            let message = "this comment silences nothing".to_owned();
            return vain
                .then(|| report(suppression.span, message, suppression.removal(file, None)))
                .into_iter()
                .collect();
        }
        let unused: Vec<_> = suppression
            .lints
            .iter()
            .filter(|named| !used.contains(&named.lint.code) && self.levels.of(named.lint) != Level::Allow)
            .collect();
        if unused.len() == suppression.lints.len() {
            let codes: Vec<_> = unused.iter().map(|named| format!("`{}`", named.lint.code)).collect();
            let message = format!("this comment silences nothing: there is no {} here", codes.join(" or "));
            return vec![report(suppression.span, message, suppression.removal(file, None))];
        }
        let one = |named: &&super::suppression::Named| {
            let message = format!("there is no `{}` here to be silenced", named.lint.code);
            report(named.span, message, suppression.removal(file, Some(named)))
        };
        unused.iter().map(one).collect()
    }
}

/// What is to be reported, in the order of paths and places.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What was found.
    pub findings: Vec<Judged>,
    /// What could not be read and is no file of the analysis.
    pub unplaced: Vec<Unplaced>,
}

fn unreadable(problem: Problem, span: Span) -> Finding {
    Finding {
        lint: &UNREADABLE,
        confidence: Confidence::Certain,
        message: problem.message,
        primary: Label { span, text: String::new() },
        labels: Vec::new(),
        help: problem.help,
        fix: None,
        item: problem.file,
    }
}

fn comment(files: &Files, span: Span, message: String, help: String, fix: Option<Fix>) -> Finding {
    Finding {
        lint: &UNUSED_SUPPRESSION,
        confidence: Confidence::Certain,
        message,
        primary: Label { span, text: String::new() },
        labels: Vec::new(),
        help,
        fix,
        item: files.get(span.file).display.clone(),
    }
}

#[cfg(test)]
mod tests;
