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

/// Programs for other steps, of what the tests have built already: with other features, half an engine is built again.
pub(super) fn build(context: &Context, targets: &[&str]) -> StepResult {
    whole(context, Run::cargo("build")).args(targets).stream()
}

fn suite(context: &Context) -> Run {
    whole(context, Run::cargo("test")).arg("--no-fail-fast").time_limit(context.effort.time_limit())
}

/// All of the workspace but the models, which need a release build to end in time and have a step of their own.
fn whole(context: &Context, run: Run) -> Run {
    let run = run.args(["--workspace", "--all-features", "--locked"]).directory(&context.workspace.root);
    if context.workspace.has_member(models::PACKAGE) { run.args(["--exclude", models::PACKAGE]) } else { run }
}
