//! One line for each finding: `src/lib.rs:3:9: error[FA601]: message`, which editors and `grep` understand.

use std::fmt::Write as _;

use super::diagnostic::Report;

/// The lines.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    for found in &report.diagnostics {
        let place = &found.primary.place;
        let message: Vec<&str> = found.message.split_whitespace().collect();
        let _ = writeln!(
            text,
            "{}:{}:{}: {}[{}]: {}",
            place.file,
            place.line,
            place.column,
            found.level.reported(),
            found.lint.code,
            message.join(" ")
        );
    }
    text
}
