//! The example that users run first: that it runs, and that both allocators give the same result. It checks the
//! latter itself.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

const NAME: &str = "game_loop";

pub(crate) fn run(context: &Context) -> StepResult {
    if !context.workspace.targets(LIBRARY, "example").iter().any(|name| name == NAME) {
        return Err(Unfinished::Failed(format!("there is no example `{NAME}`")));
    }
    Run::cargo("run")
        .args(["--package", LIBRARY, "--release", "--locked", "--example", NAME, "--"])
        .args(["--frames", "30", "--agents", "500", "--allocator", "both"])
        .directory(&context.workspace.root)
        .stream()
}
