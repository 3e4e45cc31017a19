//! For the unit tests of lints: a source whose lines say what must be found on them.

mod many_ways;

use crate::flow::Program;
use crate::lint::declare::Lint;
use crate::lint::finding::{Confidence, Finding};
use crate::lint::options::LintOptions;
use crate::source::load_files;

pub(crate) use many_ways::MANY_WAYS;

/// Runs one lint over a source. Each line that ends with `//~ CODE` must have a finding, and no other line may.
///
/// Only what is certain counts.
#[track_caller]
pub(crate) fn check(lint: &'static Lint, source: &str) {
    check_files(lint, &LintOptions::default(), &[("src/lib.rs", source)]);
}

/// The same over several files, the first of which is the root, with options.
#[track_caller]
pub(crate) fn check_files(lint: &'static Lint, options: &LintOptions, files: &[(&str, &str)]) {
    let found = find_files(lint, options, files);
    let mut expected = Vec::new();
    for (path, text) in files {
        for (line, content) in text.lines().enumerate() {
            let Some((_, codes)) = content.split_once("//~") else { continue };
            for code in codes.split_whitespace().filter(|code| *code == lint.code) {
                expected.push(format!("{path}:{}: {code}", line + 1));
            }
        }
    }
    expected.sort();
    let mut places: Vec<String> = found.iter().map(|(place, _)| place.clone()).collect();
    places.sort();
    let messages: Vec<String> =
        found.iter().map(|(place, finding)| format!("  {place}: {}", finding.message)).collect();
    assert_eq!(places, expected, "what was found:\n{}\n", messages.join("\n"));
}

/// What a lint finds, with the place of each finding.
pub(crate) fn find_files(
    lint: &'static Lint,
    options: &LintOptions,
    files: &[(&str, &str)],
) -> Vec<(String, Finding)> {
    let program = Program::build(load_files(files, false));
    assert_eq!(program.problems, [], "the source of a test must be readable");
    let mut found = Vec::new();
    (lint.check)(&program, options, &mut found);
    let certain = found.into_iter().filter(|finding| finding.confidence == Confidence::Certain);
    let placed = certain.map(|finding| {
        let span = finding.primary.span;
        let file = program.files.get(span.file);
        let (line, _) = file.line_column(span.start);
        (format!("{}:{line}: {}", file.display, finding.lint.code), finding)
    });
    placed.collect()
}
