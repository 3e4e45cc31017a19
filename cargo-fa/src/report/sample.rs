//! One report with everything that a renderer can get wrong: several places, two files, letters of several bytes, quotes,
//! line ends, markup, what looks like a command of a workflow.

use std::sync::Arc;

use super::diagnostic::{Report, Stale};
use crate::flow::Program;
use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::declare_lint;
use crate::lint::finding::{Confidence, Edit, Finding, Fix, Label};
use crate::lint::level::Levels;
use crate::lint::options::LintOptions;
use crate::lint::registry::Registry;
use crate::lint::sink::Sink;
use crate::source::{FileId, Files, Problem, Span};

declare_lint! {
    /// A `Vec<T>` that is "kept" & lost.
    ///
    /// ## Why
    ///
    /// It is gone.
    ///
    /// ```rust,fires
    /// self.kept = alloc.frame_box(1);
    /// ```
    KEPT = "FA601", "frame-escape", Lifetime, Deny, "a frame value is <kept>";
    check = nothing;
}

fn nothing(_: &Program, _: &LintOptions, _: &mut Vec<Finding>) {}

pub(super) const REGISTRY: Registry = Registry(&[&UNREADABLE, &UNUSED_SUPPRESSION, &KEPT]);

const MAIN: &str = "mod über;\n\nfn update(state: &mut State) {\n    let größe = \"ä\"; state.kept = alloc.frame_box(größe);\n    alloc.end_frame();\n}\n";
const OTHER: &str = "pub fn hilf() -> Box<u8> {\n    // fa: allow(FA601)\n    made()\n}\n";

pub(crate) fn report() -> Report {
    let mut files = Files::default();
    let main = files.add("main.rs".into(), "src/main.rs".to_owned(), Arc::from(MAIN));
    let other = files.add("über, 1%.rs".into(), "src/über, 1%.rs".to_owned(), Arc::from(OTHER));
    let at = |file: FileId, part: &str| {
        let start = files.get(file).text.find(part).unwrap();
        Span { file, start: start as u32, end: (start + part.len()) as u32 }
    };
    let kept = Finding {
        lint: &KEPT,
        confidence: Confidence::Certain,
        message: "`größe` is \"kept\" in a `Vec<&'a T>` && lost".to_owned(),
        primary: Label {
            span: at(main, "state.kept = alloc.frame_box(größe)"),
            text: "kept here: <&>".to_owned(),
        },
        labels: vec![
            Label { span: at(main, "alloc.end_frame()"), text: "the frame ends here".to_owned() },
            Label { span: at(other, "Box<u8>"), text: "made by `hilf`".to_owned() },
        ],
        help: "keep a copy:\n100% of `größe.clone()`::warning".to_owned(),
        fix: Some(Fix {
            title: "keep a copy".to_owned(),
            edits: vec![
                Edit { span: at(main, "alloc.frame_box"), replacement: "Box::new".to_owned() },
                Edit { span: at(main, "\n    alloc.end_frame();"), replacement: String::new() },
            ],
        }),
        item: "game::update".to_owned(),
    };
    let possible = Finding {
        lint: &KEPT,
        confidence: Confidence::Possible,
        message: "several\nlines ]]> \u{1b}[31mred".to_owned(),
        primary: Label { span: at(main, "fn update(state: &mut State) {\n    let"), text: String::new() },
        labels: Vec::new(),
        help: String::new(),
        fix: None,
        item: "game::update".to_owned(),
    };
    let problem = Problem {
        span: None,
        file: "game/Cargo.toml".to_owned(),
        message: "the manifest cannot be read".to_owned(),
        help: "see `cargo metadata`".to_owned(),
    };
    let levels = Levels::default();
    let sink = Sink { files: &files, registry: REGISTRY, levels: &levels, pedantic: true, tests: false };
    let verdict = sink.judge(&[main, other], vec![possible, kept], vec![problem]);
    let mut report = Report::new(&files, vec![verdict]);
    report.baselined = 3;
    report.stale.push(Stale {
        code: "FA602".to_owned(),
        file: "src/<gone>.rs".to_owned(),
        fingerprint: "0123456789abcdef:1".to_owned(),
    });
    report
}
