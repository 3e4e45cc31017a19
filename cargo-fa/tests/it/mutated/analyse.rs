//! Everything that is done with a text, from reading it to each report. Tests and the fuzzer use it.

use cargo_fa::commands::fix;
use cargo_fa::config::valid::Config;
use cargo_fa::flow::Program;
use cargo_fa::lint::level::{Level, Levels, Selector};
use cargo_fa::lint::options::LintOptions;
use cargo_fa::lint::sink::Sink;
use cargo_fa::lints::REGISTRY;
use cargo_fa::report::diagnostic::Report;
use cargo_fa::report::{self, Format};
use cargo_fa::source::{FileId, load_files};

const CONFIG: &str = "[tags]\nknown = [\"physics\", \"physics/contacts\", \"render\"]\n[tags.modules]\n\"src/**\" = \"physics\"\n";

/// Analyses a text as a program of one file, with every lint, and writes every report; says how much was found.
pub(crate) fn analyse(text: &str, tests: bool) -> usize {
    let mut loaded = load_files(&[("src/main.rs", text)], tests);
    let config = Config::parse(CONFIG, REGISTRY).unwrap_or_default();
    let options: LintOptions = config.options(std::path::Path::new(""), &mut loaded.files);
    let problems = std::mem::take(&mut loaded.problems);
    let program = Program::build(loaded);
    let mut found = Vec::new();
    for lint in REGISTRY.iter() {
        (lint.check)(&program, &options, &mut found);
    }
    let levels = Levels { set: vec![(Selector::All, Level::Warn)], only: Vec::new() };
    let sink = Sink { files: &program.files, registry: REGISTRY, levels: &levels, pedantic: true, tests };
    let read: Vec<FileId> = program.files.iter().map(|file| file.id).collect();
    let report = Report::new(&program.files, vec![sink.judge(&read, found, problems)]);
    for &format in Format::all() {
        for color in [false, true] {
            let _ = report::render(&report, format, REGISTRY, color);
        }
    }
    let _ = fix::diff(&report);
    // A text that is no program may still be taken for a configuration.
    let _ = Config::parse(text, REGISTRY);
    report.diagnostics.len()
}
