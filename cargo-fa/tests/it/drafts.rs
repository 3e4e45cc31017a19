//! While somebody types, a file is not Rust most of the time. What was found in it stays, where it is by then.

use std::fs;
use std::path::PathBuf;

use cargo_fa::commands::session::Session;
use cargo_fa::commands::settings::Question;
use cargo_fa::report::diagnostic::Report;
use cargo_fa::source::{Disk, Overlay, Selection};

use crate::support::manifest;

/// Three findings, the first of which can be fixed.
const TEXT: &str = "use framealloc::SmartAlloc;
fn count(alloc: &SmartAlloc) { alloc.begin_frame(); for n in 0..9 { drop(alloc.pool_box(n)); } alloc.end_frame(); }
fn forget(alloc: &SmartAlloc) { alloc.begin_frame(); let é = alloc.frame_box(String::new()); std::mem::forget(é); alloc.end_frame(); }
fn last(alloc: &SmartAlloc, n: u8) { alloc.begin_frame(); if n > 0 { return; } alloc.end_frame(); }
";

struct Typed {
    file: PathBuf,
    question: Question,
    session: Session,
    _folder: tempfile::TempDir,
}

impl Typed {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("src")).unwrap();
        fs::write(root.join("Cargo.toml"), manifest("game")).unwrap();
        fs::write(root.join("src/main.rs"), TEXT).unwrap();
        for (path, text) in files {
            fs::write(root.join(path), text).unwrap();
        }
        let selection = Selection { manifest_path: Some(root.join("Cargo.toml")), ..Selection::default() };
        let question = Question { selection, ..Question::default() };
        Self { file: root.join("src/main.rs"), question, session: Session::default(), _folder: folder }
    }

    fn report(&mut self, text: &str) -> Report {
        let overlay: Overlay = [(self.file.clone(), text.into())].into();
        self.session.analyse(&self.question, &Disk::under(overlay)).unwrap().report
    }

    /// The codes that are found, each with the text at its place and with its first note's.
    fn found(&mut self, text: &str) -> Vec<String> {
        let report = self.report(text);
        let at = |place: &cargo_fa::report::diagnostic::Place| {
            assert!(report.texts["src/main.rs"].as_ref() == text, "readers are shown what is there");
            let line = text.lines().nth(place.line as usize - 1).unwrap_or("");
            let here = text[..place.start as usize].rsplit('\n').next().unwrap();
            assert_eq!(line.chars().take(place.column as usize - 1).collect::<String>(), here);
            text[place.start as usize..place.end as usize].to_owned()
        };
        let found = report.diagnostics.iter().map(|found| {
            let note = found.notes.first().map(|note| format!(" < {}", at(&note.place))).unwrap_or_default();
            format!("{} {}{note}", found.lint.code, at(&found.primary.place))
        });
        found.collect()
    }
}

fn without_problem(found: &[String]) -> Vec<&String> {
    found.iter().filter(|found| !found.starts_with("FA000")).collect()
}

#[test]
fn what_is_found_stays_where_it_is_while_a_text_is_not_rust() {
    let mut it = Typed::new(&[]);
    let first = it.found(TEXT);
    assert_eq!(first.len(), 3, "{first:?}");
    for (before, typed) in [
        ("for n in", "alloc. for n in"),
        ("fn count", "fn é( fn count"),
        ("fn forget", "\n\n/* é"),
        ("fn last", "struct { x: fn last"),
        ("forget(é)", "forget(é"),
        ("use framealloc::SmartAlloc;", "use framealloc::{SmartAlloc;"),
    ] {
        let text = TEXT.replacen(before, typed, 1);
        let found = it.found(&text);
        assert_eq!(without_problem(&found), first.iter().collect::<Vec<_>>(), "{typed}");
        assert_eq!(found.len(), first.len() + 1, "{typed}: {found:?}");
        assert_eq!(it.found(TEXT), first, "{typed}");
    }
}

#[test]
fn what_is_typed_once_it_is_rust_counts() {
    let mut it = Typed::new(&[]);
    let first = it.found(TEXT).len();
    let typed = |what: &str| TEXT.replacen("fn last", &format!("{what}fn last"), 1);
    let added = "fn added(alloc: &SmartAlloc, n: u8) { alloc.begin_frame(); if n > 1 { return; } alloc.end_frame(); }\n";
    for end in 1..added.trim_end().len() {
        assert_eq!(it.found(&typed(&added[..end])).len(), first + 1, "{}", &added[..end]);
    }
    assert_eq!(it.found(&typed(added)).len(), first + 1);
    assert_eq!(it.found(TEXT).len(), first);
}

#[test]
fn a_fix_does_not_write_over_what_is_being_typed() {
    let mut it = Typed::new(&[]);
    let fixes = |report: &Report| {
        let fixed = report.diagnostics.iter().filter_map(|found| found.fix.as_ref());
        let places =
            fixed.flat_map(|fix| fix.replacements.iter().map(|edit| (edit.place.start, edit.place.end)));
        places.collect::<Vec<_>>()
    };
    let first = fixes(&it.report(TEXT));
    let &(start, end) = first.first().expect("a finding that can be fixed");
    // Elsewhere, it moves along.
    let typed = TEXT.replacen("fn count", "fn ( fn count", 1);
    let moved: Vec<_> = first.iter().map(|(start, end)| (start + 5, end + 5)).collect();
    assert_eq!(fixes(&it.report(&typed)), moved);
    // Within it, it goes.
    let middle = (start + end) as usize / 2;
    let typed = format!("{}((({}", &TEXT[..middle], &TEXT[middle..]);
    assert!(fixes(&it.report(&typed)).len() < first.len());
}

#[test]
fn what_nobody_does_may_be_done_where_nothing_can_be_read() {
    let config = "[tags]\nknown = [\"physics\"]\n";
    let main = "mod other;
use framealloc::{RetentionPolicy, SmartAlloc};
fn main() {}
fn frame(alloc: &SmartAlloc) {
    alloc.begin_frame();
    drop(alloc.frame_retained_value(1u8, RetentionPolicy::PromoteToPool));
    alloc.end_frame();
}
";
    let codes = |other: &str| {
        let mut it = Typed::new(&[(".fa.toml", config), ("src/other.rs", other), ("src/main.rs", main)]);
        let report = it.report(main);
        report.diagnostics.iter().map(|found| found.lint.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(""), ["FA804", "FA604"]);
    assert_eq!(codes("fn ("), ["FA000"]);
}
