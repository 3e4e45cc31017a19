//! `cargo xtask bench`: runs the measurements, which are a workspace of their own.

use std::process::ExitCode;
use std::time::Duration;

use crate::args::BenchOptions;
use crate::plan::{StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::Workspace;

/// All rows, in several process starts each.
const TIME_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

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
