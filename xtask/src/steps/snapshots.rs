//! Ten thousand snapshots of programs that are killed while they write, beside a reader that must never fail to parse.
//! The suites have a short slice of it.

use crate::plan::{Context, StepResult};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Ignored where all tests run, since it takes minutes.
const TEST: &str = "emitter::killed::no_reader_sees_half_a_file_of_ten_thousand";

pub(crate) fn run(context: &Context) -> StepResult {
    Run::cargo("test")
        .args(["--package", LIBRARY, "--release", "--all-features", "--locked", "--test", "it"])
        .args(["--", TEST, "--exact", "--ignored"])
        .directory(&context.workspace.root)
        .time_limit(context.effort.time_limit())
        .stream()
}
