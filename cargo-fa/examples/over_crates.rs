//! Runs every lint over crates that know nothing of framealloc, and says what that costs beside parsing alone.
//!
//! `cargo run --release -p cargo-fa --example over_crates -- FOLDER..`, each the folder of a crate with `src/lib.rs`.
//! Times are of the processor, in milliseconds. Any finding is a false alarm.
#![expect(clippy::print_stdout, reason = "a developer reads it")]

use std::path::{Path, PathBuf};

use cargo_fa::flow::Program;
use cargo_fa::lint::options::LintOptions;
use cargo_fa::lints::LINTS;
use cargo_fa::source::load_files;

fn main() {
    for folder in std::env::args().skip(1).map(PathBuf::from) {
        let root = folder.join("src/lib.rs");
        let mut texts = Vec::new();
        read(&folder.join("src"), &mut texts);
        let Some(first) = texts.iter().position(|(path, _)| Path::new(path) == root) else { continue };
        texts.swap(0, first);
        let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (&**path, &**text)).collect();

        let begun = processor();
        let loaded = load_files(&files, true);
        let (read, lines) = (loaded.files.iter().count(), lines(&loaded));
        let seen: Vec<String> = loaded.files.iter().map(|file| file.text.to_string()).collect();
        let at_loaded = processor();
        let program = Program::build(loaded);
        let at_built = processor();
        let mut found = Vec::new();
        for lint in LINTS {
            (lint.check)(&program, &LintOptions::default(), &mut found);
        }
        let at_checked = processor();
        for text in &seen {
            drop(syn::parse_file(text));
            proc_macro2::extra::invalidate_current_thread_spans();
        }
        let alone = processor() - at_checked;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{name}: {read} files, {lines} lines; syn {alone}, load {}, build {}, lints {}; kept {} functions; findings {}; peak {} MB",
            at_loaded - begun,
            at_built - at_loaded,
            at_checked - at_built,
            program.functions().count(),
            found.len(),
            peak() >> 10,
        );
        for finding in &found {
            let file = program.files.get(finding.primary.span.file);
            let line = file.line_column(finding.primary.span.start).0;
            let (code, confidence) = (finding.lint.code, finding.confidence);
            println!("  {}:{line}: {code} {confidence:?} {}", file.display, finding.message);
        }
    }
}

fn lines(loaded: &cargo_fa::source::Loaded) -> usize {
    loaded.files.iter().map(|file| file.text.lines().count()).sum()
}

fn read(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// What this process has used of processors, in milliseconds.
fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
    ticks.sum::<u64>() * 10
}

/// The most memory that it ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
