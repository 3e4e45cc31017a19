//! The report as JUnit's XML: a suite for each file with findings, a failing case for each finding. A run without any is
//! one case that passes, since a file without cases is an error to some servers.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::diagnostic::{Diagnostic, Report};

/// The document.
pub fn render(report: &Report) -> String {
    let mut document = Document::new("cargo-fa");
    for findings in report.diagnostics.chunk_by(|a, b| a.primary.place.file == b.primary.place.file) {
        let Some(first) = findings.first() else { continue };
        let mut suite = TestSuite::new(first.primary.place.file.as_str());
        suite.add_test_cases(findings.iter().map(case));
        document.add_test_suite(suite);
    }
    if report.diagnostics.is_empty() {
        let mut suite = TestSuite::new("cargo-fa");
        suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        document.add_test_suite(suite);
    }
    let text = document.to_string().expect("a string takes all that is written");
    // The first is that of the root, where the schema that Jenkins goes by has none.
    text.replacen(" skipped=\"0\"", "", 1)
}

fn case(found: &Diagnostic) -> TestCase {
    let place = &found.primary.place;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(found.level.reported());
    status.set_message(found.message.as_str());
    let mut story = format!("{}:{}:{}: {}", place.file, place.line, place.column, found.message);
    for note in std::iter::once(&found.primary).chain(&found.notes).filter(|note| !note.text.is_empty()) {
        let place = &note.place;
        let _ = write!(story, "\n{}:{}:{}: {}", place.file, place.line, place.column, note.text);
    }
    if !found.help.is_empty() {
        let _ = write!(story, "\nhelp: {}", found.help);
    }
    status.set_description(story);
    let name = format!("{} {} at {}:{}", found.lint.code, found.lint.name, place.line, place.column);
    let mut case = TestCase::new(name, status);
    case.set_classname(place.file.as_str());
    case
}
