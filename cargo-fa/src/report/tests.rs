//! Each renderer shows the same report.

mod schema;
mod xsd;

use super::sample::{REGISTRY, report};
use super::{Format, render};
use crate::report::diagnostic::Report;

fn rendered(format: Format) -> String {
    render(&report(), format, REGISTRY, false)
}

#[test]
fn human() {
    insta::assert_snapshot!(rendered(Format::Human));
}

#[test]
fn human_with_colours_says_the_same() {
    let colored = render(&report(), Format::Human, REGISTRY, true);
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let ignore_blanks = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(ignore_blanks(&plain), ignore_blanks(&rendered(Format::Human)));
}

#[test]
fn json() {
    insta::assert_snapshot!(rendered(Format::Json));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(rendered(Format::Sarif).replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn junit() {
    insta::assert_snapshot!(rendered(Format::Junit));
}

#[test]
fn github() {
    insta::assert_snapshot!(rendered(Format::Github));
}

#[test]
fn checkstyle() {
    insta::assert_snapshot!(rendered(Format::Checkstyle));
}

#[test]
fn compact() {
    insta::assert_snapshot!(rendered(Format::Compact));
}

#[test]
fn each_format_shows_each_finding() {
    for &format in Format::all() {
        let text = rendered(format);
        for found in &report().diagnostics {
            assert!(text.contains(found.lint.code), "{format:?}: {}", found.message);
        }
    }
}

#[test]
fn nothing_found_is_nothing_said_to_people_and_a_document_to_tools() {
    let empty = |format| render(&Report::default(), format, REGISTRY, false);
    for format in [Format::Human, Format::Github, Format::Compact] {
        assert_eq!(empty(format), "", "{format:?}");
    }
    assert!(empty(Format::Json).contains("\"diagnostics\": []"));
    xsd::assert_junit(&empty(Format::Junit));
    schema::assert_sarif(&empty(Format::Sarif));
    assert!(empty(Format::Checkstyle).contains("<checkstyle version=\"4.3\">"));
}

#[test]
fn a_long_file_is_shown_around_its_places() {
    use crate::report::diagnostic::{Note, Place};
    let mut long = report();
    let text: String = (1..=1000).map(|line| format!("line {line};\n")).collect();
    let start = text.find("line 500").unwrap() as u32;
    let place = Place {
        file: "long.rs".to_owned(),
        start,
        end: start + 8,
        line: 500,
        column: 1,
        end_line: 500,
        end_column: 9,
    };
    long.diagnostics.truncate(1);
    long.diagnostics[0].primary = Note { place, text: "here".to_owned() };
    long.texts.insert("long.rs".to_owned(), text.into());
    let shown = render(&long, Format::Human, REGISTRY, false);
    assert!(shown.contains("--> long.rs:500:1") && shown.contains("500 | line 500;"), "{shown}");
    assert!(!shown.contains("line 490"), "{shown}");
}
