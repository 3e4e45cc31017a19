//! The library's tests under Miri, which sees every undefined behaviour that it runs into, at a thousandth of the
//! speed. So not all tests: those in the library, and the suite `miri`, which is written for it.

use crate::plan::{Context, StepResult};
use crate::process::Run;
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::LIBRARY;

/// The integration suite that is small enough.
const SUITE: &str = "miri";

/// Each seed is another schedule of the threads, and other addresses.
const MANY_SEEDS: &str = "-Zmiri-many-seeds=0..32";

/// The tests in the library.
const LIBRARY_TESTS: &[&str] = &["--lib"];
const SUITE_TESTS: &[&str] = &["--test", SUITE];

/// The aliasing rules that Miri assumes on its own, and that are stricter in most places.
pub(crate) fn stacked_borrows(context: &Context) -> StepResult {
    both(context, "")
}

/// The aliasing rules that may replace them.
pub(crate) fn tree_borrows(context: &Context) -> StepResult {
    both(context, "-Zmiri-tree-borrows")
}

/// The suite alone: the tests in the library have one thread.
pub(crate) fn many_seeds(context: &Context) -> StepResult {
    prepare()?;
    tests(context, MANY_SEEDS, SUITE_TESTS).stream()
}

/// Miri runs a program on one core, however many threads it has.
fn both(context: &Context, flags: &str) -> StepResult {
    prepare()?;
    tests(context, flags, LIBRARY_TESTS).stream_beside(tests(context, flags, SUITE_TESTS))
}

fn prepare() -> StepResult {
    toolchain::ensure(NIGHTLY, &["miri", "rust-src"])?;
    // Builds the standard library for Miri, which two at once would do both.
    Run::cargo_of(NIGHTLY, "miri").arg("setup").stream()
}

fn tests(context: &Context, flags: &str, targets: &[&str]) -> Run {
    let mut run = Run::cargo_of(NIGHTLY, "miri")
        .args(["test", "--package", LIBRARY, "--locked", "--no-fail-fast"])
        .args(targets);
    if !flags.is_empty() {
        run = run.env("MIRIFLAGS", flags);
    }
    run.arg("--target-dir")
        .arg(context.workspace.target.join("miri"))
        .args(["--", "--skip", "compile_fail"])
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
}
