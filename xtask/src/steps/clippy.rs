//! Lints, over everything in the workspace.

use crate::plan::{Context, StepResult};
use crate::process::Run;

pub(crate) fn run(context: &Context) -> StepResult {
    Run::cargo("clippy")
        .args(["--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"])
        .directory(&context.workspace.root)
        .stream()
}
