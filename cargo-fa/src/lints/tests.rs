//! The registry itself: what all lints have in common.

use std::collections::BTreeSet;
use std::path::Path;

use super::LINTS;
use super::testing::find_files;
use crate::lint::declare::{Group, Lint};
use crate::lint::options::{LintOptions, THRESHOLDS};
use crate::lint::page;

/// The lints that have a file in `lints`; the analyser's own are found by nobody's check.
fn checked() -> impl Iterator<Item = &'static &'static Lint> {
    LINTS.iter().filter(|lint| lint.group != Group::Analyser)
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    let sorted: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(codes, sorted.into_iter().collect::<Vec<_>>());
    assert_eq!(LINTS.iter().map(|lint| lint.name).collect::<BTreeSet<_>>().len(), LINTS.len());
}

#[test]
fn a_code_begins_as_those_of_its_group() {
    for lint in LINTS {
        assert_eq!(&lint.code[..3], lint.group.prefix(), "{lint:?}");
        assert_eq!(lint.code.len(), 5, "{lint:?}");
        assert!(lint.name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "{lint:?}");
    }
}

#[test]
fn each_lint_is_a_file_and_each_file_a_lint() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lints");
    let mut files = BTreeSet::new();
    for group in
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for path in std::fs::read_dir(group).unwrap().map(|entry| entry.unwrap().path()) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if text.contains("declare_lint!") {
                files.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let listed: BTreeSet<String> = checked().map(|lint| lint.name.replace('-', "_")).collect();
    assert_eq!(files, listed);
}

#[test]
fn each_page_says_what_why_wrong_right_and_what_it_cannot_see() {
    for lint in LINTS {
        let text = page::text(lint);
        let first = text.lines().next().unwrap_or_default();
        assert!(!first.is_empty() && !first.starts_with(['#', '`']), "{lint:?}: begin with what it finds");
        assert!(text.to_lowercase().contains("why"), "{lint:?}: say why");
        assert!(text.contains("annot see"), "{lint:?}: say what it cannot see");
        for mark in [page::FIRES, page::SILENT] {
            let examples = page::examples(lint, mark);
            assert!(!examples.is_empty(), "{lint:?}: no example `{mark}`");
            assert!(examples.iter().all(|example| !example.trim().is_empty()), "{lint:?}");
        }
        assert_eq!(text.matches("```").count() % 2, 0, "{lint:?}: a block does not end");
    }
}

/// Examples of lints that need options are tested with them, where the lint is.
#[test]
fn the_examples_of_each_page_do_what_they_say() {
    for lint in checked().filter(|lint| lint.group != Group::Architecture) {
        for (mark, fires) in [(page::FIRES, true), (page::SILENT, false)] {
            for example in page::examples(lint, mark) {
                let source: String = example
                    .lines()
                    .map(|line| line.strip_prefix("# ").unwrap_or(line).to_owned() + "\n")
                    .collect();
                let found = find_files(lint, &LintOptions::default(), &[("src/lib.rs", &source)]);
                assert_eq!(!found.is_empty(), fires, "{lint:?}, `{mark}`:\n{source}");
            }
        }
    }
}

#[test]
fn summaries_are_fragments() {
    for lint in LINTS {
        assert!(lint.summary.starts_with(|c: char| c.is_lowercase() || c == '`'), "{lint:?}");
        assert!(!lint.summary.ends_with(['.', '!', '?']) && !lint.summary.contains('\n'), "{lint:?}");
    }
}

#[test]
fn thresholds_belong_to_lints() {
    // Those of lints that are still to come wait for them.
    for threshold in
        THRESHOLDS.iter().filter(|threshold| checked().any(|lint| lint.code > threshold.code)).skip(1)
    {
        assert!(LINTS.iter().any(|lint| lint.code == threshold.code), "{threshold:?}");
    }
}
