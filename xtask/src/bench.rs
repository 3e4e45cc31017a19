//! `cargo xtask bench`: runs the measurements, which are a workspace of their own, and those of the analyser.

use std::process::ExitCode;
use std::time::Duration;

use crate::args::BenchOptions;
use crate::plan::{StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::Workspace;

/// All rows, in several process starts each.
const TIME_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

/// What the analyser's part of the report begins with. It is the last one.
const ANALYSER: &str = "## cargo fa";
/// What the table below it means.
const ABOUT: &str = "
Measured by `cargo xtask bench --analyser`: Bevy's own sources, as if each of its packages depended on framealloc, with \
tests, cold. `syn` alone is `syn::parse_file` for each of the same files, in the same process; both are times of the \
processor, with one thread. They must not differ by more than a factor of 2, nor may the most memory be above 150 MB. The \
columns behind that are times on the wall, for texts in memory; two threads should be 1.8 times as fast as one. Then comes \
how much faster two threads parse the same files with `syn` alone, which is what the machine gives, and how many processors \
were at work with two threads, all in all: what is missing, threads waited for each other.
";
/// What the table of the server for editors means.
const KEYS: &str = "
And while somebody types, 10 keys a second, what `cargo fa lsp` makes of each: from sending a text to receiving the findings \
for it, by `cargo run --release -p cargo-fa --example keystrokes`. A fifth of the first crate uses framealloc, the others are \
sources of libraries; in the last one everything does. 95 of 100 keys should wait no longer than 100 ms in 10,000 lines.
";

pub(crate) fn run(options: &BenchOptions) -> ExitCode {
    match measure(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Unfinished::Failed(why) | Unfinished::Skipped(why)) => {
            println!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &BenchOptions) -> StepResult {
    let workspace = Workspace::load().map_err(Unfinished::Failed)?;
    if !options.analyser {
        measure_library(&workspace, options)?;
    }
    if options.rest.is_empty() { measure_analyser(&workspace) } else { Ok(()) }
}

fn measure_library(workspace: &Workspace, options: &BenchOptions) -> StepResult {
    let manifest = workspace.root.join("bench/Cargo.toml");
    if !manifest.exists() {
        return Err(Unfinished::Failed("there is no bench/Cargo.toml".to_owned()));
    }
    if Run::program("valgrind").arg("--version").capture().is_err() {
        return Err(Unfinished::Failed(
            "instructions are counted by valgrind, which is not here: install it with the system's package manager \
             (`apt-get install valgrind`, `dnf install valgrind`)"
                .to_owned(),
        ));
    }
    let write = ["--write".to_owned(), "BENCHMARKS.md".to_owned()];
    let arguments = if options.rest.is_empty() { &write[..] } else { &options.rest[..] };
    Run::cargo("run")
        .args(["--release", "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(arguments)
        .directory(&workspace.root)
        .time_limit(TIME_LIMIT)
        .stream()
}

/// Puts what the analyser costs at the end of the report, and on the screen.
fn measure_analyser(workspace: &Workspace) -> StepResult {
    let example = |name: &str| {
        let run = Run::cargo("run").args(["--quiet", "--release", "-p", "cargo-fa", "--example", name]);
        let table = run.directory(&workspace.root).capture().map_err(Unfinished::Failed)?;
        println!("{table}");
        Ok(table.trim_end().to_owned())
    };
    let (crates, keys) = (example("over_crates")?, example("keystrokes")?);
    let file = workspace.root.join("BENCHMARKS.md");
    let failed = |error: std::io::Error| Unfinished::Failed(format!("{}: {error}", file.display()));
    let report = std::fs::read_to_string(&file).map_err(failed)?;
    let library = report.split(ANALYSER).next().unwrap_or_default().trim_end();
    let analyser = format!("{ANALYSER}\n{ABOUT}\n{crates}\n{KEYS}\n{keys}\n");
    std::fs::write(&file, format!("{library}\n\n{analyser}")).map_err(failed)
}
