use std::sync::Arc;

use super::{Sink, Verdict};
use crate::flow::Program;
use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
use crate::lint::declare::{Lint, declare_lint};
use crate::lint::finding::{Confidence, Finding, Label};
use crate::lint::level::{Level, Levels, Selector};
use crate::lint::options::LintOptions;
use crate::lint::registry::Registry;
use crate::source::{FileId, Span};
use crate::source::{Files, Problem};

fn nothing(_: &Program, _: &LintOptions, _: &mut Vec<Finding>) {}

declare_lint! {
    /// Page.
    ESCAPE = "FA601", "frame-escape", Lifetime, Deny, "one";
    check = nothing;
}
declare_lint! {
    /// Page.
    LOOP = "FA602", "hot-loop-allocation", Lifetime, Warn, "two";
    check = nothing;
}
declare_lint! {
    /// Page.
    QUIET = "FA608", "heap-in-frame", Lifetime, Allow, "three";
    check = nothing;
}

const REGISTRY: Registry = Registry(&[&UNREADABLE, &UNUSED_SUPPRESSION, &ESCAPE, &LOOP, &QUIET]);

struct Run {
    files: Files,
    levels: Levels,
    pedantic: bool,
    tests: bool,
}

impl Run {
    fn new(text: &str) -> Self {
        let mut files = Files::default();
        files.add("a.rs".into(), "a.rs".to_owned(), Arc::from(text));
        Self { files, levels: Levels::default(), pedantic: false, tests: false }
    }

    fn judge(&self, findings: Vec<Finding>, problems: Vec<Problem>) -> Verdict {
        let Self { files, levels, pedantic, tests } = self;
        let sink = Sink { files, registry: REGISTRY, levels, pedantic: *pedantic, tests: *tests };
        sink.judge(&[FileId(0)], findings, problems)
    }

    /// A finding at the first place of `at`.
    fn finding(&self, lint: &'static Lint, at: &str) -> Finding {
        let start = self.files.get(FileId(0)).text.find(at).unwrap() as u32;
        let span = Span { file: FileId(0), start, end: start + at.len() as u32 };
        Finding {
            lint,
            confidence: Confidence::Certain,
            message: format!("`{at}` is wrong"),
            primary: Label { span, text: String::new() },
            labels: Vec::new(),
            help: String::new(),
            fix: None,
            item: "a".to_owned(),
        }
    }

    fn report(&self, findings: Vec<Finding>) -> Vec<String> {
        let line = |judged: &super::Judged| {
            format!("{} {} {}", judged.finding.lint.code, judged.level.name(), judged.finding.message)
        };
        self.judge(findings, Vec::new()).findings.iter().map(line).collect()
    }
}

#[test]
fn levels_are_applied_and_what_is_off_is_gone() {
    let mut run = Run::new("x y");
    let findings = || vec![run.finding(&LOOP, "y"), run.finding(&ESCAPE, "x"), run.finding(&QUIET, "x")];
    let found = findings();
    assert_eq!(run.report(found.clone()), ["FA601 deny `x` is wrong", "FA602 warn `y` is wrong"]);
    run.levels.set.push((Selector::Lint("FA601"), Level::Allow));
    run.levels.set.push((Selector::Warnings, Level::Deny));
    assert_eq!(run.report(found), ["FA602 deny `y` is wrong"]);
}

#[test]
fn one_cause_is_reported_once() {
    let run = Run::new("x");
    assert_eq!(run.report(vec![run.finding(&LOOP, "x"), run.finding(&LOOP, "x")]).len(), 1);
}

#[test]
fn a_comment_silences_what_it_names_and_nothing_else() {
    let run = Run::new("x(); // fa: allow(FA602) -- why\n");
    assert_eq!(run.report(vec![run.finding(&LOOP, "x")]), [""; 0]);
    assert_eq!(
        run.report(vec![run.finding(&ESCAPE, "x")]),
        ["FA601 deny `x` is wrong", "FA001 warn this comment silences nothing: there is no `FA602` here"]
    );
}

#[test]
fn of_a_list_only_what_is_in_vain_is_reported() {
    let run = Run::new("x(); // fa: allow(FA601, FA602)\n");
    assert_eq!(
        run.report(vec![run.finding(&LOOP, "x")]),
        ["FA001 warn there is no `FA601` here to be silenced"]
    );
}

#[test]
fn a_lint_that_did_not_run_is_not_missed() {
    let mut run = Run::new("x(); // fa: allow(FA602)\ny(); // fa: allow(FA608)\nz(); // fa: allow\n");
    run.levels.only.push(Selector::Lint("FA601"));
    assert_eq!(run.report(Vec::new()), [""; 0]);
    run.levels.only.clear();
    assert_eq!(
        run.report(Vec::new()),
        [
            "FA001 warn this comment silences nothing: there is no `FA602` here",
            "FA001 warn this comment silences nothing"
        ]
    );
}

#[test]
fn a_possible_finding_is_not_reported_but_its_comment_is_used() {
    let mut run = Run::new("x(); // fa: allow(FA602)\ny();");
    let possible = |at| Finding { confidence: Confidence::Possible, ..run.finding(&LOOP, at) };
    let found = vec![possible("x"), possible("y")];
    assert_eq!(run.report(found.clone()), [""; 0]);
    run.pedantic = true;
    assert_eq!(run.report(found), ["FA602 warn `y` is wrong"]);
}

#[test]
fn comments_in_tests_are_judged_when_tests_are() {
    let mut run = Run::new("#[test]\nfn f() {\n    x(); // fa: allow(FA602)\n}\n");
    assert_eq!(run.report(Vec::new()), [""; 0]);
    run.tests = true;
    assert_eq!(run.report(Vec::new()).len(), 1);
}

#[test]
fn fingerprints_do_not_depend_on_what_is_silenced() {
    let prints = |text: &str| {
        let run = Run::new(text);
        let mut second = run.finding(&LOOP, "x");
        second.primary.span.start = run.files.get(FileId(0)).text.rfind('x').unwrap() as u32;
        let found = run.judge(vec![run.finding(&LOOP, "x"), second], Vec::new()).findings;
        found.into_iter().map(|judged| judged.fingerprint).collect::<Vec<_>>()
    };
    let both = prints("x();\nx();");
    assert_eq!(prints("// fa: allow(FA602)\nx();\nx();"), both[1..]);
}

#[test]
fn problems_are_reported_with_or_without_a_place() {
    let run = Run::new("fn (");
    let problem = |file: &str, span| Problem {
        span,
        file: file.to_owned(),
        message: "expected a name".to_owned(),
        help: "repair it".to_owned(),
    };
    let span = Span { file: FileId(0), start: 3, end: 4 };
    let verdict = run.judge(
        Vec::new(),
        vec![problem("a.rs", Some(span)), problem("a.rs", None), problem("Cargo.toml", None)],
    );
    let places: Vec<_> = verdict.findings.iter().map(|judged| judged.finding.primary.span.start).collect();
    assert_eq!((places, verdict.unplaced.len()), (vec![0, 3], 1));
}
