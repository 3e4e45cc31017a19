//! The JSON that tools read. `schemas/cargo-fa-v1.json` is made from these types.
//!
//! Within a version, fields are only added, and what a field means stays. A reader leaves alone what it does not know.

use serde::Serialize;

/// The version of the schema.
pub const VERSION: u32 = 1;

/// What a run found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "Report"))]
pub struct Report<'a> {
    /// The version of the schema: 1.
    pub version: u32,
    /// The findings, by file and place.
    pub diagnostics: Vec<Diagnostic<'a>>,
    /// What they come to.
    pub summary: Summary<'a>,
}

/// How serious a finding is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The run does not fail by it.
    Warning,
    /// The run fails by it.
    Error,
}

/// How sure the analyser is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Every type that matters is known.
    Certain,
    /// Only a name speaks for it.
    Possible,
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Diagnostic<'a> {
    /// The stable code of the lint, such as `FA601`.
    pub code: &'a str,
    /// The name of the lint, such as `frame-escape`.
    pub name: &'a str,
    /// How serious it is.
    pub level: Level,
    /// How sure the analyser is.
    pub confidence: Confidence,
    /// What is wrong.
    pub message: &'a str,
    /// The place of the mistake.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// How it came about.
    pub labels: Vec<Label<'a>>,
    /// What to do instead.
    pub help: &'a str,
    /// A rewrite that compiles and means the same; null when a person has to decide.
    pub fix: Option<Fix<'a>>,
    /// By which the finding is recognised when lines have moved.
    pub fingerprint: &'a str,
}

/// A part of a file. Lines and columns count from 1, columns in characters; the end is the first place behind it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place<'a> {
    /// The path from the workspace, with `/`.
    pub file: &'a str,
    /// The first line.
    pub line: u32,
    /// The first column.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column of the end.
    pub end_column: u32,
}

/// A place that belongs to the story of a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Label<'a> {
    /// Where.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// What happens there.
    pub text: &'a str,
}

/// A rewrite.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fix<'a> {
    /// What it does.
    pub title: &'a str,
    /// All of them together, or none.
    pub edits: Vec<Edit<'a>>,
}

/// A replacement of a part of a file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Edit<'a> {
    /// What goes.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// Its first byte, from 0.
    pub start: u32,
    /// The first byte behind it.
    pub end: u32,
    /// What comes instead.
    pub replacement: &'a str,
}

/// What the findings come to.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary<'a> {
    /// Findings that make the run fail.
    pub errors: usize,
    /// The others.
    pub warnings: usize,
    /// How many of both have a fix.
    pub fixable: usize,
    /// Files that were read.
    pub files: usize,
    /// Findings that the baseline accounts for and that are not among the diagnostics.
    pub baselined: usize,
    /// Entries of the baseline that no finding answers to any more.
    pub stale: Vec<Stale<'a>>,
}

/// An entry of the baseline that is no longer needed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stale<'a> {
    /// The code of the lint.
    pub code: &'a str,
    /// The file that it was found in.
    pub file: &'a str,
    /// The fingerprint that was recorded.
    pub fingerprint: &'a str,
}
