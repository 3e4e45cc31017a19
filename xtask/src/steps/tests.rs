//! The test suites as cargo runs them.

use crate::plan::{Context, StepResult};
use crate::process::Run;

use super::models;

/// Not the benches, which would be compiled for nothing.
const TARGETS: [&str; 4] = ["--lib", "--bins", "--tests", "--examples"];

pub(crate) fn debug(context: &Context) -> StepResult {
    suite(context).args(TARGETS).stream()
}

pub(crate) fn release(context: &Context) -> StepResult {
    suite(context).arg("--release").args(TARGETS).stream()
}

pub(crate) fn doc(context: &Context) -> StepResult {
    suite(context).arg("--doc").stream()
}

/// All of the workspace but the models, which need a release build to end in time and have a step of their own.
fn suite(context: &Context) -> Run {
    let run = Run::cargo("test")
        .args(["--workspace", "--all-features", "--locked", "--no-fail-fast"])
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit());
    if context.workspace.has_member(models::PACKAGE) { run.args(["--exclude", models::PACKAGE]) } else { run }
}
