//! The report as workflow commands of GitHub Actions, one line each.

use std::fmt::Write as _;

use super::diagnostic::Report;
use crate::lint::level::Level;

/// The commands.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    for found in &report.diagnostics {
        let command = if found.level == Level::Deny { "error" } else { "warning" };
        let place = &found.primary.place;
        let _ = write!(
            text,
            "::{command} file={},line={},endLine={},col={}",
            property(&place.file),
            place.line,
            place.end_line,
            place.column
        );
        // Where columns belong to different lines, GitHub refuses them.
        if place.line == place.end_line {
            let _ = write!(text, ",endColumn={}", place.end_column);
        }
        let title = property(&format!("{} {}", found.lint.code, found.lint.name));
        let message = match found.help.is_empty() {
            true => found.message.clone(),
            false => format!("{}\nhelp: {}", found.message, found.help),
        };
        let _ = writeln!(text, ",title={title}::{}", data(&message));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
