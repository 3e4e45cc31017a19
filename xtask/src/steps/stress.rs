//! What crosses threads, under load and for long: the suite `stress`, which as a test runs for two seconds.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

const SUITE: &str = "stress";
/// The suite says why that is enough.
const SECONDS: &str = "60";

pub(crate) fn run(context: &Context) -> StepResult {
    if !context.workspace.targets(LIBRARY, "test").iter().any(|name| name == SUITE) {
        return Err(Unfinished::Failed(format!("there is no suite `{SUITE}`")));
    }
    Run::cargo("test")
        .args(["--package", LIBRARY, "--release", "--all-features", "--locked", "--test", SUITE])
        .args(["--", "--seconds", SECONDS])
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
        .stream()
}
