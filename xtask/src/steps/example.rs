//! The examples that users run first: that they run, and that what they compare gives the same result. They check the
//! latter themselves.

use crate::plan::{Context, StepResult, Unfinished};
use crate::process::Run;
use crate::workspace::LIBRARY;

/// Each as it is built and the arguments of a short run.
const EXAMPLES: &[(&str, &[&str], &[&str])] = &[
    ("game_loop", OPTIMISED, &["--frames", "30", "--agents", "500", "--allocator", "both"]),
    ("pathfinding", OPTIMISED, &["--size", "128", "--queries", "60"]),
    ("parallel", OPTIMISED, &["--frames", "20", "--objects", "5000", "--job", "100"]),
    ("bevy_headless", AS_TESTED, &[]),
];

const OPTIMISED: &[&str] = &["--release"];
/// As the step `test` has built it: an engine takes minutes.
const AS_TESTED: &[&str] = &["--all-features"];

pub(crate) fn run(context: &Context) -> StepResult {
    let known = context.workspace.targets(LIBRARY, "example");
    for (name, built, arguments) in EXAMPLES {
        if !known.iter().any(|known| known == name) {
            return Err(Unfinished::Failed(format!("there is no example `{name}`")));
        }
        Run::cargo("run")
            .args(["--package", LIBRARY, "--locked"])
            .args(*built)
            .args(["--example", name, "--"])
            .args(*arguments)
            .directory(&context.workspace.root)
            .stream()?;
    }
    Ok(())
}
