//! The fuzz targets: random programs of operations against a model and random texts through the analyser, guided by
//! coverage, under AddressSanitizer.
//!
//! Built as cargo-fuzz builds them, so that it need not be installed; it works too.

use std::time::Duration;

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::Workspace;

use super::Effort;

const SECONDS: u64 = 20;
const SECONDS_LONG: u64 = 60;

/// The targets that begin with files which are there for another reason.
const ELSEWHERE: [(&str, &str); 1] = [("analyser", "cargo-fa/tests/ui")];

/// The target that only the long run builds, under the feature of its name: that takes longer than all else. Its slice for
/// each change, from a fixed seed, is among the analyser's own tests.
const LONG_ONLY: &str = "analyser";

/// What libFuzzer needs of the compiler, the sanitizer that finds what the model does not, and the debug assertions.
/// Without `--cfg fuzzing`: under it proc-macro2 knows no places, and the analyser is about places.
const FLAGS: [&str; 9] = [
    "--cfg asan",
    "-Zsanitizer=address",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

pub(crate) fn run(context: &Context) -> StepResult {
    let root = &context.workspace.root;
    let folder = root.join("fuzz");
    let manifest = folder.join("Cargo.toml");
    if !manifest.exists() {
        return Err(Unfinished::Skipped("there is no folder `fuzz`".to_owned()));
    }
    if !toolchain::has_address_sanitizer() {
        return Err(Unfinished::Skipped(format!("there is no AddressSanitizer for {}", toolchain::host())));
    }
    let fuzzers = Workspace::of(&manifest).map_err(Unfinished::Failed)?;
    let (seconds, features): (u64, &[&str]) = match context.effort {
        Effort::Short => (SECONDS, &["--no-default-features"]),
        Effort::Long => (SECONDS_LONG, &[]),
    };
    let wanted = |target: &String| context.effort == Effort::Long || target != LONG_ONLY;
    let targets: Vec<String> =
        fuzzers.members().iter().flat_map(|member| fuzzers.targets(member, "bin")).filter(wanted).collect();
    if targets.is_empty() {
        return Err(Unfinished::Skipped("there are no fuzz targets".to_owned()));
    }
    toolchain::ensure(NIGHTLY, &[])?;

    let output = context.workspace.target.join("fuzz");
    Run::cargo_of(NIGHTLY, "build")
        .args(["--release", "--target", toolchain::host(), "--manifest-path"])
        .arg(&manifest)
        .args(features)
        .arg("--target-dir")
        .arg(&output)
        .env("RUSTFLAGS", FLAGS.join(" "))
        .directory(root)
        .stream()?;

    let mut runs = Vec::new();
    for target in targets {
        // What is found goes with the build; what is committed is only read.
        let corpus = output.join("corpus").join(&target);
        let artifacts = output.join("artifacts").join(&target);
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder)
                .map_err(|error| Unfinished::Failed(format!("{}: {error}", folder.display())))?;
        }
        let seeds = match ELSEWHERE.iter().find(|(name, _)| *name == target) {
            Some((_, seeds)) => root.join(seeds),
            None => folder.join("seeds").join(&target),
        };
        let program = output.join(toolchain::host()).join("release").join(&target);
        runs.push(
            Run::program(program)
                .arg(&corpus)
                .args(seeds.is_dir().then_some(&seeds))
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-artifact_prefix={}/", artifacts.display()))
                .args(["-timeout=10", "-print_final_stats=1", "-print_funcs=0", "-verbosity=0"])
                .time_limit(Duration::from_secs(seconds + 120)),
        );
    }
    let mut failed = Vec::new();
    let mut runs = runs.into_iter();
    while let Some(run) = runs.next() {
        let ended = match runs.next() {
            Some(second) => run.stream_beside(second),
            None => run.stream(),
        };
        // Of two at once the first that failed is named; what both have said is shown.
        if let Err(Unfinished::Failed(why)) = ended {
            failed.push(why);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        let (failed, artifacts) = (failed.join(", "), output.join("artifacts"));
        Err(Unfinished::Failed(format!("{failed} (inputs in {})", artifacts.display())))
    }
}
