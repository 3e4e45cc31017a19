//! What a run found, as one value, and its renderings. A renderer only writes down what the value says: which findings
//! there are was decided below.

pub mod checkstyle;
pub mod compact;
pub mod diagnostic;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod wire;

use clap::ValueEnum;

use crate::lint::registry::Registry;
use diagnostic::Report;

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As the compiler shows its own, for people
    #[default]
    Human,
    /// All that is known, for tools; see schemas/cargo-fa-v1.json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for CI servers
    Junit,
    /// Workflow commands of GitHub Actions, which annotate the lines of a pull request
    Github,
    /// Checkstyle's XML, for code review tools
    Checkstyle,
    /// One line for each finding, for editors and grep
    Compact,
}

impl Format {
    /// All of them.
    #[must_use]
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }
}

/// Writes a report down. Colours are for people only.
pub fn render(report: &Report, format: Format, registry: Registry, color: bool) -> String {
    match format {
        Format::Human => human::render(report, color),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report, registry),
        Format::Junit => junit::render(report),
        Format::Github => github::render(report),
        Format::Checkstyle => checkstyle::render(report),
        Format::Compact => compact::render(report),
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
