//! The labelled programs of `ui/` and `holdout/`: what is marked is found, and nothing else.
//!
//! `cargo test -p cargo-fa --test it ui -- --nocapture` shows the table when nothing fails, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_fa::config::valid::Config;
use cargo_fa::flow::Program;
use cargo_fa::lint::level::{Level, Levels, Selector};
use cargo_fa::lint::sink::Sink;
use cargo_fa::lints::REGISTRY;
use cargo_fa::source::load_files;
use rayon::prelude::*;

/// A program of the corpus.
struct Case {
    /// Its place below `tests/`.
    place: String,
    /// The name of the lint whose folder it is in.
    folder: String,
    /// Path in the package and text; the root is the first.
    files: Vec<(String, String)>,
    /// The text of its `.fa.toml`.
    config: Option<String>,
}

/// A line and a code.
type Mark = (String, usize, String);

/// What came of a case.
struct Outcome {
    place: String,
    marked: BTreeMap<Mark, usize>,
    found: BTreeMap<Mark, usize>,
    messages: BTreeMap<Mark, String>,
}

#[derive(Clone, Copy, Default)]
struct Score {
    right: usize,
    missed: usize,
    wrong: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.missed += other.missed;
        self.wrong += other.wrong;
    }

    fn precision(self) -> f64 {
        share(self.right, self.wrong)
    }

    fn recall(self) -> f64 {
        share(self.right, self.missed)
    }
}

fn share(part: usize, rest: usize) -> f64 {
    if part + rest == 0 { 1.0 } else { part as f64 / (part + rest) as f64 }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The sources below a folder, by their paths from `base`.
fn sources(base: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    for path in sorted(folder) {
        if path.is_dir() {
            sources(base, &path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
            into.push((inside, read(&path)));
        }
    }
}

fn cases(part: &str) -> Vec<Case> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(part);
    let mut cases = Vec::new();
    for folder in sorted(&base) {
        for path in sorted(&folder) {
            let place = format!("{part}/{}/{}", name(&folder), name(&path));
            let (files, config) = if path.is_dir() {
                let mut files = Vec::new();
                sources(&path, &path, &mut files);
                files.sort_by_key(|(path, _)| path != "src/main.rs");
                (files, path.join(".fa.toml"))
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                (vec![("src/main.rs".to_owned(), read(&path))], path.with_extension("toml"))
            } else {
                continue;
            };
            let config = config.is_file().then(|| read(&config));
            cases.push(Case { place, folder: name(&folder), files, config });
        }
    }
    assert!(!cases.is_empty(), "{part} is empty");
    cases
}

/// The marks of a text whose comments begin with `//` or `#`.
fn marks(path: &str, text: &str, into: &mut BTreeMap<Mark, usize>) {
    for (line, content) in text.lines().enumerate() {
        let Some((_, codes)) = content.split_once("//~ ").or_else(|| content.split_once("#~ ")) else {
            continue;
        };
        for code in codes.split_whitespace() {
            *into.entry((path.to_owned(), line + 1, code.to_owned())).or_default() += 1;
        }
    }
}

fn run(case: &Case) -> Outcome {
    let mut marked = BTreeMap::new();
    for (path, text) in &case.files {
        marks(path, text, &mut marked);
    }
    let config = case.config.as_ref().map(|text| {
        marks(".fa.toml", text, &mut marked);
        let mut config =
            Config::parse(text, REGISTRY).unwrap_or_else(|_| panic!("{}: bad .toml", case.place));
        config.path = Some(PathBuf::from(".fa.toml"));
        config
    });
    let config = config.unwrap_or_default();

    // Those that are off by default are raised where they are at home.
    let own = REGISTRY.lint(&case.folder).filter(|lint| lint.level == Level::Allow);
    let raised = own.map(|lint| (Selector::Lint(lint.code), Level::Warn));
    let levels = Levels { set: raised.into_iter().collect(), only: Vec::new() }.over(&config.levels);

    let texts: Vec<(&str, &str)> =
        case.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let program = Program::build(load_files(&texts, false));
    assert_eq!(program.problems, [], "{}", case.place);
    let read: Vec<_> = program.files.iter().map(|file| file.id).collect();
    let mut files = program.files.clone();
    let options = config.options(Path::new(""), &mut files);
    let mut findings = Vec::new();
    for lint in REGISTRY.iter().filter(|lint| levels.of(lint) != Level::Allow) {
        (lint.check)(&program, &options, &mut findings);
    }
    let sink = Sink { files: &files, registry: REGISTRY, levels: &levels, pedantic: false, tests: false };
    let verdict = sink.judge(&read, findings, Vec::new());

    let mut found = BTreeMap::new();
    let mut messages = BTreeMap::new();
    for judged in verdict.findings {
        let span = judged.finding.primary.span;
        let file = files.get(span.file);
        let (line, _) = file.line_column(span.start);
        let mark = (file.display.clone(), line as usize, judged.finding.lint.code.to_owned());
        *found.entry(mark.clone()).or_default() += 1;
        messages.insert(mark, judged.finding.message);
    }
    Outcome { place: case.place.clone(), marked, found, messages }
}

/// For each code what was right, missed and wrong, and each mistake in words.
fn judge(part: &str) -> (BTreeMap<String, Score>, Vec<String>) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut mistakes = Vec::new();
    let outcomes: Vec<Outcome> = cases(part).par_iter().map(run).collect();
    for outcome in &outcomes {
        let all: BTreeSet<&Mark> = outcome.marked.keys().chain(outcome.found.keys()).collect();
        for mark in all {
            let (path, line, code) = mark;
            let marked = outcome.marked.get(mark).copied().unwrap_or(0);
            let found = outcome.found.get(mark).copied().unwrap_or(0);
            let score = Score {
                right: marked.min(found),
                missed: marked.saturating_sub(found),
                wrong: found.saturating_sub(marked),
            };
            scores.entry(code.clone()).or_default().add(score);
            let at = if path == "src/main.rs" { String::new() } else { format!(" {path}") };
            if score.missed > 0 {
                mistakes.push(format!("{code} missed {}{at}:{line}", outcome.place));
            }
            if score.wrong > 0 {
                let message = outcome.messages.get(mark).map_or("", String::as_str);
                mistakes.push(format!("{code} wrong  {}{at}:{line}: {message}", outcome.place));
            }
        }
    }
    mistakes.sort();
    (scores, mistakes)
}

fn table(scores: &BTreeMap<String, Score>) -> (String, Score) {
    let mut table = format!("{:8} {:>5} {:>6} {:>5}\n", "code", "right", "missed", "wrong");
    let mut total = Score::default();
    for (code, score) in scores {
        total.add(*score);
        writeln!(table, "{code:8} {:>5} {:>6} {:>5}", score.right, score.missed, score.wrong).unwrap();
    }
    let Score { right, missed, wrong } = total;
    writeln!(table, "{:8} {right:>5} {missed:>6} {wrong:>5}", "all").unwrap();
    writeln!(table, "precision {:.3}, recall {:.3}", total.precision(), total.recall()).unwrap();
    (table, total)
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is what one runs it for")]
fn every_mark_of_ui_is_found_and_nothing_else() {
    let (scores, mistakes) = judge("ui");
    let (table, _) = table(&scores);
    println!("{table}");
    assert!(mistakes.is_empty(), "{table}\n{}", mistakes.join("\n"));
}

/// Only sums are shown: whoever sees the lines writes lints for them.
#[test]
#[expect(clippy::print_stdout, reason = "the table is what one runs it for")]
fn holdout_reaches_the_goals() {
    let (scores, _) = judge("holdout");
    let (table, total) = table(&scores);
    println!("{table}");
    assert!(total.precision() >= 0.97, "{table}");
    assert!(total.recall() >= 0.90, "{table}");
    for (code, score) in &scores {
        assert!(score.recall() >= 0.8, "{code}\n{table}");
    }
}
