//! Findings that are accounted for: a project that begins to use the analyser writes them down and sees new ones only.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::failure::Failure;
use super::output;
use crate::lint::level::{Level, Levels};
use crate::lint::registry::Registry;
use crate::report::diagnostic::{Report, Stale};
use crate::report::human::counted;

const VERSION: u32 = 1;

/// The file. People read it in reviews, so it says more than the fingerprints.
#[derive(Debug, Serialize, Deserialize)]
pub struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    code: String,
    file: String,
    fingerprint: String,
    message: String,
}

/// Reads a file that `write` wrote.
///
/// # Errors
///
/// When it is missing or is something else.
pub fn read(path: &Path) -> Result<Baseline, Failure> {
    let help = format!("write one with `--write-baseline {}`", path.display());
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(format!("cannot read the baseline `{shown}`: {error}"), help.clone())
    })?;
    let baseline: Baseline = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("`{shown}` is not a baseline: {error}"), help.clone()))?;
    if baseline.version != VERSION {
        let message = format!("`{shown}` is a baseline of version {}, not {VERSION}", baseline.version);
        return Err(Failure::usage(message, help));
    }
    Ok(baseline)
}

/// Accounts for everything in a report.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(path: &Path, report: &Report) -> Result<(), Failure> {
    let entry = |found: &crate::report::diagnostic::Diagnostic| Entry {
        code: found.lint.code.to_owned(),
        file: found.primary.place.file.clone(),
        fingerprint: found.fingerprint.clone(),
        message: found.message.clone(),
    };
    let baseline = Baseline { version: VERSION, findings: report.diagnostics.iter().map(entry).collect() };
    let mut text = serde_json::to_string_pretty(&baseline).expect("texts and numbers are JSON");
    text.push('\n');
    output::write(&text, Some(path))?;
    let count = counted(baseline.findings.len(), "finding");
    output::to_stderr(&format!("wrote {count} to {}\n", path.display()));
    Ok(())
}

impl Baseline {
    /// Takes what is accounted for out of a report, and notes what is accounted for in vain. What was not looked for is
    /// not missed: lints that did not run, and files that were not read although they are there.
    pub fn apply(&self, analysis: &mut Analysis, levels: &Levels, registry: Registry) {
        let Analysis { report, root, covered, .. } = analysis;
        let mut open: HashMap<String, usize> = HashMap::new();
        for entry in &self.findings {
            *open.entry(key(&entry.code, &entry.fingerprint)).or_default() += 1;
        }
        let mut take = |code: &str, fingerprint: &str| {
            let count = open.get_mut(&key(code, fingerprint));
            count.filter(|count| **count > 0).map(|count| *count -= 1).is_some()
        };
        let before = report.diagnostics.len();
        report.diagnostics.retain(|found| !take(found.lint.code, &found.fingerprint));
        report.baselined = before - report.diagnostics.len();
        for entry in &self.findings {
            let ran = registry.lint(&entry.code).is_none_or(|lint| levels.of(lint) != Level::Allow);
            let looked = covered.contains(&entry.file) || !root.join(&entry.file).exists();
            if ran && looked && take(&entry.code, &entry.fingerprint) {
                report.stale.push(Stale {
                    code: entry.code.clone(),
                    file: entry.file.clone(),
                    fingerprint: entry.fingerprint.clone(),
                });
            }
        }
    }
}

fn key(code: &str, fingerprint: &str) -> String {
    format!("{code} {fingerprint}")
}
