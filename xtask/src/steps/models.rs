//! The loom models: the concurrent parts, run in every interleaving up to a number of preemptions.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;

use super::Effort;

/// The package that holds them.
pub(crate) const PACKAGE: &str = "models";

/// Most concurrency bugs need one or two preemptions; each further one multiplies the time.
const PREEMPTIONS: &str = "3";
const PREEMPTIONS_LONG: &str = "4";

pub(crate) fn run(context: &Context) -> StepResult {
    if !context.workspace.has_member(PACKAGE) {
        return Err(Unfinished::Skipped(format!("there is no package `{PACKAGE}`")));
    }
    let preemptions = match context.effort {
        Effort::Short => PREEMPTIONS,
        Effort::Long => PREEMPTIONS_LONG,
    };
    Run::cargo("test")
        .args(["--package", PACKAGE, "--release", "--locked"])
        .env("LOOM_MAX_PREEMPTIONS", preemptions)
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
        .stream()
}
