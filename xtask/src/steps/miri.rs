//! The library's tests under Miri, which sees every undefined behaviour that it runs into, at a thousandth of the
//! speed. So not all tests: those in the library, and the suite `miri`, which is written for it.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::LIBRARY;

/// The integration suite that is small enough.
const SUITE: &str = "miri";

/// Each seed is another schedule of the threads, and other addresses.
const MANY_SEEDS: &str = "-Zmiri-many-seeds=0..32";

/// The aliasing rules that Miri assumes on its own, and that are stricter in most places.
pub(crate) fn stacked_borrows(context: &Context) -> StepResult {
    run(context, "", &["--lib"])
}

/// The aliasing rules that may replace them.
pub(crate) fn tree_borrows(context: &Context) -> StepResult {
    run(context, "-Zmiri-tree-borrows", &["--lib"])
}

/// The suite alone: the tests in the library have one thread.
pub(crate) fn many_seeds(context: &Context) -> StepResult {
    if !has_suite(context) {
        return Err(Unfinished::Skipped(format!("there is no suite `{SUITE}`")));
    }
    run(context, MANY_SEEDS, &[])
}

fn has_suite(context: &Context) -> bool {
    context.workspace.targets(LIBRARY, "test").iter().any(|name| name == SUITE)
}

fn run(context: &Context, flags: &str, targets: &[&str]) -> StepResult {
    toolchain::ensure(NIGHTLY, &["miri", "rust-src"])?;
    let mut run = Run::cargo_of(NIGHTLY, "miri")
        .args(["test", "--package", LIBRARY, "--locked", "--no-fail-fast"])
        .args(targets);
    if has_suite(context) {
        run = run.args(["--test", SUITE]);
    }
    if !flags.is_empty() {
        run = run.env("MIRIFLAGS", flags);
    }
    run.arg("--target-dir")
        .arg(context.workspace.target.join("miri"))
        .args(["--", "--skip", "compile_fail"])
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
        .stream()
}
