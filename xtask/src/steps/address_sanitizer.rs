//! The library's tests under AddressSanitizer. Released frame memory is poisoned there by hand, so that a read of it
//! is caught although the chunk is still ours.

use super::Effort;
use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::toolchain::{self, NIGHTLY};
use crate::workspace::LIBRARY;

pub(crate) fn debug(context: &Context) -> StepResult {
    run(context, &[])
}

pub(crate) fn release(context: &Context) -> StepResult {
    run(context, &["--release"])
}

fn run(context: &Context, profile: &[&str]) -> StepResult {
    if !toolchain::has_address_sanitizer() {
        return Err(Unfinished::Skipped(format!("there is no AddressSanitizer for {}", toolchain::host())));
    }
    toolchain::ensure(NIGHTLY, &[])?;
    // With every feature, most of the time goes into compiling other people's crates.
    let features: &[&str] = match context.effort {
        Effort::Short => &[],
        Effort::Long => &["--all-features"],
    };
    Run::cargo_of(NIGHTLY, "test")
        .args(["--package", LIBRARY, "--locked", "--no-fail-fast", "--lib", "--tests"])
        .args(features)
        .args(profile)
        // With a target named, the flags reach neither build scripts nor macros, which would not load.
        .args(["--target", toolchain::host(), "--target-dir"])
        .arg(context.workspace.target.join("asan"))
        // The compiler's messages are none of memory's business, and differ on nightly.
        .args(["--", "--skip", "compile_fail"])
        // Switched by a `cfg`, not by a feature: with `--all-features` nothing could link.
        .env("RUSTFLAGS", "-Zsanitizer=address --cfg asan")
        .env("ASAN_OPTIONS", "detect_leaks=1:detect_stack_use_after_return=1")
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
        .stream()
}
